"""What personal data a text may hold (第十九、二十条; 个人信息保护法第四条)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class PersonalKind(StrEnum):
    """A kind of personal data that can be told from the text alone."""

    MOBILE = "mobile"
    LANDLINE = "landline"
    RESIDENT_ID = "resident_id"
    CREDIT_CODE = "credit_code"
    PASSPORT = "passport"
    BANK_CARD = "bank_card"
    EMAIL = "email"
    QQ = "qq"
    WECHAT = "wechat"
    PLATE = "plate"
    IP_ADDRESS = "ip_address"
    ADDRESS = "address"
    NAME = "name"

    @property
    def label(self) -> str:
        """The Chinese word shown to clerks and left in the text that was redacted."""
        return {
            "mobile": "手机号",
            "landline": "固定电话",
            "resident_id": "身份证号",
            "credit_code": "统一社会信用代码",
            "passport": "护照号",
            "bank_card": "银行卡号",
            "email": "电子邮箱",
            "qq": "QQ号",
            "wechat": "微信号",
            "plate": "车牌号",
            "ip_address": "IP地址",
            "address": "详细地址",
            "name": "姓名",
        }[self.value]


class Confidence(StrEnum):
    """Whether the program may redact by itself, or a person must decide."""

    CERTAIN = "certain"
    UNCERTAIN = "uncertain"

    @property
    def label(self) -> str:
        """The Chinese word shown to clerks."""
        return {"certain": "确定", "uncertain": "待人工判断"}[self.value]


@dataclass(frozen=True, slots=True)
class Finding:
    """One piece of personal data in a text; holds no text itself, so that it can be logged.

    Args:
        start: of the first character.
        end: behind the last character.
    """

    kind: PersonalKind
    start: int
    end: int
    confidence: Confidence

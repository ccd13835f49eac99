"""What the words around a number say of it."""

from __future__ import annotations

import re
from functools import cached_property

_PHONE = re.compile(
    r"电话|手机|联系|号码|致电|拨打|来电|回电|短信|微信|座机|宅电|tel|phone|mobile|vx|wx|qq", re.IGNORECASE
)
_CALL = re.compile(r"电话|座机|致电|拨打|宅电|来电|回电|tel|phone", re.IGNORECASE)
_OWN = re.compile(r"我的|我家|本人|家里|家中|家庭|宅电|座机|联系电话|联系方式|联系我|找我|回电|电话")
_OFFICE = re.compile(
    r"局|委|厅|处|科|所|院|校|站|队|办|中心|政府|热线|公司|物业|部门|客服|街道|社区|值班|监督|举报|投诉|单位|银行|售楼|服务"
)
_CITIZEN = re.compile(r"您的|您家|您本人|留言人|来电人|反映人|投诉人|信访人|当事人|业主|家里|宅电|其本人")
_IDENTITY = re.compile(r"身份证|证件|证号|公民身份|身份号|idcard", re.IGNORECASE)
_CARD = re.compile(
    r"(?<!公交)(?<!就诊)卡号|银行卡|账号|帐号|账户|帐户|储蓄卡|信用卡|工资卡|社保卡|一卡通|存折|转账|汇款|打款"
)
_SERIAL = re.compile(
    r"订单|单号|编号|编码|流水|工单|受理|合同|案号|运单|条码|票号|户号|批号|批次|序列|设备号|发票|许可|备案|证书|文号|ISBN|序号|凭证|条形码|SN",
    re.IGNORECASE,
)
_QUANTITY = re.compile(
    r"\s*(?:元|块|万|亿|千|百|平|㎡|m2|米|公里|千米|吨|人|户|亩|[%％]|度|字节|次|件|票|年|月)|\.\d{1,2}(?!\d)"
)
_MONEY = re.compile(r"[¥￥$]\s*$|(?:人民币|金额|共计|合计|总价|单价)[为是:：约]*\s*$")
# Not the check character of an identity number that stands before.
_WORD = re.compile(r"(?<![0-9A-Za-z_])[A-Za-z_]+$")


class Around:
    """The surroundings of ``start:end`` in the folded text."""

    def __init__(self, text: str, start: int, end: int) -> None:
        self.start, self.end = start, end
        # No cue reaches over a line or a sentence.
        self.before = re.split(r"[\n。！？；;!?]", text[max(0, start - 16) : start])[-1]
        self.after = text[end : end + 8]
        self._text = text

    @cached_property
    def tells_phone(self) -> bool:
        """A word for a telephone stands before."""
        return _PHONE.search(self.before) is not None

    @cached_property
    def tells_call(self) -> bool:
        """A word for calling somebody stands before; a number for messages alone may be an account."""
        return _CALL.search(self.before) is not None

    @cached_property
    def tells_own_phone(self) -> bool:
        """Words by which somebody gives their own number stand before."""
        return _OWN.search(self.before) is not None

    @cached_property
    def tells_office(self) -> bool:
        """An office, firm or hotline stands before."""
        return _OFFICE.search(self.before) is not None

    @cached_property
    def tells_citizen(self) -> bool:
        """An official text speaks of the citizen."""
        return _CITIZEN.search(self.before) is not None

    @cached_property
    def tells_identity(self) -> bool:
        """A word for an identity card stands before."""
        return _IDENTITY.search(self.before) is not None

    @cached_property
    def tells_card(self) -> bool:
        """A word for a bank card or an account stands before."""
        return _CARD.search(self.before) is not None

    @cached_property
    def is_serial(self) -> bool:
        """It is said to be the number of a thing: an order, a contract, a licence."""
        return _SERIAL.search(self.before) is not None

    @cached_property
    def is_quantity(self) -> bool:
        """A unit or a currency says that it is an amount."""
        return _QUANTITY.match(self.after) is not None or _MONEY.search(self.before) is not None

    @cached_property
    def touches_letters(self) -> bool:
        """Latin letters stand directly before or behind, as in the code of a thing."""
        word = _WORD.search(self.before)
        return word is not None or bool(re.match(r"[A-Za-z_]", self.after))

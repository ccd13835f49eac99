"""Mail addresses, accounts, plates, passports, credit codes and internet addresses: data with letters in it."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator

from stdnum.cn import uscc

from huiyin.model.personal import Confidence, PersonalKind
from huiyin.rules.privacy.cues import Around
from huiyin.rules.privacy.found import Found
from huiyin.rules.privacy.runs import DIGIT
from huiyin.rules.privacy.settings import PrivacySettings

_GAP = r"[\s\-_·•‧・.]{0,2}"
_DOT_WORD = r"\s?(?:\.|。|点|[\[(（【]\s?(?:[Dd][Oo][Tt]|点|\.)\s?[\])）】]|\s[Dd][Oo][Tt]\s)\s?"
_AT = re.compile(
    r"[A-Za-z0-9_.\-]\s{0,2}(?:@|[\[(（【<{#*]\s?(?:[Aa][Tt]|@|艾特)\s?[\])）】>}#*]|艾特|小老鼠|圈[aA]|\s[Aa][Tt]\s|#)\s{0,2}"
    rf"(?P<domain>[A-Za-z0-9\-]{{1,40}}(?:{_DOT_WORD}[A-Za-z0-9\-]{{1,40}}){{0,4}}{_DOT_WORD}[A-Za-z]{{2,20}})"
)
# With a blank behind each character, as no prose is written.
_SPACED = re.compile(
    r"[A-Za-z0-9](?<![A-Za-z0-9].)(?:\s[A-Za-z0-9._\-]){2,30}\s?@\s?[A-Za-z0-9](?:\s[A-Za-z0-9]){0,30}"
    r"(?:\s?\.\s?[A-Za-z](?:\s[A-Za-z]){1,10}){1,3}"
)
_LOCAL = re.compile(r"[A-Za-z0-9_.+%\-]{1,64}\Z")
_DOT = re.compile(_DOT_WORD)
_TOP_LEVEL = frozenset(
    {"com", "cn", "net", "org", "gov", "edu", "cc", "me", "info", "io", "top", "vip", "hk", "tw", "xyz"}
)

_QQ = re.compile(
    r"[Qq扣球企](?:(?<=[Qq])\s?[Qq]|(?<=扣)扣|(?<=球)球|(?<=企)鹅|(?<=[Qq])(?=号)|(?<![A-Za-z].)(?=[:：]))(?:号码|号|帐号|账号|群)?(?:是|为|[:：\s，,]){0,3}"
    rf"(?P<id>(?![0零〇○])[{DIGIT}](?:[\s\-_.]{{0,2}}[{DIGIT}]){{4,11}})"
)
_WECHAT_CUE = re.compile(
    r"[微薇威徽VvWw加➕+](?<![A-Za-z业].)(?:(?<=[微薇威徽Vv])信|(?<=[VvWw])[Xx]|(?<=[Ww])[Ee](?:[Cc][Hh][Aa][Tt]|[Ii][Xx][Ii][Nn])|(?<=[加➕+])[Vv])"
    r"(?P<public>公众|小程序|公号|服务号|订阅号|支付|转账|扫码|群)?"
)
_WECHAT_ID = re.compile(
    r"(?P<named>(?:号码|号|ID|id|帐号|账号)?(?:是|为|[:：\s]){0,3})(?P<id>[A-Za-z][A-Za-z0-9_\-]{5,19}|[0-9]{5,11})(?![A-Za-z0-9_\-@.])"
)

_PROVINCE = "京津冀晋蒙辽吉黑沪苏浙皖闽赣鲁豫鄂湘粤桂琼渝川贵云藏陕甘青宁新"
_PLATE_MARK = rf"[A-HJ-NP-Za-hj-np-z{DIGIT}]"
_PLATE = re.compile(
    rf"(?P<head>[{_PROVINCE}]{_GAP}[A-Za-z]){_GAP}"
    rf"(?P<tail>{_PLATE_MARK}(?:{_GAP}{_PLATE_MARK}){{3}}{_GAP}(?:[学警挂港澳领试超]|{_PLATE_MARK}(?:{_GAP}{_PLATE_MARK})?))(?![A-Za-z0-9])"
)
_PUBLIC_VEHICLE = re.compile(r"公交|出租|客车|班车|执法车|环卫|校车|的士|大巴|货车|渣土车|洒水车")

# The look behind stands after the first character, so that the search can jump to it.
_PASSPORT = re.compile(
    rf"[DEGHPSdeghps](?<![A-Za-z0-9].)(?:(?:{_GAP}[0-9]){{8}}|(?:(?<=[Ee])[A-Za-z]|(?<=[DSPdsp])[Ee])(?:{_GAP}[0-9]){{7}})(?![0-9A-Za-z])"
)
_PASSPORT_CUE = re.compile(r"护照|通行证|passport", re.IGNORECASE)
_CODE = re.compile(rf"[159AYay](?<![A-Za-z0-9].)(?:{_GAP}[0-9A-Za-z]){{17}}(?![A-Za-z0-9])")

_IPV4 = re.compile(r"[0-9](?<![0-9.][0-9])[0-9]{0,2}(?:\s?[.。]\s?[0-9]{1,3}){3}(?![0-9]|\.[0-9])")
_IPV6 = re.compile(r"(?<![0-9A-Za-z:])[0-9A-Fa-f]{0,4}(?::[0-9A-Fa-f]{0,4}){2,7}(?![0-9A-Za-z:])")
SIGNS = (
    *(p.pattern for p in (_AT, _SPACED, _QQ, _PLATE, _PASSPORT, _CODE, _IPV4, _IPV6)),
    _WECHAT_CUE.pattern + _WECHAT_ID.pattern,
)
"""What every finding here begins with; see ``suspicion``."""
_IP_CUE = re.compile(r"(?:\bip|网络|上网|登录|登陆)[\w ]{0,4}[:：是为]?\s*$", re.IGNORECASE)


def find_emails(text: str, settings: PrivacySettings, *, official: bool) -> Iterator[Found]:
    """Mail addresses, also with the at sign and the dots spelt out; those of listed domains are an office's."""
    for match in _AT.finditer(text):
        local = _LOCAL.search(text[max(0, match.start() - 63) : match.start() + 1])
        if local is None:
            continue
        domain = _DOT.sub(".", match["domain"])
        if "@" not in match[0] and domain.rpartition(".")[2].lower() not in _TOP_LEVEL:
            continue  # “written at once. Rows”
        if not settings.allows_domain(domain):
            certainty = Confidence.UNCERTAIN if official else Confidence.CERTAIN
            yield Found(PersonalKind.EMAIL, match.start() + 1 - len(local[0]), match.end(), certainty)
    for spaced in _SPACED.finditer(text):
        if not settings.allows_domain(re.sub(r"\s", "", spaced[0]).partition("@")[2]):
            certainty = Confidence.UNCERTAIN if official else Confidence.CERTAIN
            yield Found(PersonalKind.EMAIL, *spaced.span(), certainty)


def find_accounts(text: str, *, official: bool) -> Iterator[Found]:
    """QQ and WeChat ids behind the words for them; what is called a public account is none."""
    for match in _QQ.finditer(text):
        certainty = Confidence.UNCERTAIN if official or "群" in match[0] else Confidence.CERTAIN
        yield Found(PersonalKind.QQ, *match.span("id"), certainty)
    for cue in _WECHAT_CUE.finditer(text):
        # What stands on another line, or in another text that is looked through with this one, speaks of other things.
        before = text[max(0, cue.start() - 16) : cue.start()].rpartition("\n")[2]
        public = cue["public"] or "公众号" in before
        account = None if public else _WECHAT_ID.match(text, cue.end())
        if account is None:
            continue
        named, mixed = account["named"].strip() != "", not (account["id"].isalpha() or account["id"].isdecimal())
        if named or mixed or not cue[0].isascii():
            sure = (named or mixed) and not official
            yield Found(PersonalKind.WECHAT, *account.span("id"), Confidence.CERTAIN if sure else Confidence.UNCERTAIN)


def find_plates(text: str) -> Iterator[Found]:
    """Licence plates (GA 36), those of new-energy vehicles and of special use too."""
    for match in _PLATE.finditer(text):
        tail = re.sub(r"[\s\-_·•‧・.]", "", match["tail"])
        if not re.search(f"[{DIGIT}]", tail):
            continue
        around = Around(text, *match.span())
        public = _PUBLIC_VEHICLE.search(around.before) or around.is_quantity
        yield Found(PersonalKind.PLATE, *match.span(), Confidence.UNCERTAIN if public else Confidence.CERTAIN)


def find_documents(text: str, *, official: bool) -> Iterator[Found]:
    """Passports, told from other codes by the word for them, and unified social credit codes (GB 32100)."""
    for match in _PASSPORT.finditer(text):
        around = Around(text, *match.span())
        if _PASSPORT_CUE.search(around.before):
            yield Found(PersonalKind.PASSPORT, *match.span(), Confidence.CERTAIN)
        elif not around.is_serial:
            yield Found(PersonalKind.PASSPORT, *match.span(), Confidence.UNCERTAIN)
    for match in _CODE.finditer(text):
        if uscc.is_valid(re.sub(r"[\s\-_·•‧・.]", "", match[0]).upper()):
            certainty = Confidence.UNCERTAIN if official else Confidence.CERTAIN
            yield Found(PersonalKind.CREDIT_CODE, *match.span(), certainty)


def find_internet(text: str) -> Iterator[Found]:
    """Public addresses of the internet; those of local networks lead to nobody."""
    for match in _IPV4.finditer(text):
        parts = [int(part) for part in re.split(r"\s?[.。]\s?", match[0])]
        if max(parts) > 255:
            continue
        told = _IP_CUE.search(text[max(0, match.start() - 16) : match.start()]) is not None
        # Small numbers between dots are the numbers of sections, versions and days.
        if (told or max(parts) >= 10) and _is_public(".".join(map(str, parts))):
            certainty = Confidence.CERTAIN if told or max(parts) > 40 else Confidence.UNCERTAIN
            yield Found(PersonalKind.IP_ADDRESS, *match.span(), certainty)
    for match in _IPV6.finditer(text):
        if _is_public(match[0]):
            yield Found(PersonalKind.IP_ADDRESS, *match.span(), Confidence.CERTAIN)


def _is_public(written: str) -> bool:
    try:
        address = ipaddress.ip_address(written)
    except ValueError:
        return False
    return not (address.is_private or address.is_multicast or address.is_unspecified)

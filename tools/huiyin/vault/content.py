"""第十九、二十条: what is kept of one case: who wrote, the query code, the original texts, private replies, a draft."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import datetime
from types import MappingProxyType
from typing import Any

from huiyin.model.moment import timestamp
from huiyin.model.problem import HuiyinError, Problem

VERSION = 2  # the first had no query code, and is still read
BLOCK = 1024
"""Bytes of plaintext are filled up to a multiple of this, so that the size of a file tells little."""
_CASE_ID = re.compile(r"(people|portal|service)-[A-Za-z0-9]([A-Za-z0-9._-]{0,62}[A-Za-z0-9])?")
CONTACTS = {
    "phone": "电话",
    "email": "电子邮箱",
    "address": "地址",
    "wechat": "微信",
    "qq": "QQ",
    "id_number": "证件号码",
    "other": "其他",
}
"""The kinds of contact, with their Chinese names."""
DELIVERIES = {"phone": "电话", "email": "电子邮件", "visit": "当面", "post": "信函"}
"""How a private reply reaches the citizen, as in schema/case.schema.json (第二十条)."""


def is_case_id(text: str) -> bool:
    """Whether a text is the id of a case (schema/case.schema.json); nothing else may become the name of a file."""
    return _CASE_ID.fullmatch(text) is not None


@dataclass(frozen=True, slots=True)
class PrivateReply:
    """A reply that only the citizen gets (第二十条).

    Args:
        at: when it was put here; with an offset, whole seconds.
        by: id of the person who put it here.
        delivered_by: key of ``DELIVERIES``, or None while it is not known.
    """

    text: str = field(repr=False)
    at: datetime
    by: str
    delivered_by: str | None = None


@dataclass(frozen=True, slots=True)
class Held:
    """A draft that a person must look at before it may enter ``cases/``.

    Args:
        since: with an offset, whole seconds.
        document: the case as it would be written, not redacted; JSON values only.
    """

    since: datetime
    document: Mapping[str, Any] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Sealed:
    """The personal data of one case. Its ``repr`` shows nothing of it.

    Args:
        case_id: ``<channel>-<reference>``.
        name: of the citizen, or None.
        contact: key of ``CONTACTS`` → value.
        code: the query code that the citizen was given (``rules/lookup.py``), or None.
        texts: JSON pointer into the case → the original text, as it was before redaction.
        replies: oldest first.
        held: the draft, or None once the case is in ``cases/``.
    """

    case_id: str
    name: str | None = field(default=None, repr=False)
    contact: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}), repr=False)
    texts: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}), repr=False)
    replies: tuple[PrivateReply, ...] = field(default=(), repr=False)
    held: Held | None = field(default=None, repr=False)
    code: str | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        if not is_case_id(self.case_id):
            raise HuiyinError(Problem("HY716", "不是留言编号，不能存入金库。"))

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to keep."""
        return not (self.name or self.contact or self.texts or self.replies or self.held or self.code)

    def merged(self, other: Sealed) -> Sealed:
        """Both together; the same value twice is fine.

        Raises:
            HuiyinError: HY717, another value is there already; it names fields, never values.
        """
        clashes = list(_clashes(self, other))
        if clashes:
            message = f"{self.case_id}：金库中已有不同的{'、'.join(clashes)}，没有改动。"
            raise HuiyinError(Problem("HY717", message))
        return replace(
            self,
            name=self.name or other.name,
            contact={**self.contact, **other.contact},
            texts={**self.texts, **other.texts},
            replies=tuple(dict.fromkeys((*self.replies, *other.replies))),
            held=self.held or other.held,
            code=self.code or other.code,
        )

    def replaced_by(self, other: Sealed) -> Sealed:
        """Both together, where the other's values win; for correcting a mistake on purpose."""
        return replace(
            self,
            name=other.name or self.name,
            contact={**self.contact, **other.contact},
            texts={**self.texts, **other.texts},
            replies=tuple(dict.fromkeys((*self.replies, *other.replies))),
            held=other.held or self.held,
            code=self.code or other.code,  # the record holds its hash, so it never changes
        )

    def to_bytes(self) -> bytes:
        """JSON in UTF-8, filled up with spaces to whole blocks."""
        data = {
            "version": VERSION,
            "case": self.case_id,
            "name": self.name,
            "contact": dict(self.contact),
            "texts": dict(self.texts),
            "replies": [_reply_data(reply) for reply in self.replies],
            "held": self.held and {"since": timestamp(self.held.since), "document": dict(self.held.document)},
            "code": self.code,
        }
        text = json.dumps(data, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()
        return text + b" " * (-len(text) % BLOCK)

    @classmethod
    def from_bytes(cls, data: bytes) -> Sealed:
        """Read it back.

        Raises:
            HuiyinError: HY716, it is damaged, or of a version that this program does not know.
        """
        try:
            document = json.loads(data, parse_constant=_refuse)
            version = document["version"]
        except (ValueError, KeyError, TypeError, RecursionError):
            raise HuiyinError(Problem("HY716", "解密后的内容不是金库的格式。")) from None
        if version == 1 and "code" not in document:
            document = {**document, "code": None}
        elif version != VERSION:
            raise HuiyinError(Problem("HY716", "内容的版本比本程序新，或者无法识别；请更新程序。"))
        try:
            return _sealed(document)
        except (ValueError, KeyError, TypeError):
            raise HuiyinError(Problem("HY716", "解密后的内容不完整或者写法不对。")) from None


def _refuse(name: str) -> None:
    raise ValueError(name)


def _clashes(ours: Sealed, theirs: Sealed) -> Iterator[str]:
    if ours.case_id != theirs.case_id:
        yield "编号"
    if ours.name and theirs.name and ours.name != theirs.name:
        yield "姓名"
    if ours.code and theirs.code and ours.code != theirs.code:
        yield "查询码"
    yield from (CONTACTS.get(k, k) for k, v in theirs.contact.items() if ours.contact.get(k, v) != v)
    yield from (f"原文（{k}）" for k, v in theirs.texts.items() if ours.texts.get(k, v) != v)
    if ours.held and theirs.held and ours.held.document != theirs.held.document:
        yield "待定的留言"


def _sealed(data: dict[str, Any]) -> Sealed:
    """Build it from JSON, strictly.

    Raises:
        ValueError, KeyError, TypeError: it is not as ``to_bytes`` writes it.
    """
    names = {"version", "case", *(f.name for f in fields(Sealed) if f.name != "case_id")}
    _only(data, names)
    held = data["held"]
    if held is not None:
        _only(held, {"since", "document"})
        held = Held(_moment(held["since"]), _mapping(held["document"]))
    return Sealed(
        case_id=_case_id(data["case"]),
        name=_text(data["name"], optional=True),
        contact={k: _text(v) for k, v in _mapping(data["contact"]).items() if _known(k, CONTACTS)},
        texts={k: _text(v) for k, v in _mapping(data["texts"]).items()},
        replies=tuple(map(_reply, data["replies"])),
        held=held,
        code=_text(data["code"], optional=True),
    )


def _reply_data(r: PrivateReply) -> dict[str, Any]:
    return {"text": r.text, "at": timestamp(r.at), "by": r.by, "delivered_by": r.delivered_by}


def _reply(data: Any) -> PrivateReply:
    _only(data, {"text", "at", "by", "delivered_by"})
    how = data["delivered_by"]
    if how is not None:
        _known(how, DELIVERIES)
    return PrivateReply(_text(data["text"]), _moment(data["at"]), _text(data["by"]), how)


def _only(data: Any, names: set[str]) -> None:
    if not isinstance(data, dict) or set(data) != names:
        raise ValueError("fields")


def _known(key: str, table: Mapping[str, str]) -> bool:
    if key not in table:
        raise ValueError("kind")
    return True


def _mapping(value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise TypeError("mapping")
    return value


def _text(value: Any, *, optional: bool = False) -> Any:
    if not (isinstance(value, str) or (optional and value is None)):
        raise TypeError("text")
    return value


def _case_id(value: Any) -> str:
    if not isinstance(value, str) or not is_case_id(value):
        raise ValueError("id")
    return value


def _moment(value: Any) -> datetime:
    moment = datetime.fromisoformat(value)
    if moment.tzinfo is None:
        raise ValueError("offset")
    return moment

"""What a line of a list needs of a published case: kept by the id of its blob, for most builds need few of them."""

from __future__ import annotations

from datetime import date

import msgspec

from huiyin.findings import Key
from huiyin.publish.facts import Facts
from huiyin.publish.render import item


class Listed(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A line.

    Args:
        item: the entry of the case, with a slot where the link to the root belongs.
        updated: the day of the last thing that its page tells.
        accepted: what looks personal in its public texts and was not refused.
    """

    item: bytes
    updated: date
    accepted: tuple[Key, ...]


def pack(facts: Facts) -> bytes | None:
    """The line of a published case as it is kept, or None where it is none."""
    if facts.case is None:
        return None
    return _ENCODER.encode(Listed(item(facts.case), facts.case.updated, facts.accepted))


def unpack(data: bytes) -> Listed:
    """A line that was kept.

    Raises:
        ValueError: this is none.
    """
    return _DECODER.decode(data)


_ENCODER = msgspec.msgpack.Encoder()
_DECODER = msgspec.msgpack.Decoder(Listed)

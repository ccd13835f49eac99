"""What is known of a sealed case without a key: a small public list beside the age file.

It names the persons and public keys that the file is encrypted for, whether a draft waits and how many private replies
there are. All but the last two stand in rules/people.yaml and in the case already, and those say nothing of anybody;
so the list leaks nothing, and ``list``, ``doctor`` and ``rekey`` can work by comparison. It is bound to its age file by
a hash of the ciphertext: a list of another file counts as none.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from huiyin.model.moment import timestamp
from huiyin.vault.content import Sealed
from huiyin.vault.readers import Reader

VERSION = 1


@dataclass(frozen=True, slots=True)
class Envelope:
    """The public side of a sealed case.

    Args:
        readers: in order.
        held: since when a draft waits, or None.
        replies: number of private replies.
    """

    readers: tuple[Reader, ...]
    held: datetime | None
    replies: int

    @classmethod
    def of(cls, sealed: Sealed, readers: Iterable[Reader]) -> Envelope:
        """The list for what is about to be encrypted."""
        return cls(tuple(sorted(set(readers))), sealed.held.since if sealed.held else None, len(sealed.replies))

    def to_bytes(self, ciphertext: bytes) -> bytes:
        """JSON, bound to the age file."""
        data = {
            "version": VERSION,
            "envelope": _digest(ciphertext),
            "readers": [{"person": r.person, "recipient": r.recipient} for r in self.readers],
            "held": timestamp(self.held) if self.held else None,
            "replies": self.replies,
        }
        return (json.dumps(data, ensure_ascii=False, indent=1) + "\n").encode()

    @classmethod
    def from_bytes(cls, data: bytes, ciphertext: bytes) -> Envelope | None:
        """Read it back; None where it is damaged, of another version, or not the list of this age file."""
        try:
            document = json.loads(data)
            if document["version"] != VERSION or document["envelope"] != _digest(ciphertext):
                return None
            held = document["held"]
            return cls(
                tuple(Reader(str(r["person"]), str(r["recipient"])) for r in document["readers"]),
                datetime.fromisoformat(held) if held is not None else None,
                int(document["replies"]),
            )
        except (ValueError, KeyError, TypeError, RecursionError):
            return None


def _digest(ciphertext: bytes) -> str:
    return hashlib.sha256(ciphertext).hexdigest()

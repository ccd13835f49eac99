"""A finding in the folded text, before it is led back to the text as written."""

from __future__ import annotations

from typing import NamedTuple

from huiyin.model.personal import Confidence, PersonalKind


class Found(NamedTuple):
    """Kind, span ``start:end`` in the folded text, confidence."""

    kind: PersonalKind
    start: int
    end: int
    confidence: Confidence

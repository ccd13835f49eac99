"""HY7xx: privacy."""

from __future__ import annotations

from huiyin.model.codes.code import Code

CODES: dict[str, Code] = {}

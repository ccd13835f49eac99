"""HY85x to HY89x: reports, reminders and documents."""

from __future__ import annotations

from huiyin.model.codes.code import Code

CODES: dict[str, Code] = {}

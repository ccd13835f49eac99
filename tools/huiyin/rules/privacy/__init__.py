"""Personal data in a text, told from the text alone (第十九、二十条; design §1.5).

Pure: no clock, no file. What is allowed although it looks personal comes as ``PrivacySettings``. Nothing here ever
puts a piece of the text into an exception or a ``repr``: a finding holds kind, span and confidence only.

The patterns are compiled when ``find_personal`` is first asked for: every command loads the rules, but few of them look
through texts.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from huiyin.rules.privacy.redaction import redact
from huiyin.rules.privacy.settings import PrivacySettings

if TYPE_CHECKING:
    from huiyin.rules.privacy.finding import find_personal, may_hold

__all__ = ["PrivacySettings", "find_personal", "may_hold", "redact"]


def __getattr__(name: str) -> object:
    if name not in {"find_personal", "may_hold"}:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from huiyin.rules.privacy import finding

    globals()[name] = found = getattr(finding, name)
    return found

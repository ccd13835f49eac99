"""Personal data in a text, told from the text alone (第十九、二十条; design §1.5).

Pure: no clock, no file. What is allowed although it looks personal comes as ``PrivacySettings``. Nothing here ever
puts a piece of the text into an exception or a ``repr``: a finding holds kind, span and confidence only.
"""

from __future__ import annotations

from huiyin.rules.privacy.finding import find_personal
from huiyin.rules.privacy.redaction import redact
from huiyin.rules.privacy.settings import PrivacySettings

__all__ = ["PrivacySettings", "find_personal", "redact"]

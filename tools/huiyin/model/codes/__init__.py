"""Every problem code with its severity, title, cause and cure: the source of ``docs/problems.md``.

Ranges, one module each: HY1xx the file and its YAML; HY2xx the record (schema, path, id); HY3xx the regulation;
HY4xx the rulebook; HY5xx import; HY60x to HY62x the gate; HY63x to HY65x merging and audit; HY66x to HY69x the forge;
HY7xx privacy (from HY750 what is found in the record and on the site); HY80x to HY84x publication; HY85x to HY89x
reports, reminders and documents; HY97x and HY98x several machines, and exports; the rest of HY9xx use of the program.
A code is never given a second meaning; a retired one stays retired.
"""

from __future__ import annotations

from huiyin.model.codes import (
    file,
    forge,
    gate,
    intake,
    merging,
    operations,
    privacy,
    program,
    publication,
    record,
    regulation,
    rulebook,
    scale,
    scanning,
)
from huiyin.model.codes.code import Code

__all__ = ["CODES", "Code"]

CODES: dict[str, Code] = {
    **file.CODES,
    **record.CODES,
    **regulation.CODES,
    **rulebook.CODES,
    **intake.CODES,
    **gate.CODES,
    **merging.CODES,
    **forge.CODES,
    **privacy.CODES,
    **scanning.CODES,
    **publication.CODES,
    **operations.CODES,
    **scale.CODES,
    **program.CODES,
}

"""Put a mark in the place of personal data (第十九条)."""

from __future__ import annotations

from collections.abc import Iterable

from huiyin.model.personal import Finding


def redact(text: str, findings: Iterable[Finding]) -> str:
    """The text with 〔已隐去：…〕 in the place of each finding; a mark is never found again.

    Args:
        findings: in any order; where two overlap, both are taken out under the name of the first.
    """
    parts: list[str] = []
    end = 0
    for finding in sorted(findings, key=lambda f: (f.start, -f.end)):
        if finding.start >= end:
            parts += [text[end : finding.start], f"〔已隐去：{finding.kind.label}〕"]
        end = max(end, finding.end)
    return "".join((*parts, text[end:]))

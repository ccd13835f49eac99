"""What the citizen registered (name, telephone …), found literally in every disguise."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from huiyin.model.personal import Confidence, PersonalKind
from huiyin.rules.privacy.folding import View, fold
from huiyin.rules.privacy.found import Found

_BETWEEN = re.compile(r"[\s\-‐‑‒–—―−~～_.·•・‧*/|\\+#()（）\[\]【】]")
_NUMERALS = str.maketrans("零〇○一二三四五六七八九壹贰叁肆伍陆柒捌玖幺Oo", "00012345678912345678910" + "0")
_SHORTEST = 2
"""Characters; one alone would take out half the text."""


def find_known(view: View, known: Sequence[str], kinds: dict[str, PersonalKind]) -> Iterator[Found]:
    """Each place where one of ``known`` stands, certain.

    Args:
        kinds: what each of them is.
    """
    bare, places = _skeleton(view.text)
    for item in known:
        wanted, _ = _skeleton(fold(item).text)
        if wanted.isdecimal() and len(wanted) == 13 and wanted.startswith("86"):
            wanted = wanted[2:]
        if len(wanted) < _SHORTEST:
            continue
        at = bare.find(wanted)
        while at >= 0:
            yield Found(kinds[item], places[at], places[at + len(wanted) - 1] + 1, Confidence.CERTAIN)
            at = bare.find(wanted, at + len(wanted))


def _skeleton(text: str) -> tuple[str, list[int]]:
    """The text without what may stand between the parts of a number or name, and the place of each character."""
    places = [i for i, c in enumerate(text) if not _BETWEEN.match(c)]
    return "".join(text[i] for i in places).translate(_NUMERALS).lower(), places

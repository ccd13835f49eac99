"""The demonstration cases of the repository, as texts."""

from functools import cache
from pathlib import Path

CASES = Path(__file__).parents[1] / "cases"


@cache
def demonstration_texts() -> tuple[str, ...]:
    """All of them, in the order of their paths."""
    return tuple(path.read_text(encoding="utf-8") for path in sorted(CASES.rglob("*.yaml")))

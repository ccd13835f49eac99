"""The figures of the whole site, added up from what was counted a month."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime

from huiyin.publish.month import TOTAL, Month, tallies_of
from huiyin.publish.statistics import Figures, Tally


class Counts:
    """Everything counted, at a moment.

    Args:
        months: all of the record.
        now: at which open cases are late or not.
    """

    def __init__(self, months: Iterable[Month], now: datetime) -> None:
        self._months = {month.name: tallies_of(month, now) for month in months}
        self._whole: dict[str, Tally] = defaultdict(Tally)
        for tallies in self._months.values():
            for key, tally in tallies.items():
                self._whole[key].merge(tally)

    @property
    def total(self) -> Figures:
        """The figures of all cases."""
        return self._whole[TOTAL].figures()

    def month(self, name: str) -> Figures:
        """The figures of the cases received in a month, such as ``2026-11``."""
        return self._months.get(name, {}).get(TOTAL, Tally()).figures()

    def months(self) -> dict[str, Figures]:
        """The figures of each month in which something was received."""
        return {name: self.month(name) for name in self._months}

    def by(self, kind: str) -> dict[str, Figures]:
        """The figures by ``unit``, ``channel``, ``topic`` or ``kind``; a case may count under several topics."""
        return _by(kind, self._whole)

    def by_month(self, kind: str) -> dict[tuple[str, str], Figures]:
        """The same for each (key, month)."""
        return {
            (key, name): figures
            for name, tallies in self._months.items()
            for key, figures in _by(kind, tallies).items()
        }


def _by(kind: str, tallies: Mapping[str, Tally]) -> dict[str, Figures]:
    start = f"{kind}:"
    return {key[len(start) :]: tally.figures() for key, tally in tallies.items() if key.startswith(start)}

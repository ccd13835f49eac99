"""What the door puts into the vault, and what it must know of it without a key (第十九条)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from functools import cached_property
from typing import Any

from huiyin.intake.codes import make_code
from huiyin.model.case import Channel
from huiyin.model.problem import HuiyinError
from huiyin.rules.deadlines import local_day
from huiyin.rules.rulebook import Rulebook
from huiyin.vault.age import Identity
from huiyin.vault.content import Sealed
from huiyin.vault.readers import Reader, readers
from huiyin.vault.store import Vault


class Deposit:
    """The vault as the door uses it.

    Args:
        identities: gives one's own keys; asked only when something is kept of a case already.
        now: with an offset; whose keys are valid follows from its day.
    """

    def __init__(
        self,
        vault: Vault,
        rulebook: Rulebook,
        now: datetime,
        identities: Callable[[], Sequence[Identity]] = tuple,
    ) -> None:
        self.vault = vault
        self.identities = identities
        self._rulebook = rulebook
        self._day = local_day(now)
        self._can_keep: dict[str, bool] = {}

    @cached_property
    def held(self) -> Held:
        """The cases of which a draft waits."""
        return Held(self.vault)

    @cached_property
    def forgotten(self) -> frozenset[str]:
        """The cases that were erased for good."""
        return frozenset(self.vault.forgotten_ids())

    def readers(self, document: Mapping[str, Any], *, waiting: bool = False) -> tuple[Reader, ...]:
        """Who may read what is kept of a case: the dispatcher, and the unit that it is assigned to.

        Args:
            document: the case.
            waiting: it is a draft, which is the dispatcher's alone.

        Raises:
            HuiyinError: HY712, nobody at the dispatcher has a key.
        """
        channel = self._rulebook.procedures[document["procedure"]].channels[Channel(document["channel"])]
        events = () if waiting else document.get("events", ())
        unit = next((e["unit"] for e in reversed(events) if e["type"] == "assigned"), None)
        return readers(channel.dispatcher, unit, self._rulebook.registry, self._day)

    def can_keep(self, channel: str) -> bool:
        """Whether anybody at the channel's dispatcher could read what is put into the vault today."""
        if channel not in self._can_keep:
            self._can_keep[channel] = self._has_readers(channel)
        return self._can_keep[channel]

    def _has_readers(self, channel: str) -> bool:
        rules = [p.channels[Channel(channel)] for p in self._rulebook.procedures.values() if channel in p.channels]
        try:
            return all(readers(rule.dispatcher, None, self._rulebook.registry, self._day) for rule in rules)
        except HuiyinError:
            return False

    def code_for(self, case_id: str, channel: str) -> str | None:
        """The query code of a case about to be registered: a new one, or the one that a crash left in the vault.

        None where the site offers no lookup, nobody could read the code, or the case was erased for good.
        Where what is kept cannot be opened, ``keep`` will say so.
        """
        if self._rulebook.lookup is None or case_id in self.forgotten or not self.can_keep(channel):
            return None
        if case_id in self._there:
            try:
                return self.vault.read(case_id, self.identities()).code or make_code()
            except HuiyinError:
                return make_code()
        return make_code()

    @cached_property
    def _there(self) -> frozenset[str]:
        return frozenset(self.vault.ids())

    def keep(self, entries: Iterable[tuple[Sealed, Mapping[str, Any]]]) -> None:
        """Put what is personal into the vault: of all cases, or of none.

        Args:
            entries: what is to be kept, and the case that it belongs to.

        Raises:
            HuiyinError: HY712, nobody could read it; HY715 to HY718, it does not fit what is kept; HY906, HY950.
        """
        pairs = [
            (sealed, self.readers(document, waiting=sealed.held is not None))
            for sealed, document in entries
            if not sealed.is_empty
        ]
        if pairs:
            there = set(self.vault.ids())
            known = any(sealed.case_id in there for sealed, _ in pairs)
            self.vault.put_all(pairs, self.identities() if known else ())


class Held:
    """The ids of the cases of which a draft waits; each is looked up when it is asked for."""

    def __init__(self, vault: Vault) -> None:
        self._vault = vault
        self._ids = frozenset(vault.ids())

    def __contains__(self, case_id: object) -> bool:
        if not isinstance(case_id, str) or case_id not in self._ids:
            return False
        envelope = self._vault.envelope(case_id)
        return envelope is not None and envelope.held is not None

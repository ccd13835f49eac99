"""第十九条: after a reassignment, or when people or keys change, encrypt each case for those who may read it now."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from huiyin.model.problem import HuiyinError, Problem
from huiyin.vault.age import Identity
from huiyin.vault.readers import Reader
from huiyin.vault.store import Vault


@dataclass(frozen=True, slots=True)
class Rekeyed:
    """What happened to one case.

    Args:
        added, removed: ids of persons.
        unknown: nobody could tell before who could read it.
        changed: it was encrypted anew.
        problems: why not; the old file stands then.
    """

    id: str
    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    unknown: bool = False
    changed: bool = False
    problems: tuple[Problem, ...] = ()


def rekey_each(
    vault: Vault,
    case_ids: Iterable[str],
    wanted: Callable[[str], tuple[Reader, ...]],
    identities: Sequence[Identity],
    *,
    force: bool = False,
    dry_run: bool = False,
) -> Iterator[Rekeyed]:
    """Encrypt cases for those who may read them now; one that fails stops no other.

    Args:
        wanted: id → its readers; may raise.
        force: also where the list of readers is right already, for a list that nobody trusts.
        dry_run: tell and write nothing.
    """
    for case_id in case_ids:
        try:
            yield _rekey(vault, case_id, wanted(case_id), identities, force, dry_run)
        except HuiyinError as error:
            yield Rekeyed(case_id, problems=error.problems)


def _rekey(
    vault: Vault,
    case_id: str,
    wanted: tuple[Reader, ...],
    identities: Sequence[Identity],
    force: bool,
    dry_run: bool,
) -> Rekeyed:
    present = vault.readers_of(case_id)
    if present is not None and set(present) == set(wanted) and not force:
        return Rekeyed(case_id)
    if not dry_run:
        vault.rekey(case_id, wanted, identities)
    before = {reader.person for reader in present or ()}
    after = {reader.person for reader in wanted}
    return Rekeyed(case_id, tuple(sorted(after - before)), tuple(sorted(before - after)), present is None, True)

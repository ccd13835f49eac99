"""Query codes at the door: drawn for each new message, kept in the vault, and in the record only as a slow hash."""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

from huiyin.intake.plan import Plan, Taken
from huiyin.repo.canonical import canonical
from huiyin.rules.lookup import ALPHABET, RANDOM, LookupSettings, code_of, hash_code


def make_code() -> str:
    """A new code, of the system's randomness."""
    return code_of([secrets.randbelow(len(ALPHABET)) for _ in range(RANDOM)])


def with_lookup(document: Mapping[str, Any], code: str | None, settings: LookupSettings | None) -> dict[str, Any]:
    """The case with the slow hash of its number and its code; as it is where there is none.

    It takes some tenths of a second.
    """
    if code is None or settings is None:
        return dict(document)
    return {**document, "lookup": hash_code(document["id"], code, settings)}


def give_codes(
    plan: Plan,
    code_for: Callable[[str, str], str | None],
    settings: LookupSettings | None,
    *,
    dry_run: bool = False,
) -> None:
    """Give each message of an import its code; those that were handled in past years get none.

    Args:
        code_for: id and channel → code or None (``Deposit.code_for``).
        dry_run: leave the slow hashes out, for nothing is written.
    """
    if settings is None:
        return

    def drawn(case_id: str, document: Mapping[str, Any]) -> str | None:
        return None if document.get("history") else code_for(case_id, document["channel"])

    def hashed(taken: Taken) -> Taken:
        if taken.sealed.code is None:
            return taken
        document = with_lookup(taken.document, taken.sealed.code, settings)
        return replace(taken, document=document, text=canonical(document))

    plan.held = [replace(w, sealed=replace(w.sealed, code=drawn(w.id, w.masked))) for w in plan.held]
    plan.taken = [replace(t, sealed=replace(t.sealed, code=drawn(t.id, t.document))) for t in plan.taken]
    if not dry_run:
        # The hash lets go of the interpreter's lock, so threads share the work among the processors.
        with ThreadPoolExecutor(os.cpu_count()) as threads:
            plan.taken = list(threads.map(hashed, plan.taken))

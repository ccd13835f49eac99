"""One message that a clerk registers, through the door (第九(一)、十九条): cleaned and written, or held back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from huiyin.intake.codes import with_lookup
from huiyin.intake.deposit import Deposit
from huiyin.intake.door import Screened, fixed_problems, hide, known_texts, screen
from huiyin.model.problem import HuiyinError, Problem
from huiyin.recording.registration import Registered, register
from huiyin.rules.rulebook import Rulebook
from huiyin.vault.content import Held, Sealed


@dataclass(frozen=True, slots=True)
class Admitted:
    """What became of a message.

    Args:
        registered: the case that was written; of one that is held back, how it would stand with all taken out.
        screened: what was found in it.
        held: it waits in the vault for a person's decision, and nothing was written to ``cases/``.
        sealed: something went to the vault, or would.
        code: the query code for the citizen, or None; for the terminal alone.
    """

    registered: Registered
    screened: Screened
    held: bool
    sealed: bool
    code: str | None = field(default=None, repr=False)


def admit(
    root: Path,
    document: Mapping[str, Any],
    citizen: Mapping[str, str],
    rulebook: Rulebook,
    now: datetime,
    deposit: Deposit,
    *,
    dry_run: bool = False,
) -> Admitted:
    """Look through a message, keep in the vault what is personal, and write the case or hold it back.

    Args:
        document: the case as it was typed, without ``events``.
        citizen: key of ``CITIZEN_FIELDS`` → value.

    Raises:
        HuiyinError: HY731, something personal stands where nothing can be taken out; HY946, a draft of that id waits;
            HY712, nobody could read what must be kept; HY715, HY717, HY718, it does not fit what is kept; those of
            ``register``. Nothing was written then.
    """
    if problems := [*fixed_problems(document, rulebook.privacy)]:
        raise HuiyinError(*problems)
    if document["id"] in deposit.held:
        raise HuiyinError(Problem("HY946", f"编号 {document['id']} 已有待判断的草稿，请用 huiyin redact 办理。"))
    screened = screen(document, rulebook.privacy, known_texts(citizen))
    masked, originals = hide(screened, screened.spots, rulebook.privacy)
    contact = dict(citizen)
    code = deposit.code_for(document["id"], document["channel"])
    sealed = Sealed(document["id"], contact.pop("name", None), contact, code=code)
    held = bool(screened.uncertain)
    sealed = replace(sealed, **({"held": Held(now, {**document, "events": []})} if held else {"texts": originals}))
    if not sealed.is_empty:
        deposit.readers(document, waiting=held)  # or the clerk would learn of it only without --dry-run

    def keep() -> None:
        deposit.keep([(sealed, masked)])

    if not (held or dry_run):
        masked = with_lookup(masked, code, rulebook.lookup)
    registered = register(root, masked, rulebook, now, dry_run=dry_run, first=keep, instead=held)
    return Admitted(registered, screened, held, not sealed.is_empty, code)

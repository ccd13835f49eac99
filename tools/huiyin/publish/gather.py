"""Reading the record for the site: what may be published, what is only counted, and what is wrong."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from huiyin.check import check_cases
from huiyin.model.problem import HuiyinError, Problem, Severity
from huiyin.publish.preview import preview_of
from huiyin.publish.reopened import ReopenedCase, reopened_case
from huiyin.publish.statistics import Counted
from huiyin.publish.status.view import PublicStatus, status_of
from huiyin.publish.view import PublicCase, counted, counted_unpublished, public_case
from huiyin.repo.source import Source
from huiyin.repo.store import CASES, load_rulebook
from huiyin.rules.deadlines import local_day
from huiyin.rules.rulebook import Rulebook
from huiyin.rules.rulebook_problems import find_rulebook_problems
from huiyin.rules.standing import Replay


@dataclass(frozen=True, slots=True)
class Gathered:
    """What the site is made of.

    Args:
        as_of: the moment at which open cases are late or not.
        cases: the published cases, latest publication first.
        reopened: the cases that were published and returned since, by id.
        counted: every case that has no problem, published or not.
        previews: the replies that are submitted and not public, as they will look; None unless a preview was asked for.
        statuses: where each case stands whose sender was given a query code.
        problems: errors of cases, which are left out, placed on their lines.
    """

    as_of: datetime
    rulebook: Rulebook
    cases: tuple[PublicCase, ...]
    reopened: tuple[ReopenedCase, ...]
    counted: tuple[Counted, ...]
    problems: tuple[Problem, ...]
    statuses: tuple[PublicStatus, ...] = ()
    previews: tuple[PublicCase, ...] | None = None


def gather(source: Source, now: datetime, *, preview: bool = False) -> Gathered:
    """Read every case of a tree, and judge it as ``huiyin check`` does.

    Args:
        now: with an offset; events after it are errors.
        preview: show what is submitted too; never for a site that others can see.

    Raises:
        HuiyinError: the rules or schemas cannot be read at all, or contradict themselves.
    """
    rulebook = load_rulebook(source)
    if errors := [p for p in find_rulebook_problems(rulebook, local_day(now)) if p.level is Severity.ERROR]:
        raise HuiyinError(*errors)
    replays: list[Replay] = []
    problems = [p for p in source.strange(CASES) if p.level is Severity.ERROR]
    for checked in check_cases(source, rulebook, now):
        # Warnings do not keep a case from the site.
        if errors := [p for p in checked.problems if p.level is Severity.ERROR]:
            problems += errors
        elif checked.found is not None:
            replays.append(checked.found)
    public = [(found, public_case(found, rulebook)) for found in replays]
    cases = [case for _, case in public if case is not None]
    reopened = (reopened_case(found, rulebook.registry) for found, case in public if case is None)
    return Gathered(
        as_of=now,
        rulebook=rulebook,
        cases=tuple(sorted(cases, key=lambda case: (case.published_at, case.id), reverse=True)),
        reopened=tuple(case for case in reopened if case is not None),
        counted=tuple(counted(case) if case else counted_unpublished(found, rulebook) for found, case in public),
        problems=tuple(problems),
        statuses=tuple(filter(None, (status_of(found, rulebook, case) for found, case in public))),
        previews=tuple(filter(None, (preview_of(found, rulebook) for found in replays))) if preview else None,
    )

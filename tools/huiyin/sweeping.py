"""The sweep: judge every open pull request on a forge, say so there, and merge those that are ready.

It may run twice, or twice at once: comments and statuses are set, not added; and main moves by compare-and-swap.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from huiyin.calendar_change import find_calendar_change
from huiyin.forge.base import PullRef
from huiyin.forge.hosted import Hosted
from huiyin.forge.rendering import MERGED, headline, render, render_merged, render_problems
from huiyin.gate import Verdict
from huiyin.merging import Judgement, judge, merge_pull
from huiyin.model.problem import HuiyinError, Problem, bug
from huiyin.model.pull import PullFacts
from huiyin.repo.base import Base, load_base
from huiyin.repo.commits import find_commit, list_commits, list_first_parents
from huiyin.repo.git import attempt, run
from huiyin.repo.merging import RemoteBranch
from huiyin.repo.workspace import REMOTE

UNTOLD = frozenset(
    {f"HY66{n}" for n in range(6)} | {"HY633", "HY634", "HY636", "HY637", "HY670", "HY903", "HY905", "HY906"}
)
"""Troubles of the moment or of the gate itself: nothing that the author of a pull request could cure."""


class ForgeBranch(RemoteBranch):
    """Main on the forge; what goes wrong there is told as such."""

    __slots__ = ()

    def tip(self) -> str:
        """See ``Target.tip``.

        Raises:
            HuiyinError: HY671, it cannot be fetched.
        """
        try:
            return super().tip()
        except HuiyinError as error:
            raise HuiyinError(*(Problem("HY671", f"主线取不到：{p.message}") for p in error.problems)) from None

    def move(self, old: str, new: str) -> bool:
        """See ``Target.move``.

        Raises:
            HuiyinError: HY670, the forge refuses the push; HY671.
        """
        try:
            return super().move(old, new)
        except HuiyinError as error:
            found = (replace(p, code="HY670") if p.code == "HY905" else p for p in error.problems)
            raise HuiyinError(*found) from None


@dataclass(frozen=True, slots=True)
class Swept:
    """What became of one pull request.

    Args:
        verdict: None where it could not be judged; then ``problems`` say why.
        merged: the commit that brought it to main, if this sweep or another did.
        comment: what was, or would be, said on the forge; "" for nothing.
    """

    pull: PullRef
    verdict: Verdict | None = None
    merged: str | None = None
    problems: tuple[Problem, ...] = ()
    comment: str = ""


def sweep(
    forge: Hosted,
    workspace: Path,
    clock: Callable[[], datetime],
    *,
    key: str | None,
    only: Collection[int] | None = None,
    writes: bool = True,
) -> Iterator[Swept]:
    """Go through the open pull requests, oldest first; the trouble of one stops no other.

    Args:
        workspace: from ``open_workspace``.
        key: the gate's private key; None merges nothing.
        only: numbers of those to look at, all by default.
        writes: False neither comments nor merges.

    Raises:
        HuiyinError: the forge cannot be read (HY660 to HY664), main cannot be fetched (HY671), or its rules are broken.
    """
    pulls = [p for p in forge.pulls() if only is None or p.number in only]
    current = _Run(forge, workspace, ForgeBranch(workspace, REMOTE, forge.base_branch), clock, key, writes)
    load_base(workspace, current.target.tip())
    _fetch(workspace, pulls)
    for pull in pulls:
        try:
            yield current.judge(pull)
        except HuiyinError as error:
            yield current.recover(pull, error.problems)
        except Exception as error:  # noqa: BLE001 - what nobody thought of in one must not close the gate to all
            yield Swept(pull, problems=(bug(error),))


@dataclass(frozen=True)
class _Run:
    """One sweep; see there."""

    forge: Hosted
    workspace: Path
    target: ForgeBranch
    clock: Callable[[], datetime]
    key: str | None
    writes: bool

    def judge(self, pull: PullRef) -> Swept:
        """Judge one, say so, and merge it if it is ready."""
        found = find_commit(self.workspace, _ref(pull))
        if found is None:
            raise HuiyinError(Problem("HY671", f"合并请求 #{pull.number} 的提交取不到。"))
        if found != pull.head:
            raise HuiyinError(Problem("HY665", f"合并请求 #{pull.number} 又有新的推送。"))
        main = self.target.tip()
        if self.is_merged(pull, main):
            return self.settle(pull, main)
        base = load_base(self.workspace, main)
        judgement = judge(self.workspace, self.facts(pull, base), base)
        text = self.say(pull, judgement)
        if not (judgement.verdict.ready and self.writes and self.key):
            return Swept(pull, judgement.verdict, comment=text)
        return self.merge(pull, judgement, self.key)

    def merge(self, pull: PullRef, judgement: Judgement, key: str) -> Swept:
        """Merge what was ready a moment ago, unless somebody else has done so or it is ready no more."""
        try:
            outcome = merge_pull(
                self.workspace, lambda b: self.facts(pull, b), pull.head, key, self.clock, target=self.target
            )
        except HuiyinError:
            main = self.target.tip()
            if not self.is_merged(pull, main):
                raise
            return self.settle(pull, main, judgement)
        last = outcome.judgement
        if outcome.commit is None and self.is_merged(pull, last.facts.base):
            return self.settle(pull, last.facts.base, judgement)
        text = self.say(pull, last, outcome.commit)
        if outcome.commit is not None:
            self.forge.settle(pull)
        return Swept(pull, last.verdict, outcome.commit, comment=text)

    def facts(self, pull: PullRef, base: Base) -> PullFacts:
        """The forge's facts against that commit of main; the forge must know every commit that would come there."""
        facts = replace(self.forge.facts(pull), base=base.commit)
        unknown = set(list_commits(self.workspace, pull.head, without=base.commit)) - {c.sha for c in facts.commits}
        if unknown:
            listed = "、".join(sorted(sha[:10] for sha in unknown)[:5])
            raise HuiyinError(Problem("HY667", f"分支中的提交（{listed}）不在平台列出的清单中。"))
        return facts

    def say(self, pull: PullRef, judgement: Judgement, merged: str | None = None) -> str:
        """Comment and status, which say the same, by the rules that the judgement rests on."""
        verdict, base, now = judgement.verdict, load_base(self.workspace, judgement.facts.base), self.clock()
        calendar = find_calendar_change(
            self.workspace, base, judgement.changes, judgement.tree or judgement.facts.head, now
        )
        text = render(
            verdict,
            judgement.changes,
            base.rulebook,
            base.schema.document,
            now,
            merged=merged,
            calendar=calendar,
            preview=base.preview,
        )
        self.write(pull, text, verdict.ready, headline(verdict, merged))
        return text

    def settle(self, pull: PullRef, main: str, judgement: Judgement | None = None) -> Swept:
        """Note that main has the pull request already."""
        merged = self.merge_of(pull, main)
        text = ""
        if judgement is not None:
            text = self.say(pull, judgement, merged)
        elif MERGED not in self.forge.said(pull):
            # Whoever merged it broke off, or will say more in a moment.
            text = render_merged(pull.head, merged)
            self.write(pull, text, True, MERGED)
        if self.writes:
            self.forge.settle(pull)
        return Swept(pull, judgement.verdict if judgement else None, merged, comment=text)

    def recover(self, pull: PullRef, problems: Sequence[Problem]) -> Swept:
        """Find out whether somebody else was faster: what the forge tells of a pull request changes with its merge."""
        try:
            main = self.target.tip()
            if self.is_merged(pull, main):
                return self.settle(pull, main)
        except HuiyinError as error:
            problems = (*problems, *error.problems)
        return self.tell(pull, problems)

    def tell(self, pull: PullRef, problems: Sequence[Problem]) -> Swept:
        """Tell the author what only the author can cure; that telling may fail as well."""
        told = [p for p in problems if p.code not in UNTOLD]
        text = render_problems(told) if told else ""
        try:
            if told:
                self.write(pull, text, False, f"闸门：暂时不能判断（{told[0].code}）")
        except HuiyinError as error:
            problems = (*problems, *error.problems)
        return Swept(pull, problems=tuple(problems), comment=text)

    def write(self, pull: PullRef, text: str, ok: bool, summary: str) -> None:
        """Write on the forge, unless this is a dry run."""
        if self.writes:
            self.forge.comment(pull, text)
            self.forge.set_status(pull, pull.head, ok, summary)

    def merge_of(self, pull: PullRef, main: str) -> str:
        """The oldest commit of main's own line that has the pull request's head."""
        having = run(self.workspace, "rev-list", "--ancestry-path", f"{pull.head}..{main}").decode().split()
        line = list_first_parents(self.workspace, main, without=pull.head)
        return next((c for c in line if c in having), main)

    def is_merged(self, pull: PullRef, main: str) -> bool:
        """Whether that commit of main has the pull request's head."""
        return attempt(self.workspace, "merge-base", "--is-ancestor", pull.head, main).returncode == 0


def _fetch(workspace: Path, pulls: Sequence[PullRef]) -> None:
    """Bring the heads here as data: all at once, or one by one where one of them spoils it for the others."""
    specs = [f"+refs/pull/{p.number}/head:{_ref(p)}" for p in pulls]
    command = ("fetch", "--quiet", "--no-tags", "--no-recurse-submodules", REMOTE)
    if specs and attempt(workspace, *command, *specs).returncode and len(specs) > 1:
        for spec in specs:
            attempt(workspace, *command, spec)


def _ref(pull: PullRef) -> str:
    return f"refs/huiyin/pull/{pull.number}"

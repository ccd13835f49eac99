"""The sweep: judge every open pull request on a forge, say so there, and merge those that are ready.

It may run twice, or twice at once: comments and statuses are set, not added; and main moves by compare-and-swap.
"""

from __future__ import annotations

import shlex
import tempfile
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from huiyin.forge.base import PullRef
from huiyin.forge.hosted import Hosted
from huiyin.forge.rendering import headline, render, render_problems
from huiyin.gate import Verdict
from huiyin.merging import Judgement, judge, merge_pull
from huiyin.model.problem import HuiyinError, Problem
from huiyin.model.pull import PullFacts
from huiyin.repo.base import Base, load_base
from huiyin.repo.commits import find_commit, list_commits
from huiyin.repo.git import attempt, run
from huiyin.repo.merging import RemoteBranch

UNTOLD = frozenset({"HY660", "HY661", "HY662", "HY663", "HY664", "HY665"})
"""Troubles of the moment or of the gate itself: nothing that the author of a pull request could cure."""
_REMOTE = "forge"


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


@contextmanager
def open_workspace(root: Path, remote: str, key: str | None) -> Iterator[Path]:
    """A bare repository of its own for the time of a sweep, so that no checkout is touched and sweeps do not meet.

    Objects that are here already are borrowed; what is fetched is checked, as trees may be made to deceive.

    Args:
        root: a repository of the same record.
        remote: what Git fetches from and pushes to.
        key: the gate's private key for SSH, or None for whatever the machine has.

    Raises:
        HuiyinError: HY905.
    """
    with tempfile.TemporaryDirectory(prefix="huiyin-") as folder:
        bare = Path(folder) / "sweep.git"
        bare.mkdir()
        form = run(root, "rev-parse", "--show-object-format").decode().strip()
        run(bare, "init", "--quiet", "--bare", "--template=", f"--object-format={form}")
        if run(root, "rev-parse", "--is-shallow-repository").strip() == b"false":
            objects = run(root, "rev-parse", "--path-format=absolute", "--git-path", "objects").decode().strip()
            (bare / "objects" / "info").mkdir(exist_ok=True)
            (bare / "objects" / "info" / "alternates").write_text(f"{objects}\n", encoding="utf-8")
        settings = {"gc.auto": "0", "transfer.fsckObjects": "true", f"remote.{_REMOTE}.url": remote}
        if key is not None and Path(key).is_file():
            settings["core.sshCommand"] = f"ssh -i {shlex.quote(key)} -o IdentitiesOnly=yes -o BatchMode=yes"
        for name, value in settings.items():
            run(bare, "config", name, value)
        yield bare


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
    target = RemoteBranch(workspace, _REMOTE, forge.base_branch)
    try:
        main = target.tip()
    except HuiyinError as error:
        raise HuiyinError(*(Problem("HY671", f"主线取不到：{p.message}") for p in error.problems)) from None
    load_base(workspace, main)
    _fetch(workspace, pulls)
    for pull in pulls:
        try:
            swept = _one(forge, workspace, target, pull, main, clock, key, writes)
        except HuiyinError as error:
            swept = _trouble(forge, pull, error.problems, writes)
        main = swept.merged or main
        yield swept


def _one(
    forge: Hosted,
    workspace: Path,
    target: RemoteBranch,
    pull: PullRef,
    main: str,
    clock: Callable[[], datetime],
    key: str | None,
    writes: bool,
) -> Swept:
    if find_commit(workspace, _ref(pull)) is None:
        raise HuiyinError(Problem("HY671", f"合并请求 #{pull.number} 的提交取不到。"))
    if find_commit(workspace, _ref(pull)) != pull.head:
        raise HuiyinError(Problem("HY665", f"合并请求 #{pull.number} 又有新的推送。"))
    if _is_merged(workspace, pull, main):
        return _settled(forge, pull, main, writes)
    base = load_base(workspace, main)
    judgement = judge(workspace, _facts(forge, workspace, pull, base), base)
    text = _say(forge, pull, judgement, base, clock, None, writes)
    if not (judgement.verdict.ready and writes and key):
        return Swept(pull, judgement.verdict, comment=text)
    outcome = merge_pull(
        workspace, lambda anew: _facts(forge, workspace, pull, anew), pull.head, key, clock, target=target
    )
    if outcome.commit is None:
        # Somebody else was faster, with this very pull request or with another that stands in its way now.
        now = target.tip()
        if _is_merged(workspace, pull, now):
            return _settled(forge, pull, now, writes)
    last = outcome.judgement
    text = _say(forge, pull, last, load_base(workspace, last.facts.base), clock, outcome.commit, writes)
    if outcome.commit is not None:
        forge.settle(pull)
    return Swept(pull, last.verdict, outcome.commit, comment=text)


def _facts(forge: Hosted, workspace: Path, pull: PullRef, base: Base) -> PullFacts:
    """The forge's facts against that commit of main; the forge must know every commit that Git would bring there."""
    facts = replace(forge.facts(pull), base=base.commit)
    unknown = set(list_commits(workspace, pull.head, without=base.commit)) - {c.sha for c in facts.commits}
    if unknown:
        listed = "、".join(sorted(sha[:10] for sha in unknown)[:5])
        raise HuiyinError(Problem("HY667", f"分支中的提交（{listed}）不在平台列出的清单中。"))
    return facts


def _say(
    forge: Hosted,
    pull: PullRef,
    judgement: Judgement,
    base: Base,
    clock: Callable[[], datetime],
    merged: str | None,
    writes: bool,
) -> str:
    """Comment and status, which say the same."""
    verdict = judgement.verdict
    text = render(verdict, judgement.changes, base.rulebook, base.schema.document, clock(), merged=merged)
    if writes:
        forge.comment(pull, text)
        forge.set_status(pull, pull.head, verdict.ready, headline(verdict, merged))
    return text


def _settled(forge: Hosted, pull: PullRef, main: str, writes: bool) -> Swept:
    if writes:
        forge.settle(pull)
    return Swept(pull, merged=main)


def _trouble(forge: Hosted, pull: PullRef, problems: Sequence[Problem], writes: bool) -> Swept:
    """Tell the author what only the author can cure; that telling may fail as well."""
    told = [p for p in problems if p.code not in UNTOLD]
    text = render_problems(told) if told else ""
    if told and writes:
        try:
            forge.comment(pull, text)
            forge.set_status(pull, pull.head, False, f"闸门：暂时不能判断（{told[0].code}）")
        except HuiyinError as error:
            problems = (*problems, *error.problems)
    return Swept(pull, problems=tuple(problems), comment=text)


def _fetch(workspace: Path, pulls: Sequence[PullRef]) -> None:
    """Bring the heads here as data: all at once, or one by one where one of them spoils it for the others."""
    specs = [f"+refs/pull/{p.number}/head:{_ref(p)}" for p in pulls]
    command = ("fetch", "--quiet", "--no-tags", "--no-recurse-submodules", _REMOTE)
    if specs and attempt(workspace, *command, *specs).returncode and len(specs) > 1:
        for spec in specs:
            attempt(workspace, *command, spec)


def _ref(pull: PullRef) -> str:
    return f"refs/huiyin/pull/{pull.number}"


def _is_merged(workspace: Path, pull: PullRef, main: str) -> bool:
    return attempt(workspace, "merge-base", "--is-ancestor", pull.head, main).returncode == 0

"""No forge at all: branches of a repository, and approvals that are signed empty commits on their tips (design §5).

An approval is a commit with one parent and its parent's tree, whose last paragraph holds ``Huiyin-Approves: <hash>``
or ``Huiyin-Objects: <hash>``. Whose it is, its SSH signature says, checked against rules/people.yaml of the base.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from huiyin.forge.base import PullRef
from huiyin.model.case import SHANGHAI
from huiyin.model.problem import HuiyinError, Problem, UsageError
from huiyin.model.pull import Commit, Identity, PullFacts, Review, ReviewState
from huiyin.repo.base import Base, load_base
from huiyin.repo.commits import SHA, RawCommit, find_commit, list_commits, read_commits, trailers_of
from huiyin.repo.git import attempt, run
from huiyin.repo.signing import verify_signatures

NAME = "ssh"
APPROVES, OBJECTS = "Huiyin-Approves", "Huiyin-Objects"
MAX_COMMITS = 1000
"""Each signature costs two processes, so a branch must not be endless."""
_STATES = {APPROVES: ReviewState.APPROVED, OBJECTS: ReviewState.CHANGES_REQUESTED}


@dataclass(frozen=True, slots=True)
class Branch:
    """The commits between main and a branch's tip, told apart.

    Args:
        head: the newest commit that is no approval: what is judged, and merged.
        work: all commits that are no approvals, parents before children.
        approvals: (commit, state, hash that it speaks of), parents before children.
    """

    head: str
    work: tuple[RawCommit, ...]
    approvals: tuple[tuple[RawCommit, ReviewState, str], ...]


def read_branch(root: Path, base: str, tip: str) -> Branch:
    """Tell work from approvals.

    Args:
        base: full hash of main's tip.
        tip: full hash of the branch's tip.

    Raises:
        HuiyinError: HY646, there are too many commits; HY631, HY905.
    """
    shas = list_commits(root, tip, without=base)
    if len(shas) > MAX_COMMITS:
        raise HuiyinError(Problem("HY646", f"分支上有{len(shas)}个提交，超过{MAX_COMMITS}个。"))
    commits = read_commits(root, shas)
    below = {p for c in commits for p in c.parents} - set(shas)
    trees = {c.sha: c.tree for c in (*commits, *read_commits(root, sorted(below)))}
    work, approvals = [], []
    for commit in commits:
        spoken = _spoken(commit, trees)
        if spoken is None:
            work.append(commit)
        else:
            approvals.append((commit, *spoken))
    return Branch(_head(tip, commits, {a[0].sha for a in approvals}), tuple(work), tuple(approvals))


def signed_facts(
    root: Path, base: Base, tip: str, *, seen_at: Callable[[Branch], datetime], now: datetime
) -> PullFacts:
    """Tell everything about a branch that is not in its trees, from Git and signatures alone.

    Args:
        base: of main's tip: whose keys count.
        tip: full hash of the branch's tip, approvals included.
        seen_at: tells when the server first saw the head.

    Raises:
        UsageError: HY633, ssh-keygen is not installed.
        HuiyinError: as ``read_branch``.
    """
    branch = read_branch(root, base.commit, tip)
    signers = verify_signatures(root, [*branch.work, *(a[0] for a in branch.approvals)], base.people_keys)

    def signer(commit: RawCommit) -> Identity | None:
        return Identity(NAME, signers[commit.sha]) if commit.sha in signers else None

    reviews = tuple(
        # An approval of an unknown key is kept, so that people are told that it does not count.
        Review(signer(commit) or Identity(NAME, ""), spoken_of, state, commit.committed, commit.sha)
        for commit, state, spoken_of in branch.approvals
    )
    return PullFacts(
        provider=NAME,
        base=base.commit,
        head=branch.head,
        author=signer(branch.work[0]) if branch.work else None,
        pushers=(),
        commits=tuple(Commit(c.sha, c.parents, (), signer(c)) for c in branch.work),
        reviews=reviews,
        seen_at=seen_at(branch),
        now=now,
    )


def find_objections(root: Path, base: Base, tip: str, facts: PullFacts) -> tuple[Review, ...]:
    """Objections to the same head that lie on other branches: one without them is quickly made of an older tip.

    Of each key the latest word counts, on whichever branch it is; an approval elsewhere approves nothing here.

    Args:
        tip: full hash of the branch that ``facts`` are of.

    Raises:
        UsageError, HuiyinError: HY633, HY905.
    """
    out = run(
        root, "for-each-ref", f"--contains={facts.head}", "--format=%(objectname)", "refs/heads/", "refs/remotes/"
    )
    others = [r for t in dict.fromkeys(out.decode().split()) if t != tip for r in _words_on(root, base, t)]
    standing = _standing([*facts.reviews, *(r for r in others if r.commit == facts.head)])
    return tuple(r for r in standing if r not in facts.reviews)


def has_objection(root: Path, base: Base, tip: str) -> bool:
    """Whether an objection stands on a branch, so that the branch must stay; raises as ``find_objections``."""
    return bool(_standing(_words_on(root, base, tip)))


def _words_on(root: Path, base: Base, tip: str) -> tuple[Review, ...]:
    """What known keys say on a branch; nothing of one that cannot be read, and so not be merged."""
    try:
        approvals = read_branch(root, base.commit, tip).approvals
    except UsageError:
        raise
    except HuiyinError:
        return ()
    signers = verify_signatures(root, [a[0] for a in approvals], base.people_keys)
    return tuple(
        Review(Identity(NAME, signers[commit.sha]), spoken_of, state, commit.committed, commit.sha)
        for commit, state, spoken_of in approvals
        if commit.sha in signers
    )


def _standing(reviews: Iterable[Review]) -> list[Review]:
    """The objections that are the latest word of their key; within one second an objection is the later one."""
    ordered = sorted(reviews, key=lambda r: (r.at, r.state is ReviewState.CHANGES_REQUESTED, r.reference))
    latest = {r.by: r for r in ordered}
    return [r for r in latest.values() if r.state is ReviewState.CHANGES_REQUESTED]


@dataclass(frozen=True)
class SignedProvider:
    """Branches of one repository as proposals to main.

    Args:
        root: the repository, bare or not. Only a bare one's record of pushes is trusted for when a head came in.
        clock: gives the time, with an offset.
        base_branch: short name of the branch that proposals want to reach.
    """

    root: Path
    clock: Callable[[], datetime]
    base_branch: str = "main"
    name: str = NAME

    def pulls(self) -> Iterator[PullRef]:
        """Every branch that main does not contain, in order of its name."""
        main = self._main()
        out = run(self.root, "for-each-ref", f"--no-merged={main}", "--format=%(objectname) %(refname)", "refs/heads/")
        for line in out.decode(errors="surrogateescape").splitlines():
            sha, _, ref = line.partition(" ")
            if ref != f"refs/heads/{self.base_branch}":
                yield PullRef(None, ref.removeprefix("refs/heads/"), sha, self.base_branch)

    def find(self, branch: str) -> PullRef:
        """One branch by its short name.

        Raises:
            UsageError: HY630, there is none.
        """
        tip = find_commit(self.root, f"refs/heads/{branch}")
        if tip is None or branch == self.base_branch:
            raise UsageError(Problem("HY630", f"没有名为“{branch}”的待审分支。"))
        return PullRef(None, branch, tip, self.base_branch)

    def facts(self, pull: PullRef) -> PullFacts:
        """See ``Provider.facts``."""
        return self.facts_on(pull, load_base(self.root, self._main()))

    def facts_on(self, pull: PullRef, base: Base) -> PullFacts:
        """The same, against a given commit of main."""
        now = self.clock()
        ref = f"refs/heads/{pull.branch}"
        facts = signed_facts(self.root, base, pull.head, seen_at=lambda b: self._seen_at(ref, b, now), now=now)
        elsewhere = find_objections(self.root, base, pull.head, facts)
        return replace(facts, reviews=(*facts.reviews, *elsewhere), words=(("分支名", pull.branch),))

    def comment(self, pull: PullRef, markdown: str) -> None:
        """Say nothing: without a forge people ask with ``huiyin gate``."""

    def set_status(self, pull: PullRef, sha: str, ok: bool, summary: str) -> None:
        """Mark nothing: without a forge there is nowhere to."""

    def _main(self) -> str:
        found = find_commit(self.root, f"refs/heads/{self.base_branch}")
        if found is None:
            raise UsageError(Problem("HY630", f"没有名为“{self.base_branch}”的主线分支。"))
        return found

    def _seen_at(self, ref: str, branch: Branch, now: datetime) -> datetime:
        """When the head, or an approval on top of it, first became the branch's tip here."""
        if run(self.root, "rev-parse", "--is-bare-repository").strip() != b"true":
            return now
        wanted = {branch.head, *(commit.sha for commit, _, _ in branch.approvals)}
        seen = [at for sha, at in read_reflog(self.root, ref) if sha in wanted and at <= now]
        return min(seen, default=now)


def read_reflog(root: Path, ref: str) -> Iterable[tuple[str, datetime]]:
    """Give (hash, time) of each move of a branch that this repository noted, newest first; none is no error."""
    done = attempt(root, "log", "--walk-reflogs", "--no-show-signature", "--date=unix", "--format=%H %gd", ref, "--")
    for line in done.stdout.decode(errors="replace").splitlines():
        sha, _, selector = line.partition(" ")
        seconds = selector.rpartition("{")[2].rstrip("}")
        if seconds.isdigit():
            yield sha, datetime.fromtimestamp(int(seconds), SHANGHAI)


def _spoken(commit: RawCommit, trees: dict[str, str]) -> tuple[ReviewState, str] | None:
    """What an approval says of which commit; None for every other commit, and for whatever is not clearly one."""
    if len(commit.parents) != 1 or trees[commit.parents[0]] != commit.tree:
        return None
    found = [(name, value) for name, value in trailers_of(commit.message) if name in _STATES]
    if len(found) != 1 or not SHA.fullmatch(found[0][1]):
        return None
    name, value = found[0]
    return _STATES[name], value


def _head(tip: str, commits: list[RawCommit], approvals: set[str]) -> str:
    by_sha = {c.sha: c for c in commits}
    head = tip
    while head in approvals:
        head = by_sha[head].parents[0]
    return head

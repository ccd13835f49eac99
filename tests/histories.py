"""Histories of main, honest and rewritten, for whoever audits them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from huiyin.audit import Audit, audit
from huiyin.audit_memory import Memory, memory_of
from huiyin.repo.commits import read_commits
from huiyin.repo.git import run
from huiyin.repo.merging import merge_trees, tree_of
from huiyin.repo.signing import GATE_MAIL, GATE_NAME, make_commit
from tests.office import NOW, Office
from tests.test_merging import merge, new, ready

MOMENT = datetime.fromisoformat(NOW)
LENGTH = 5


def time_of(number: int) -> datetime:
    """When the merge of that number was made: a minute after the one before."""
    return MOMENT + timedelta(minutes=number)


@dataclass
class History:
    """A main of five honest merges, and somebody who rewrites it.

    Args:
        main: its commits, the first commit of all included: the index is the number of the merge.
    """

    office: Office
    main: list[str]

    @property
    def bare(self) -> Path:
        """The repository."""
        return self.office.bare

    @property
    def memory(self) -> Memory:
        """Of the repository itself."""
        return memory_of(self.bare)

    def audit(self, head: str | None = None, **options: object) -> Audit:
        """Prove main, or any other commit, from the first commit on."""
        return audit(self.bare, head or self.office.main(), **options)  # type: ignore[arg-type]  # as audit takes them

    def found(self, head: str | None = None) -> list[tuple[int, str, list[str]]]:
        """Number, hash and codes of what is bad: one entry at most, as not all are asked for."""
        return [(f.number, f.commit, [p.code for p in f.problems]) for f in self.audit(head).findings]

    def remake(
        self,
        number: int,
        *,
        parent: str | None = None,
        tip: str | None = None,
        tree: str | None = None,
        message: str | None = None,
        key: Path | None = None,
        at: datetime | None = None,
    ) -> str:
        """The merge of that number with something changed, signed by the gate's key or another."""
        [old] = read_commits(self.bare, [self.main[number]])
        return make_commit(
            self.bare,
            tree or old.tree,
            (parent or old.parents[0], tip or old.parents[1]),
            old.message if message is None else message,
            key=str(key or self.office.gate_key),
            at=at or old.committed,
            name=GATE_NAME,
            mail=GATE_MAIL,
        )

    def rebuild(self, above: str, numbers: Sequence[int], key: Path | None = None) -> str:
        """Honest merges of later branches once more, on another main; gives the new tip."""
        for number in numbers:
            [old] = read_commits(self.bare, [self.main[number]])
            above = self.remake(number, parent=above, tree=merge_trees(self.bare, above, old.parents[1]), key=key)
        return above

    def tree_with(self, commit: str, path: str, text: str) -> str:
        """The tree of a commit with one file changed or added."""
        index = {"GIT_INDEX_FILE": str(self.bare / "audit-index")}
        blob = run(self.bare, "hash-object", "-w", "--stdin", stdin=text.encode()).decode().strip()
        run(self.bare, "read-tree", commit, env=index)
        run(self.bare, "update-index", "--add", "--cacheinfo", f"100644,{blob},{path}", env=index)
        return run(self.bare, "write-tree", env=index).decode().strip()

    def commit_straight(self, parent: str, key: Path | None = None) -> str:
        """A commit that is no merge, signed by the gate's key or another."""
        tree, signer = tree_of(self.bare, parent), str(key or self.office.gate_key)
        return make_commit(
            self.bare, tree, [parent], "改正\n", key=signer, at=time_of(9), name="demo", mail="demo@example.invalid"
        )

    def read(self, commit: str, path: str) -> str:
        """A file of a commit."""
        return run(self.bare, "cat-file", "blob", f"{commit}:{path}").decode()

    def move_main(self, commit: str) -> str:
        """Force main to stand elsewhere, as root on the server can."""
        run(self.bare, "update-ref", "refs/heads/main", commit)
        return commit


def make_history(office: Office) -> History:
    """Five merges. The second goes on with the case of the first; the fourth's branch is older than the third."""
    main = [office.main()]

    def take(number: int) -> None:
        merge(office, f"b{number}", now=time_of(number))
        main.append(office.main())

    ready(office, "b1", new("1"))
    take(1)
    ready(office, "b2", new("1").assigned("2026-11-23 09:00"))
    take(2)
    ready(office, "b3", new("3"))
    ready(office, "b4", new("4"))
    take(3)
    take(4)
    ready(office, "b5", new("5"))
    take(5)
    assert LENGTH + 1 == len(set(main))
    return History(office, main)

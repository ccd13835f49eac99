"""The acceptance suite of the gate: one folder a change that somebody might try, found by itself (design §5).

``tests/golden/<name>/`` holds

* ``base/`` and ``head/``: only the files that matter. The project's rules and schemas lie below both sides, file by
  file; ``head/`` lies over ``base/``. ``old/``, if any, lies over ``base/`` in the first of several commits; ``main/``,
  if any, is what main has become meanwhile, and the change is judged on the merge of both.
* ``facts.yaml``: ``about`` (what is tried), ``row`` (of the design's table, see ROWS), who did what, by person id.
* ``expected.yaml``: the verdict.

The keys of ``facts.yaml`` besides: ``provider`` (github), ``now``, ``seen_at`` (now), ``author``, ``pushers`` (the
author), ``commits`` (one by the author), ``reviews``; ``people`` and ``head_people`` (laid over rules/people.yaml, the
second in the head only), and for what no folder should hold ``deleted``, ``modes``, ``files``, ``edits``, ``padded``.
Somebody outside people.yaml is written ``github:123``; a second key of a person ``li.na#2``.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from huiyin.gate import Verdict, decide
from huiyin.model.pull import Commit, Identity, PullFacts, Review, ReviewState
from huiyin.repo import yaml
from huiyin.repo.changes import find_changes
from huiyin.repo.git import GitSource
from huiyin.repo.schemas import load_schema
from huiyin.repo.store import load_rulebook
from tests.public_keys import public_key
from tests.trees import File, Trees, read_folder, shipped

GOLDEN = Path(__file__).parent / "golden"
NAMES = sorted(p.name for p in GOLDEN.iterdir() if p.is_dir())
PEOPLE = "rules/people.yaml"
NOW = "2026-11-23T10:00:00+08:00"

ROWS = {
    "own-rules": "PR edits tools, workflow, schema or rules so that it passes",
    "approve-then-push": "approve, then push more",
    "own-work": "push to a colleague's PR, then approve it",
    "grants-itself": "PR grants its own author a role",
    "stranger": "bot or unknown identity approves",
    "no-evidence": "forged green status, admin merge, force push",
    "dismissed": "dismissed objection revives an older approval",
    "two-changes": "two valid PRs for one case; stale base",
    "history": "rewriting, reordering or deleting events; renames; deletes",
    "disguise": "symlinks, file modes, `.gitattributes -diff`, bidi/zero-width text, evil merges inside the branch",
    "yaml": "YAML ambiguity, bombs, huge files",
    "backdated": "backdated `at`",
    "other-text": "published text differs from signed text",
    "identity": "spoofed commit author, wrong or expired or revoked key",
    "shell": "PR title as shell",
    # Beyond the table: what the procedure asks for, the gate's own rules, and honest work.
    "procedure": "an event that the procedure forbids, or without one of its signatures",
    "record": "a file that the record must not hold",
    "honest": "honest work, which must pass",
}
"""The attacks of design §5 by the name that ``facts.yaml`` gives, and three more kinds."""


@cache
def read(path: Path) -> dict[str, Any]:
    """One of the suite's own files, in the strict dialect."""
    return yaml.parse_mapping(path.read_bytes(), path=path.name)


@dataclass(frozen=True)
class Golden:
    """One folder of the suite."""

    folder: Path
    facts: Mapping[str, Any]

    @property
    def provider(self) -> str:
        """``github``, ``gitea`` or ``ssh``."""
        return str(self.facts.get("provider", "github"))

    def trees(self) -> dict[str, dict[str, File]]:
        """The files of ``base``, ``old``, ``head`` and ``main``."""
        base = {**shipped(), **read_folder(self.folder / "base")}
        base[PEOPLE] = self._people(base[PEOPLE], self.facts.get("people", {}))
        head = {**base, **read_folder(self.folder / "head")}
        if "head_people" in self.facts:
            head[PEOPLE] = self._people(head[PEOPLE], self.facts["head_people"])
        head |= {path: File(text.encode()) for path, text in self.facts.get("files", {}).items()}
        for edit in self.facts.get("edits", []):
            text = head[edit["path"]].data.decode()
            assert edit["old"] in text, f"{edit['old']!r} is not there to be edited"
            head[edit["path"]] = File(text.replace(edit["old"], edit["new"]).encode())
        for path, size in self.facts.get("padded", {}).items():
            head[path] = File(head[path].data.ljust(size, b"#"))
        for path in self.facts.get("deleted", []):
            del head[path]
        for path, mode in self.facts.get("modes", {}).items():
            head[path] = File(head[path].data, mode)
        old = {**base, **read_folder(self.folder / "old")}
        return {"base": base, "old": old, "head": head, "main": {**base, **read_folder(self.folder / "main")}}

    def _people(self, shipped_file: File, changed: Mapping[str, Any]) -> File:
        document = yaml.parse_mapping(shipped_file.data, path=PEOPLE)
        people = document["people"] | changed
        for name, person in people.items():
            if self.provider == "ssh":
                person.setdefault("keys", [{"ssh": name, "from": "2015-08-05"}])
            for key in person.get("keys", []):
                if " " not in key["ssh"]:
                    key["ssh"] = public_key(key["ssh"])
        return File(json.dumps({"people": people}, ensure_ascii=False, indent=1).encode())

    def identity(self, who: str | None, people: File) -> Identity | None:
        """Who somebody is to the provider."""
        if who is None:
            return None
        provider, colon, value = who.partition(":")
        if colon:
            return Identity(provider, value)
        if self.provider == "ssh":
            return Identity("ssh", public_key(who))
        forge = json.loads(people.data)["people"][who].get("forge", {})
        return Identity(self.provider, str(forge.get(self.provider)))

    def run(self, repository: Trees) -> tuple[Verdict | None, tuple[str, ...]]:
        """The gate's verdict, or the paths in conflict with main."""
        trees = self.trees()
        base = repository.commit(trees["base"])
        described = self.facts.get("commits") or [{}]
        commits: list[Commit] = []
        tip = base
        for n, commit in enumerate(described):
            last = n == len(described) - 1
            parents = (tip, *([base] if commit.get("merge") else []))
            message = commit.get("message", "Demo")
            tip = repository.commit(trees["head" if last else "old"], *parents, message=message)
            commits.append(self._commit(tip, parents, commit, trees["base"][PEOPLE]))
        judged, head = base, tip
        if (self.folder / "main").is_dir():
            judged = repository.commit(trees["main"], base)
            head, conflicts = repository.merge(judged, tip)
            if conflicts:
                return None, tuple(conflicts)
        source = GitSource(repository.root, judged)
        changes = find_changes(repository.root, judged, head, load_schema(source, "case"))
        facts = self._facts(judged, tip, tuple(commits), trees["base"][PEOPLE])
        return decide(facts, changes, load_rulebook(source)), ()

    def _commit(self, sha: str, parents: tuple[str, ...], described: Mapping[str, Any], people: File) -> Commit:
        author = self.facts.get("author")
        authors = (self.identity(who, people) for who in described.get("authors", [author]))
        signer = described.get("signer", author if self.provider == "ssh" else None)
        return Commit(sha, parents, tuple(a for a in authors if a), self.identity(signer, people))

    def _facts(self, base: str, head: str, commits: tuple[Commit, ...], people: File) -> PullFacts:
        now = datetime.fromisoformat(self.facts.get("now", NOW))
        author = self.identity(self.facts.get("author"), people)
        pushed_by = self.facts.get("pushers", [] if self.provider == "ssh" else [self.facts.get("author")])
        shas = {"head": head, "old": commits[0].sha, "base": base}
        reviews = []
        for n, review in enumerate(self.facts.get("reviews", [])):
            by = self.identity(review["by"], people)
            assert by is not None
            state = ReviewState(review.get("state", "approved"))
            at = datetime.fromisoformat(review.get("at", now.isoformat()))
            reviews.append(Review(by, shas[review.get("of", "head")], state, at, f"review-{n}"))
        return PullFacts(
            provider=self.provider,
            base=base,
            head=head,
            author=author,
            pushers=tuple(p for p in (self.identity(who, people) for who in pushed_by) if p),
            commits=() if self.facts.get("commits") == [] else commits,
            reviews=tuple(reviews),
            seen_at=datetime.fromisoformat(self.facts.get("seen_at", now.isoformat())),
            now=now,
        )


def shown(verdict: Verdict | None, conflicts: tuple[str, ...]) -> dict[str, Any]:
    """A verdict in the words of ``expected.yaml``."""
    if verdict is None:
        return {"conflict": list(conflicts)}
    return {
        "kind": verdict.kind,
        "ready": verdict.ready,
        "legal": verdict.legal,
        "problems": [
            {"code": p.code} | {k: v for k, v in (("path", p.path), ("pointer", p.pointer)) if v}
            for p in verdict.problems
        ],
        "requirements": [
            {
                "unit": s.requirement.unit,
                "role": s.requirement.role.value,
                "article": s.requirement.article,
                "satisfied": s.satisfied,
                "approved_by": [p.id for p, _ in s.approved_by],
                "candidates": [p.id for p in s.candidates],
            }
            for s in verdict.seats
        ],
        "objections": [p.id for p in verdict.objections],
    }


@pytest.mark.parametrize("name", NAMES)
def test_the_verdict_is_as_expected(name: str, tmp_path: Path) -> None:
    """Each folder: a real repository, the real gate, exactly the expected verdict."""
    golden = Golden(GOLDEN / name, read(GOLDEN / name / "facts.yaml"))
    assert read(GOLDEN / name / "expected.yaml") == shown(*golden.run(Trees(tmp_path / "repository.git")))


def test_the_suite_is_found() -> None:
    """A moved folder must not make the suite pass by finding nothing."""
    assert len(NAMES) >= 40


@pytest.mark.parametrize("row", ROWS)
def test_every_attack_has_a_folder(row: str) -> None:
    """Each row of the design's table is tried, and honest work is, too."""
    assert [name for name in NAMES if row == read(GOLDEN / name / "facts.yaml")["row"]]


@pytest.mark.parametrize("name", NAMES)
def test_every_folder_says_what_it_is_about(name: str) -> None:
    """Only honest work and what nobody needs to sign is ready; an attack never is."""
    facts, expected = read(GOLDEN / name / "facts.yaml"), read(GOLDEN / name / "expected.yaml")
    assert facts["row"] in ROWS
    assert facts["about"].endswith(".")
    if "conflict" not in expected:
        assert (facts["row"] == "honest" or facts.get("harmless", False)) == expected["ready"]

"""Reading and running one folder of the acceptance suite of the gate (design §5).

``tests/golden/<name>/`` holds

* ``base/`` and ``head/``: only the files that matter. The project's rules and schemas lie below both sides, file by
  file; ``head/`` lies over ``base/``. ``old/``, if any, lies over ``base/`` in the first of several commits; ``main/``,
  if any, is what main has become meanwhile, and the change is judged on the merge of both.
* ``facts.yaml``: ``about`` (what is tried), ``row`` (of the design's table, see tests/test_golden.py), who did what, by
  person id.
* ``expected.yaml``: the verdict.

The keys of ``facts.yaml`` besides: ``provider`` (github), ``now``, ``seen_at`` (now), ``author``, ``pushers`` (the
author), ``commits`` (one by the author), ``reviews``; ``title``, ``body`` and ``branch`` of a pull request; ``people``
and ``head_people`` (laid over rules/people.yaml, the second in the head only), and for what no folder should hold
``deleted``, ``modes``, ``files``, ``edits``, ``padded``.
Somebody outside people.yaml is written ``github:123``; a second key of a person ``li.na#2``.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from huiyin.gate import Verdict, decide
from huiyin.introduced import find_introduced
from huiyin.model.pull import Commit, Identity, PullFacts, Review, ReviewState
from huiyin.model.unit import Person
from huiyin.repo import yaml
from huiyin.repo.base import load_base
from huiyin.repo.changes import find_changes
from tests.public_keys import public_key
from tests.trees import File, Trees, read_folder, shipped

PEOPLE = "rules/people.yaml"
NOW = "2026-11-23T10:00:00+08:00"


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
        if not changed and self.provider != "ssh":
            return shipped_file
        document = yaml.parse_mapping(shipped_file.data, path=PEOPLE)
        people = document["people"] | changed
        for name, person in people.items():
            if self.provider == "ssh":
                person.setdefault("keys", [{"ssh": name, "from": "2015-08-05"}])
            for key in person.get("keys", []):
                if " " not in key["ssh"]:
                    key["ssh"] = public_key(key["ssh"])
        return File(json.dumps({"people": people}, ensure_ascii=False, indent=1).encode())

    def run(self, repository: Trees) -> tuple[Verdict | None, tuple[str, ...]]:
        """The gate's verdict, or the paths in conflict with main."""
        trees = self.trees()
        start = repository.commit(trees["base"])
        described = self.facts.get("commits") or [{}]
        shas, parents = [start], []
        for n, commit in enumerate(described):
            files = trees["head" if n == len(described) - 1 else "old"]
            parents.append((shas[-1], start) if commit.get("merge") else (shas[-1],))
            shas.append(repository.commit(files, *parents[-1], message=commit.get("message", "Demo")))
        main, head = start, shas[-1]
        if (self.folder / "main").is_dir():
            main = repository.commit(trees["main"], start)
            head, conflicts = repository.merge(main, head)
            if conflicts:
                return None, tuple(conflicts)
        base = load_base(repository.root, main)
        changes = find_changes(repository.root, main, head, base.schema)
        personal = find_introduced(repository.root, start, [shas[-1]], base.rulebook.privacy, base.schema)
        changes = replace(changes, problems=(*changes.problems, *personal))
        made = [(sha, above, commit) for sha, above, commit in zip(shas[1:], parents, described, strict=True)]
        return decide(self._pull(main, shas, made, base.rulebook.registry.people), changes, base.rulebook), ()

    def _pull(
        self,
        main: str,
        shas: Sequence[str],
        made: Sequence[tuple[str, tuple[str, ...], Mapping[str, Any]]],
        people: Mapping[str, Person],
    ) -> PullFacts:
        """What ``facts.yaml`` says, in the gate's terms."""

        def who(name: str | None) -> tuple[Identity, ...]:
            if name is None:
                return ()
            provider, colon, value = name.partition(":")
            if colon:
                return (Identity(provider, value),)
            if self.provider == "ssh":
                return (Identity("ssh", public_key(name)),)
            return (Identity(self.provider, str(people[name].forge_ids.get(self.provider))),)

        def moment(entry: Mapping[str, Any], key: str) -> datetime:
            return datetime.fromisoformat(entry.get(key, self.facts.get("now", NOW)))

        facts, author = self.facts, self.facts.get("author")
        named = {"base": shas[0], "old": shas[1], "head": shas[-1]}
        signer = author if self.provider == "ssh" else None
        commits = (
            Commit(
                sha=sha,
                parents=parents,
                authors=tuple(i for name in commit.get("authors", [author]) for i in who(name)),
                signer=next(iter(who(commit.get("signer", signer))), None),
            )
            for sha, parents, commit in made
        )
        reviews = (
            Review(
                by=who(review["by"])[0],
                commit=named[review.get("of", "head")],
                state=ReviewState(review.get("state", "approved")),
                at=moment(review, "at"),
                reference=f"review-{n}",
            )
            for n, review in enumerate(facts.get("reviews", []))
        )
        return PullFacts(
            provider=self.provider,
            base=main,
            head=shas[-1],
            author=next(iter(who(author)), None),
            pushers=tuple(i for n in facts.get("pushers", [] if signer else [author]) for i in who(n)),
            commits=() if facts.get("commits") == [] else tuple(commits),
            reviews=tuple(reviews),
            seen_at=moment(facts, "seen_at"),
            now=moment(facts, "now"),
            words=tuple((where, facts[where]) for where in ("title", "body", "branch") if where in facts),
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

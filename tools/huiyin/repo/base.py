"""The base of a change: rules, schemas and keys of one commit of main, by which everything is judged (design §5)."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date
from functools import lru_cache
from pathlib import Path

from huiyin.model.unit import PublicKey
from huiyin.repo.git import GitSource, attempt
from huiyin.repo.schemas import Schema, load_schema
from huiyin.repo.source import Source
from huiyin.repo.store import load_document, load_rulebook
from huiyin.rules.rulebook import Rulebook

GATE_PATH = "rules/gate.yaml"
FOLDERS = ("rules", "schema")


@dataclass(frozen=True, slots=True, eq=False)
class Base:
    """What a commit of main says about who may do what.

    Args:
        commit: its full hash.
        schema: that of cases.
        gate_keys: public keys of the gate, whatever their dates.
        preview: where the staff's preview of replies is, as ``rules/gate.yaml`` writes it, or "" where there is none.
    """

    commit: str
    rulebook: Rulebook
    schema: Schema
    gate_keys: tuple[PublicKey, ...]
    preview: str = ""

    @property
    def people_keys(self) -> tuple[PublicKey, ...]:
        """Every public key in rules/people.yaml, whatever its dates."""
        return tuple(k for person in self.rulebook.registry.people.values() for k in person.keys)


def load_base(root: Path, commit: str) -> Base:
    """Read the rules of a commit, and nothing else of it.

    What a hash names never changes, so rules once read are kept; merges of cases leave them as they are.

    Args:
        commit: full hash.

    Raises:
        HuiyinError: the rules cannot be read (as ``load_rulebook``).
    """
    trees = attempt(root, "ls-tree", "-z", commit, *FOLDERS)
    return replace(_load(_Rules(root, trees.stdout, commit)), commit=commit)


@dataclass(frozen=True, slots=True)
class _Rules:
    """Rules and schemas by the hashes of their folders; ``commit`` is one that has them."""

    root: Path
    trees: bytes
    commit: str = field(compare=False)


@lru_cache(maxsize=8)
def _load(rules: _Rules) -> Base:
    source, commit = GitSource(rules.root, rules.commit, only=FOLDERS), rules.commit
    return Base(
        commit, load_rulebook(source), load_schema(source, "case"), load_gate_keys(source), load_preview(source)
    )


def load_gate_keys(source: Source) -> tuple[PublicKey, ...]:
    """Read ``rules/gate.yaml``; a record without that file has no gate yet.

    Raises:
        HuiyinError: HY1xx, HY201.
    """
    if GATE_PATH not in source.list("rules"):
        return ()
    return tuple(
        PublicKey(k["ssh"], date.fromisoformat(k["from"]), date.fromisoformat(k["to"]) if "to" in k else None)
        for k in load_document(source, GATE_PATH, "gate")["keys"]
    )


def load_preview(source: Source) -> str:
    """The address of the preview in ``rules/gate.yaml``, or "".

    Raises:
        HuiyinError: HY1xx, HY201.
    """
    if GATE_PATH not in source.list("rules"):
        return ""
    return str(load_document(source, GATE_PATH, "gate").get("preview", ""))

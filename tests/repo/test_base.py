"""The base of a change: the rules and keys of one commit, and the gate's public keys."""

from __future__ import annotations

from datetime import date

import pytest

from huiyin.check import check
from huiyin.model.problem import HuiyinError
from huiyin.model.unit import PublicKey
from huiyin.repo.base import GATE_PATH, load_base, load_gate_keys
from huiyin.repo.source import FolderSource
from tests.cases import Story
from tests.office import MOMENT
from tests.repository import Repository

KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIDemoDemoDemoDemoDemoDemoDemoDemoDemoDemoDemo"


def test_keys_of_the_gate(repository: Repository) -> None:
    """With their dates; a record without the file has no gate."""
    repository.write(GATE_PATH, f'keys:\n  - {{ssh: {KEY} x, from: "2026-01-01", to: "2026-06-30"}}\n')
    source = FolderSource(repository.root)
    assert (PublicKey(f"{KEY} x", date(2026, 1, 1), date(2026, 6, 30)),) == load_gate_keys(source)
    (repository.root / GATE_PATH).unlink()
    assert () == load_gate_keys(source)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("keys:\n  - {ssh: x, from: '2026-01-01'}\n", "HY201"),
        (f"keys:\n  - {{ssh: {KEY}}}\n", "HY201"),
        (f"keys:\n  - {{ssh: {KEY}, from: '2026-02-30'}}\n", "HY201"),
        ("keys: [\n", "HY111"),
    ],
)
def test_broken_keys_are_found(repository: Repository, text: str, code: str) -> None:
    """By whoever loads them, and by ``huiyin check`` before they reach main."""
    repository.write(GATE_PATH, text)
    with pytest.raises(HuiyinError) as caught:
        load_gate_keys(FolderSource(repository.root))
    assert [(code, GATE_PATH)] == [(p.code, p.path) for p in caught.value.problems]
    found = check(FolderSource(repository.root), MOMENT)
    assert (code, GATE_PATH) in [(p.code, p.path) for p in found.problems]


def test_only_rules_are_read(repository: Repository) -> None:
    """Cases, however many and broken, are none of its business; another commit's rules are another's."""
    repository.add(Story())
    repository.write("cases/2026/11/23/broken.yaml", "x: [\n")
    first = repository.commit()
    base = load_base(repository.root, first)
    assert (first, ()) == (base.commit, base.gate_keys)
    assert "wangzhan.reviewer" in base.rulebook.registry.people
    repository.write(GATE_PATH, f'keys:\n  - {{ssh: {KEY}, from: "2026-01-01"}}\n')
    second = repository.commit()
    assert 1 == len(load_base(repository.root, second).gate_keys)
    assert () == load_base(repository.root, first).gate_keys

"""A vault beside a case log, with people who have real age keys; everybody and everything in it is invented."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from huiyin.repo.source import FolderSource
from huiyin.repo.store import load_rulebook
from huiyin.rules.rulebook import Rulebook
from huiyin.vault.age import Identity, generate_secret
from huiyin.vault.content import Held, PrivateReply, Sealed
from huiyin.vault.readers import Reader, readers
from huiyin.vault.store import Vault
from tests.repository import NOW, Repository

MOMENT = datetime.fromisoformat(NOW)
STAFF = ("wangzhan.clerk", "wangzhan.reviewer", "lanzhou.clerk", "lanzhou.head", "linxia.clerk", "zhengwu.clerk")
"""Who has a key unless a test says otherwise."""
NAME, PHONE = "演示人甲", "13800000000"
TEXT = "早高峰等车时间长，请回电13800000000。（演示用虚构留言）"
REPLY = "您的个人情况已经核实。（演示用虚构答复）"


def sealed(case_id: str = "people-90000001", **fields: object) -> Sealed:
    """What is kept of an invented citizen."""
    given = {"name": NAME, "contact": {"phone": PHONE}, "texts": {"/body": TEXT}, **fields}
    return Sealed(case_id, **given)  # type: ignore[arg-type]


def private_reply(text: str = REPLY) -> PrivateReply:
    """A reply by telephone."""
    return PrivateReply(text, MOMENT, "lanzhou.clerk", "phone")


def held() -> Held:
    """A draft that waits."""
    return Held(MOMENT, {"id": "people-90000001", "body": TEXT, "real_name": True})


@dataclass
class Safe:
    """A case log whose people have age keys, and the place of its vault.

    Args:
        files: person → file of the secret key.
    """

    repository: Repository
    files: dict[str, Path] = field(default_factory=dict)

    @property
    def folder(self) -> Path:
        """Where the vault is by default."""
        return self.repository.root.with_name(f"{self.repository.root.name}-vault")

    @property
    def vault(self) -> Vault:
        """The vault."""
        return Vault(self.folder, self.repository.root)

    @property
    def rulebook(self) -> Rulebook:
        """The rules with the keys."""
        return load_rulebook(FolderSource(self.repository.root))

    def identity(self, person: str) -> Identity:
        """A person's secret key."""
        return Identity(self.files[person].read_text(encoding="ascii").split()[-1])

    def vault_readers(self) -> tuple[Reader, ...]:
        """Who may read a case that is not assigned."""
        return readers("wangzhan", None, self.rulebook.registry, MOMENT.date())

    def env(self, person: str) -> dict[str, Any]:
        """The environment of a person's desk."""
        return {"HUIYIN_AGE_KEY": str(self.files[person]), "HUIYIN_PERSON": person}


def add_key(repository: Repository, person: str, recipient: str, *, start: str = "2026-01-01", end: str = "") -> None:
    """Register a public key in rules/people.yaml, beside those that the person has."""
    path = repository.root / "rules/people.yaml"
    text = path.read_text(encoding="utf-8")
    entry = f'      - {{recipient: {recipient}, from: "{start}"' + (f', to: "{end}"' if end else "") + "}\n"
    block = re.search(rf"(?m)^  {re.escape(person)}:\n(?:    .*\n)+", text)
    assert block is not None, person
    whole = block[0]
    changed = (
        whole.replace("    age:\n", f"    age:\n{entry}") if "    age:\n" in whole else f"{whole}    age:\n{entry}"
    )
    path.write_text(text.replace(whole, changed), encoding="utf-8")


def make_safe(repository: Repository, keys: Mapping[str, str] | None = None) -> Safe:
    """Give people new keys: files beside the case log, public halves in its rules.

    Args:
        keys: person → last day of validity, "" for none; ``STAFF`` by default.
    """
    safe = Safe(repository)
    folder = repository.root.parent / "keys"
    folder.mkdir(exist_ok=True)
    for person, end in (keys if keys is not None else dict.fromkeys(STAFF, "")).items():
        secret = generate_secret()
        safe.files[person] = path = folder / f"{person}.age"
        path.touch(mode=0o600)
        path.write_text(f"# invented\n{secret}\n", encoding="ascii")
        add_key(repository, person, Identity(secret).recipient, end=end)
    return safe

"""What the commands that use the vault share: ``--vault``, ``--identity``, ``--by``, and cases read by id."""

from __future__ import annotations

import os
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

import click

from huiyin.cli.inputs import check_text
from huiyin.cli.options import Place
from huiyin.model.problem import HuiyinError, Problem, UsageError
from huiyin.model.unit import Person
from huiyin.rules.deadlines import local_day
from huiyin.rules.replay import Replay, replay

if TYPE_CHECKING:
    from huiyin.vault.age import Identity
    from huiyin.vault.store import Vault

vault_option = click.option(
    "--vault", "vault_folder", metavar="目录", type=click.Path(path_type=Path), envvar="HUIYIN_VAULT",
    help="金库所在目录，须在所有Git仓库之外；默认为留言库旁的“库名-vault”。",
)  # fmt: skip
identity_option = click.option(
    "--identity", "identity_file", metavar="文件", type=click.Path(path_type=Path), envvar="HUIYIN_AGE_KEY",
    help="本人的密钥文件（huiyin vault keygen 所生成）；只许本人可读。",
)  # fmt: skip
by_option = click.option(
    "--by",
    metavar="人员",
    envvar="HUIYIN_PERSON",
    help="本人在 rules/people.yaml 中的代号；默认取环境变量 HUIYIN_PERSON。",
)


def open_vault(folder: Path | None, root: Path, *, must_exist: bool = False) -> Vault:
    """The vault that was named, or the one beside the case log.

    Raises:
        UsageError: HY710, HY711.
    """
    from huiyin.vault.place import default_folder
    from huiyin.vault.store import Vault

    vault = Vault(default_folder(root) if folder is None else folder, root)
    if must_exist and not vault.folder.is_dir():
        raise UsageError(Problem("HY711", f"没有金库“{vault.folder}”。"))
    return vault


def kept_here(root: Path, case_ids: Iterable[str]) -> list[str]:
    """Those of the cases that the vault of this desk keeps something of; none where there is no vault."""
    from huiyin.vault.place import default_folder

    folder = Path(os.environ.get("HUIYIN_VAULT") or default_folder(root))
    return [case_id for case_id in case_ids if (folder / f"{case_id}.age").is_file()]


def read_keys(file: Path | None, root: Path) -> tuple[Identity, ...]:
    """The secret keys of whoever sits here; none if no file was named.

    Raises:
        UsageError: HY713, HY714.
    """
    from huiyin.vault.identity import read_identities

    return () if file is None else read_identities(file, root)


def need_keys(file: Path | None, root: Path) -> tuple[Identity, ...]:
    """The secret keys of whoever sits here.

    Raises:
        UsageError: HY713, none were named or they cannot be used; HY714.
    """
    keys = read_keys(file, root)
    if not keys:
        raise UsageError(Problem("HY713", "没有指明本人的密钥文件（--identity 或环境变量 HUIYIN_AGE_KEY）。"))
    return keys


def find_person(by: str | None, place: Place, now: datetime) -> Person:
    """Who is doing this.

    Raises:
        UsageError: HY933, nobody was named, or they hold no role on the day.
    """
    if by is None:
        raise UsageError(Problem("HY933", "没有写明本人的代号（--by 或环境变量 HUIYIN_PERSON）。"))
    check_text(by, "--by")
    name = by.strip().partition("@")[0]
    person = place.rulebook.registry.people.get(name)
    if person is None or not any(holding.holds_on(local_day(now)) for holding in person.holdings):
        raise UsageError(Problem("HY933", f"--by：没有代号为“{name}”的在任人员。"))
    return person


def replays_of(place: Place, case_ids: Iterable[str], now: datetime) -> tuple[dict[str, Replay], list[Problem]]:
    """The cases of these ids that the record has, as they stand, and what keeps others from being read."""
    from huiyin.repo.store import case_paths, read_cases

    wanted = set(case_ids)
    paths = [path for path in case_paths(place.source) if PurePosixPath(path).stem in wanted]
    found: dict[str, Replay] = {}
    problems: list[Problem] = []
    for file in read_cases(place.source, paths):
        if file.case is None:
            problems += file.problems
            continue
        try:
            found[file.case.id] = replay(file.case, place.rulebook, now)
        except HuiyinError as error:
            problems += [file.place(p) for p in error.problems]
    return found, problems


def printable(text: str) -> str:
    """A text as a terminal may show it: control characters, which could steer it, are written out."""
    return "".join(
        c if c == "\n" or c.isprintable() or c == "\u3000" else c.encode("unicode_escape").decode() for c in text
    )

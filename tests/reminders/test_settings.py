from __future__ import annotations

from pathlib import Path

import pytest

from huiyin.model.problem import HuiyinError, UsageError
from huiyin.reminders.contacts import load_contacts
from huiyin.reminders.notices import Kind
from huiyin.reminders.routing import RobotKind, find_routing_problems, load_routing
from huiyin.repo.schemas import load_schema
from huiyin.repo.source import FolderSource
from tests.cases import PROJECT, rulebook
from tests.reminders.scene import routing
from tests.repository import Repository

GOOD = """mail:
  url: mailtos://demo:demo-password@mail.example.invalid
  people: {lanzhou.head: a@example.invalid, lanzhou.clerk: [b@example.invalid, c@example.invalid]}
robots:
  lanzhou: {token: demo-token, secret: demo-secret, base: "http://127.0.0.1:1/"}
"""


@pytest.mark.parametrize("name", ["reminders", "contacts"])
def test_the_schemas_compile(name: str) -> None:
    """Both are public contracts with an identifier of their own."""
    assert f"urn:huiyin:schema:{name}" == load_schema(FolderSource(PROJECT), name).document["$id"]


def test_the_shipped_rules_name_every_kind() -> None:
    """第十五条: among them that the head of the unit is reminded."""
    assert set(Kind) == set(routing().kinds)
    assert ("responsible", "head") in routing().kinds[Kind.DUE_SOON].to
    assert () == routing().groups


def test_the_head_cannot_be_left_out(repository: Repository) -> None:
    """第十五条: a routing that reminds only the clerk is refused by the schema, and by ``huiyin check``."""
    path = repository.root / "rules/reminders.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("[responsible.head, responsible.clerk]", "[responsible.clerk]"), encoding="utf-8")
    with pytest.raises(HuiyinError) as caught:
        load_routing(FolderSource(repository.root), rulebook().registry)
    assert ["HY201"] == [p.code for p in caught.value.problems]
    assert "rules/reminders.yaml" in repository.huiyin("check").out


def test_groups_are_read_and_their_units_checked(repository: Repository) -> None:
    """A group of a unit that does not exist would be told nothing; ``huiyin check`` finds it too."""
    path = repository.root / "rules/reminders.yaml"
    text = path.read_text(encoding="utf-8")
    line = "groups:\n  lan: {robot: feishu, unit: %s, kinds: [claim]}\n"
    path.write_text(text.replace("groups: {}\n", line % "lanzhou"), encoding="utf-8")
    [group] = load_routing(FolderSource(repository.root), rulebook().registry).groups
    assert ("lan", RobotKind.FEISHU, "lanzhou", {Kind.CLAIM}) == (group.id, group.robot, group.unit, set(group.kinds))
    path.write_text(text.replace("groups: {}\n", line % "nowhere"), encoding="utf-8")
    [problem] = find_routing_problems(FolderSource(repository.root), rulebook().registry)
    assert ("HY860", "/groups/lan/unit") == (problem.code, problem.pointer)
    checked = repository.huiyin("check")
    assert (1, True) == (checked.code, "HY860" in checked.out)


def test_a_record_without_reminders(repository: Repository) -> None:
    """It is sound; only who wants to remind needs the file."""
    (repository.root / "rules/reminders.yaml").unlink()
    assert () == find_routing_problems(FolderSource(repository.root), rulebook().registry)
    with pytest.raises(HuiyinError) as caught:
        load_routing(FolderSource(repository.root), rulebook().registry)
    assert ["HY860"] == [p.code for p in caught.value.problems]


def load(given: str, root: Path) -> object:
    """Contacts, with the shipped schema."""
    return load_contacts(given, FolderSource(PROJECT), root)


def test_contacts_from_a_file_or_a_variable(tmp_path: Path) -> None:
    """A path, or the text itself as a secret holds it, also with the line ends of a web form."""
    root, path = tmp_path / "record", tmp_path / "contacts.yaml"
    path.write_text(GOOD, encoding="utf-8")
    path.chmod(0o600)
    found = load_contacts(str(path), FolderSource(PROJECT), root)
    assert found == load_contacts(GOOD.replace("\n", "\r\n"), FolderSource(PROJECT), root)
    assert ("b@example.invalid", "c@example.invalid") == found.people["lanzhou.clerk"]
    assert ("http://127.0.0.1:1", ()) == (found.robots["lanzhou"].base, found.warnings)


def test_contacts_do_not_show_themselves(tmp_path: Path) -> None:
    """第十九条: whoever prints them by mistake prints no address and no secret."""
    shown = repr(load(GOOD, tmp_path))
    assert not [s for s in ("password", "demo-token", "demo-secret", "@example") if s in shown]


def test_contacts_that_others_may_read(tmp_path: Path) -> None:
    """A warning with its cure."""
    path = tmp_path / "contacts.yaml"
    path.write_text(GOOD, encoding="utf-8")
    path.chmod(0o644)
    assert ["HY870"] == [p.code for p in load_contacts(str(path), FolderSource(PROJECT), tmp_path / "x").warnings]


@pytest.mark.parametrize("name", ["contacts.yaml", "rules/contacts.yaml", "link.yaml"])
def test_contacts_never_lie_in_the_record(name: str, tmp_path: Path) -> None:
    """第十九条: also not behind a link that leads into it."""
    record = tmp_path / "record"
    real = record / ("contacts.yaml" if name == "link.yaml" else name)
    real.parent.mkdir(parents=True)
    real.write_text(GOOD, encoding="utf-8")
    if name == "link.yaml":
        (tmp_path / name).symlink_to(real)
        real = tmp_path / name
    with pytest.raises(UsageError) as caught:
        load(str(real), record)
    assert [("HY863", "19")] == [(p.code, p.article) for p in caught.value.problems]


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("mailtos://demo", "https://demo", "HY201"),
        ("a@example.invalid", "secret@", "HY201"),
        ("a@example.invalid", "秘密@example.invalid", "HY201"),
        ("demo-token", "tok/../en", "HY201"),
        ("token: demo-token, ", "", "HY201"),
        ("robots:", "robot:", "HY201"),
        ("http://127.0.0.1:1/", "http://robots.example.invalid", "HY863"),
        ("http://127.0.0.1:1/", "https://a:demo-password@robots.example.invalid", "HY863"),
        ("http://127.0.0.1:1/", "https://robots.example.invalid/?token=secret", "HY863"),
        ("http://127.0.0.1:1/", "https://[::1", "HY863"),
        ("mail:", "mail: {", "HY1"),
    ],
)
def test_contacts_that_are_wrong(old: str, new: str, code: str, tmp_path: Path) -> None:
    """Each is refused, and no message repeats an address or a secret."""
    with pytest.raises(HuiyinError) as caught:
        load(GOOD.replace(old, new), tmp_path)
    assert all(p.code.startswith(code) for p in caught.value.problems)
    assert not [s for s in ("password", "demo-token", "secret", "@example") if s in str(caught.value)]


def test_contacts_that_are_not_there(tmp_path: Path) -> None:
    """A path that leads nowhere, and one that no file can have."""
    for given in (str(tmp_path / "none.yaml"), "a\0b"):
        with pytest.raises(UsageError) as caught:
            load(given, tmp_path / "record")
        assert ["HY863"] == [p.code for p in caught.value.problems]


@pytest.mark.parametrize(
    "text",
    ["smtp: [", "mail: {url: mailtos://demo:demo-password@mail.example.invalid", "mailtos://demo:demo-password@a"],
)
def test_a_spoilt_secret_is_never_taken_for_a_path(repository: Repository, text: str) -> None:
    """第十九条: a path is named in errors, and a secret must not be."""
    done = repository.huiyin("remind", "--dry-run", HUIYIN_CONTACTS=text)
    assert done.code in {1, 2}
    assert [] == [word for word in ("smtp", "demo") if word in done.out + done.err]
    assert "HUIYIN_CONTACTS" in done.err

from __future__ import annotations

import copy
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from huiyin.model.problem import HuiyinError, Severity
from huiyin.model.pull import ChangeKind, ChangeSet
from huiyin.repo.canonical import canonical
from huiyin.repo.changes import find_changes
from huiyin.repo.git import environment
from huiyin.repo.schemas import Schema, load_schema
from huiyin.repo.source import FolderSource
from tests.cases import PROJECT, Story
from tests.trees import File, Trees, shipped

PATH = "cases/2026/11/20/people-90000001.yaml"
SCHEMA = load_schema(FolderSource(PROJECT), "case")


@pytest.fixture(scope="module")
def trees(tmp_path_factory: pytest.TempPathFactory) -> Trees:
    """One repository for all tests; each compares commits of its own."""
    return Trees(tmp_path_factory.mktemp("changes") / "库.git")


def story(reference: str = "90000001") -> Story:
    """A case with a history: assigned, claimed, answered, returned, answered again."""
    made = Story(received="2026-11-20 09:00", reference=reference, facts={"duplicate_of": "people-1"})
    made.assigned("2026-11-20 10:00", topics=["教育文体", "其他"], note="急件。（演示）").claimed("2026-11-20 10:30")
    step = {"day": "2026-11-20", "kind": "investigation", "online": False, "note": "走访。（演示）"}
    made.answered("2026-11-20 11:00", handling=[step])
    return made.returned("2026-11-20 12:00").answered("2026-11-20 13:00")


def file(data: Mapping[str, Any]) -> File:
    """A case as it is written."""
    return File(canonical(data).encode())


def compare(trees: Trees, base: Mapping[str, File], head: Mapping[str, File], schema: Schema = SCHEMA) -> ChangeSet:
    """The changes between two commits."""
    one = trees.commit(base)
    return find_changes(trees.root, one, trees.commit(head, one), schema)


def codes(changes: ChangeSet) -> list[str]:
    """Code and place of each problem."""
    return [f"{p.code} {p.path}{p.pointer and '#'}{p.pointer}" for p in changes.problems]


def test_new_and_appended_cases(trees: Trees) -> None:
    """A new file brings all its events, a longer one those at its end."""
    longer, new = story().published("2026-11-23 09:00"), Story(received="2026-11-20 08:00", reference="90000002")
    changes = compare(
        trees, {PATH: file(story().data())}, {PATH: file(longer.data()), new.case().path: file(new.data())}
    )
    appended, created = changes.cases
    assert (ChangeKind.APPENDED, PATH, story().case(), longer.case()) == (
        appended.kind, appended.path, appended.before, appended.after,
    )  # fmt: skip
    assert ((5, longer.case().events[5]),) == appended.events
    assert (ChangeKind.CREATED, None, new.case(), ()) == (created.kind, created.before, created.after, created.events)
    assert ((), ()) == (changes.governance, changes.problems)


def test_other_paths_are_governance(trees: Trees) -> None:
    """All that is not below cases/ is, deletions and odd names too; names are shown unharmed."""
    base = {"docs/a": File(b"1"), "docs/b": File(b"1"), "Cases/x.yaml": File(b"1"), "case.yaml": File(b"1")}
    head = {"docs/a": File(b"2"), "Cases/x.yaml": File(b"2"), "case.yaml": File(b"2"), "x\n\x1b\udcff": File(b"")}
    changes = compare(trees, base, head)
    assert ("Cases/x.yaml", "case.yaml", "docs/a", "docs/b", "x\\n\\x1b\\udcff") == changes.governance
    assert ((), ()) == (changes.cases, changes.problems)


Edit = Callable[[dict[str, Any]], object]


def leaves(value: Any, pointer: str = "") -> Iterator[tuple[Any, Any, str]]:
    """(container, key, pointer) of each scalar."""
    pairs = value.items() if isinstance(value, dict) else enumerate(value)
    for key, inner in pairs:
        if isinstance(inner, dict | list):
            yield from leaves(inner, f"{pointer}/{key}")
        else:
            yield value, key, f"{pointer}/{key}"


def edit_a_value(document: dict[str, Any], draw: st.DataObject) -> None:
    """Change any value that stood there: to a neighbour of it, to another type, or drop it."""
    container, key, _ = draw.draw(st.sampled_from(list(leaves(document))))
    was = container[key]
    others = [f"{was}0", str(was)[::-1], "simple", "lanzhou", "2026-11-20T10:15:00+08:00", not was, 4, 3.0, None]
    others += [story().data()["title"], "〔已隐去：手机号〕"]
    new = draw.draw(st.sampled_from(others))
    if new is None and isinstance(container, dict):
        del container[key]
    else:
        container[key] = new


def drop_an_event(document: dict[str, Any], draw: st.DataObject) -> None:
    """Any event but those added."""
    del document["events"][draw.draw(st.integers(0, len(document["events"]) - 1))]


def swap_events(document: dict[str, Any], draw: st.DataObject) -> None:
    """Two events change places."""
    i, j = draw.draw(st.permutations(range(len(document["events"]))))[:2]
    events = document["events"]
    events[i], events[j] = events[j], events[i]


def insert_an_event(document: dict[str, Any], draw: st.DataObject) -> None:
    """A copy of one event, or a new one, before the end."""
    escalated = {"type": "escalated", "at": "2026-11-20T10:20:00+08:00", "by": {"unit": "wangzhan"}, "reason": "重要。"}
    event = draw.draw(st.sampled_from([*document["events"], escalated]))
    document["events"].insert(draw.draw(st.integers(0, len(document["events"]) - 1)), copy.deepcopy(event))


def add_a_field(document: dict[str, Any], draw: st.DataObject) -> None:
    """A field that was not there, of the case or of an event."""
    place = draw.draw(st.sampled_from([document, *document["events"]]))
    place |= draw.draw(
        st.sampled_from([{"history": True}, {"clear_matter": False}, {"note": "补记。"}, {"letter": "1号"}])
    )


EDITS = [edit_a_value, drop_an_event, swap_events, insert_an_event, add_a_field]
HONEST_END = {
    "type": "published", "at": "2026-11-23T09:00:00+08:00", "by": {"unit": "wangzhan", "person": "wangzhan.clerk"},
}  # fmt: skip
REDACTION = {
    "type": "redacted", "at": "2026-11-23T09:00:00+08:00", "by": {"unit": "wangzhan", "person": "wangzhan.clerk"},
    "pointers": ["/events/0/letter"], "kind": "手机号",
}  # fmt: skip


@settings(max_examples=150)
@given(draw=st.data(), ends=st.sampled_from([[], [HONEST_END], [REDACTION], [HONEST_END, HONEST_END]]))
def test_any_edit_of_history_is_refused(trees: Trees, draw: st.DataObject, ends: list[dict[str, Any]]) -> None:
    """第十九条: whatever was changed, dropped, swapped, brought in or added, and whatever honest events hide it."""
    before = story().data()
    after = copy.deepcopy(before)
    for edit in draw.draw(st.lists(st.sampled_from(EDITS), min_size=1, max_size=2)):
        edit(after, draw)
        assume(after["events"])
    kept = len(before["events"])
    # Two edits may undo each other, or amount to appending; then history stands.
    assume(canonical({**after, "events": after["events"][:kept]}) != canonical(before))
    after["events"] += copy.deepcopy(ends)
    changes = compare(trees, {PATH: file(before)}, {PATH: file(after)})
    assert () == changes.cases
    assert any(p.level is Severity.ERROR for p in changes.problems)


@pytest.mark.parametrize("setting", ["diff.renames", "diff.noprefix", "core.quotePath"])
def test_no_setting_hides_a_change(trees: Trees, setting: str) -> None:
    """What a clone is configured to do does not make Git pass over anything."""
    moved = PATH.replace("/20/", "/21/")
    trees.git("config", setting, "copies" if setting == "diff.renames" else "true")
    try:
        found = codes(compare(trees, {PATH: file(story().data())}, {moved: file(story().data())}))
    finally:
        trees.git("config", "--unset", setting)
    assert [f"HY601 {PATH}", f"HY202 {moved}#/id"] == found


def test_a_submodule_cannot_ask_to_be_ignored(trees: Trees, tmp_path: Path) -> None:
    """In a work tree Git heeds a .gitmodules that says so, and would show no difference at all."""
    modules = File(b'[submodule "m"]\n\tpath = cases/m\n\turl = x\n\tignore = all\n')
    base = trees.commit({".gitmodules": modules, "cases/m": File(b"1" * 40, "160000")})
    head = trees.commit({".gitmodules": modules, "cases/m": File(b"2" * 40, "160000")}, base)
    clone = tmp_path / "work"
    trees.git("clone", "--quiet", "--no-checkout", str(trees.root), str(clone))
    subprocess.run(["git", "-C", str(clone), "checkout", "--quiet", base], env=environment(), check=True)
    assert ["HY602 cases/m"] == codes(find_changes(clone, base, head, SCHEMA))


def test_the_surroundings_and_replacements_do_not_count(trees: Trees, monkeypatch: pytest.MonkeyPatch) -> None:
    """refs/replace and the variables of a hook would show another file than the one that is merged."""
    honest, forged = story(), story().published("2026-11-23 09:00")
    base = trees.commit({PATH: file(honest.data())})
    head = trees.commit({PATH: file({**forged.data(), "title": "另一个（演示）"})}, base)
    harmless = trees.commit({PATH: file(forged.data())}, base)
    trees.git("update-ref", f"refs/replace/{head}", harmless)
    monkeypatch.setenv("GIT_DIR", "/nonexistent")
    try:
        assert [f"HY604 {PATH}#/title"] == codes(find_changes(trees.root, base, head, SCHEMA))
    finally:
        monkeypatch.delenv("GIT_DIR")
        trees.git("update-ref", "-d", f"refs/replace/{head}")


def test_trees_are_compared_like_commits(trees: Trees) -> None:
    """A merge that is only tried has no commit yet."""
    base = trees.commit({PATH: file(story().data())})
    head = trees.commit({PATH: file(story().published("2026-11-23 09:00").data())}, base)
    by_tree = find_changes(trees.root, base, trees.git("rev-parse", f"{head}^{{tree}}"), SCHEMA)
    assert find_changes(trees.root, base, head, SCHEMA) == by_tree


def test_problems_stand_on_their_lines(trees: Trees) -> None:
    """The line is that of the head's file."""
    after = story().published("2026-11-23 09:00").data()
    after["events"][1]["at"] = "2026-11-20T10:15:00+08:00"
    text = canonical(after)
    changes = compare(trees, {PATH: file(story().data())}, {PATH: File(text.encode())})
    line = next(n for n, content in enumerate(text.split("\n"), 1) if "10:15:00" in content)
    assert [("HY604", "/events/1/at", line)] == [(p.code, p.pointer, p.line) for p in changes.problems]


@pytest.fixture
def watched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[], tuple[list[str], set[str]]]:
    """Git through a wrapper on PATH that writes down each start, and each object whose content is asked for."""
    real, wrapper = shutil.which("git"), tmp_path / "bin" / "git"
    wrapper.parent.mkdir()
    wrapper.write_text(
        f'#!/bin/sh\necho "$3 $4" >> "{tmp_path}/calls"\n'
        f'if [ "$4" = --batch ]; then tee -a "{tmp_path}/asked" | "{real}" "$@"; else exec "{real}" "$@"; fi\n'
    )
    wrapper.chmod(0o755)
    monkeypatch.setenv("PATH", f"{wrapper.parent}{os.pathsep}{os.environ['PATH']}")

    def take() -> tuple[list[str], set[str]]:
        calls, asked = tmp_path / "calls", tmp_path / "asked"
        taken = calls.read_text().splitlines(), set(asked.read_text().split()) if asked.exists() else set()
        calls.unlink()
        asked.unlink(missing_ok=True)
        return taken

    return take


Watched = Callable[[], tuple[list[str], set[str]]]


@pytest.mark.parametrize("count", [1, 50])
def test_only_what_changed_is_read(trees: Trees, watched: Watched, count: int) -> None:
    """In a record of 300 cases two blobs are read for each that changes, by the same three processes."""
    many = {f"cases/2026/11/20/people-{n}.yaml": file(story(str(n)).data()) for n in range(90000100, 90000400)}
    changed = list(many)[:count]
    one = trees.commit(many)
    head = many | {p: file(story(p[-13:-5]).published("2026-11-23 09:00").data()) for p in changed}
    two = trees.commit(head, one)
    watched()
    assert count == len(find_changes(trees.root, one, two, SCHEMA).cases)
    calls, asked = watched()
    assert ["diff-tree -r", "cat-file --batch-check=%(objectsize)", "cat-file --batch"] == calls
    assert {trees.git("rev-parse", f"{c}:{p}") for c in (one, two) for p in changed} == asked


def test_names_are_listed_only_for_what_is_new(trees: Trees, watched: Watched) -> None:
    """A new id is compared with the names in the base, of which no file is read."""
    one = trees.commit({PATH: file(story().data())})
    new = Story(received="2026-11-20 08:00", reference="90000002")
    two = trees.commit({PATH: file(story().data()), new.case().path: file(new.data())}, one)
    watched()
    assert 1 == len(find_changes(trees.root, one, two, SCHEMA).cases)
    calls, asked = watched()
    assert "ls-tree -r" == calls[-1]
    assert {trees.git("rev-parse", f"{two}:{new.case().path}")} == asked


def test_what_is_too_large_is_not_read(trees: Trees, watched: Watched) -> None:
    """HY103 by the size that Git knows; the content stays where it is."""
    one = trees.commit({})
    two = trees.commit({PATH: File(b"#" * 300_000)}, one)
    watched()
    assert [f"HY103 {PATH}"] == codes(find_changes(trees.root, one, two, SCHEMA))
    assert set() == watched()[1]


def test_a_lost_object_is_one_clear_problem(trees: Trees) -> None:
    """HY905: a damaged repository decides nothing."""
    with pytest.raises(HuiyinError, match="HY905"):
        find_changes(trees.root, "1" * 40, "2" * 40, SCHEMA)
    base = trees.commit({PATH: file(story().data())})
    unique = file({**story().data(), "body": "仅此一件。（演示用虚构留言）"})
    head = trees.commit({PATH: unique}, base)
    oid = trees.git("rev-parse", f"{head}:{PATH}")
    lost = trees.root / "objects" / oid[:2] / oid[2:]
    lost.unlink()
    with pytest.raises(HuiyinError, match="HY905"):
        find_changes(trees.root, base, head, SCHEMA)


def test_a_repair_brings_the_whole_file(trees: Trees) -> None:
    """HY603: of a file that cannot be read nothing is taken as known, so all its events are signed again."""
    for broken in (File(b"id: [\n"), File(b"../x", "120000"), File(b"#" * 300_000), File(b"1" * 40, "160000")):
        changes = compare(trees, {PATH: broken}, {PATH: file(story().data())})
        [change] = changes.cases
        assert (ChangeKind.REPAIRED, None, 5) == (change.kind, change.before, len(change.events))
        assert (f"HY603 {PATH}", Severity.NOTICE) == (codes(changes)[0], changes.problems[0].level)


def test_a_repair_of_the_form_changes_nothing(trees: Trees) -> None:
    """HY606: layout and mode may be set right under the eyes of a maintainer; the content stays."""
    good = file(story().data())
    for wrong in (File(b"# x\n" + good.data), File(good.data, "100755")):
        changes = compare(trees, {PATH: wrong}, {PATH: good})
        [change] = changes.cases
        assert (ChangeKind.REPAIRED, story().case(), ()) == (change.kind, change.before, change.events)
        assert [f"HY606 {PATH}"] == codes(changes)


def test_one_id_is_used_once(trees: Trees) -> None:
    """HY203: also where both files are new; HY206: what is referred to exists, in the base or beside."""
    one = Story(received="2026-11-20 09:00")
    other = Story(received="2026-11-21 09:00")
    twin = Story(received="2026-11-21 09:00", reference="90000002", facts={"duplicate_of": "people-90000001"})
    lonely = Story(received="2026-11-21 09:00", reference="90000003", facts={"duplicate_of": "people-90000003"})
    files = {s.case().path: file(s.data()) for s in (one, other, twin, lonely)}
    assert [
        f"HY203 {one.case().path}#/id",
        f"HY203 {other.case().path}#/id",
        f"HY206 {lonely.case().path}#/duplicate_of",
    ] == codes(compare(trees, {}, files))
    assert [] == codes(
        compare(trees, {one.case().path: file(one.data())}, {p: files[p] for p in (PATH, twin.case().path)})
    )


def test_ids_that_differ_in_case_alone_are_one(trees: Trees) -> None:
    """HY203: some file systems cannot tell people-A1 from people-a1."""
    one, other = (Story(received="2026-11-20 09:00", reference=name) for name in ("A1", "a1"))
    base = {one.case().path: file(one.data())}
    assert [f"HY203 {other.case().path}#/id"] == codes(
        compare(trees, base, {**base, other.case().path: file(other.data())})
    )


def test_rules_must_stay_rules(trees: Trees) -> None:
    """Broken rules are refused by what they say; those that were broken before are not counted again."""
    rules = shipped()
    people = rules["rules/people.yaml"].data.decode()
    wrong = rules | {
        "rules/people.yaml": File(people.replace("unit: baiyin, role: clerk", "unit: mars, role: clerk").encode())
    }
    assert ["HY430 rules/people.yaml#/people/baiyin.clerk/roles/0/unit"] == codes(compare(trees, rules, wrong))
    assert [] == codes(compare(trees, wrong, wrong | {"rules/x.txt": File(b"x")}))
    assert [] == codes(compare(trees, wrong, rules))
    assert ["HY904 rules/units.yaml"] == codes(
        compare(trees, rules, {p: f for p, f in rules.items() if p != "rules/units.yaml"})
    )
    broken = rules | {"schema/case.schema.json": File(b'{"type": 7}')}
    assert ["HY402 schema/case.schema.json"] == codes(compare(trees, rules, broken))
    keyless = rules | {"rules/gate.yaml": File(b"keys: 7\n")}
    assert ["HY201 rules/gate.yaml#/keys"] == codes(compare(trees, rules, keyless))
    linked = rules | {"rules/people.yaml": File(b"/etc/passwd", "120000")}
    assert ["HY114 rules/people.yaml"] == codes(compare(trees, rules, linked))
    assert [] == codes(compare(trees, {}, {"docs/x.md": File(b"x")}))

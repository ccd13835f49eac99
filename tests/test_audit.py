"""The whole history proves itself, incrementally too, and every way of tampering with it is found where it happened."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from huiyin import __version__
from huiyin.audit import BATCH, Audit, audit
from huiyin.audit_memory import MAIN, memory_of
from huiyin.evidence import parse, to_trailers
from huiyin.model.problem import HuiyinError, UsageError
from huiyin.repo.commits import read_commits
from huiyin.repo.git import attempt, run
from huiyin.repo.merging import merge_trees, tree_of
from huiyin.repo.signing import GATE_MAIL, GATE_NAME, make_commit
from tests.histories import LENGTH, MOMENT, History, time_of
from tests.office import make_key, needs_ssh
from tests.repository import make_repository
from tests.test_merging import merge, new, ready

pytestmark = needs_ssh


def test_an_honest_history(history: History) -> None:
    """Every merge is proven, from the first commit on."""
    head = history.main[-1]
    assert Audit(history.main[0], head, LENGTH, 0, LENGTH, head, (), ()) == history.audit()
    assert history.audit().ok


def test_the_first_commit_alone(history: History) -> None:
    """A repository in which nothing has happened yet is in order."""
    start = history.main[0]
    assert Audit(start, start, 0, 0, 0, start, (), ()) == history.audit(start)


def test_the_second_run_proves_only_what_is_new(history: History) -> None:
    """What was proven is remembered; a merge more is proven alone; the file says up to where."""
    assert (0, LENGTH) == (lambda a: (a.resumed, a.proven))(history.audit(memory=history.memory))
    assert history.main[-1] == json.loads(history.memory.path.read_text())[MAIN]["commit"]
    assert (LENGTH, 0) == (lambda a: (a.resumed, a.proven))(history.audit(memory=history.memory))
    ready(history.office, "b6", new("6"))
    merge(history.office, "b6", now=time_of(6))
    report = history.audit(memory=history.memory)
    assert (LENGTH, 1, True, history.office.main()) == (report.resumed, report.proven, report.ok, report.last_good)
    assert history.office.main() == json.loads(history.memory.path.read_text())[MAIN]["commit"]


def test_a_bad_merge_after_a_good_run(history: History) -> None:
    """The number counts from the start of all; the last good one is remembered, and the bad one is found each time."""
    history.audit(memory=history.memory)
    ready(history.office, "b6", new("6"))
    evil = history.remake(5, parent=history.main[5], tip=history.office.tip("b6"))
    history.move_main(evil)
    for _ in range(2):
        report = history.audit(memory=history.memory)
        assert (LENGTH, 1, history.main[5]) == (report.resumed, report.proven, report.last_good)
        assert [(6, evil)] == [(f.number, f.commit) for f in report.findings]


def test_progress_is_kept_up_to_the_first_bad_one(history: History) -> None:
    """Also in the first run: what stands before the bad commit need not be proven again."""
    bad = history.remake(3, key=history.office.keys["shengban.maintainer"])
    history.move_main(history.rebuild(bad, [4]))
    report = history.audit(memory=history.memory)
    assert ([3], history.main[2], 3) == ([f.number for f in report.findings], report.last_good, report.proven)
    report = history.audit(memory=history.memory)
    assert ([3], 2, 1) == ([f.number for f in report.findings], report.resumed, report.proven)


def test_batches_join_without_a_gap(history: History, monkeypatch: pytest.MonkeyPatch) -> None:
    """A history of more merges than are proven at once: each is looked at, in order, and progress is told."""
    assert LENGTH < BATCH
    monkeypatch.setattr("huiyin.audit.BATCH", 2)
    told: list[tuple[int, int]] = []
    report = history.audit(progress=lambda done, total: told.append((done, total)))
    assert (LENGTH, True, [(2, 5), (4, 5), (5, 5)]) == (report.proven, report.ok, told)
    bad = history.remake(4, key=history.office.keys["shengban.maintainer"])
    assert [(4, bad, ["HY653"])] == history.found(history.rebuild(bad, [5]))


# What somebody may do to main who can write to the repository, with and without the gate's own key


@pytest.mark.parametrize("key", ["gate", "other"])
def test_an_old_commit_is_rewritten(history: History, key: str) -> None:
    """Another text in the second merge and all later ones made anew: HY655, or HY653 without the gate's key."""
    path = "cases/2026/11/23/people-1.yaml"
    text = history.read(history.main[2], path).replace("等车时间长", "等车时间短")
    signer = None if key == "gate" else history.office.keys["shengban.maintainer"]
    bad = history.remake(2, tree=history.tree_with(history.main[2], path, text), key=signer)
    head = history.rebuild(bad, [3, 4], signer)
    assert [(2, bad, ["HY655"] if key == "gate" else ["HY653"])] == history.found(head)


def test_a_branch_is_rewritten_with_its_merge(history: History) -> None:
    """HY654: the approval was of other work, and nobody can sign another in the reviewer's name."""
    office = history.office
    head = office.write("wangzhan.clerk", "forged", new("2"), on=history.main[2])
    [old] = read_commits(history.bare, [history.main[3]])
    [approved] = parse(old.message).approvals
    tip = office.put(
        "wangzhan.clerk", "forged", tree_of(history.bare, head), [head], f"审签\n\nHuiyin-Approves: {head}\n"
    )
    said = replace(parse(old.message), head=head, approvals=(replace(approved, reference=tip),))
    message = f"合入\n\n{to_trailers(said)}\n"
    bad = history.remake(3, tip=tip, tree=merge_trees(history.bare, history.main[2], tip), message=message)
    assert [(3, bad, ["HY654"])] == history.found(bad)


def test_a_merge_is_dropped(history: History) -> None:
    """HY654 where later work stood on it; HY653 without the gate's key; HY683 wherever it was once proven."""
    # The branch of the fifth merge grew from the fourth, which would come back through the side door.
    fifth = history.remake(5, parent=history.main[3])
    assert [(4, fifth, ["HY654"])] == history.found(fifth)
    other = history.rebuild(history.main[2], [4], history.office.keys["shengban.maintainer"])
    assert [(3, other, ["HY653"])] == history.found(other)
    # Nothing of what is left stood on it, and the gate's own key is in the wrong hands: only memory can tell.
    history.audit(memory=history.memory)
    report = history.audit(history.move_main(history.rebuild(history.main[2], [4])), memory=history.memory)
    assert ([], ["HY683"], False) == (list(report.findings), [p.code for p in report.problems], report.ok)


def test_two_merges_change_places(history: History) -> None:
    """HY656: time would run backwards; HY653 without the gate's key."""
    fourth = history.rebuild(history.main[2], [4])
    third = history.rebuild(fourth, [3])
    assert [(4, third, ["HY656"])] == history.found(third)
    other = history.rebuild(history.main[2], [4, 3], history.office.keys["lanzhou.head"])
    assert [(3, ["HY653"])] == [(number, codes) for number, _, codes in history.found(other)]


def test_a_merge_is_signed_with_another_key(history: History) -> None:
    """HY653, whoever's key it is."""
    for key in (history.office.keys["wangzhan.reviewer"], history.office.folder / "strange"):
        if not key.exists():
            make_key(key)
        bad = history.remake(3, key=key)
        assert [(3, bad, ["HY653"])] == history.found(history.rebuild(bad, [4]))


def rotate(history: History, *, to: str) -> Path:
    """Merge a change of the rules that ends the gate's key and registers a new one; gives the new one."""
    office, path = history.office, "rules/gate.yaml"
    key = office.folder / "new-gate"
    public = " ".join(make_key(key).split()[:2])
    start = office.main()
    text = history.read(start, path).rstrip("\n") + f'\n    to: "{to}"\n  - ssh: {public}\n    from: "2026-11-23"\n'
    office.put("shengban.maintainer", "rotate", history.tree_with(start, path, text), [start], "演示\n")
    office.sign("shengban.maintainer2", "rotate")
    assert merge(office, "rotate", now=time_of(6)).commit, "not merged"
    return key


def test_a_key_of_the_gate_expires(history: History) -> None:
    """HY653 behind its last day; the new key goes on, and what the old one signed in its time stays proven."""
    office = history.office
    key = rotate(history, to="2026-11-23")
    tomorrow = MOMENT + timedelta(days=1)
    ready(office, "b7", new("7"))
    assert merge(office, "b7", key=key, now=time_of(7)).commit
    assert [] == history.found()
    main = office.main()
    head = office.write("wangzhan.clerk", "b8", new("8"), now=tomorrow.isoformat())
    office.sign("wangzhan.reviewer", "b8", now=tomorrow.isoformat())
    made = {}
    for name, signer in {"old": office.gate_key, "new": key}.items():
        merge(office, "b8", key=key, now=tomorrow)
        [honest] = read_commits(history.bare, [office.main()])
        assert head == parse(honest.message).head
        made[name] = make_commit(
            history.bare, honest.tree, honest.parents, honest.message,
            key=str(signer), at=tomorrow, name=GATE_NAME, mail=GATE_MAIL,
        )  # fmt: skip
        history.move_main(main)
    assert [] == history.found(made["new"])
    assert [(8, made["old"], ["HY653"])] == history.found(made["old"])


@pytest.mark.parametrize("what", ["approver", "reference", "submitter", "removed", "mistyped", "none"])
def test_evidence_is_forged(history: History, what: str) -> None:
    """HY654: the trailers name a person who did not approve, or say anything else that the branch does not."""
    [old] = read_commits(history.bare, [history.main[3]])
    said = parse(old.message)
    [approved] = said.approvals
    forged = {
        "approver": replace(said, approvals=(replace(approved, person="wangzhan.clerk2"),)),
        "reference": replace(said, approvals=(replace(approved, reference=history.main[1]),)),
        "submitter": replace(said, submitted_by=("wangzhan.clerk2",)),
        "removed": replace(said, approvals=()),
    }
    texts = {"mistyped": old.message.replace("Huiyin-Seen-At", "Huiyin-Seen-at"), "none": "合入\n"}
    message = texts.get(what) or f"合入\n\n{to_trailers(forged[what])}\n"
    bad = history.remake(3, message=message)
    assert [(3, bad, ["HY654"])] == history.found(history.rebuild(bad, [4]))


def test_an_evil_merge(history: History) -> None:
    """HY655: more in the tree than the branch brought, even though the gate itself signed it."""
    tree = history.tree_with(history.main[4], "rules/extra.yaml", "a: 1\n")
    bad = history.remake(4, tree=tree)
    assert [(4, bad, ["HY655"])] == history.found(bad)


def test_a_commit_straight_on_main(history: History) -> None:
    """HY652, signed by the gate or a clerk; and a fast-forward to a branch is no merge either."""
    office, head = history.office, history.main[-1]
    for signer in (office.gate_key, office.keys["wangzhan.clerk"]):
        bad = history.commit_straight(head, signer)
        assert [(6, bad, ["HY652"])] == history.found(bad)
    ready(office, "b6", new("6"))
    forward = str(office.tip("b6"))
    assert [(6, ["HY652"])] == [(number, codes) for number, _, codes in history.found(forward)]


def test_main_is_forced_back(history: History) -> None:
    """HY683: what is left is sound, and the audit is not: what it saw yesterday is gone. It stays so until cleared."""
    history.audit(memory=history.memory)
    history.move_main(history.main[3])
    for _ in range(2):
        report = history.audit(memory=history.memory)
        assert (["HY683"], False, 3, 0) == (
            [p.code for p in report.problems], report.ok, report.proven, len(report.findings),
        )  # fmt: skip
    assert history.main[5][:10] in report.problems[0].message
    history.memory.path.unlink()
    assert history.audit(memory=history.memory).ok


def test_main_is_forced_elsewhere(history: History) -> None:
    """HY681: a history of its own, with a gate of its own name, must at least be signed by the key that it names."""
    start = history.main[0]
    usurper = history.office.folder / "usurper"
    public = " ".join(make_key(usurper).split()[:2])
    gate = f'keys:\n  - ssh: {public}\n    from: "2026-11-23"\n'

    def founded_by(key: Path, text: str) -> str:
        tree = history.tree_with(start, "rules/gate.yaml", text)
        return make_commit(
            history.bare, tree, (), "建立\n", key=str(key), at=MOMENT, name="x", mail="x@example.invalid"
        )

    bad = founded_by(history.office.keys["shengban.maintainer"], gate)
    report = history.audit(bad)
    assert ([(0, bad, ["HY681"])], None) == (history.found(bad), report.last_good)
    # Signed by its own key it looks like any other record: memory, and whoever noted the first commit, know better.
    history.audit(memory=history.memory)
    report = history.audit(history.move_main(founded_by(usurper, gate)), memory=history.memory)
    assert (["HY683"], False) == ([p.code for p in report.problems], report.ok)
    with pytest.raises(HuiyinError, match="HY682"):
        history.audit(since=start)


def test_all_that_is_bad(history: History) -> None:
    """Behind the first bad commit others are found on request, and sound ones are not blamed for it."""
    third = history.remake(3, key=history.office.keys["lanzhou.head"])
    fourth = history.rebuild(third, [4])
    fifth = history.commit_straight(fourth)
    report = history.audit(fifth, every=True)
    assert [(3, third), (5, fifth)] == [(f.number, f.commit) for f in report.findings]
    assert (history.main[2], 5) == (report.last_good, report.proven)


# The memory is a short cut and no authority


def test_damaged_memory_is_of_no_use(history: History) -> None:
    """HY686, everything is proven anew, and the file is sound again."""
    memory = history.memory
    history.audit(memory=memory)
    good = memory.path.read_text()
    fields = json.loads(good)[MAIN]
    shorter = {**fields, "commit": history.main[3]}
    other_start = {**fields, "start": "a" * 40}
    damaged = [
        *("", "{", "[]", "null", "\0", good[:40], "[" * 100_000),
        *(json.dumps({MAIN: d}) for d in (shorter, {**fields, "digest": "0" * 64}, {**fields, "version": 1})),
        *(json.dumps({MAIN: {**fields, **d}}) for d in ({"commit": "main"}, {"start": ""}, {"commit": None})),
        json.dumps({MAIN: {**fields, "version": "0.0.0"}}),
    ]
    for text in damaged:
        memory.path.write_text(text, encoding="utf-8")
        report = history.audit(memory=history.memory)
        assert (["HY686"], 0, LENGTH, True) == (
            [p.code for p in report.problems], report.resumed, report.proven, report.ok,
        ), text[:40]  # fmt: skip
        assert good == memory.path.read_text()
    memory.path.write_bytes(b"\xff\xfe")
    assert ["HY686"] == [p.code for p in history.audit(memory=history.memory).problems]
    memory.path.write_text(json.dumps({MAIN: other_start}), encoding="utf-8")
    assert LENGTH == history.audit(memory=history.memory).proven
    assert __version__ == fields["version"]


def test_memory_that_points_behind_a_bad_commit(history: History) -> None:
    """Somebody writes the hash of the bad commit into the file: it does not fit what else stands there."""
    history.audit(memory=history.memory)
    tree = history.tree_with(history.main[5], "rules/extra.yaml", "a: 1\n")
    bad = history.move_main(history.remake(5, parent=history.main[5], tree=tree))
    path = history.memory.path
    path.write_text(path.read_text().replace(history.main[5], bad))
    report = history.audit(memory=history.memory)
    assert ([(6, bad)], 0, ["HY686"]) == (
        [(f.number, f.commit) for f in report.findings], report.resumed, [p.code for p in report.problems],
    )  # fmt: skip


def test_memory_that_cannot_be_written(history: History) -> None:
    """HY687: said, and the audit is none the worse for it."""
    history.memory.path.mkdir()
    report = history.audit(memory=history.memory)
    assert (["HY686", "HY687"], True, LENGTH) == ([p.code for p in report.problems], report.ok, report.proven)


def test_each_branch_has_its_own_memory(history: History) -> None:
    """A server's main that a clone follows is remembered beside the clone's own."""
    other = memory_of(history.bare, "refs/remotes/origin/main")
    history.audit(memory=history.memory)
    assert (0, 3) == (lambda a: (a.resumed, a.proven))(history.audit(history.main[3], memory=other))
    assert LENGTH == history.audit(memory=history.memory).resumed
    report = history.audit(history.main[2], memory=other)
    assert ["HY683"] == [p.code for p in report.problems]
    assert [MAIN, other.ref] == list(json.loads(other.path.read_text()))


def test_what_is_remembered_is_not_looked_at_again(history: History) -> None:
    """The short cut is one: only without memory is it noticed that an old text has gone since."""
    history.audit(memory=history.memory)
    lose(history, f"{history.main[3]}:cases/2026/11/23/people-3.yaml")
    assert history.audit(memory=history.memory).ok
    assert [3] == [number for number, _, _ in history.found()]


# Where a history begins


def test_from_a_trusted_commit(history: History) -> None:
    """--since: what is before it is taken as it is, what is behind it is proven, and numbers count from there."""
    bad = history.remake(3, key=history.office.keys["lanzhou.head"])
    head = history.rebuild(bad, [4])
    assert [(3, bad, ["HY653"])] == history.found(head)
    assert (True, bad, 1) == (lambda a: (a.ok, a.start, a.merges))(history.audit(head, since=bad))
    later = history.audit(head, since=history.main[1])
    assert ([2], history.main[2]) == ([f.number for f in later.findings], later.last_good)
    assert (0, True) == (lambda a: (a.merges, a.ok))(history.audit(head, since=head))


@pytest.mark.parametrize("where", ["branch", "other main", "younger"])
def test_a_trusted_commit_that_is_not_on_main(history: History, where: str) -> None:
    """HY682: a commit of a merged branch is not on main; nor is what main was forced away from, or not yet there."""
    since = {
        "branch": str(history.office.tip("b3")),
        "other main": history.remake(3, at=time_of(4)),
        "younger": history.main[4],
    }[where]
    with pytest.raises(HuiyinError, match="HY682") as caught:
        history.audit(history.main[3 if where == "younger" else 5], since=since)
    assert 1 == caught.value.exit_code


def test_memory_belongs_to_its_start(history: History) -> None:
    """What was proven from a later commit is not enough for all; and never replaces what was proven for all."""
    history.audit(memory=history.memory, since=history.main[2])
    assert 3 == history.audit(memory=history.memory, since=history.main[2]).resumed
    assert (0, LENGTH) == (lambda a: (a.resumed, a.proven))(history.audit(memory=history.memory))
    kept = history.memory.path.read_text()
    assert (0, 3) == (lambda a: (a.resumed, a.proven))(history.audit(memory=history.memory, since=history.main[2]))
    assert kept == history.memory.path.read_text()


def test_a_record_without_a_gate(tmp_path: Path) -> None:
    """HY680, once and clearly: this project's own history was not made by the gate."""
    repository = make_repository(tmp_path / "库")
    head = repository.commit()
    with pytest.raises(UsageError, match="HY680") as caught:
        audit(repository.root, head)
    assert (2, 1) == (caught.value.exit_code, len(caught.value.problems))
    shutil.rmtree(repository.root / "rules")
    with pytest.raises(UsageError, match="HY680"):
        audit(repository.root, repository.commit(), since=repository.git("rev-parse", "HEAD").strip())


# Repositories that do not have, or do not tell, all of it


def lose(history: History, name: str) -> str:
    """Delete one object from the disk, as a dying disk or a hand would; gives its hash."""
    oid = run(history.bare, "rev-parse", name).decode().strip()
    (history.bare / "objects" / oid[:2] / oid[2:]).unlink()
    return oid


def test_a_shallow_clone(history: History, tmp_path: Path) -> None:
    """HY684: there is nothing to prove where the history is cut off, and it says how to get the rest."""
    run(tmp_path, "clone", "--quiet", "--bare", "--depth=3", history.bare.as_uri(), "shallow.git")
    with pytest.raises(UsageError, match="HY684") as caught:
        audit(tmp_path / "shallow.git", history.main[5])
    assert "git fetch --unshallow" in caught.value.problems[0].cure


@pytest.mark.parametrize(
    ("name", "code", "where"),
    [
        ("{3}:cases/2026/11/23/people-3.yaml", "HY905", 3),
        ("{3}^2", "HY905", 3),
        ("{3}^{{tree}}", "HY905", 3),
        ("{0}^{{tree}}", "HY680", None),
        ("{3}", "HY905", None),
    ],
)
def test_an_object_is_missing(history: History, name: str, code: str, where: int | None) -> None:
    """Whatever is lost, there is an error and no proof, at the commit that needs it."""
    lose(history, name.format(*history.main))
    if where is None:
        with pytest.raises(HuiyinError, match=code):
            history.audit()
    else:
        [(number, _, codes)] = history.found()
        assert (where, True) == (number, code in codes)


def test_rules_that_cannot_be_read(history: History) -> None:
    """HY685: behind a commit that breaks the rules nothing can be proven; that commit is the first that is named."""
    evil = history.remake(5, tree=history.tree_with(history.main[5], "rules/people.yaml", "people: [\n"))
    ready(history.office, "b6", new("6"))
    tip = str(history.office.tip("b6"))
    head = history.remake(5, parent=evil, tip=tip, tree=merge_trees(history.bare, evil, tip), at=time_of(6))
    assert [(5, evil, ["HY655"])] == history.found(head)
    report = history.audit(head, every=True)
    assert [(5, "HY655"), (6, "HY685")] == [(f.number, f.problems[0].code) for f in report.findings]


def test_a_graft_hides_a_commit(history: History) -> None:
    """HY684: Git is told to pass over a commit; what the commits themselves say counts."""
    bad = history.commit_straight(history.main[5])
    ready(history.office, "b7", new("7"), new("8"))
    head = history.remake(5, parent=bad, tip=history.office.tip("b7"))
    (history.bare / "info").mkdir(exist_ok=True)
    (history.bare / "info" / "grafts").write_text(f"{head} {history.main[5]}\n")
    with pytest.raises(HuiyinError, match=f"HY684 提交 {head[:10]} 的上级与Git所列的不符"):
        history.audit(head)


def test_a_graft_beside_main(history: History) -> None:
    """HY684: it could hide who had a hand in a branch."""
    (history.bare / "info").mkdir(exist_ok=True)
    (history.bare / "info" / "grafts").write_text(f"{history.office.tip('b4')} {history.main[0]}\n")
    with pytest.raises(HuiyinError, match="HY684 库中有嫁接"):
        history.audit()


def test_a_replacement_hides_nothing(history: History) -> None:
    """``git replace`` shows another commit in the place of a bad one to everybody but the audit."""
    bad = history.remake(5, tree=history.tree_with(history.main[5], "rules/extra.yaml", "a: 1\n"))
    history.move_main(bad)
    assert 0 == attempt(history.bare, "replace", bad, history.main[5]).returncode
    assert [(5, bad, ["HY655"])] == history.found(bad)

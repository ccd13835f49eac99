"""Design §8: a second look costs what changed, and tells exactly what the first would."""

from __future__ import annotations

import shutil
from datetime import datetime
from pathlib import Path

import pytest

from huiyin import judging
from huiyin.check import CheckReport, check
from huiyin.cli.cases import Replays
from huiyin.cli.options import Place
from huiyin.folders import judge_folders
from huiyin.judging import KIND, Judged, judge_all
from huiyin.repo.blobs import survey
from huiyin.repo.git import open_source
from huiyin.repo.index import Index, open_index
from huiyin.repo.schemas import load_schema
from huiyin.repo.stamp import load_stamped, stamp_of
from huiyin.repo.store import CASES, load_rulebook
from huiyin.reports.deadlines import deadline_report
from huiyin.reports.inbox import tasks_of_person
from tests.cases import PROJECT, Story
from tests.repository import NOW, Repository, make_repository

MOMENT = datetime.fromisoformat(NOW)
PLACE = "cases/2026/11/16/people-90000001.yaml"


@pytest.fixture
def record(tmp_path: Path) -> Repository:
    """The demonstration's cases, and some with faults of every kind, committed."""
    made = make_repository(tmp_path / "库")
    shutil.copytree(PROJECT / "cases", made.root / "cases")
    made.add(Story(reference="90000901").assigned("2026-11-16 10:00").claimed("2026-11-16 09:00"))
    made.add(Story(reference="90000902", facts={"duplicate_of": "people-1"}))
    made.add(Story(reference="90000903", facts={"procedure": "gs-2099-1"}))
    made.add(Story(reference="90000904", facts={"body": "请回电13912345678。（演示用虚构留言）"}))
    made.add(Story(reference="90000905").assigned("2026-11-23 10:30"))  # half an hour after the present
    made.write("cases/2026/11/16/people-90000906.yaml", "id: [\n")
    made.write("cases/2026/11/16/notes.txt", "x")
    (made.root / "cases/2026/11/17").mkdir(parents=True, exist_ok=True)
    shutil.copy(
        made.root / "cases/2026/11/16/people-90000901.yaml", made.root / "cases/2026/11/17/people-90000901.yaml"
    )
    made.commit()
    return made


def fresh(record: Repository, rev: str | None = None, now: datetime = MOMENT) -> CheckReport:
    """What is told without an index."""
    return check(open_source(record.root, rev), now)


def indexed(record: Repository, rev: str | None = None, now: datetime = MOMENT, jobs: int = 1) -> CheckReport:
    """What is told with the index that lies in the folder."""
    return check(open_source(record.root, rev), now, index=open_index(record.root), jobs=jobs)


def kept(record: Repository) -> dict[str, bytes]:
    """The judgements in the index by path, for the rules as they are."""
    source = open_source(record.root)
    blobs = survey(source, CASES).blobs
    known = open_index(record.root).get(KIND, stamp_of(source), blobs.values())
    return {path: known[oid] for path, oid in blobs.items() if oid in known}


def test_with_and_without_an_index_the_same_is_told(record: Repository) -> None:
    """Cold, warm, and for the commit instead of the work tree: equal reports, all faults among them."""
    wanted = fresh(record)
    assert {"HY302", "HY206", "HY401", "HY750", "HY303", "HY111", "HY204", "HY202", "HY203"} <= {
        p.code for p in wanted.problems
    }
    assert [wanted] * 3 == [indexed(record), indexed(record), indexed(record, "HEAD")]


def test_what_is_known_is_not_judged_again(record: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    """The second run reads only what the index cannot hold: files that are no case, misplaced or not settled."""
    indexed(record)
    judged: list[str] = []
    original = judging._judge

    def watched(bench: judging.Bench, path: str, data: object) -> Judged:
        judged.append(path)
        return original(bench, path, data)  # type: ignore[arg-type]

    monkeypatch.setattr(judging, "_judge", watched)
    indexed(record)
    always = {
        *(
            "cases/2026/11/16/notes.txt",
            "cases/2026/11/16/people-90000906.yaml",
            "cases/2026/11/17/people-90000901.yaml",
        ),
        "cases/2026/11/16/people-90000905.yaml",
    }
    assert always == set(judged)
    record.add(Story(reference="90000901").assigned("2026-11-16 10:00"))
    judged.clear()
    assert fresh(record) == indexed(record)
    assert {*always, "cases/2026/11/16/people-90000901.yaml"} <= set(judged)


def test_a_lie_in_the_index_is_not_believed(record: Repository) -> None:
    """A judgement that was taken from another file is told from its own, even where somebody sealed it."""
    indexed(record)
    source = open_source(record.root)
    blobs = survey(source, CASES).blobs
    good = kept(record)["cases/2026/07/20/people-90000015.yaml"]
    bad = blobs["cases/2026/11/16/people-90000901.yaml"]
    open_index(record.root).put(KIND, stamp_of(source), [(bad, good)])
    assert fresh(record) == indexed(record)
    open_index(record.root).put(KIND, stamp_of(source), [(bad, b'{"home": 1}')])
    assert fresh(record) == indexed(record)


def test_what_is_true_later_is_not_told_earlier(record: Repository) -> None:
    """Facts do not depend on the clock: a moment before the last event is judged for itself, and spoils nothing."""
    indexed(record)
    earlier = datetime.fromisoformat("2026-11-05T10:00:00+08:00")
    wanted = fresh(record, now=earlier)
    assert wanted == indexed(record, now=earlier)
    assert sum(p.code == "HY303" for p in wanted.problems) > 10
    assert fresh(record) == indexed(record)


def test_other_rules_judge_anew(record: Repository) -> None:
    """第二十三条: facts made under one version of the rules say nothing under another."""
    indexed(record)
    rules = record.root / "rules/people.yaml"
    rules.write_text(rules.read_text(encoding="utf-8").replace("lanzhou.clerk:", "lanzhou.other:"), encoding="utf-8")
    wanted = fresh(record)
    assert "HY306" in {p.code for p in wanted.problems}
    assert wanted == indexed(record)


def test_processes_tell_what_one_process_tells(record: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    """The order of workers shows nowhere."""
    monkeypatch.setattr(judging, "FEW", 0)
    monkeypatch.setattr(judging, "CHUNK", 7)
    assert fresh(record) == indexed(record, jobs=2)
    assert fresh(record) == indexed(record)


def test_a_file_that_kills_its_process_is_refused(record: Repository) -> None:
    """Fails closed: the file is told of, as it was not checked."""
    bench = judging.Bench(load_rulebook(open_source(record.root)), load_schema(open_source(PROJECT), "case"), MOMENT)
    [(path, _, body)] = judging._give_up(bench, (PLACE, b"x"))
    assert (PLACE, b"HY975") == (path, body[body.index(b"HY975") :][:5])


def test_only_settled_cases_are_kept(record: Repository) -> None:
    """A case with an event after the present is not in the index, nor is a file that is no case."""
    indexed(record)
    paths = set(kept(record))
    assert "cases/2026/11/16/people-90000901.yaml" in paths
    assert not paths & {"cases/2026/11/16/people-90000905.yaml", "cases/2026/11/16/people-90000906.yaml"}


def test_a_change_forgets_nothing_of_what_did_not_change(record: Repository) -> None:
    """Once there is so much that something must be forgotten, it is what is gone from the record."""
    indexed(record)
    before = kept(record)
    source, index = open_source(record.root), open_index(record.root)
    gone = [f"{number:040x}" for number in range(1500)]
    index.put(KIND, stamp_of(source), ((oid, b"{}") for oid in gone))
    record.add(Story(reference="90000907").assigned("2026-11-16 10:00"))
    record.commit()
    indexed(record)
    assert before.items() <= kept(record).items()
    assert {} == open_index(record.root).get(KIND, stamp_of(source), gone)


def test_an_index_in_memory_serves_one_run(record: Repository) -> None:
    """Without a folder to write to, the same is told."""
    source = open_source(record.root)
    rulebook, stamp = load_stamped(source)
    there = survey(source, CASES)
    told = {path for path, _, _ in judge_all(source, rulebook, MOMENT, there, Index(None), stamp=stamp)}
    assert set(there.blobs) == told


def test_what_was_read_is_kept_and_not_what_was_listed(record: Repository) -> None:
    """A file that is repaired between the survey and the reading does not whitewash what it was before."""
    source, index = open_source(record.root), open_index(record.root)
    story = Story(received="2026-11-19 09:00", reference="90000999")
    path, broken = record.add(story), b"id: [\n"
    path.write_bytes(broken)
    rulebook, stamp = load_stamped(source)
    there = survey(source, CASES)
    record.add(story)
    list(judge_folders(source, rulebook, MOMENT, there, index, stamp=stamp))
    path.write_bytes(broken)
    assert "HY111" in {p.code for p in indexed(record).problems if p.path.endswith("999.yaml")}


@pytest.mark.parametrize(
    "arguments", [["deadlines"], ["inbox", "--unit", "lanzhou"], ["inbox", "--person", "wangzhan.reviewer"]]
)
def test_lists_of_what_waits_are_the_same_with_an_index(record: Repository, arguments: list[str]) -> None:
    """第十四、十五条: nothing that waits is missing from a list because it is known that it does not."""
    cold = record.huiyin(*arguments, "--format", "json")
    assert (record.root / ".huiyin" / "index.sqlite").exists()
    warm = record.huiyin(*arguments, "--format", "json")
    assert (1, cold) == (cold.code, warm)
    read = record.huiyin(*arguments, "--format", "json", "--as-of", "2026-11-05T10:00:00")
    shutil.rmtree(record.root / ".huiyin")
    assert read == record.huiyin(*arguments, "--format", "json", "--as-of", "2026-11-05T10:00:00")


def test_what_waits_is_listed_as_if_every_case_had_been_read(record: Repository) -> None:
    """第十四、十五、十八条: lists made from the index are those made from all replays, now and later."""
    for now in (MOMENT, datetime.fromisoformat("2027-03-01T09:00:00+08:00")):
        place = Place(record.root)
        everything, waiting = Replays(place, now), Replays(place, now)
        for _ in range(2):  # cold, then warm
            assert deadline_report(everything, place.rulebook, now) == deadline_report(
                waiting.waiting(), place.rulebook, now
            )
            for person in ("wangzhan.clerk", "wangzhan.reviewer", "lanzhou.head", "lanzhou.clerk"):
                assert tasks_of_person(everything, place.rulebook, now, person) == tasks_of_person(
                    waiting.waiting(), place.rulebook, now, person
                )

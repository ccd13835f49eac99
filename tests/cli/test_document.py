"""``huiyin document`` as a clerk runs it."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pytest

from tests.cases import Story
from tests.reports.papers import extended, important, returned, to_department
from tests.repository import Repository


def text_in(path: Path) -> str:
    """The XML of the text of a document."""
    with ZipFile(BytesIO(path.read_bytes())) as archive:
        return archive.read("word/document.xml").decode()


def test_one_document_a_case(repository: Repository) -> None:
    """Each id makes a file of its own, and what must be filled in is told (第十五条)."""
    repository.add(important())
    repository.add(Story("2026-11-02 09:00", reference="90000009").assigned("2026-11-02 10:00"))
    done = repository.huiyin("document", "reminder", "people-90000002", "people-90000009", "--out", "文书")
    assert 0 == done.code, done.err
    assert ["催办通知-people-90000002.docx", "催办通知-people-90000009.docx"] == sorted(
        p.name for p in (repository.root / "文书").iterdir()
    )
    assert "已写成：文书/催办通知-people-90000002.docx（催办通知，待填3处）" in done.out
    assert "HY881 〔待填：联系人〕、〔待填：电话〕、〔待填：发文字号〕" in done.err
    assert "HY330" in done.err  # 第二十四条: the letter cites rules that have lapsed


@pytest.mark.parametrize(
    ("kind", "arguments", "name"),
    [
        ("转办函", ("people-90000001",), "转办函-people-90000001.docx"),
        ("extension", ("people-90000004",), "延期批复-people-90000004.docx"),
        ("return", ("people-90000003",), "退回重办通知-people-90000003.docx"),
        ("supervision", ("people-90000002",), "督办通知单-people-90000002.docx"),
        ("briefing", ("people-90000002",), "重要留言专报-people-90000002.docx"),
        ("digest", ("people-90000002", "people-90000003"), "留言选摘-20261123.docx"),
        ("digest", ("--month", "2026-11"), "留言选摘-2026-11.docx"),
        ("monthly", ("--month", "2026-11"), "月度办理情况汇总-2026-11.docx"),
        ("criticism", ("people-90000002", "people-90000003"), "通报批评草稿-lanzhou-20261123.docx"),
    ],
)
def test_every_kind(repository: Repository, kind: str, arguments: tuple[str, ...], name: str) -> None:
    """Each kind is made by its English or Chinese name, the same from a folder and from its commit (第十七条)."""
    for story in (to_department(), important(), returned(), extended()):
        repository.add(story)
    repository.commit()
    assert 0 == repository.huiyin("document", kind, *arguments, "--out", "a").code
    assert 0 == repository.huiyin("document", kind, *arguments, "--out", "b", "--rev", "HEAD").code
    assert [name] == [p.name for p in (repository.root / "a").iterdir()]
    assert (repository.root / "a" / name).read_bytes() == (repository.root / "b" / name).read_bytes()


def test_a_document_of_an_earlier_day(repository: Repository) -> None:
    """--as-of makes what fitted then, though the case went on since (第二十一条)."""
    repository.add(returned().answered("2026-11-23 09:00"))
    refused = repository.huiyin("document", "return", "people-90000003", "--out", ".")
    assert 1 == refused.code
    assert "HY880 people-90000003不能出具退回重办通知：现在不是退回重办的状态（待复审）" in refused.err
    done = repository.huiyin("document", "return", "people-90000003", "--out", ".", "--as-of", "2026-11-20")
    assert 0 == done.code, done.err
    before = repository.huiyin("document", "return", "people-90000003", "--out", ".", "--as-of", "2026-11-01")
    assert "HY880 people-90000003当时还没有收到" in before.err


def test_nothing_is_overwritten(repository: Repository) -> None:
    """What a person may have edited stays, and with it everything; --force replaces it."""
    repository.add(important())
    repository.add(Story("2026-11-02 09:00", reference="90000009").assigned("2026-11-02 10:00"))
    edited = repository.write("文书/催办通知-people-90000002.docx", "改过")
    command = ("document", "reminder", "people-90000009", "people-90000002", "--out", "文书")
    refused = repository.huiyin(*command)
    assert 1 == refused.code
    assert "文书/催办通知-people-90000002.docx: 错误 HY882" in refused.err
    assert [edited] == list((repository.root / "文书").iterdir())
    assert 0 == repository.huiyin(*command, "--force").code
    assert edited.read_bytes().startswith(b"PK")


def test_one_that_does_not_fit_stops_all(repository: Repository) -> None:
    """Of several ids all are written or none, and each that stands in the way is not half made."""
    repository.add(important())
    repository.add(extended())
    refused = repository.huiyin("document", "reminder", "people-90000002", "people-90000004", "--out", "文书")
    assert 1 == refused.code
    assert not (repository.root / "文书").exists()


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("公函", "people-90000002"), "HY883"),
        (("transfer",), "HY883"),
        (("transfer", "people-90000002", "--month", "2026-11"), "HY883"),
        (("monthly",), "HY883"),
        (("monthly", "people-90000002", "--month", "2026-11"), "HY883"),
        (("monthly", "--month", "2026-13"), "HY890"),
        (("digest",), "HY883"),
        (("digest", "people-90000002", "--month", "2026-11"), "HY883"),
        (("reminder", ""), "HY920"),
    ],
)
def test_requests_that_make_no_sense(repository: Repository, arguments: tuple[str, ...], code: str) -> None:
    """Exit 2 with a code that says what is missing or too much."""
    repository.add(important())
    done = repository.huiyin("document", *arguments, "--out", "文书")
    assert 2 == done.code
    assert code in done.err
    assert not (repository.root / "文书").exists()


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("reminder", "people-1"), "HY930"),
        (("digest", "--month", "2026-09"), "HY885"),
        (("criticism", "people-90000002", "people-90000004"), "HY880"),
    ],
)
def test_requests_that_find_nothing(repository: Repository, arguments: tuple[str, ...], code: str) -> None:
    """Exit 1 with a code."""
    repository.add(important())
    repository.add(extended())
    done = repository.huiyin("document", *arguments, "--out", "文书")
    assert (1, True) == (done.code, code in done.err)


def test_a_case_with_errors_makes_no_document(repository: Repository) -> None:
    """A document must not tell what the procedure forbids."""
    repository.add(important().claimed("2026-11-19 09:00"))
    done = repository.huiyin("document", "reminder", "people-90000002", "--out", "文书")
    assert 1 == done.code
    assert "HY301" in done.err


@pytest.mark.parametrize(
    ("kind", "name", "told"),
    [
        ("monthly", "月度办理情况汇总-2026-11.docx", "共收到网民留言1件"),
        ("digest", "留言选摘-2026-11.docx", "收到的重要留言，共1件"),
    ],
)
def test_a_month_goes_on_past_a_broken_case(repository: Repository, kind: str, name: str, told: str) -> None:
    """What cannot be read is named, the others are told of, and the exit code says that something is missing."""
    repository.add(important())
    repository.write("cases/2026/11/09/people-90000077.yaml", "id: [\n")
    done = repository.huiyin("document", kind, "--month", "2026-11", "--out", "文书")
    assert 1 == done.code
    assert "people-90000077" in done.err
    assert told in text_in(repository.root / "文书" / name)


def test_a_place_that_cannot_be_written(repository: Repository) -> None:
    """A file where the folder should be is a problem with its code, not a traceback."""
    repository.add(important())
    repository.write("文书", "")
    done = repository.huiyin("document", "reminder", "people-90000002", "--out", "文书")
    assert done.code in (1, 2)
    assert "HY9" in done.err
    assert "Traceback" not in done.err


def test_a_file_is_no_place_for_documents(repository: Repository) -> None:
    """It says why the value is wrong."""
    repository.write("文书", "演示")
    done = repository.huiyin("document", "monthly", "--month", "2026-10", "--out", "文书")
    assert (2, True) == (done.code, "选项“--out”的取值不对：应是目录，那里却是文件。" in done.err)

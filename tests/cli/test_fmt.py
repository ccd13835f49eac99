"""``huiyin fmt`` on real files: another form, the same content, or the file as it was."""

from __future__ import annotations

import json

import pytest
import yaml as pyyaml

from huiyin.repo import yaml
from huiyin.repo.canonical import HEADER, canonical
from tests.cases import Story
from tests.cli.test_record import snapshot
from tests.repository import Repository

PATH = "cases/2026/11/16/people-90000001.yaml"
BODY = "第一段 # 不是注释。\n\n  第二段: 缩进。（演示）\n"


def story() -> Story:
    """A case with all that is hard to lay out."""
    made = Story(facts={"body": BODY, "title": "“引号”与: 冒号（演示）"}).assigned(
        "2026-11-16 10:00", topics=["其他"], note="no"
    )
    return made.claimed("2026-11-16 11:00")


GOOD = canonical(story().data())


def other_writer(flow: bool) -> bytes:
    """The same content as PyYAML lays it out, keys sorted."""
    return pyyaml.dump(story().data(), allow_unicode=True, default_flow_style=flow, sort_keys=True).encode()


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("another writer, block", other_writer(flow=False)),
        ("another writer, flow", other_writer(flow=True)),
        ("JSON", json.dumps(story().data(), ensure_ascii=False).encode()),
        ("no header", GOOD.removeprefix(HEADER).encode()),
        ("another header", GOOD.replace("../../../../", "../../").encode()),
        ("byte order mark", b"\xef\xbb\xbf" + GOOD.encode()),
        ("CRLF", GOOD.replace("\n", "\r\n").encode()),
        ("old Macintosh", GOOD.replace("\n", "\r").encode()),
        ("mark and CRLF", b"\xef\xbb\xbf" + GOOD.replace("\n", "\r\n").encode()),
        ("tabs between words", GOOD.replace("channel: people", "channel:\tpeople\t").encode()),
        ("other quotes", GOOD.replace("channel: people", "channel: 'people'").encode()),
        ("order of keys", GOOD.replace("channel: people\n", "").replace("title:", "channel: people\ntitle:").encode()),
        ("blank lines", GOOD.replace("title:", "\n\ntitle:").encode()),
        (
            "block for flow",
            GOOD.replace('source: {reference: "90000001"}', 'source:\n   reference: "90000001"').encode(),
        ),
        ("no end of line", GOOD.removesuffix("\n").encode()),
        ("end of document", GOOD.encode() + b"...\n"),
    ],
)
def test_a_form_is_repaired_and_the_content_stays(repository: Repository, name: str, text: bytes) -> None:
    """Each kind of other form ends as the one form; a second run has nothing to do."""
    path = repository.write(PATH, text)
    assert text != GOOD.encode(), name
    before = snapshot(repository.root)
    listed = repository.huiyin("fmt", "--check")
    assert (1, before) == (listed.code, snapshot(repository.root))
    assert listed.out.startswith(f"{PATH}\n共1个文件：需要改写1个，0个不能改写")
    done = repository.huiyin("fmt")
    assert (0, "") == (done.code, done.err)
    assert GOOD == path.read_text(encoding="utf-8")
    assert 0 == repository.huiyin("check").code
    assert (0, "共1个文件：需要改写0个，0个不能改写，其余已是规范格式。\n") == (lambda r: (r.code, r.out))(
        repository.huiyin("fmt", "--check")
    )


@pytest.mark.parametrize(
    ("text", "code", "line"),
    [
        (GOOD.replace("第二段", "第\t二段"), "HY105", 13),
        (GOOD.replace("第二段", "第\t二段").replace("\n", "\r\n"), "HY105", 13),
        (GOOD.replace("第二段", "第\u200b二段"), "HY105", 13),
        (GOOD.replace("title:", 'title: "\\t"\nother:'), "HY105", None),
        (GOOD.replace("title:", "title: 甲\ntitle:"), "HY106", 10),
        (GOOD.replace("channel: people", "channel: &a people"), "HY107", 4),
        (GOOD.replace("channel: people", "channel: !!str people"), "HY108", 4),
        (GOOD + "---\na: 1\n", "HY109", None),
        (GOOD.replace("title: ", "title: ["), "HY111", None),
        (GOOD.replace("real_name: true", "\treal_name: true"), "HY105", 7),
        ("", "HY113", 1),
        ("- a\n", "HY113", 1),
        (GOOD.replace("title:", "# 备忘\ntitle:"), "HY953", 9),
        (GOOD.replace("channel: people", "channel: people # 备忘"), "HY953", 4),
        (GOOD.replace("body: |", "body: | # 备忘"), "HY953", 10),
        (GOOD.replace("real_name: true", "real_name: 100000000000000000.5"), "HY956", None),
    ],
)
def test_what_cannot_be_repaired_is_left_and_told(
    repository: Repository, text: str, code: str, line: int | None
) -> None:
    """A code and a line; the file byte for byte as it was, while its neighbours are repaired."""
    repository.write(PATH, text)
    other = repository.write("cases/2026/11/16/people-2.yaml", GOOD.removeprefix(HEADER))
    before = (repository.root / PATH).read_bytes()
    run = repository.huiyin("fmt", "--format", "json")
    report = json.loads(run.out)
    assert (1, "", ["cases/2026/11/16/people-2.yaml"], 2) == (run.code, run.err, report["changed"], report["files"])
    assert {(code, PATH)} == {(p["code"], p["path"]) for p in report["problems"]}
    assert line is None or line in {p["line"] for p in report["problems"]}
    assert before == (repository.root / PATH).read_bytes()
    assert GOOD == other.read_text(encoding="utf-8")


def test_comments_are_dropped_only_where_that_is_asked_for(repository: Repository) -> None:
    """The file is refused with the way out, and then rewritten."""
    path = repository.write(PATH, GOOD.replace("title:", "# 备忘\ntitle:"))
    run = repository.huiyin("fmt")
    assert (1, True, True) == (run.code, "HY953" in run.err, "--drop-comments" in run.err)
    assert 0 == repository.huiyin("fmt", "--drop-comments").code
    assert GOOD == path.read_text(encoding="utf-8")


def test_another_file_not_by_its_schema_is_still_laid_out(repository: Repository) -> None:
    """Form and schema are two questions: what breaks the schema keeps its content, known keys first."""
    path = repository.write(PATH, "extra: [1, yes]\nevents: nothing\nid: people-1\n")
    assert 0 == repository.huiyin("fmt").code
    assert HEADER + 'id: people-1\nextra: [1, "yes"]\nevents: nothing\n' == path.read_text(encoding="utf-8")
    assert {"id": "people-1", "extra": [1, "yes"], "events": "nothing"} == yaml.parse_mapping(
        path.read_bytes(), path=""
    )


def test_only_the_files_named_are_rewritten(repository: Repository) -> None:
    """By id, by folder; rules and other files are never touched."""
    for place in ("cases/2026/11/16/people-1.yaml", "cases/2026/11/17/people-2.yaml", "cases/2026/11/18/people-3.yaml"):
        repository.write(place, "b: 1\na: 2\n")
    repository.write("cases/2026/README.md", "b: 1")
    before = snapshot(repository.root)
    assert 0 == repository.huiyin("fmt", "people-1", "cases/2026/11/18").code
    after = snapshot(repository.root)
    assert {"cases/2026/11/16/people-1.yaml", "cases/2026/11/18/people-3.yaml"} == {
        path for path in after if after[path] != before.get(path)
    }
    missing = repository.huiyin("fmt", "people-9")
    assert (1, True) == (missing.code, "HY930" in missing.err)


def test_a_file_that_cannot_be_written_leaves_all_as_they_were(repository: Repository) -> None:
    """Nothing is half done: the lock cannot be made, so no file is rewritten."""
    repository.write(PATH, GOOD.removeprefix(HEADER))
    repository.write(".huiyin", "")
    before = snapshot(repository.root)
    run = repository.huiyin("fmt")
    assert (1, True, before) == (run.code, "HY906" in run.err, snapshot(repository.root))
    assert 1 == repository.huiyin("fmt", "--check").code  # judging needs no lock


def test_an_empty_log_is_in_form(repository: Repository) -> None:
    """No cases is no mistake."""
    assert (0, "共0个文件：改写了0个，0个不能改写，其余已是规范格式。\n") == (lambda r: (r.code, r.out))(
        repository.huiyin("fmt")
    )

"""Personal data in the record: what check finds, what the gate refuses, and that nobody repeats it (第十九条)."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.privacy import load_snippets
from huiyin.check import check
from huiyin.committed import find_in_file
from huiyin.findings import case_texts, find_in_case, hide, hide_path
from huiyin.introduced import find_introduced
from huiyin.model.event import EVENT_TYPES, Answered
from huiyin.repo import canonical, yaml
from huiyin.repo.base import load_base
from huiyin.repo.git import read_blobs
from huiyin.repo.source import FolderSource
from huiyin.rules.privacy import PrivacySettings, find_personal
from tests.cases import PROJECT, Story, rulebook
from tests.office import MOMENT, Office, needs_ssh, open_office
from tests.repository import Repository, make_repository
from tests.scan.planting import MOBILE, image, workbook
from tests.trees import File, Trees, shipped

BODY = f"早高峰等车时间长，请回电{MOBILE}。（演示用虚构留言）"
DOUBTFUL = "62010219900101001X"
"""Looks like an identity number; its check digit is wrong (synthetic)."""


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    """A case log without cases."""
    return make_repository(tmp_path / "库")


def found(repository: Repository) -> list[tuple[str, str, str]]:
    """(code, path's last part, pointer) of what check says of personal data."""
    problems = check(FolderSource(repository.root), MOMENT).problems
    return [(p.code, p.path.rpartition("/")[2], p.pointer) for p in problems if p.code.startswith("HY75")]


def test_the_demonstration_holds_none() -> None:
    """第十九条: the synthetic cases, rules and pages that are shipped come out without an error."""
    problems = check(FolderSource(PROJECT), MOMENT).problems
    assert [] == [(p.path, p.message) for p in problems if p.code == "HY750"]


@pytest.mark.parametrize("history", [False, True])
def test_a_number_in_a_message_is_an_error(repository: Repository, history: bool) -> None:
    """第十九条: certain data is an error, in records of past years as well; the words are not told."""
    facts = {"title": f"电话{MOBILE}", "body": BODY} | ({"history": True} if history else {})
    repository.add(Story(reference="1", facts=facts))
    assert {("HY750", "people-1.yaml", "/title"), ("HY750", "people-1.yaml", "/body")} == set(found(repository))
    for output in ("text", "json", "github"):
        done = repository.huiyin("check", "--format", output)
        assert 1 == done.code
        assert MOBILE not in done.out + done.err


def test_a_doubtful_number_is_a_warning(repository: Repository) -> None:
    """A person decides; check does not fail."""
    repository.add(Story(reference="1", facts={"body": f"附编号{DOUBTFUL}。（虚构）"}))
    assert [("HY751", "people-1.yaml", "/body")] == found(repository)
    assert 0 == repository.huiyin("check").code


def test_the_place_is_told(repository: Repository) -> None:
    """Path, pointer, line, kind and position in characters lead to it."""
    repository.add(Story(reference="1", facts={"body": BODY}))
    [problem] = [p for p in check(FolderSource(repository.root), MOMENT).problems if p.code == "HY750"]
    start = BODY.index(MOBILE) + 1
    assert f"第{start}至{start + 10}字" in problem.message
    assert "手机号（确定）" in problem.message
    assert "19" == problem.article
    path = repository.root / problem.path
    assert path.read_text("utf-8").splitlines()[(problem.line or 0) - 1].startswith("body:")


def test_every_text_of_a_case_is_looked_through() -> None:
    """Each field of each event that the schema lets hold free words, so that a new one is not forgotten."""
    schema = json.loads((PROJECT / "schema/case.schema.json").read_text("utf-8"))

    def free(properties: dict[str, dict[str, object]]) -> set[str]:
        return {n for n, p in properties.items() if p.get("type") == "string" and "const" not in p and "enum" not in p}

    from huiyin.findings import _NAMES

    missing = {
        (name, field)
        for name, cls in EVENT_TYPES.items()
        for field in free(schema["$defs"][name]["properties"]) - set(_NAMES[cls])
    }
    assert set() == missing


def test_an_office_may_give_its_number(repository: Repository) -> None:
    """第十九条: texts of authorities are judged as such, a citizen's are not."""
    story = Story(reference="1", facts={"body": "演示。"}).assigned("2026-11-16 10:00").claimed("2026-11-16 11:00")
    story.answered("2026-11-19 09:00", reply="咨询请拨12345，或者0931-1234567。（虚构）")
    repository.add(story)
    assert [] == [f for f in found(repository) if f[0] == "HY750"]
    officials = {pointer: official for pointer, _, official in case_texts(story.case())}
    assert (False, True) == (officials["/body"], officials["/events/2/reply"])


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("rules/units.yaml", f"\n# {MOBILE}\n"),
        ("site/about.md", f"# 关于\n\n来电{MOBILE}（虚构）\n"),
        ("mkdocs.yml", f"site_name: {MOBILE}\n"),
        ("site/overrides/main.html", f"{{# 来电{MOBILE} #}}"),
        ("cases/2026/11/20/people-2.yaml", f"id: [\n# {MOBILE}\n"),
        ("cases/note.txt", MOBILE),
        ("site/assets/a.xlsx", workbook(cell=MOBILE)),
        ("site/assets/a.jpg", image("JPEG", exif={0x010E: f"tel {MOBILE}"})),
    ],
)
def test_other_texts_are_looked_through(repository: Repository, path: str, text: str | bytes) -> None:
    """Rules, pages, configuration, broken cases and what should not be there at all."""
    old = (repository.root / path).read_bytes() if (repository.root / path).exists() else b""
    repository.write(path, old + (text.encode() if isinstance(text, str) else text))
    assert "HY750" in {code for code, _, _ in found(repository)}


def test_a_template_of_the_theme_is_no_page_yet(repository: Repository) -> None:
    """What is filled in later need not be whole JSON; the scan reads the page that becomes of it."""
    repository.write("site/overrides/main.html", '<script type="application/ld+json">{{ page.meta.x }}</script>\n')
    assert [] == [f for f in found(repository) if f[0] == "HY752"]


def test_names_of_files_are_not_repeated(repository: Repository) -> None:
    """A problem of a file whose name is a number: the path is told without it."""
    repository.write(f"cases/2026/11/20/tel-{MOBILE}.txt", "演示")
    done = repository.huiyin("check")
    assert "HY204" in done.out
    assert MOBILE not in done.out


def test_hidden_words_keep_their_form() -> None:
    """Only what is certain is taken out, and a path stays a path."""
    nothing = PrivacySettings()
    assert "a/tel-〔已隐去：手机号〕/b.md" == hide_path(f"a/tel-{MOBILE}/b.md", nothing)
    assert f"附编号{DOUBTFUL}" == hide(f"附编号{DOUBTFUL}", nothing)


def test_a_file_that_cannot_be_read_is_told() -> None:
    """Not passed over in silence."""
    for path in ("docs/a.pdf", "docs/a.xlsx", "docs/b"):
        _, problem = find_in_file(path, b"\xff\x00demo", PrivacySettings())
        assert problem is not None
        assert "HY752" == problem.code


@pytest.fixture(scope="module")
def trees(tmp_path_factory: pytest.TempPathFactory) -> Trees:
    """A bare repository for histories."""
    return Trees(tmp_path_factory.mktemp("introduced") / "库.git")


def introduced(trees: Trees, base: str, *tips: str) -> list[tuple[str, str]]:
    """(code, path) of what merging would bring."""
    rules = load_base(trees.root, base)
    problems = find_introduced(trees.root, base, tips, rules.rulebook.privacy, rules.schema)
    return [(p.code, p.path) for p in problems]


def test_each_commit_on_the_way_is_looked_through(trees: Trees) -> None:
    """Also a file that is gone at the end, and one whose number changes from commit to commit."""
    base = trees.commit(shipped())
    first = trees.commit({**shipped(), "docs/a.md": File(MOBILE.encode()), "docs/b.md": File(b"13900139000")}, base)
    last = trees.commit({**shipped(), "docs/b.md": File(b"13700137000")}, first)
    assert [("HY750", "docs/b.md"), ("HY753", "docs/a.md"), ("HY753", "docs/b.md")] == sorted(
        introduced(trees, base, last)
    )


ESCAPED = "".join(f"\\x{ord(digit):02x}" for digit in MOBILE)
FOLDED = f"{MOBILE[:5]}\\\n       {MOBILE[5:]}"
CASE = Story("2026-11-20 09:00", reference="1", facts={"body": "演示。"})


def written(body: str) -> bytes:
    """The case with its body as somebody might write it, who does not keep to the canonical form."""
    text = canonical.canonical(CASE.data())
    assert "body: 演示。\n" in text
    return text.replace("body: 演示。\n", f"body: {body}\n").encode()


@pytest.mark.parametrize(
    ("path", "data"),
    [
        (CASE.case().path, written(f'"请回电{ESCAPED}"')),
        (CASE.case().path, written(f'"请回电{FOLDED}"')),
        (CASE.case().path, written(f'"请回电{FOLDED}"\nunknown: 1')),
        (CASE.case().path, written("演示。") + f"# {MOBILE}\n".encode() + b"#" * yaml.MAX_BYTES),
        ("cases/2026/11/20/list.xlsx", workbook(cell=MOBILE)),
        ("rules/a.yaml", f'a: "{ESCAPED}"\n'.encode()),
        ("rules/a.yaml", f"a: {MOBILE[:5]}\n       {MOBILE[5:]}\n".encode()),
        ("site/a.js", f"a = '{ESCAPED}'\n".encode()),
        ("docs/a.txt", f"张三的电话是{MOBILE}（虚构）".encode("gb18030")),
        ("docs/a.csv", f"电话\n{MOBILE}（虚构）".encode("gb18030")),
        ("docs/a.txt", f"电话{MOBILE}（虚构）".encode("utf-16")),
        ("docs/a.lock", MOBILE.encode()),
        ("Makefile-list.csv", MOBILE.encode()),
    ],
)
def test_no_form_of_writing_hides_it(trees: Trees, path: str, data: bytes) -> None:
    """第十九条: escapes, folded lines, encodings, sizes and names; also where a later commit takes the file back."""
    base = trees.commit(shipped())
    head = trees.commit({**shipped(), path: File(data)}, base)
    assert ("HY750", path) in introduced(trees, base, head)
    clean = {path: File(canonical.canonical(CASE.data()).encode())} if path == CASE.case().path else {}
    assert ("HY753", path) in introduced(trees, base, trees.commit({**shipped(), **clean}, head))


def test_an_earlier_version_that_cannot_be_read_is_told(trees: Trees) -> None:
    """It lies in the history like any other, once for each file."""
    base = trees.commit(shipped())
    first = trees.commit({**shipped(), "docs/a.bin": File(b"\0\xff")}, base)
    second = trees.commit({**shipped(), "docs/a.bin": File(b"\0\xfe")}, first)
    assert [("HY752", "docs/a.bin")] == introduced(trees, base, trees.commit(shipped(), second))


def test_what_was_there_before_is_nobodys_fault(trees: Trees) -> None:
    """Moved within its file it stays; a second time, or in another file, it is new."""
    base = trees.commit({**shipped(), "docs/a.md": File(f"甲\n{MOBILE}\n".encode())})
    moved = trees.commit({**shipped(), "docs/a.md": File(f"{MOBILE}\n乙\n".encode())}, base)
    assert [] == introduced(trees, base, moved)
    twice = trees.commit({**shipped(), "docs/a.md": File(f"{MOBILE}\n和{MOBILE}\n".encode())}, base)
    assert [("HY750", "docs/a.md")] == introduced(trees, base, twice)
    gone = trees.commit(shipped(), base)
    assert [] == introduced(trees, base, gone)


def test_links_and_approvals_are_looked_at(trees: Trees) -> None:
    """Where a link leads is a text; an approval's message is merged like any other."""
    base = trees.commit(shipped())
    link = trees.commit({**shipped(), "docs/a.md": File(f"/home/{MOBILE}".encode(), "120000")}, base)
    assert [("HY750", "docs/a.md")] == introduced(trees, base, link)
    head = trees.commit({**shipped(), "docs/a.md": File("演示".encode())}, base)
    approval = trees.commit({**shipped(), "docs/a.md": File("演示".encode())}, head, message=f"审签 {MOBILE}")
    assert [] == introduced(trees, base, head)
    assert [("HY753", "")] == introduced(trees, base, head, approval)


def test_no_path_is_too_long(trees: Trees) -> None:
    """Git takes any; a command that named them all, or the longest one, could not be run."""
    base = trees.commit(shipped())
    deep = "/".join(["d" * 200] * 60)
    paths = [f"docs/{deep}/{n}.md" for n in range(300)] + [f"docs/{'/'.join([deep] * 12)}/x.md"]
    head = trees.commit({**shipped(), **{path: File(MOBILE.encode()) for path in paths}}, base)
    assert len(paths) == len(introduced(trees, base, head))


def test_large_files_are_not_read_together(trees: Trees, monkeypatch: pytest.MonkeyPatch) -> None:
    """Few bytes that were pushed may unpack to very many."""
    monkeypatch.setattr("huiyin.introduced.MAX_FILE", 1000)
    sizes: list[int] = []

    def spy(root: Path, oids: Sequence[str]) -> dict[str, bytes]:
        blobs = read_blobs(root, oids)
        sizes.append(sum(map(len, blobs.values())))
        return blobs

    monkeypatch.setattr("huiyin.introduced.read_blobs", spy)
    base = trees.commit(shipped())
    files = shipped() | {f"docs/{n}.md": File(f"{MOBILE} {n}".ljust(600).encode()) for n in range(4)}
    assert 4 == len(introduced(trees, base, trees.commit(files, base)))
    assert [600] * 4 == sizes


def test_program_and_tests_are_left_to_developers(trees: Trees) -> None:
    """Planted numbers in tests keep nobody from changing them."""
    base = trees.commit(shipped())
    head = trees.commit({**shipped(), "tests/test_a.py": File(MOBILE.encode())}, base)
    assert [] == introduced(trees, base, head)


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Office:
    """A server with its hook."""
    return open_office(tmp_path_factory.mktemp("pushes") / "省", Story("2026-11-20 09:00", reference="90000001"))


def push(office: Office, branch: str, story: Story, message: str = "演示") -> tuple[int, str]:
    """What the server says to a push of a case."""
    desk = office.desk("wangzhan.clerk")
    desk.propose(branch, story, push=False)
    desk.git("commit", "--quiet", "--amend", "--message", message)
    done = desk.run("git", "push", "origin", branch)
    return done.code, done.err


@needs_ssh
@pytest.mark.parametrize("where", ["body", "message", "branch"])
def test_the_server_never_takes_it(office: Office, where: str) -> None:
    """第十九条: a push with it is refused before it becomes part of the server's repository, in words without it."""
    branch = f"tel-{MOBILE}" if where == "branch" else f"refused-{where}"
    story = Story("2026-11-23 08:30", reference=f"9{len(where)}", facts={"body": BODY} if where == "body" else {})
    code, said = push(office, branch, story, MOBILE if where == "message" else "演示")
    assert 0 != code
    assert "HY750" in said or "HY753" in said
    assert MOBILE not in said.replace(f"tel-{MOBILE}", "")  # Git's own client names the branch to whoever pushes it
    assert office.tip(branch) is None


@needs_ssh
def test_a_tag_within_a_tag_is_read(office: Office) -> None:
    """第十九条: a tag may be one of a tag, whose message is pushed with it."""
    desk = office.desk("wangzhan.clerk")
    desk.git("fetch", "--quiet", "origin")
    desk.git("-c", "tag.gpgSign=false", "tag", "-a", "-m", f"电话{MOBILE}（虚构）", "inner", "origin/main")
    desk.git("-c", "tag.gpgSign=false", "tag", "-a", "-m", "演示", "outer", "inner")
    desk.git("-c", "tag.gpgSign=false", "tag", "-a", "-m", "演示", "plain", "origin/main")
    assert 0 == desk.run("git", "push", "origin", "plain").code  # whoever made it may have any address
    done = desk.run("git", "push", "origin", "outer")
    assert 0 != done.code
    assert "HY753" in done.err
    assert MOBILE not in done.err


@needs_ssh
def test_a_tag_is_read_to_its_end(office: Office) -> None:
    """Its name and message, and those of a tag in it; whoever made it stands there as in any commit."""
    desk = office.desk("wangzhan.clerk")
    tag = ("-c", "tag.gpgSign=false", "tag", "--annotate", "--message")
    desk.git(*tag, "第一版", "v1", "origin/main")
    desk.git(*tag, f"电话{MOBILE}", "inside", "origin/main")
    desk.git(*tag, "演示", "outside", "inside")
    desk.git(*tag, "演示", f"tel-{MOBILE}", "origin/main")
    desk.git("update-ref", "refs/tags/renamed", f"refs/tags/tel-{MOBILE}")
    desk.git(*tag, "演示", "n0", "origin/main")
    for depth in range(9):
        desk.git(*tag, "演示", f"n{depth + 1}", f"n{depth}")
    told = {name: desk.run("git", "push", "origin", name) for name in ("v1", "outside", "renamed", "n9", "n5")}
    found = {name: next((c for c in ("HY753", "HY657") if c in done.err), "") for name, done in told.items()}
    assert {"v1": "", "outside": "HY753", "renamed": "HY753", "n9": "HY657", "n5": ""} == found


@needs_ssh
def test_a_doubtful_push_is_left_to_the_reviewer(office: Office) -> None:
    """It may be pushed, the gate tells, and merges once it is approved."""
    story = Story("2026-11-23 08:30", reference="95", facts={"body": f"附编号{DOUBTFUL}。（虚构）"})
    assert 0 == push(office, "doubtful", story)[0]
    assert 0 == office.desk("wangzhan.reviewer").approve("doubtful").code
    judged = office.server().huiyin("gate", "--head", "doubtful", "--format", "markdown")
    assert "HY751" in judged.out
    assert "身份证号（待人工判断）" in judged.out
    done = office.merge("doubtful")
    assert 0 == done.code, done.out + done.err
    assert 0 == office.server().huiyin("audit", "--full").code


@needs_ssh
def test_the_gate_repeats_nothing(office: Office) -> None:
    """A branch that came past the hook: refused, and hidden in every output that goes to a log or a comment."""
    office.write(
        "wangzhan.clerk", "past", Story("2026-11-23 08:30", reference="96", facts={"body": BODY, "title": BODY})
    )
    for output in ("text", "json", "markdown"):
        done = office.server().huiyin("gate", "--head", "past", "--format", output)
        assert 1 == done.code
        assert "HY750" in done.out
        assert MOBILE not in done.out + done.err
    assert 1 == office.merge("past").code


@needs_ssh
def test_an_id_is_not_repeated_either(office: Office) -> None:
    """The number of the message on its platform may itself be somebody's: its file, its id and its seats are hidden."""
    office.write("wangzhan.clerk", "id", Story("2026-11-23 08:30", reference=MOBILE))
    for output in ("text", "json", "markdown"):
        done = office.server().huiyin("gate", "--head", "id", "--format", output)
        assert 1 == done.code
        assert "HY753" in done.out
        assert MOBILE not in done.out + done.err


def test_the_rulebook_is_that_of_the_base() -> None:
    """The allow-list that is shipped holds hotlines and no mobile number."""
    assert "12345" in rulebook().privacy.numbers
    assert not any(n.startswith("1") and len(n) == 11 for n in rulebook().privacy.numbers)


def test_texts_looked_through_together_hide_nothing() -> None:
    """第十九条: whatever is found in a text by itself is found in a case that holds it between other texts."""
    settings = PrivacySettings()
    answered = Story().assigned("2026-11-16 10:00").claimed("2026-11-16 11:00").answered("2026-11-20 10:00").case()
    for snippet in load_snippets():
        alone = find_personal(snippet.text, settings, official=snippet.official)
        if snippet.official:
            *before, last = answered.events
            assert isinstance(last, Answered)
            case, pointer = replace(answered, events=(*before, replace(last, reply=snippet.text))), "/events/2/reply"
        else:
            case, pointer = replace(answered, title="转自公众号", body=snippet.text), "/body"
        assert list(alone) == [f.finding for f in find_in_case(case, settings) if f.pointer == pointer]


@given(st.from_regex(r"(?:(?:people|portal|service)-)?[0-9]{1,9}", fullmatch=True))
def test_short_numbers_alone_are_nobody(reference: str) -> None:
    """第十九条: what is passed over as an id is nothing that the detectors would find."""
    assert () == find_personal(reference, PrivacySettings())


def test_a_number_between_typed_tags_is_refused(repository: Repository) -> None:
    """第十九条: people read over tags, so a number that is parted by them is one."""
    repository.add(Story(facts={"body": "请回电138<b>0013</b>8000。（演示用虚构留言）"}))
    assert "HY750" in {code for code, _, _ in found(repository)}


@pytest.mark.parametrize("title", ["tel-8412345", "phone-84123456", "g-12345678"])
def test_a_word_before_a_short_number_is_looked_at(title: str) -> None:
    """第十九条: only ids of the channels are passed over."""
    case = replace(Story().case(), title=title)
    assert [f.finding for f in find_in_case(case, PrivacySettings()) if f.pointer == "/title"]

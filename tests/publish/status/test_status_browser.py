"""The status page in a real browser, on a site that MkDocs built, with the codes that Python made."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page

from huiyin.publish.status.sealing import path_of
from huiyin.rules.lookup import grouped
from tests.publish.browsing import DISPLAYS, PHONE, Reader, choose, chromium, find_violations, needs_chromium, serving
from tests.publish.building import Built, make_project, run_mkdocs
from tests.publish.status.coded import coded

STORIES = coded()
WRONG = "0000-0000-0000-0000"
NOT_FOUND = "没有查到"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Built:
    """The stories with codes, built as CI does: without the vault."""
    root = make_project(tmp_path_factory.mktemp("coded") / "instance", (story for story, _ in STORIES.values()))
    done = run_mkdocs(root, "build", "--strict")
    assert 0 == done.returncode, done.stderr
    return Built(root)


@pytest.fixture(scope="module")
def reader(site: Built) -> Iterator[Reader]:
    """Somebody with a browser."""
    with serving(site.site) as address, chromium() as browser:
        yield Reader(browser, address)


def ask(page: Page, number: str, code: str) -> str:
    """Fill in the form, press the key, and wait for the answer."""
    page.get_by_label("留言编号", exact=True).fill(number)
    page.get_by_label("查询码", exact=True).fill(code)
    page.get_by_label("查询码", exact=True).press("Enter")
    answer = page.locator("#hy-answer")
    answer.filter(has_text=re.compile("待回复|办理中|已办理|没有查到|查不了")).wait_for()
    return answer.inner_text()


@needs_chromium
@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("received", ["待回复", "还没有交办"]),
        ("submitted", ["办理中", "兰州市", "2026年11月16日"]),
        ("declined", ["已办理（不予受理）"]),
        ("withdrawn", ["已办理（留言已撤回）"]),
        ("plain", ["已办理", "兰州市", "查看公开的答复"]),
        ("private", ["已办理", "陇南市"]),
    ],
)
def test_number_and_code_show_the_state(reader: Reader, name: str, says: list[str]) -> None:
    """The browser computes the name and the key that Python computed; nothing of the message's text is shown."""
    story, code = STORIES[name]
    with reader.look("status/") as page:
        answer = ask(page, story.data()["id"], grouped(code))
        assert [] == [words for words in says if words not in answer]
        assert story.data()["title"] not in page.locator("main").inner_text()


@needs_chromium
def test_what_was_typed_is_read_as_people_type(reader: Reader) -> None:
    """The platform's number alone, small letters, full width, letters for digits, and blanks."""
    story, code = STORIES["plain"]
    sloppy = grouped(code).lower().replace("0", "o").replace("1", "l").replace("-", " ")
    with reader.look("status/", PHONE) as page:
        assert "已办理" in ask(page, f" {story.reference.lower()} ", sloppy)
        assert "已办理" in ask(page, "ｐｅｏｐｌｅ－Ｐ１", "".join(chr(ord(c) + 0xFEE0) for c in code))


@needs_chromium
def test_a_public_reply_can_be_opened(reader: Reader) -> None:
    """From the answer, without typing anything again."""
    story, code = STORIES["plain"]
    with reader.look("status/") as page:
        ask(page, "P1", code)
        page.get_by_role("link", name="查看公开的答复").click()
        assert story.data()["title"] == page.get_by_role("heading", level=1).inner_text()


@needs_chromium
def test_a_wrong_code_and_an_unknown_number_cannot_be_told_apart(reader: Reader) -> None:
    """The same answer after the same work: one request for a file that is not there."""
    _, code = STORIES["plain"]
    with reader.look("status/") as page:
        asked: list[str] = []
        page.on("request", lambda request: asked.append(urlsplit(request.url).path))
        answers = {ask(page, "P1", WRONG), ask(page, "P999", code), ask(page, "X1", code)}
        assert (1, True) == (len(answers), NOT_FOUND in answers.pop())
        # The browser asks for the icon when it likes.
        files = [path for path in asked if path != "/assets/favicon.svg"]
        assert 3 == len(files)
        assert [] == [path for path in files if not re.fullmatch(r"/status/[a-p]{2}/[a-p]{30}\.txt", path)]


@needs_chromium
def test_nothing_that_was_typed_leaves_the_page(reader: Reader) -> None:
    """No other host; no code in an address, the history, or what the browser keeps; gone when the page is left."""
    story, code = STORIES["submitted"]
    with reader.look("status/") as page:
        asked: list[str] = []
        page.on("request", lambda request: asked.append(f"{request.url} {request.headers} {request.post_data}"))
        before = page.url
        ask(page, story.data()["id"], grouped(code))
        assert (before, 1) == (page.url, page.evaluate("history.length - 1"))
        kept = page.evaluate("JSON.stringify([localStorage, sessionStorage, document.cookie, history.state])")
        for text in (*asked, kept):
            assert not [secret for secret in (code, grouped(code), "X5") if secret in text]
        assert all(line.startswith(reader.address) for line in asked)
        page.goto("./about/")
        page.go_back()
        page.get_by_label("查询码", exact=True).wait_for()
        assert ("", "") == (
            page.get_by_label("查询码", exact=True).input_value(),
            page.get_by_label("留言编号", exact=True).input_value(),
        )


@needs_chromium
@pytest.mark.parametrize(
    ("number", "code", "says"),
    [("", WRONG, "请填写留言编号"), ("P1", "", "请填写查询码"), ("P1", "3X3Q-15PJ-8ZHT-E998", "逐位核对")],
)
def test_a_slip_is_told_at_the_field(reader: Reader, number: str, code: str, says: str) -> None:
    """Before anything is asked; the field is marked and has the focus."""
    with reader.look("status/") as page:
        page.get_by_label("留言编号", exact=True).fill(number)
        page.get_by_label("查询码", exact=True).fill(code)
        page.get_by_role("button", name="查询", exact=True).click()
        assert says in page.get_by_role("alert").inner_text()
        assert page.evaluate("document.activeElement.getAttribute('aria-invalid')") == "true"


@needs_chromium
@pytest.mark.parametrize("display", DISPLAYS)
def test_the_page_meets_wcag(reader: Reader, display: str) -> None:
    """WCAG 2.2 AA on a phone, with an error, and with an answer; nothing is wider than the screen."""
    _, code = STORIES["submitted"]
    with reader.look("status/", PHONE) as page:
        choose(page, display)
        page.get_by_role("button", name="查询", exact=True).click()
        found = find_violations(page)
        ask(page, "X5", code)
        assert [] == found + find_violations(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE[0]


@needs_chromium
def test_without_scripts_the_page_says_whom_to_ask(reader: Reader) -> None:
    """The form that could not work is not shown."""
    with reader.look("status/", java_script_enabled=False) as page:
        assert not page.locator("#hy-ask").is_visible()
        text = page.locator("main").inner_text()
        assert ("没有启用JavaScript" in text, "“中国·甘肃”网站管理中心" in text) == (True, True)


def test_the_site_lists_and_names_nothing(site: Built) -> None:
    """As many files as codes, of one size; no page, index or map names one, and no code or hash is anywhere."""
    files = {path: text for path, text in site.contents().items() if re.match(r"status/../", path)}
    assert {f"status/{path_of(story.data()['lookup'])}" for story, _ in STORIES.values()} == set(files)
    assert 1 == len({len(text) for text in files.values()})
    names = [Path(path).stem for path in files]
    hidden = [story.data()["lookup"] for story, _ in STORIES.values()] + [code for _, code in STORIES.values()]
    for path, text in site.contents().items():
        assert not [name for name in names if name in text], path
        assert not [secret for secret in hidden if secret in text or secret in path], path


def test_an_instance_without_lookup_says_so(tmp_path: Path) -> None:
    """No form, no script, no files; the contacts stay."""
    root = make_project(tmp_path / "instance", [STORIES["plain"][0]])
    (root / "rules/lookup.yaml").unlink()
    assert 0 == run_mkdocs(root, "build", "--strict").returncode
    page = Built(root).page("status")
    assert "没有开通网上查询" in page.text()
    assert [] == [a for a in page.find("script") if "status.js" in a.get("src", "")]

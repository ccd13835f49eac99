"""The staff's preview: what is submitted shows as it will look, to them alone, and a private reply never."""

from __future__ import annotations

import socket
import subprocess
import sys
from pathlib import Path

import pytest

from huiyin.model.problem import UsageError
from huiyin.publish.preview import preview_of, wanted
from tests.cases import Story, rulebook
from tests.publish.building import PLANTED, Built, environment, make_project, run_mkdocs, stories
from tests.publish.test_plugin import fetch, read, wait_for

NOW = "2030-12-31 18:00"


def submitted(reference: str = "S1", **fields: object) -> Story:
    """Answered, and waiting for the re-review."""
    story = Story("2026-11-05 09:00", reference=reference, facts={"title": "路灯何时修好"})
    story.assigned("2026-11-05 10:00").claimed("2026-11-05 11:00")
    return story.answered("2026-11-06 09:00", **fields)


def test_a_submitted_reply_looks_as_it_will() -> None:
    """第九条(三): the view of the preview is that of the publication, but for the moment."""
    seen = preview_of(submitted(reply="本周五以前修好。").replay(NOW), rulebook())
    assert seen is not None
    assert ("路灯何时修好", "本周五以前修好。", "cases/2026/11/people-S1/") == (seen.title, seen.reply, seen.address)


@pytest.mark.parametrize("name", sorted(set(stories()) - {"submitted"}))
def test_only_what_waits_for_the_re_review_is_previewed(name: str) -> None:
    """Not what is open, returned, withdrawn, declined, or public already."""
    assert preview_of(stories()[name].replay(NOW), rulebook()) is None


def test_a_private_reply_is_never_previewed() -> None:
    """第二十条第二款: not even its public note before it is public."""
    story = Story("2026-11-02 09:00", "service", "V2").assigned("2026-11-02 10:00", "longnan")
    story.answered(
        "2026-11-05 09:00", mode="private", reply=None, delivered_by="phone", marks=["privacy"], public_note="已答复。"
    )
    found = story.replay(NOW)
    assert ("submitted", None) == (found.state, preview_of(found, rulebook()))


@pytest.mark.parametrize(
    ("value", "serving", "host", "code"),
    [
        ("1", False, "127.0.0.1", "HY830"),
        ("shared", False, "127.0.0.1", "HY830"),
        ("1", True, "0.0.0.0", "HY831"),  # noqa: S104
        ("1", True, "preview.example", "HY831"),
        ("yes", True, "127.0.0.1", "HY832"),
    ],
)
def test_a_preview_that_others_could_see_is_refused(value: str, serving: bool, host: str, code: str) -> None:
    """第十九条: never in a site that is built, and on another address only where somebody says so."""
    with pytest.raises(UsageError) as raised:
        wanted({"HUIYIN_PREVIEW": value}, serving=serving, host=host)
    assert code == raised.value.problems[0].code


def test_a_preview_is_given_only_where_it_is_asked_for() -> None:
    """Nothing and 0 mean no."""
    asked = [({}, "127.0.0.1"), ({"HUIYIN_PREVIEW": "0"}, "::1"), ({"HUIYIN_PREVIEW": "1"}, "::1"),
             ({"HUIYIN_PREVIEW": "1"}, "localhost"), ({"HUIYIN_PREVIEW": "shared"}, "10.0.0.5")]  # fmt: skip
    assert [False, False, True, True, True] == [wanted(e, serving=True, host=host) for e, host in asked]


def test_a_build_refuses_to_hold_a_preview(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """HY830, and nothing is written."""
    root = make_project(tmp_path, [submitted()])
    monkeypatch.setenv("HUIYIN_PREVIEW", "1")
    done = run_mkdocs(root, "build")
    assert 1 == done.returncode
    assert "HY830" in done.stderr
    assert not (root / "build" / "site").exists()


def test_a_normal_build_holds_nothing_of_a_preview(built: Built) -> None:
    """Neither the reply nor its page, list or banner; ``submitted`` holds planted words."""
    for path, text in built.contents().items():
        assert PLANTED not in text, path
        assert "预览·未公开" not in text, path
    assert not (built.site / "preview").exists()


def test_serve_shows_what_waits_with_a_banner(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The page, its list, no search engine, and nothing of it in lists and figures."""
    root = make_project(tmp_path, [stories()["plain"], submitted(reply="本周五以前修好。")])
    monkeypatch.setenv("HUIYIN_PREVIEW", "1")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    address = f"http://127.0.0.1:{port}/"
    server = subprocess.Popen(
        [sys.executable, "-m", "mkdocs", "serve", "--dev-addr", f"127.0.0.1:{port}"],
        cwd=root, env=environment(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        wait_for(server, lambda: fetch(f"{address}preview/") == 200)
        page = read(f"{address}cases/2026/11/people-S1/")
        for expected in ("预览·未公开", "本周五以前修好。", '<meta name="robots" content="noindex">'):
            assert expected in page, expected
        assert "路灯何时修好" in read(f"{address}preview/")
        for other in ("", "replies/", "units/lanzhou/", "cases/2026/11/people-P1/"):
            text = read(f"{address}{other}")
            assert "路灯何时修好" not in text, other
            assert "预览·未公开" not in text, other
    finally:
        server.terminate()
        server.wait()

"""The plugin: what stops a build, and what ``serve`` does with it."""

from __future__ import annotations

import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path

import pytest

from huiyin.check import check
from huiyin.model.problem import Severity
from huiyin.publish.gather import gather
from huiyin.repo.source import FolderSource
from tests.publish.building import AS_OF, Built, environment, make_project, run_mkdocs, stories, write_case

NOT_YAML = "id: [\n"
PATIENCE = 120
"""Seconds after which a server that says nothing is taken for dead."""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """An instance with one published case."""
    return make_project(tmp_path, [stories()["plain"]])


def break_case(project: Path) -> Path:
    """Put a file beside the good one that is no case."""
    path = project / "cases" / "2026" / "11" / "16" / "people-BROKEN.yaml"
    path.write_text(NOT_YAML, encoding="utf-8")
    return path


def assert_clear_failure(done: subprocess.CompletedProcess[str], *expected: str) -> None:
    """Exit 1, the codes and places, and no traceback."""
    assert 1 == done.returncode, done.stderr
    assert "Traceback" not in done.stderr
    for text in expected:
        assert text in done.stderr


def test_a_broken_case_stops_the_build_and_leaves_the_last_site(project: Path) -> None:
    """Design §7: one clear message with path, line and cure; nothing half done."""
    assert 0 == run_mkdocs(project, "build").returncode
    before = Built(project).contents()
    break_case(project)
    done = run_mkdocs(project, "build")
    assert_clear_failure(done, "HY111 cases/2026/11/16/people-BROKEN.yaml:", "HY801", "处理：")
    assert before == Built(project).contents()


def test_every_kind_of_broken_case_is_named(project: Path) -> None:
    """Illegal events, ids in two files and times to come are all reported at once."""
    illegal = stories()["received"].claimed("2026-11-05 10:00")
    path = write_case(project, illegal)
    twin = stories()["plain"]
    twin.received = "2026-11-15 09:00"
    write_case(project, twin)
    write_case(project, stories()["provisional"])
    done = run_mkdocs(project, "build", as_of="2026-12-01")
    assert_clear_failure(done, f"HY301 {path.relative_to(project).as_posix()}:", "HY303", "HY801")
    assert 2 == done.stderr.count("HY203 ")


def test_what_check_rejects_stops_the_build(project: Path) -> None:
    """Every code of ``huiyin check``: an id of another channel, a reference that leads nowhere (HY205, HY206)."""
    odd = stories()["received"]
    odd.facts["id"] = "portal-X1"
    write_case(project, odd)
    lost = stories()["declined"]
    lost.facts["duplicate_of"] = "people-NOWHERE"
    write_case(project, lost)
    assert_clear_failure(run_mkdocs(project, "build"), "HY205 ", "HY206 ", "HY801")


def test_serve_and_build_leave_out_the_same_cases(project: Path) -> None:
    """The codes of errors are those of ``huiyin check``, and what has one is not gathered."""
    odd = stories()["late"]
    odd.facts["duplicate_of"] = "people-L1"
    write_case(project, odd)
    (project / "cases" / "2026" / "11" / "16" / "people-LINK.yaml").symlink_to("people-P1.yaml")
    source, now = FolderSource(project), datetime.fromisoformat(AS_OF)
    gathered = gather(source, now)
    errors = {p for p in check(source, now).problems if p.level is Severity.ERROR}
    assert errors == set(gathered.problems)
    assert 2 == len(errors)
    assert ["people-P1"] == [case.id for case in gathered.cases]


LOCAL_RULES = """id: lz-2026-1
title: 兰州市实施细则
document: 兰政办发〔2026〕1号
issuer: 兰州市人民政府办公室
extends: gs-2015-115
in_force: {from: 2026-01-01, article: "23"}
complexities: {simple: {days: 5, article: "13"}}
"""


def test_local_rules_without_settings_have_a_page(project: Path) -> None:
    """第二十三条: what an overlay does not say is taken from the rules that it rests on."""
    (project / "rules" / "procedure" / "lz-2026-1.yaml").write_text(LOCAL_RULES, encoding="utf-8")
    done = run_mkdocs(project, "build", "--strict")
    assert 0 == done.returncode, done.stderr
    page = Built(project).page("procedure/lz-2026-1").text()
    assert "兰州市实施细则" in page
    assert "次日起算" in page


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("events: {claimed: {opened_by: nobody}}", "nobody"),
        ("routes: {portal: {unit_kinds: [city, department], channel: people}}", "HY405"),
        ("offices: {office: nowhere}", "nowhere"),
        ("channels: {people: {dispatcher: nowhere}}", "nowhere"),
        ("actors: {office_head: {unit: nowhere}}", "HY201"),
    ],
)
def test_rules_that_contradict_themselves_stop_the_build(project: Path, rule: str, expected: str) -> None:
    """第二十三条: local rules that name what nobody defined are told by their file, not by a traceback."""
    text = f"{LOCAL_RULES}{rule}\n"
    (project / "rules" / "procedure" / "lz-2026-1.yaml").write_text(text, encoding="utf-8")
    assert_clear_failure(run_mkdocs(project, "build"), "rules/procedure/lz-2026-1.yaml", expected, "HY801")


def test_rules_that_cannot_be_read_stop_the_build(project: Path) -> None:
    """A missing register of units is named."""
    (project / "rules" / "units.yaml").unlink()
    assert_clear_failure(run_mkdocs(project, "build"), "HY904 rules/units.yaml", "HY801")


def test_a_time_that_is_none_stops_the_build(project: Path) -> None:
    """HUIYIN_AS_OF is checked as --as-of is."""
    assert_clear_failure(run_mkdocs(project, "build", as_of="昨天"), "HY921", "昨天")


def test_a_written_page_may_not_hide_a_generated_one(project: Path) -> None:
    """HY802: whoever writes site/units.md would hide the list of units."""
    (project / "site" / "units.md").write_text("# 单位\n", encoding="utf-8")
    assert_clear_failure(run_mkdocs(project, "build"), "HY802", "units/")


def test_options_name_another_record_and_another_time(project: Path, tmp_path: Path) -> None:
    """``root`` and ``as_of`` of mkdocs.yml: the pages may stand apart from the record."""
    pages = tmp_path / "pages"
    pages.mkdir()
    shutil.move(project / "site", pages / "site")
    settings = (project / "mkdocs.yml").read_text(encoding="utf-8")
    settings = settings.replace("  - huiyin\n", "  - huiyin:\n      root: ..\n      as_of: 2027-03-05\n")
    (pages / "mkdocs.yml").write_text(settings, encoding="utf-8")
    done = run_mkdocs(pages, "build", "--strict", as_of="昨天")
    assert 0 == done.returncode, done.stderr
    assert "2027年3月5日 23:59" in Built(pages).page("").text()


def test_a_quiet_build_says_nothing(project: Path) -> None:
    """A mail of cron means trouble."""
    done = run_mkdocs(project, "build", "--quiet")
    assert (0, "", "") == (done.returncode, done.stdout, done.stderr)


def test_an_empty_record_has_a_site_too(tmp_path: Path) -> None:
    """The first day of an instance."""
    site = Built(make_project(tmp_path, []))
    done = run_mkdocs(site.root, "build", "--strict")
    assert 0 == done.returncode, done.stderr
    assert "还没有公开的答复" in site.page("").text()
    assert "还没有公开的答复" in site.page("months").text()


def test_serve_leaves_a_broken_case_out_and_sees_changes(project: Path, tmp_path: Path) -> None:
    """A colleague's broken file does not stop the preview, and a mended one appears by itself."""
    broken = break_case(project)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    log = tmp_path / "serve.log"
    with log.open("wb") as output:
        server = subprocess.Popen(
            [sys.executable, "-m", "mkdocs", "serve", "--dev-addr", f"127.0.0.1:{port}"],
            cwd=project, env=environment(), stdout=output, stderr=output,
        )  # fmt: skip
        try:
            address = f"http://127.0.0.1:{port}/cases"
            wait_for(server, lambda: fetch(f"{address}/2026/11/people-P1/") == 200)
            assert "HY111" in log.read_text(encoding="utf-8")
            # The script that reloads the page is inline, and injected by MkDocs after everything else.
            assert "script-src 'self' 'unsafe-inline'" in read(f"{address}/2026/11/people-P1/")
            broken.unlink()
            write_case(project, stories()["late"])
            wait_for(server, lambda: fetch(f"{address}/2026/10/people-L1/") == 200)
        finally:
            server.terminate()
            server.wait()


def fetch(url: str) -> int:
    """The status of a page; 0 where nobody answers yet."""
    try:
        with urllib.request.urlopen(url, timeout=PATIENCE) as response:  # noqa: S310  our own server
            return int(response.status)
    except urllib.error.HTTPError as error:
        with error:
            return error.code
    except OSError:
        return 0


def read(url: str) -> str:
    """The page."""
    with urllib.request.urlopen(url, timeout=PATIENCE) as response:  # noqa: S310  our own server
        return str(response.read().decode("utf-8"))


def wait_for(server: subprocess.Popen[bytes], happened: Callable[[], bool]) -> None:
    """Wait until something has happened, as long as the server lives."""
    end = time.monotonic() + PATIENCE
    while not happened():
        assert server.poll() is None, "the server ended"
        assert time.monotonic() < end, "the server never did it"
        time.sleep(0.2)


def test_two_builds_at_once_take_turns(project: Path) -> None:
    """Neither publishes what the other has just put into MkDocs' folder; both end well, with one site."""
    assert 0 == run_mkdocs(project, "build").returncode
    before = Built(project).contents()
    shutil.rmtree(project / "build")
    with ThreadPoolExecutor(2) as threads:
        done = list(threads.map(lambda _: run_mkdocs(project, "build"), range(2)))
    assert [0, 0] == [process.returncode for process in done]
    assert before == Built(project).contents()
    assert [] == [path for path in (project / "build").iterdir() if path.name.endswith(".mkdocs")]

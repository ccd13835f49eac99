"""Stamped pages are what MkDocs itself would have made, however and by how many they are made."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
from mkdocs.commands.build import build
from mkdocs.config import load_config

from huiyin.publish import reading
from huiyin.publish.making import Making
from huiyin.publish.output import bringing
from huiyin.repo.lock import FOLDER
from tests.cases import Story
from tests.publish.building import AS_OF, Built, make_project, run_mkdocs, stories

MANY = 204
"""Cases of one unit, so that lists have an archive."""


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Every kind of case, hostile ones too, and a list that is long; an item of the menu below another."""
    many = []
    for number in range(MANY):
        story = Story(reference=f"B{number:03}", facts={"title": f"第{number}件公交站台"}).assigned("2026-11-16 10:00")
        many.append(story.claimed("2026-11-16 11:00").answered("2026-11-17 09:00").published("2026-11-18 09:00"))
    root = make_project(tmp_path_factory.mktemp("stamped"), [*stories().values(), *many])
    settings = (root / "mkdocs.yml").read_text(encoding="utf-8")
    settings = settings.replace(
        "  - 按月份: months/index.md\n", "  - 按月份: months/index.md\n  - 兰州: units/lanzhou/index.md\n"
    )
    (root / "mkdocs.yml").write_text(settings, encoding="utf-8")
    return root


def build_here(project: Path, output: Path, monkeypatch: pytest.MonkeyPatch, *, stamping: bool) -> dict[str, bytes]:
    """Build in this process, with or without stamping; gives the pages."""
    monkeypatch.setenv("HUIYIN_AS_OF", AS_OF)
    config = load_config(str(project / "mkdocs.yml"), site_dir=str(output / "site"))
    config.plugins["huiyin"].stamping = stamping  # type: ignore[attr-defined]
    config.plugins.on_startup(command="build", dirty=False)
    build(config)
    made = output / ("site" if stamping else ".site.mkdocs")
    return {p.relative_to(made).as_posix(): p.read_bytes() for p in made.rglob("*.html")}


def contents(site: Built) -> dict[str, bytes]:
    """Every file."""
    return {p.relative_to(site.site).as_posix(): p.read_bytes() for p in site.site.rglob("*") if p.is_file()}


def times(site: Built) -> dict[str, int]:
    """When each file was written, the index of the search aside."""
    return {path: (site.site / path).stat().st_mtime_ns for path in contents(site) if not path.startswith("search/")}


def test_a_stamped_page_is_what_mkdocs_makes(project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Byte by byte, every page of every kind: cases, returned ones, lists, archives, and those the menu names."""
    stamped = build_here(project, tmp_path / "a", monkeypatch, stamping=True)
    rendered = build_here(project, tmp_path / "b", monkeypatch, stamping=False)
    assert sorted(rendered) == sorted(stamped)
    assert "units/lanzhou/2026-11/3/index.html" in stamped
    assert [] == [path for path, data in rendered.items() if data != stamped[path]]


def test_the_same_comes_out_cold_and_warm_of_one_process_and_of_many(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also after a part of the site, or the manifest, was lost."""
    site = Built(project)
    monkeypatch.setenv("HUIYIN_JOBS", "1")
    assert 0 == run_mkdocs(project, "build").returncode
    cold = contents(site)
    written = times(site)
    done = run_mkdocs(project, "build")
    assert "其中0份没有变动" not in done.stderr
    assert cold == contents(site)
    assert written == times(site)
    monkeypatch.setenv("HUIYIN_JOBS", "2")
    (project / "build" / ".site.manifest").unlink()
    next(site.site.glob("cases/2026/11/*/index.html")).unlink()
    assert 0 == run_mkdocs(project, "build").returncode
    assert cold == contents(site)


def test_processes_make_what_one_makes(project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Facts, months and pages, when there is enough to do for several."""
    made = []
    for jobs, enough in ((1, 400), (2, 1)):
        monkeypatch.setenv("HUIYIN_JOBS", str(jobs))
        monkeypatch.setattr(reading, "ENOUGH", enough)
        monkeypatch.setattr(bringing, "ENOUGH", enough)
        shutil.rmtree(project / FOLDER, ignore_errors=True)
        build_here(project, tmp_path / str(jobs), monkeypatch, stamping=True)
        site = tmp_path / str(jobs) / "site"
        made.append({p.relative_to(site).as_posix(): p.read_bytes() for p in site.rglob("*") if p.is_file()})
    assert made[0] == made[1]
    assert len(made[0]) > 500


def test_a_frame_may_come_of_any_page_of_its_kind(
    project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """So a new month, from which other samples are taken, leaves all other pages alone."""
    build_here(project, tmp_path, monkeypatch, stamping=True)
    candidates = Making._candidates
    monkeypatch.setattr(Making, "_candidates", lambda making: reversed(list(candidates(making))))
    with caplog.at_level("INFO"):
        build_here(project, tmp_path, monkeypatch, stamping=True)
    [(made, kept)] = re.findall("站点分为([0-9]+)份，其中([0-9]+)份没有变动", caplog.text)
    assert made == kept


def test_a_theme_that_loses_the_content_stops_the_build(project: Path, tmp_path: Path) -> None:
    """HY842, and nothing is published."""
    root = make_project(tmp_path, [stories()["plain"]])
    frame = root / "site/overrides/base.html"
    text = frame.read_text(encoding="utf-8")
    assert "{{ page.content }}" in text
    frame.write_text(text.replace("{{ page.content }}", ""), encoding="utf-8")
    done = run_mkdocs(root, "build")
    assert 1 == done.returncode
    assert "HY842" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (root / "build" / "site").exists()


def test_a_number_of_processes_that_is_none_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """HY843 names what may be written."""
    monkeypatch.setenv("HUIYIN_JOBS", "viele")
    done = run_mkdocs(make_project(tmp_path, []), "build")
    assert 1 == done.returncode
    assert "HY843" in done.stderr

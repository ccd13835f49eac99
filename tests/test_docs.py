"""The pages tell the truth: examples are run, fields are those of real output, links lead somewhere.

``HUIYIN_UPDATE_DOCS=1 make test ARGS=tests/test_docs.py`` writes the examples and docs/problems.md anew; read the
difference before you commit it.
"""

from __future__ import annotations

import json
import os
import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote

import click
import pytest

from huiyin.cli.main import cli
from huiyin.cli.problems import markdown_page
from huiyin.vault.readers import Reader
from tests import docs
from tests.cases import PROJECT
from tests.office import NO_SSH_KEYGEN
from tests.repository import Repository, make_repository
from tests.vault.safe import Safe, make_safe, sealed

UPDATE = os.environ.get("HUIYIN_UPDATE_DOCS") == "1"
CLI = PROJECT / "docs/cli.md"
PROBLEMS = PROJECT / "docs/problems.md"
PAGES = docs.pages()
RUN = [p for p in PAGES if p.name != "README.zh-CN.md" and list(docs.examples(p.read_text("utf-8")))]
GENERATED = ("cases/", "units/", "months/", "topics/", "procedure/", "statistics/", "data/", "search/", "status/")
"""Folders of the site whose pages the plugin makes; MkDocs checks the links to them."""

NEW = "new --channel people --no-real-name --no-contactable --title 路灯 --body 不亮。 --format json"
UNSURE = "楼道漏水，证件号110101199001011230，电话13900000000（虚构）"
"""A body with something that is personal and something that may be."""
KEY = "--identity ../keys/wangzhan.clerk.age"
SAMPLES: dict[str, tuple[str, ...]] = {
    "check": ("check --format json", "check people-90000001 --format json"),
    "deadlines": ("deadlines --format json",),
    "report daily": ("report daily --format json", "report daily --root ../plain --format json"),
    "stats": (
        "stats --by unit --format json",
        "stats --from 2026-10-01 --to 2026-10-31 --format json",
        "stats --by channel --root ../plain --format json",
    ),
    "stats list": (
        "stats --list 收到 --format json",
        "stats --list 退回重办 --from 2026-11-01 --to 2026-11-30 --format json",
        "stats --list 公开答复 --root ../plain --format json",
    ),
    "remind": (
        "remind --dry-run --format json",
        "remind --outbox ../outbox --new-outbox --only tracked --format json",
    ),
    "inbox": ("inbox --person lanzhou.head --format json", "inbox --unit zhangye --format json"),
    "show": tuple(
        f"show {case} --format json"
        for case in ("people-90000045", "people-90000056", "people-90000059", "people-90000020", "people-90000001")
    ),
    "why": tuple(f"why {case} --format json" for case in ("people-90000056", "people-90000060", "people-90000053")),
    "audit": ("audit --root ../province.git --format json", "audit other --root ../province.git --format json"),
    "calendar": ("calendar --year 2026 --format json", "calendar --year 2027 --format json"),
    "calendar due": ("calendar due --format json",),
    "calendar diff": ("calendar diff HEAD new-calendar.yaml --format json",),
    "scan": ("scan built --format json",),
    "units": ("units --format json", "units --as-of 2010-01-01 --format json"),
    "new": (
        f"{NEW} --reference 91",
        f"{NEW} --reference 92 --received-at 2026-11-23T09:00:00 --dry-run",
        f"{NEW} --reference 93",
        f"{NEW} --reference 94 --body {UNSURE}",
    ),
    "redact": ("redact --list --format json", f"redact --format json {KEY}"),
    "record": (
        "record claimed people-90000050 --by lanzhou.clerk --dry-run --format json",
        "record published people-90000040 --by lanzhou.clerk --format json",
        "record rated people-90000001 --level 满意 --by wangzhan.clerk --dry-run --format json",
        "record declined people-90000045 --reason out_of_scope --by wangzhan.clerk --dry-run --format json",
        "record extended people-90000056 --due 2026-12-01 --reason 勘察 --by linxia.clerk --dry-run --format json",
    ),
    "vault list": ("vault list --format json",),
    "vault rekey": (f"vault rekey --all --force --dry-run {KEY} --format json",),
    "vault doctor": ("vault doctor --format json",),
    "fmt": ("fmt --check --format json",),
    "import": (
        "import new.csv --channel people --mapping people --dry-run --format json",
        "import new.csv --channel people --mapping people --rejects ../rejects.csv --format json",
    ),
}
"""Contract of docs/cli.md → commands whose output shows every field and type of it."""


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Repository:
    """An instance with what the samples need: a sheet with a duplicate and a bad row, another calendar, odd files."""
    repository = docs.instance(tmp_path_factory.mktemp("contracts") / "huiyin")
    text = "河边步道路灯不亮已有三天,夜间行走不便。"
    rows = (
        f'1,2026-11-23 08:00,,路灯,"{text}"',
        f'2,2026-11-23 09:00,,灯,"{text[:6]} {text[6:]}"',
        "3,昨天,,公交,末班车太早。",
        f"4,2026-11-23 09:30,,漏水,{UNSURE}",
    )
    safe = make_safe(repository, {"wangzhan.clerk": "", "linxia.clerk": ""})
    repository.commit()
    fill_vault(safe)
    assert 1 == repository.huiyin(*f"{NEW} --reference 95 --body {UNSURE}".split()).code
    repository.write("new.csv", "留言编号,留言时间,联系电话,留言标题,留言内容\n" + "\n".join(rows) + "\n")
    calendar = (repository.root / "rules/calendar.yaml").read_text(encoding="utf-8")
    repository.write("new-calendar.yaml", calendar.replace("day: 19\n", "day: 18\n"))
    dos, noted = (next((repository.root / "cases").rglob(f"people-9000000{n}.yaml")) for n in (2, 3))
    dos.write_bytes(dos.read_bytes().replace(b"\n", b"\r\n"))
    noted.write_text(noted.read_text(encoding="utf-8") + "# note\n", encoding="utf-8")
    repository.write("built/a.woff", "demo")
    repository.write("built/a.txt", "电话13800138000（虚构）")
    break_history(repository)
    make_repository(repository.root.parent / "plain")
    return repository


def fill_vault(safe: Safe) -> None:
    """In the vault a case that a stranger can read, one whose list is gone, and one whose dispatcher has no keys."""
    stranger = Reader("linxia.clerk", safe.identity("linxia.clerk").recipient)
    for case_id in ("people-90000045", "people-90000046", "service-1"):
        safe.vault.put(sealed(case_id), (*safe.vault_readers(), stranger))
    (safe.folder / "people-90000046.readers").unlink()


def break_history(repository: Repository) -> None:
    """Beside the instance, a repository with a commit past its gate, a history without one, and a damaged memory."""
    assert NO_SSH_KEYGEN or repository.huiyin("init", "--bare", "../province.git").code == 0
    if not NO_SSH_KEYGEN:
        git = ("--git-dir", "../province.git")
        tree = repository.git(*git, "rev-parse", "main^{tree}").strip()
        for branch, parents in {"main": ("-p", "main"), "other": ()}.items():
            commit = repository.git(*git, "commit-tree", *parents, "-m", "Demo", tree).strip()
            repository.git(*git, "update-ref", f"refs/heads/{branch}", commit)
        repository.write("../province.git/huiyin/audit.json", "damaged")


def commands(command: click.Command, words: tuple[str, ...], ctx: click.Context | None) -> Iterator[str]:
    """Every command below one, as it is typed."""
    here = click.Context(command, parent=ctx, info_name=words[-1])
    yield " ".join(words)
    if isinstance(command, click.Group):
        for name in command.list_commands(here):
            below = command.get_command(here, name)
            assert below is not None
            yield from commands(below, (*words, name), here)


@pytest.mark.parametrize("page", RUN, ids=docs.name_of)
def test_examples_are_what_the_commands_print(page: Path, tmp_path: Path) -> None:
    """Every example of a page, run in order in a copy of the repository, prints what stands there."""
    instance = docs.instance(tmp_path / "huiyin")
    failed = []

    def run(example: docs.Example) -> str:
        code, block = example.run(instance)
        if code != example.exit:
            failed.append((example.command, code, block))
        return block

    text = page.read_text(encoding="utf-8")
    written = docs.rewrite(text, run)
    assert [] == failed
    if UPDATE and written != text:
        page.write_text(written, encoding="utf-8")
        return
    assert written == text


def test_both_readmes_show_the_same() -> None:
    """The Chinese README has the examples of the English one, which are run, and as many parts."""
    english, chinese = ((PROJECT / name).read_text(encoding="utf-8") for name in ("README.md", "README.zh-CN.md"))
    if UPDATE:
        found = docs.examples(english)
        chinese = docs.rewrite(chinese, lambda _: next(found).body)
        (PROJECT / "README.zh-CN.md").write_text(chinese, encoding="utf-8")
    assert list(docs.examples(english)) == list(docs.examples(chinese))
    assert len(re.findall("^## ", english, re.M)) == len(re.findall("^## ", chinese, re.M))


def test_every_command_has_its_help_on_the_page(monkeypatch: pytest.MonkeyPatch) -> None:
    """docs/cli.md shows the help of each command and of none that there is not."""
    monkeypatch.chdir(PROJECT)  # where a command learns its options from the schema of the record it stands in
    shown = re.findall(r"^\$ (huiyin.*) --help$", CLI.read_text("utf-8"), re.M)
    assert sorted(commands(cli, ("huiyin",), None)) == sorted(shown)


@pytest.mark.parametrize("name", SAMPLES)
def test_the_fields_of_a_contract_are_those_of_real_output(name: str, place: Repository) -> None:
    """Each documented field and type occurs, and nothing occurs that is not documented."""
    if name == "audit" and NO_SSH_KEYGEN:
        pytest.skip("ssh-keygen IS NOT INSTALLED: the contract of huiyin audit is NOT TESTED")
    documented = docs.contracts(CLI.read_text("utf-8"))[name]
    found: dict[str, set[str]] = defaultdict(set)
    strange = set()
    for sample in SAMPLES[name]:
        done = place.huiyin(*sample.split())
        assert done.code in (0, 1), done.err
        for path, kind in docs.flatten(json.loads(done.out)):
            pattern = next((p for p in documented if docs.matches(p, path)), None)
            if pattern is None:
                strange |= {path} if path else set()
            else:
                found[pattern].add(kind)
    assert set() == strange
    assert set(documented) == set(found)
    own = {path: entry.types for path, entry in documented.items() if not entry.shared}
    assert own == {path: frozenset(found[path]) for path in own}
    assert [] == [path for path, kinds in found.items() if not kinds <= documented[path].types]


def test_every_contract_is_proved() -> None:
    """A table of fields without samples would be a promise that nobody keeps."""
    assert set(SAMPLES) == set(docs.contracts(CLI.read_text("utf-8")))


def test_problems_page_is_up_to_date() -> None:
    """docs/problems.md is what ``huiyin problems --markdown`` prints."""
    if UPDATE:
        PROBLEMS.write_text(markdown_page(), encoding="utf-8")
    assert markdown_page() == PROBLEMS.read_text(encoding="utf-8")


@pytest.mark.parametrize("page", PAGES, ids=docs.name_of)
def test_links_lead_somewhere(page: Path) -> None:
    """Each link inside the project names a file that exists and a heading that it has."""
    broken = []
    for link in docs.links(page.read_text(encoding="utf-8")):
        target, _, anchor = unquote(link).partition("#")
        if re.match(r"[a-z]+:", target) or (page.is_relative_to(PROJECT / "site") and target.startswith(GENERATED)):
            continue
        file = (page.parent / target).resolve() if target else page
        headings = docs.anchors(file.read_text("utf-8")) if file.is_file() and file.suffix == ".md" else set()
        if not file.exists() or not file.is_relative_to(PROJECT) or (anchor and anchor not in headings):
            broken.append(link)
    assert [] == broken


@pytest.mark.parametrize("page", [p for p in PAGES if p.stem.endswith("zh-CN") or p.parent.name == "handbook"])
def test_chinese_pages_use_chinese_punctuation(page: Path) -> None:
    """No half-width comma, colon, semicolon or bracket beside a Chinese character."""
    text = docs.prose(page.read_text(encoding="utf-8"))
    assert [] == re.findall(r"[\u4e00-\u9fff”》][,:;?!()].{0,10}|[,;(][\u4e00-\u9fff“《].{0,10}", text)


def test_every_decision_has_its_number() -> None:
    """docs/adr has one page a number, from 0001 on, with context, decision and consequences."""
    files = sorted((PROJECT / "docs/adr").glob("[0-9]*.md"))
    assert [f"{n:04}" for n in range(1, len(files) + 1)] == [file.name[:4] for file in files]
    for file in files:
        headings = re.findall(r"^## (.+)$", file.read_text(encoding="utf-8"), re.M)
        assert ["Context", "Decision", "Consequences"] == headings, file.name

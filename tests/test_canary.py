"""第十九条: a planted person goes through every command of a real province, and is found nowhere but in the vault."""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from huiyin.vault.age import Identity
from huiyin.vault.content import Sealed
from huiyin.vault.store import Vault
from tests.canaries import (
    ADDRESS,
    DISGUISES,
    EMAIL,
    MOBILE,
    NAME,
    RESIDENT_ID,
    SECRETS,
    Hit,
    confession,
    hits_below,
    hits_in,
    words,
)
from tests.cases import PROJECT, REPLY
from tests.intake.sheets import LEDGER, PEOPLE, entry, message, write_xlsx
from tests.office import NOW, Desk, Office, needs_ssh, open_office
from tests.repository import Repository, Run
from tests.vault.safe import Safe, make_safe

pytestmark = needs_ssh

CLERK, REVIEWER, UNIT, HEAD = "wangzhan.clerk", "wangzhan.reviewer", "lanzhou.clerk", "lanzhou.head"
DOUBTFUL = "证件号110101199001011230"
"""A number that would be a resident's if its last digit were right: a person must decide."""
MONDAY, LATER = NOW, "2026-11-23T16:00:00+08:00"


@dataclass
class Province:
    """A real bare repository, clones, a vault beside the clerk's clone, and all that any command has said."""

    office: Office
    safe: Safe
    said: list[tuple[str, str]] = field(default_factory=list)

    @property
    def folder(self) -> Path:
        """Where everything is."""
        return self.office.folder

    def desk(self, person: str, now: str = MONDAY) -> Desk:
        """The person's clone."""
        return self.office.desk(person, now)

    def run(self, person: str, *arguments: str, now: str = MONDAY, stdin: str | None = None, code: int = 0) -> Run:
        """Run the real command at a person's desk, with debugging on, and keep what it says."""
        return self.hear(
            self.desk(person, now), sys.executable, "-m", "huiyin.cli.main", *arguments, stdin=stdin, code=code
        )

    def hear(self, desk: Desk, *command: str, stdin: str | None = None, code: int = 0) -> Run:
        """Run any program at a desk, and keep what it says."""
        run = desk.run(*command, stdin=stdin, env=self.environment(desk.person))
        self.said.append((" ".join(command[1:]), run.out + run.err))
        assert code == run.code, (command[-6:], run.out[-2000:], run.err[-2000:])
        return run

    def environment(self, person: str) -> Mapping[str, str]:
        """Keys and vault of a person; the vault is the one beside the clerk's clone for all."""
        keys = self.safe.env(person) if person in self.safe.files else {}
        return {**keys, "HUIYIN_VAULT": str(self.vault), "HUIYIN_DEBUG": "1", "NO_MKDOCS_2_WARNING": "1"}

    @property
    def vault(self) -> Path:
        """The vault's folder."""
        return self.folder / "金库"

    def propose(self, person: str, branch: str, now: str = MONDAY) -> None:
        """Commit what stands in the clone and push it, through the server's hook."""
        desk = self.desk(person, now)
        desk.git("switch", "--quiet", "--create", branch)
        desk.git("add", "--all")
        self.hear(desk, "git", "commit", "--quiet", "--message", "演示", "--gpg-sign")
        self.hear(desk, "git", "push", "origin", branch)

    def take(self, branch: str, *approvers: str, now: str = MONDAY) -> None:
        """Approve a branch and merge it; then everybody works on main again."""
        for person in approvers:
            desk = self.desk(person, now)
            desk.git("fetch", "--quiet", "origin")
            self.run(person, "approve", branch, "--yes", now=now)
            self.hear(desk, "git", "push", "origin", branch)
        server = self.office.server(now)
        self.hear(server, sys.executable, "-m", "huiyin.cli.main", "gate", "--head", branch)
        self.hear(server, sys.executable, "-m", "huiyin.cli.main", "merge", branch)

    def update(self, person: str) -> Path:
        """Bring a clone up to main; gives its folder."""
        desk = self.desk(person)
        desk.git("switch", "--quiet", "--detach", "HEAD")
        desk.git("fetch", "--quiet", "origin")
        desk.git("switch", "--quiet", "--detach", "origin/main")
        return desk.root

    def kept(self, case_id: str, person: str = CLERK) -> Sealed:
        """What the vault has of a case."""
        secret = self.safe.files[person].read_text(encoding="ascii").split()[-1]
        return Vault(self.vault, self.desk(CLERK).root).read(case_id, [Identity(secret)])


@pytest.fixture(scope="module")
def province(tmp_path_factory: pytest.TempPathFactory) -> Province:
    """A province whose people have SSH and age keys, and whose clones can build the site."""
    folder = tmp_path_factory.mktemp("canary") / "省"
    safes: list[Safe] = []

    def prepare(repository: Repository) -> None:
        safes.append(make_safe(repository, dict.fromkeys((CLERK, REVIEWER, UNIT, HEAD), "")))
        shutil.copytree(PROJECT / "site", repository.root / "site")
        shutil.copyfile(PROJECT / "mkdocs.yml", repository.root / "mkdocs.yml")

    return Province(open_office(folder, prepare=prepare), safes[0])


@pytest.fixture(scope="module")
def travelled(province: Province) -> Province:
    """The whole way of the planted person's messages: in, decided, assigned, answered, published, reported, built."""
    take_in(province)
    handle(province)
    remember(province)
    report(province)
    return province


def take_in(province: Province) -> None:
    """``import`` of ten messages in ten disguises and of a ledger, ``new``, and the decisions on what was held back."""
    outside = province.folder / "桌面"
    outside.mkdir()
    rows = [
        message(
            str(1000 + n),
            标题=f"反映楼道漏水，我叫{words(name)['name']}",
            内容=confession(name, f"第{n}栋楼道漏水多日。" + (f"{DOUBTFUL}。" if n % 3 == 0 else "")),
            姓名=words(name)["name"] if n % 2 else NAME,
            联系方式=words(name)["mobile"],
            电子邮箱=EMAIL,
        )
        for n, name in enumerate(DISGUISES)
    ]
    rejected = message("", 标题=confession("plain", ""), 内容=confession("spaces", ""), 留言时间=NAME, 是否实名=MOBILE)
    shifted = message(MOBILE, 标题=NAME, 内容=ADDRESS)
    sheet = write_xlsx(outside / "导出.xlsx", [(*PEOPLE, "电子邮箱"), *rows, rejected, shifted])
    (outside / "标题").write_text(f"反映漏水，{NAME}", encoding="utf-8")
    (outside / "正文").write_text(confession("full width", "楼道漏水，请处理。"), encoding="utf-8")
    (outside / "姓名").write_text(NAME, encoding="utf-8")
    (outside / "电话").write_text(MOBILE, encoding="utf-8")
    province.update(CLERK)
    options = ("--channel", "people", "--mapping", "people")
    province.run(CLERK, "import", str(sheet), *options, "--dry-run", code=1)
    province.run(CLERK, "import", str(sheet), *options, code=1)
    province.run(CLERK, "import", str(sheet), *options, "--format", "json", code=1)
    (headless := outside / "无表头.csv").write_text(",".join(map(str, rows[1])).replace("\n", " "), encoding="utf-8")
    province.run(CLERK, "import", str(headless), *options, code=1)
    new = ("new", "--channel", "portal", "--title", f"@{outside}/标题", "--name", f"@{outside}/姓名")
    province.run(CLERK, *new, "--reference", "3001", "--body", f"@{outside}/正文", "--phone", f"@{outside}/电话")
    province.run(CLERK, *new, "--reference", MOBILE, "--body", "-", "--contactable", stdin=RESIDENT_ID, code=1)
    doubtful = confession("Chinese numerals", DOUBTFUL)
    province.run(CLERK, *new, "--reference", "3002", "--body", "-", "--contactable", stdin=doubtful, code=1)
    province.run(CLERK, "redact", "--list")
    decide(province)
    province.run(CLERK, "import", str(sheet), *options, code=1)  # nothing more, the bad rows again
    province.run(CLERK, "check")
    province.run(CLERK, "fmt", "--check")
    province.propose(CLERK, "收件/1")
    province.take("收件/1", REVIEWER)


def decide(province: Province) -> None:
    """Everything that is held back is decided from a file."""
    file = province.folder / "桌面" / "决定.yaml"
    for draft in json.loads(province.run(CLERK, "redact", "--format", "json").out):
        decisions = [{"ordinal": f["ordinal"], "action": "hide"} for f in draft["findings"]]
        file.write_text(json.dumps({"draft": draft["draft"], "decisions": decisions}), encoding="utf-8")
        province.run(CLERK, "redact", draft["id"], "--decisions", str(file))


def remember(province: Province) -> None:
    """A ledger of past years, with the person in the reply; proposed, and refused for want of a head with a key."""
    outside = province.folder / "桌面"
    office = confession("dashes", "经核实，来信人来电称：")
    ledger = write_xlsx(outside / "台账.xlsx", [LEDGER, entry("2001", 答复内容=f"{NAME}同志：您好。{office}{REPLY}")])
    province.run(CLERK, "import", str(ledger), "--channel", "people", "--mapping", "history", code=1)
    decide(province)
    province.run(CLERK, "check")
    province.propose(CLERK, "往年/1", LATER)
    server = province.office.server(LATER)
    for command in (("gate", "--head", "往年/1"), ("merge", "往年/1")):
        province.hear(server, sys.executable, "-m", "huiyin.cli.main", *command, code=1)


def handle(province: Province) -> None:
    """``record`` by the dispatcher and the unit; what they type of the person is refused."""
    cases = [f"people-{1000 + n}" for n in range(len(DISGUISES))]
    province.update(CLERK)
    assign = ("--unit", "lanzhou", "--basis", "3", "--complexity", "simple", "--by", CLERK)
    province.run(CLERK, "record", "assigned", *cases, *assign, "--note", confession("plain", ""), code=1)
    province.run(CLERK, "record", "assigned", *cases, *assign)
    province.propose(CLERK, "交办/1")
    province.take("交办/1", REVIEWER)
    province.update(CLERK)
    province.run(CLERK, "vault", "rekey", "--all")
    province.update(UNIT)
    province.run(UNIT, "record", "claimed", *cases, "--by", UNIT)
    province.propose(UNIT, "认领/1")
    province.take("认领/1")
    province.update(UNIT)
    answer = ("record", "answered", "--by", UNIT, "--mode")
    for name in DISGUISES:
        for text in (confession(name, REPLY), words(name)["mobile"] + REPLY):
            province.run(UNIT, *answer, "public", cases[0], "--reply", "-", stdin=text, code=1)
    note = ("--delivered-by", "phone", "--public-note", "已电话答复来信人。", "--mark", "privacy")
    province.run(UNIT, *answer, "private", cases[0], *note)
    private = province.folder / "桌面" / "个别答复"
    private.write_text(confession("plain", f"{NAME}同志：您好。"), encoding="utf-8")
    province.run(UNIT, "vault", "put", cases[0], "--reply-file", str(private), "--delivered-by", "phone", "--by", UNIT)
    province.propose(UNIT, "答复/1")
    province.take("答复/1", HEAD)
    # Each of the others would go the same way; for the site it is enough that they stand in a work tree.
    province.update(CLERK)
    province.run(CLERK, *answer, "public", *cases[1:], "--reply", REPLY)
    province.run(CLERK, "record", "published", *cases, "--by", CLERK)
    province.propose(CLERK, "公开/1", LATER)


def report(province: Province) -> None:
    """Every list, report and document, the audit, and the site."""
    root = province.desk(CLERK).root
    one, private, waiting = "people-1001", "people-1000", "portal-3001"
    for words_ in (
        ("deadlines",), ("deadlines", "--format", "json"), ("inbox", "--unit", "lanzhou"), ("inbox", "--person", CLERK),
        ("report", "daily"), ("report", "daily", "--format", "json"), ("stats",), ("check", "--format", "github"),
        ("report", "monthly", "--month", "2026-11", "--no-charts", "--out", "build/月报"),
        ("document", "transfer", one, "--out", "build/公文"), ("vault", "list"), ("vault", "doctor"),
        ("audit", "origin/main"), ("redact", "--list", "--format", "json"), ("calendar",), ("problems", "HY730"),
        *((name, case) for name in ("show", "why") for case in (one, private, waiting)),
    ):  # fmt: skip
        desk = province.desk(CLERK, LATER)
        run = desk.run(sys.executable, "-m", "huiyin.cli.main", *words_, env=province.environment(CLERK))
        province.said.append((" ".join(words_), run.out + run.err))
        assert (True, False) == (run.code in (0, 1), "HY999" in run.err), (words_, run.err)
    province.hear(province.desk(CLERK, LATER), sys.executable, "-m", "mkdocs", "build", "--strict")
    assert (root / "build/site/cases").is_dir()
    province.run(CLERK, "scan", "build/site", now=LATER)


def places(province: Province) -> list[Path]:
    """The clones and the server: all that is below a repository."""
    return [p for p in sorted(province.folder.iterdir()) if (p / ".git").exists() or (p / "objects").exists()]


def test_no_byte_of_any_repository_knows_the_person(travelled: Province) -> None:
    """第十九条: work trees, objects, index, reflogs, locks, hooks, build output, file names, in every disguise."""
    found = places(travelled)
    assert {"服务器.git", CLERK, REVIEWER, UNIT, HEAD} <= {p.name for p in found}
    assert [] == [hit for place in found for hit in hits_below(place)]


def test_nothing_that_was_said_knows_the_person(travelled: Province) -> None:
    """Standard output and error of every command, with HUIYIN_DEBUG set; also the server's, through the push."""
    assert 70 < len(travelled.said)
    said = [(f"{n}: {command}", text) for n, (command, text) in enumerate(travelled.said)]
    assert [] == [hit for place, text in said for hit in hits_in(place, text.encode())]


def test_lists_of_rejects_know_nobody(travelled: Province) -> None:
    """They stand beside the spreadsheet, and people send them on."""
    files = sorted((travelled.folder / "桌面").glob("*.rejects.csv"))
    assert ["导出.rejects.csv"] == [f.name for f in files]
    assert [] == [hit for file in files for hit in hits_in(file.name, file.read_bytes())]


def test_the_vault_has_it_all(travelled: Province) -> None:
    """第十、二十条: name, contacts, each original text as it came, the private reply; sealed, so no byte shows."""
    assert [] == list(hits_below(travelled.vault))
    for number, name in enumerate(DISGUISES):
        kept = travelled.kept(f"people-{1000 + number}")
        assert (True, None) == (bool(kept.name), kept.held)
        assert {Hit("x", key) for key in SECRETS} == {
            Hit("x", hit.secret) for hit in hits_in("x", kept.texts["/body"].encode())
        }
        assert {"/title", "/body"} == set(kept.texts), name
        assert {"phone", "email"} == set(kept.contact)
    (reply,) = travelled.kept("people-1000", UNIT).replies
    assert NAME in reply.text
    assert {"/events/2/reply"} <= set(travelled.kept("people-2001").texts)
    assert (NAME, {"phone": MOBILE}) == (travelled.kept("portal-3001").name, travelled.kept("portal-3001").contact)


def test_the_messages_went_all_the_way(travelled: Province) -> None:
    """Else an empty site would prove the rest: the messages are public, with marks in the place of the person."""
    root = travelled.desk(CLERK).root
    built = root / "build/site"
    pages = [p.read_text(encoding="utf-8") for p in built.rglob("*.html") if "people-100" in str(p)]
    assert len(DISGUISES) <= len(pages)
    marked = [page for page in pages if "〔已隐去：手机号〕" in page and "〔已隐去：身份证号〕" in page]
    assert len(DISGUISES) - 1 <= len(marked)  # the page of the private reply shows no text
    assert 12 + 1 == len(list((root / "cases").rglob("*.yaml")))
    assert [] == Vault(travelled.vault, root).held_ids()


@pytest.mark.parametrize("name", DISGUISES)
def test_the_search_sees_through_every_disguise(name: str, tmp_path: Path) -> None:
    """Else it would find nothing because it looks for nothing: a planted file, an object, a packed one, a file name."""
    repository = Repository(tmp_path / "库")
    repository.root.mkdir()
    repository.write("a.txt", confession(name, ""))
    assert set(SECRETS) == {hit.secret for hit in hits_below(repository.root)}
    repository.commit()
    (repository.root / "a.txt").unlink()
    repository.git("gc", "-q", "--prune=now")
    assert set(SECRETS) == {hit.secret for hit in hits_below(repository.root)}
    assert os.fspath(tmp_path) not in {hit.place for hit in hits_below(repository.root)}
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / words(name)["name"].replace("\n", "")).touch()
    assert {"name"} == {hit.secret for hit in hits_below(tmp_path / "other")}

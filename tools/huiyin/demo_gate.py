"""One message through its whole life on real branches, and three attacks: the last step of ``make demo``.

A bare repository with its hook is the server; each person has a clone and an SSH key that is made for this run.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

from huiyin.founding import TAKEN
from huiyin.model.problem import HuiyinError
from huiyin.repo.git import environment
from huiyin.repo.reasons import reason
from huiyin.repo.signing import make_key

DAY = "2026-11-23"
CASE = "people-91000001"
FILE = f"cases/2026/11/23/{CASE}.yaml"
PEOPLE = ("wangzhan.clerk", "wangzhan.reviewer", "lanzhou.clerk", "lanzhou.head")
GATE, SERVER = "gate", "server.git"
SHEET = """留言编号,留言时间,联系电话,留言标题,留言内容
91000001,2026-11-23 08:40,,河边步道路灯不亮（演示）,河边步道路灯不亮已有三天，夜间行走不便，请修复。（演示用虚构留言）
"""
FIRST = "您反映的路灯已于当日修复。（演示用虚构答复）"
LATER = "您反映的路灯将视情况修复。（演示用虚构答复）"


class UnexpectedError(Exception):
    """A command of the demonstration did not end as it must; the message is what to tell."""


@dataclass
class Stage:
    """The server, the people, and the clock that all of them see.

    Args:
        folder: exists and is empty but for the demonstration's mark.
        time: of day in Beijing, ``HH:MM``.
    """

    folder: Path
    time: str = "10:00"
    keys: dict[str, Path] = field(default_factory=dict)

    def start(self, source: Path) -> None:
        """Register everybody's key in a copy of the record, found the server from it, and clone it for each."""
        copy = self.folder / "start"
        copy.mkdir()
        for path in (source / name for name in TAKEN if (source / name).exists()):
            (shutil.copytree if path.is_dir() else shutil.copyfile)(path, copy / path.name)
        people = copy / "rules" / "people.yaml"
        text = people.read_text(encoding="utf-8")
        (self.folder / "keys").mkdir(mode=0o700)
        for person in PEOPLE:
            self.keys[person] = self.folder / "keys" / person
            public, entry = make_key(self.keys[person], person), f"  {person}:\n"
            text = text.replace(entry, f'{entry}    keys:\n      - {{ssh: {public} {person}, from: "{DAY}"}}\n')
        people.write_text(text, encoding="utf-8")
        self.say(f"  四人的SSH密钥当场生成，公钥登记在 rules/people.yaml；每人一份克隆，在 {_short(self.folder)}。")
        self.run(GATE, "huiyin", "init", "--bare", SERVER, "--from", copy.name, at=self.folder)
        for person in PEOPLE:
            self.quiet("git", "clone", "--quiet", SERVER, str(self.folder / person), at=self.folder)
            for setting in (
                f"user.name={person}", f"user.email={person}@example.invalid", "gpg.format=ssh",
                f"user.signingkey={self.keys[person]}", "commit.gpgsign=true",
            ):  # fmt: skip
                self.quiet("git", "config", *setting.split("=", 1), at=self.folder / person)

    def run(self, person: str, *command: str, refused: str = "", at: Path | None = None) -> None:
        """Show a command, run it, and show what came of it.

        Args:
            person: who types it; the gate works in the server's repository.
            refused: the problem code that the attempt must be refused with.
            at: the folder it is typed in, by default that person's clone.

        Raises:
            UnexpectedError: it ended otherwise.
        """
        where = at or (self.folder / SERVER if person == GATE else self.folder / person)
        self.say(f"  {person}$ {' '.join(map(_word, command))}")
        done = self.call(*command, at=where)
        lines = [line.removeprefix("remote: ").rstrip() for line in (done.stderr + done.stdout).splitlines()]
        if bool(done.returncode) != bool(refused) or (refused and not any(refused in line for line in lines)):
            raise UnexpectedError(
                "\n".join([f"“{' '.join(command)}”的结果出乎意料（退出码{done.returncode}）：", *lines])
            )
        for line in _telling(lines, refused):
            self.say(f"    {'✗' if refused else '→'} {line}")

    def quiet(self, *command: str, at: Path) -> str:
        """Run a command that is not worth showing."""
        done = self.call(*command, at=at)
        if done.returncode:
            raise UnexpectedError(f"“{' '.join(command)}”没有成功：{done.stderr.strip()}")
        return done.stdout.strip()

    def call(self, *command: str, at: Path) -> subprocess.CompletedProcess[str]:
        """Run a command with the stage's clock, and nothing of the user's Git."""
        now = f"{DAY}T{self.time}:00+08:00"
        kept = {k: v for k, v in environment().items() if not k.startswith("HUIYIN_")}
        # The demonstration stands in the project's own repository, where no vault may be; it keeps nothing in one.
        kept["HUIYIN_VAULT"] = str(Path(tempfile.gettempdir(), "huiyin-demo-vault"))
        clock = {"GIT_AUTHOR_DATE": now, "GIT_COMMITTER_DATE": now, "HUIYIN_AS_OF": now}
        settings = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1", "PYTHONUTF8": "1"}
        # Python reads .pth files in the locale's encoding, whatever PYTHONUTF8 says; the path may be Chinese.
        settings["LC_ALL"] = "C.UTF-8"
        words = [sys.executable, "-m", "huiyin.cli.main", *command[1:]] if command[0] == "huiyin" else list(command)
        return subprocess.run(
            words, cwd=at, env={**kept, **clock, **settings}, capture_output=True, stdin=subprocess.DEVNULL,
            encoding="utf-8", check=False,
        )  # fmt: skip

    def branch(self, person: str, name: str, time: str) -> None:
        """A new branch off the server's main, at a time of day."""
        self.time = time
        self.quiet("git", "fetch", "--quiet", "origin", at=self.folder / person)
        self.run(person, "git", "switch", "--quiet", "--no-track", "--create", name, "origin/main")

    def push(self, person: str, name: str, message: str) -> None:
        """A signed commit of everything, and a push."""
        self.quiet("git", "add", "--all", at=self.folder / person)
        self.run(person, "git", "commit", "--quiet", "--message", message)
        self.run(person, "git", "push", "--quiet", "origin", name)

    def approve(self, person: str, name: str) -> None:
        """Fetch, sign and push."""
        at = self.folder / person
        self.quiet("git", "fetch", "--quiet", "origin", at=at)
        self.run(person, "huiyin", "approve", name, "--yes")
        self.quiet("git", "push", "--quiet", "origin", name, at=at)

    def say(self, text: str) -> None:
        """Print at once: other processes print too."""
        print(text, flush=True)


def _word(text: str) -> str:
    """A word of a command as it would be typed, long ones cut."""
    line = text.splitlines()[0] + ("…" if "\n" in text else "")
    return f"“{line}”" if " " in text or "\n" in text else line


def _short(path: Path) -> str:
    return os.path.relpath(path) if path.is_relative_to(Path.cwd()) else str(path)


def _telling(lines: list[str], refused: str) -> list[str]:
    """The lines that say what came of a command."""
    if refused:
        return [next(line.strip() for line in lines if refused in line)]
    marks = ("已建立留言库", "收入1件", "已审签同意", "已合入主线", "状态", "期限：", "查证", "全部属实")
    return [line.strip() for line in lines if line.strip().startswith(marks) and not line.endswith("：")]


def play(stage: Stage, source: Path) -> None:
    """Tell the story.

    Raises:
        UnexpectedError: a command did not end as it must.
        HuiyinError: HY633, ssh-keygen is missing; HY634.
    """
    stage.start(source)
    say, run = stage.say, stage.run

    say("\n  一、收件：导入，经复审人审签（第九条（一））")
    (stage.folder / "new.csv").write_text(SHEET, encoding="utf-8")
    stage.branch("wangzhan.clerk", "收件", "10:00")
    run("wangzhan.clerk", "huiyin", "import", "../new.csv", "--channel", "people", "--mapping", "people")
    stage.push("wangzhan.clerk", "收件", "收件登记")
    stage.approve("wangzhan.reviewer", "收件")
    run(GATE, "huiyin", "merge", "收件")

    say("\n  二、交办：从交办之日起计算期限（第九条（一）、第十三条）")
    stage.branch("wangzhan.clerk", "交办", "10:20")
    run(
        "wangzhan.clerk", "huiyin", "record", "assigned", CASE, "--unit", "lanzhou", "--basis", "3",
        "--complexity", "simple", "--by", "wangzhan.clerk",
    )  # fmt: skip
    stage.push("wangzhan.clerk", "交办", "交办兰州市")
    stage.approve("wangzhan.reviewer", "交办")
    run(GATE, "huiyin", "merge", "交办")

    say("\n  三、认领：工作日当日认领，无须审签（第九条（二））")
    stage.branch("lanzhou.clerk", "认领", "11:00")
    run("lanzhou.clerk", "huiyin", "record", "claimed", CASE, "--by", "lanzhou.clerk")
    stage.push("lanzhou.clerk", "认领", "认领")
    say("\n  违规之一：不经闸门，直接推送主线")
    run("lanzhou.clerk", "git", "push", "--quiet", "origin", "认领:main", refused="HY652")
    run(GATE, "huiyin", "merge", "认领")

    say("\n  四、报送答复：经本单位主要负责同志审签（第九条（三））")
    stage.branch("lanzhou.clerk", "答复", "15:00")
    run("lanzhou.clerk", "huiyin", "record", "answered", CASE, "--mode", "public", "--reply", FIRST,
        "--by", "lanzhou.clerk")  # fmt: skip
    stage.push("lanzhou.clerk", "答复", "报送答复")
    say("\n  违规之二：自己报送、自己审签；命令不许，就用Git自造一个审签")
    run("lanzhou.clerk", "huiyin", "approve", "答复", "--yes", refused="HY641")
    head = stage.quiet("git", "rev-parse", "HEAD", at=stage.folder / "lanzhou.clerk")
    run("lanzhou.clerk", "git", "commit", "--quiet", "--allow-empty", "--message", f"审签\n\nHuiyin-Approves: {head}\n")
    run("lanzhou.clerk", "git", "push", "--quiet", "origin", "答复")
    run(GATE, "huiyin", "merge", "答复", refused="HY621")
    say("\n  违规之三：负责同志审签之后，再改答复")
    stage.approve("lanzhou.head", "答复")
    stage.quiet("git", "pull", "--quiet", "--ff-only", "origin", "答复", at=stage.folder / "lanzhou.clerk")
    path = stage.folder / "lanzhou.clerk" / FILE
    path.write_text(path.read_text(encoding="utf-8").replace(FIRST, LATER), encoding="utf-8")
    stage.push("lanzhou.clerk", "答复", "改动已审签的答复")
    run(GATE, "huiyin", "merge", "答复", refused="HY623")
    say("\n  改回原文，负责同志重新审签，才能合入")
    path.write_text(path.read_text(encoding="utf-8").replace(LATER, FIRST), encoding="utf-8")
    stage.push("lanzhou.clerk", "答复", "改回原文")
    stage.approve("lanzhou.head", "答复")
    run(GATE, "huiyin", "merge", "答复")

    say("\n  五、复审公开：公开的就是签字的（第九条（三））")
    stage.branch("wangzhan.clerk", "公开", "16:30")
    run("wangzhan.clerk", "huiyin", "record", "published", CASE, "--by", "wangzhan.clerk")
    stage.push("wangzhan.clerk", "公开", "公开答复")
    stage.approve("wangzhan.reviewer", "公开")
    run(GATE, "huiyin", "merge", "公开")
    stage.quiet("git", "fetch", "--quiet", "origin", at=stage.folder / "wangzhan.clerk")
    run("wangzhan.clerk", "huiyin", "show", CASE, "--rev", "origin/main")
    run(GATE, "huiyin", "audit", "main")


def main(arguments: list[str]) -> int:
    """Play in the folder ``arguments[1]`` with the record in ``arguments[0]``; 0 too where ssh-keygen is missing."""
    source, folder = map(Path, arguments)
    if shutil.which("ssh-keygen") is None:
        print("  跳过这一步：找不到ssh-keygen命令，不能签名。安装OpenSSH客户端后再运行 make demo。", flush=True)
        return 0
    try:
        play(Stage(folder.resolve()), source.resolve())
    except UnexpectedError as error:
        print(error, file=sys.stderr, flush=True)
        return 1
    except OSError as error:
        print(f"不能准备演示用的目录：{reason(error.errno, '写入')}。", file=sys.stderr, flush=True)
        return 1
    except HuiyinError as error:
        print("\n".join(f"{p.code} {p.message}" for p in error.problems), file=sys.stderr, flush=True)
        return error.exit_code
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""``make demo``: the demonstration cases in a repository of their own, the real commands run on them, and the site.

Then one message goes through its whole life on real branches (``demo_gate``).
The clock is fixed, so that each run shows the same cases late. Two settings come from the environment:
``SERVE=0`` stops after the build, ``DEMO_DIR`` is the folder that the results are written to (``build``).
"""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from huiyin.model.problem import HuiyinError, Problem, UsageError
from huiyin.repo.git import environment, failed
from huiyin.repo.reasons import reason
from huiyin.serving import say, serve
from huiyin.streams import guard

AS_OF = "2026-11-23T10:00:00+08:00"
"""A Monday; every event of the demonstration is earlier."""
EXAMPLE = "people-90000056"
"""The case that is explained day by day: 临夏's own holiday moves its due date."""
COPIED = ("cases", "rules", "schema", "site", "mkdocs.yml", ".gitignore")
MARK = "huiyin-demo"
"""A file in ``.git``, or in a folder without one, that says that the folder was made here and may be replaced."""

_PROJECT = Path(__file__).resolve().parents[2]
_IDENTITY = ("-c", "user.name=huiyin-demo", "-c", "user.email=demo@example.invalid")
_FIXED = {
    "GIT_AUTHOR_DATE": AS_OF,
    "GIT_COMMITTER_DATE": AS_OF,
    # The user's own settings (signing, hooks, templates) would change the commit or stop it.
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
}
_NO_REPOSITORY = Problem("HY960", "找不到演示数据：请在项目目录中运行 make demo。")


@dataclass(frozen=True)
class Step:
    """One command of the demonstration.

    Args:
        title: Chinese, what it does.
        shown: the command as a person would type it.
        arguments: those of the Python interpreter.
        result: the file that takes what it prints, or None where the terminal does.
        where: Chinese, where its result is.
    """

    title: str
    shown: str
    arguments: tuple[str, ...]
    result: Path | None = None
    where: str = ""


def run(project: Path, folder: Path, *, serving: bool) -> int:
    """Make the repository, run every step on it, and serve the site.

    Args:
        project: where the demonstration data are.
        folder: ``demo`` (the repository), ``demo-results`` and ``demo-gate`` in it are replaced.
        serving: serve the site until Ctrl-C.

    Returns:
        0, or the exit code of the step that failed.

    Raises:
        HuiyinError: HY903, HY905, HY906, HY960, HY961.
    """
    repository, results, life = folder / "demo", folder / "demo-results", folder / "demo-gate"
    steps = _steps(repository, results, life)
    total = len(steps) + 1
    say(f"回音演示：以 {AS_OF} 为“现在”。全部留言、答复和人员均为虚构。")
    say(f"\n[1/{total}] 建立演示库：复制{'、'.join(COPIED[:-1])}，提交到新的Git仓库")
    commit = make_repository(project, repository)
    count = sum(1 for _ in (repository / "cases").rglob("*.yaml"))
    say(f"结果：{_short(repository)}（{count}件留言，提交 {commit[:12]}）")
    _make_folder(results)
    _make_folder(life)
    for number, step in enumerate(steps, start=2):
        say(f"\n[{number}/{total}] {step.title}\n$ {step.shown}")
        if code := _run(step):
            problem = Problem("HY961", f"第{number}步“{step.title}”没有完成（退出码{code}），演示到此停止。")
            print(_line(problem), file=sys.stderr, flush=True)
            return code
        if step.where:
            say(f"结果：{step.where}")
    site = repository / "build" / "site"
    say(f"\n全部完成。演示库：{_short(repository)}；结果：{_short(results)}；网站：{_short(site)}")
    if serving:
        serve(site)
    return 0


def make_repository(project: Path, target: Path) -> str:
    """Copy the demonstration to ``target`` and commit it; what an earlier run made there is replaced.

    Returns:
        The hash of the commit, the same for the same files.

    Raises:
        HuiyinError: HY960 the data are not there, or ``target`` is not ours to replace; HY903, HY905, HY906.
    """
    if not all((project / name).exists() for name in COPIED):
        raise UsageError(_NO_REPOSITORY)
    _refuse_others(target)
    beside = target.with_name(f"{target.name}.new")
    _make_folder(beside, ".git")
    try:
        for name in COPIED:
            if (project / name).is_dir():
                # copyfile leaves the modes behind: on some file systems every file is executable.
                shutil.copytree(project / name, beside / name, copy_function=shutil.copyfile)
            else:
                shutil.copyfile(project / name, beside / name)
        _git(beside, "init", "--quiet", "--initial-branch=main")
        _git(beside, "add", "--all")
        # By standard input: an argument would have to fit into the encoding of the terminal.
        _git(beside, *_IDENTITY, "commit", "--quiet", "--file=-", stdin="演示数据（全部虚构）")
        if target.exists():
            shutil.rmtree(target)
        beside.rename(target)
    except shutil.Error as error:  # one for each file that could not be copied
        raise HuiyinError(Problem("HY906", f"不能建立 {target}：有{len(error.args[0])}个文件不能复制。")) from None
    except OSError as error:
        raise HuiyinError(_unwritable(target, error)) from None
    return _git(target, "rev-parse", "HEAD").strip()


def _make_folder(folder: Path, mark_in: str = "") -> None:
    """Make a folder anew, marked as ours in its folder ``mark_in``; one that an earlier run made is replaced."""
    _refuse_others(folder)
    try:
        if folder.exists():
            shutil.rmtree(folder)
        (folder / mark_in).mkdir(parents=True)
        (folder / mark_in / MARK).touch()
    except OSError as error:
        raise HuiyinError(_unwritable(folder, error)) from None


def _refuse_others(folder: Path) -> None:
    """Raise HY960 for anything that the demonstration did not make, be it a file, a link or a folder."""
    marked = (folder / ".git" / MARK).is_file() or (folder / MARK).is_file()
    ours = marked and not folder.is_symlink()
    if os.path.lexists(folder) and not ours:
        raise UsageError(Problem("HY960", f"{folder} 已有内容，不是演示建立的，不会覆盖；请移走或另设 DEMO_DIR。"))


def _unwritable(folder: Path, error: OSError) -> Problem:
    return Problem("HY906", f"不能建立 {folder}（{reason(error.errno, '写入')}）。")


def _steps(repository: Path, results: Path, life: Path) -> tuple[Step, ...]:
    def huiyin(title: str, command: str, result: str = "") -> Step:
        line = shlex.join(["huiyin", *command.split(), "--root", _short(repository), "--as-of", AS_OF])
        line += f" > {shlex.quote(_short(results / result))}" if result else ""
        arguments = ("-m", "huiyin.cli.main", *command.split(), "--root", str(repository), "--as-of", AS_OF)
        target = results / result if result else None
        return Step(title, line, arguments, target, _short(target) if target else "")

    configuration = repository / "mkdocs.yml"
    return (
        huiyin("检查全部留言和规则（警告是有意安排的）", "check"),
        huiyin("列出未审核、未认领、将到期、已逾期的留言", "deadlines"),
        huiyin("同一清单的JSON格式，供其他程序使用", "deadlines --format json", "deadlines.json"),
        huiyin("逐日说明一件留言的期限（临夏州庆假日使到期日顺延）", f"why {EXAMPLE}"),
        Step(
            "生成公开网站",
            f"HUIYIN_AS_OF={AS_OF} "
            + shlex.join(["mkdocs", "build", "--quiet", "--config-file", _short(configuration)]),
            ("-m", "mkdocs", "build", "--quiet", "--config-file", str(configuration)),
            where=_short(repository / "build" / "site" / "index.html"),
        ),
        Step(
            "一件留言从导入到公开的全过程，由闸门逐次合入；三种违规被拒",
            shlex.join(["python", "-m", "huiyin.demo_gate", _short(repository), _short(life)]),
            ("-m", "huiyin.demo_gate", str(repository), str(life)),
            where=f"{_short(life / 'server.git')}（主线）",
        ),
    )


def _run(step: Step) -> int:
    command = [sys.executable, *step.arguments]
    settings = {**os.environ, "HUIYIN_AS_OF": AS_OF, "NO_MKDOCS_2_WARNING": "1", "PYTHONUTF8": "1"}
    if step.result is None:
        code = subprocess.run(command, env=settings, check=False).returncode
    else:
        with step.result.open("wb") as file:
            code = subprocess.run(command, env=settings, stdout=file, check=False).returncode
    return code if code >= 0 else 128 - code  # as shells report an end by a signal


def _git(folder: Path, *arguments: str, stdin: str = "") -> str:
    try:
        done = subprocess.run(
            ["git", "-C", str(folder), *arguments],
            env={**environment(), **_FIXED}, input=stdin, capture_output=True, encoding="utf-8", check=False,
        )  # fmt: skip
    except FileNotFoundError:
        raise UsageError(Problem("HY903", "找不到git命令，请先安装Git。")) from None
    if done.returncode:
        command = next(a for a in arguments if not a.startswith("-") and "=" not in a)
        raise HuiyinError(failed(command, done.stderr))
    return done.stdout


def _short(path: Path) -> str:
    """A path as people would type it here."""
    return os.path.relpath(path) if path.resolve().is_relative_to(Path.cwd()) else str(path)


def _line(problem: Problem) -> str:
    return f"{problem.level.label} {problem.code} {problem.message}\n    处理：{problem.cure}"


def main() -> int:
    """Run the demonstration with the settings of the environment; print every problem, raise none."""
    folder = Path(os.environ.get("DEMO_DIR") or "build")
    try:
        return run(_PROJECT, folder, serving=os.environ.get("SERVE", "1") != "0")
    except HuiyinError as error:
        print("\n".join(map(_line, error.problems)), file=sys.stderr, flush=True)
        return error.exit_code
    except KeyboardInterrupt:
        print("\n已中断，演示没有完成。", file=sys.stderr, flush=True)
        return 130


if __name__ == "__main__":
    _streams = guard()
    _code = main()
    if (_loss := _streams.refusal() or _streams.loss()) is not None:
        print(_line(_loss), file=sys.stderr, flush=True)
        _code = _code or 1
    sys.exit(_code)

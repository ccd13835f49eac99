"""``make demo``: the demonstration cases in a repository of their own, the real commands run on them, and the site.

The clock is fixed, so that each run shows the same cases late. Two settings come from the environment:
``SERVE=0`` stops after the build, ``DEMO_DIR`` is the folder that the results are written to (``build``).
"""

from __future__ import annotations

import errno
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from huiyin.model.problem import HuiyinError, Problem, UsageError
from huiyin.repo.git import environment

AS_OF = "2026-11-23T10:00:00+08:00"
"""A Monday; every event of the demonstration is earlier."""
EXAMPLE = "people-90000056"
"""The case that is explained day by day: 临夏's own holiday moves its due date."""
PORT = 8000
PORTS_TRIED = 20
COPIED = ("cases", "rules", "schema", "site", "mkdocs.yml", ".gitignore")
MARK = "huiyin-demo"
"""A file in ``.git`` that says that a folder was made here and may be replaced."""

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
        folder: ``demo`` (the repository) and ``demo-results`` in it are replaced.
        serving: serve the site until Ctrl-C.

    Returns:
        0, or the exit code of the step that failed.

    Raises:
        HuiyinError: HY903, HY905, HY906, HY960, HY961.
    """
    repository, results = folder / "demo", folder / "demo-results"
    steps = _steps(repository, results)
    total = len(steps) + 1
    _say(f"回音演示：以 {AS_OF} 为“现在”。全部留言、答复和人员均为虚构。")
    _say(f"\n[1/{total}] 建立演示库：复制{'、'.join(COPIED[:-1])}，提交到新的Git仓库")
    commit = make_repository(project, repository)
    count = sum(1 for _ in (repository / "cases").rglob("*.yaml"))
    _say(f"结果：{_short(repository)}（{count}件留言，提交 {commit[:12]}）")
    try:
        shutil.rmtree(results, ignore_errors=True)
        results.mkdir(parents=True)
    except OSError as error:
        raise HuiyinError(Problem("HY906", f"不能写入 {results}:{error.strerror}。")) from None
    for number, step in enumerate(steps, start=2):
        _say(f"\n[{number}/{total}] {step.title}\n$ {step.shown}")
        if code := _run(step):
            problem = Problem("HY961", f"第{number}步“{step.title}”没有完成（退出码{code}），演示到此停止。")
            print(_line(problem), file=sys.stderr, flush=True)
            return code
        if step.where:
            _say(f"结果：{step.where}")
    site = repository / "build" / "site"
    _say(f"\n全部完成。演示库：{_short(repository)}；结果：{_short(results)}；网站：{_short(site)}")
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
    if target.exists() and not (target / ".git" / MARK).is_file():
        raise UsageError(Problem("HY960", f"{target} 已有内容，不是演示建立的目录，不会覆盖；请移走或另设 DEMO_DIR。"))
    beside = target.with_name(f"{target.name}.new")
    try:
        shutil.rmtree(beside, ignore_errors=True)
        beside.mkdir(parents=True)
        for name in COPIED:
            if (project / name).is_dir():
                # copyfile leaves the modes behind: on some file systems every file is executable.
                shutil.copytree(project / name, beside / name, copy_function=shutil.copyfile)
            else:
                shutil.copyfile(project / name, beside / name)
        _git(beside, "init", "--quiet", "--initial-branch=main")
        _git(beside, "add", "--all")
        _git(beside, *_IDENTITY, "commit", "--quiet", "--message=演示数据（全部虚构）")
        (beside / ".git" / MARK).touch()
        if target.exists():
            shutil.rmtree(target)
        beside.rename(target)
    except OSError as error:
        raise HuiyinError(Problem("HY906", f"不能建立 {target}:{error.strerror}。")) from None
    return _git(target, "rev-parse", "HEAD").strip()


def serve(site: Path, port: int = PORT) -> None:
    """Serve a folder on 127.0.0.1 until Ctrl-C; where the port is taken, on the next free one.

    Raises:
        HuiyinError: HY962, no port is free.
    """
    try:
        with _listen(site, port) as server:
            _say(f"\n网站：http://127.0.0.1:{server.server_port}/ （按 Ctrl-C 停止）")
            server.serve_forever()
    except KeyboardInterrupt:
        _say("\n已停止。")


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        """Say nothing of each request: the terminal shows the results."""


class _Server(ThreadingHTTPServer):
    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing of a browser that went away in the middle of a page."""


def _listen(site: Path, port: int) -> _Server:
    for candidate in range(port, port + PORTS_TRIED):
        try:
            return _Server(("127.0.0.1", candidate), partial(_Quiet, directory=str(site)))
        except OSError as error:
            if error.errno not in (errno.EADDRINUSE, errno.EACCES):
                raise
            _say(f"端口{candidate}已被占用，改用下一个。")
    raise HuiyinError(Problem("HY962", f"端口{port}至{port + PORTS_TRIED - 1}都被占用，网站没有启动。"))


def _steps(repository: Path, results: Path) -> tuple[Step, ...]:
    place = f"--root {_short(repository)} --as-of {AS_OF}"

    def huiyin(title: str, command: str, result: str = "") -> Step:
        line = f"huiyin {command} {place}" + (f" > {_short(results / result)}" if result else "")
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
            f"HUIYIN_AS_OF={AS_OF} mkdocs build --quiet --config-file {_short(configuration)}",
            ("-m", "mkdocs", "build", "--quiet", "--config-file", str(configuration)),
            where=_short(repository / "build" / "site" / "index.html"),
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


def _git(folder: Path, *arguments: str) -> str:
    try:
        done = subprocess.run(
            ["git", "-C", str(folder), *arguments],
            env={**environment(), **_FIXED}, capture_output=True, encoding="utf-8", check=False,
        )  # fmt: skip
    except FileNotFoundError:
        raise UsageError(Problem("HY903", "找不到git命令，请先安装Git。")) from None
    if done.returncode:
        raise HuiyinError(Problem("HY905", f"git {arguments[0]} 失败：{done.stderr.strip()}"))
    return done.stdout


def _short(path: Path) -> str:
    """A path as people would type it here."""
    return os.path.relpath(path) if path.resolve().is_relative_to(Path.cwd()) else str(path)


def _say(text: str) -> None:
    print(text, flush=True)  # before the output of the next process


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
    sys.exit(main())

"""A server's repository in one step: bare, with the gate's key, its public half in the first commit, and the hook."""

from __future__ import annotations

import secrets
import shlex
import shutil
import sys
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from huiyin.committed import find_in_file, is_looked_at
from huiyin.findings import hide_in
from huiyin.judging import find_personal_in
from huiyin.model.problem import HuiyinError, Problem, Severity, UsageError
from huiyin.repo.base import GATE_PATH
from huiyin.repo.files import failure
from huiyin.repo.git import GitSource, attempt, run
from huiyin.repo.merging import tree_of
from huiyin.repo.signing import GATE_MAIL, GATE_NAME, make_commit, make_key
from huiyin.repo.store import CASES, load_rulebook, read_cases
from huiyin.rules.deadlines import local_day
from huiyin.rules.privacy import PrivacySettings

KEY_FOLDER, KEY_NAME = "huiyin", "gate_ed25519"
"""Where the gate's private key is, below the bare repository: beside its objects, never among them."""
TAKEN = ("cases", "rules", "schema", "site", "mkdocs.yml", ".gitignore", ".gitattributes")
"""What is taken from a folder that is no Git repository."""
SETTINGS = {
    "receive.denyNonFastForwards": "true",
    "receive.fsckObjects": "true",
    "core.logAllRefUpdates": "always",
    "gc.reflogExpire": "never",
}
"""Pushes never rewrite a branch; what arrives is checked; when a branch moved is noted for ever, for 不得倒签."""
HOOK = """#!/bin/sh
# Made by huiyin init. {purpose}
# Whoever pushes must not be able to set the environment: no "AcceptEnv HUIYIN_*" in sshd_config.
PYTHONUTF8=1
export PYTHONUTF8
exec {python} -P -m huiyin.cli.main {command} --root .
"""
HOOKS = {
    "pre-receive": ("gate --pre-receive", "Main takes only merges of the gate that prove themselves."),
    "post-receive": ("merge --all", "Branches with all their signatures are merged as they come in."),
}
"""Name → (command, what it is for)."""
GATE_FILE = """# yaml-language-server: $schema=../schema/gate.schema.json
#
# 闸门的公钥：主线上的每次合并都由其中一把密钥签名；不在其中的，查证时不予承认。
# 更换密钥时旧公钥写明 to，不删除；私钥绝不入库。

keys:
  - ssh: {key} {name}
    from: "{day}"
"""


def found_repository(path: Path, source: Path, now: datetime, *, merges: bool = False) -> str:
    """Make a bare repository whose first commit is a copy of the record at ``source``.

    Args:
        path: must not exist, or be an empty folder; it appears whole or not at all.
        source: a case log: of a Git repository's root what its HEAD holds is taken, of another folder what belongs
            to a case log.
        now: the time of the first commit.
        merges: install a second hook that merges what is ready whenever something is pushed.

    Returns:
        The first commit.

    Raises:
        UsageError: HY659, there is something at ``path``; HY633; HY910, ``source`` is no case log.
        HuiyinError: HY634, HY905, HY906; HY750, what would be committed holds personal data, and nothing was made.
    """
    path = path.absolute()
    if path.exists() and (not path.is_dir() or any(path.iterdir())):
        raise UsageError(Problem("HY659", f"“{path}”已有内容，不会覆盖。"))
    beside = path.with_name(f".{path.name}.{secrets.token_hex(4)}.new")
    try:
        beside.mkdir(parents=True)
        commit = _fill(beside, source, now, merges)
        if path.exists():
            path.rmdir()
        beside.rename(path)
        return commit
    except OSError as error:
        raise HuiyinError(failure(path, error.errno)) from None
    finally:
        shutil.rmtree(beside, ignore_errors=True)


def _fill(bare: Path, source: Path, now: datetime, merges: bool) -> str:
    run(bare, "init", "--quiet", "--bare", "--template=", "--initial-branch=main")
    for name, value in SETTINGS.items():
        run(bare, "config", name, value)
    folder = bare / KEY_FOLDER
    folder.mkdir(mode=0o700)
    public = make_key(folder / KEY_NAME, GATE_NAME)
    (folder / KEY_NAME).chmod(0o600)
    gate_file = GATE_FILE.format(key=public, name=GATE_NAME, day=local_day(now))
    tree = _tree(bare, source, gate_file)
    commit = make_commit(
        bare, tree, (), "建立留言库\n", key=str(folder / KEY_NAME), at=now, name=GATE_NAME, mail=GATE_MAIL
    )
    if personal := tuple(_find_personal(bare, commit)):
        raise HuiyinError(*personal)
    run(bare, "update-ref", "-m", "huiyin init", "refs/heads/main", commit)
    (bare / "hooks").mkdir(exist_ok=True)
    for name in ("pre-receive", *(["post-receive"] if merges else [])):
        command, purpose = HOOKS[name]
        text = HOOK.format(python=shlex.quote(sys.executable), command=command, purpose=purpose)
        (bare / "hooks" / name).write_text(text, encoding="utf-8")
        (bare / "hooks" / name).chmod(0o755)
    return commit


def _find_personal(bare: Path, commit: str) -> Iterator[Problem]:
    """第十九条: what is certain in the first commit, which no gate judges and nobody could take back.

    The handbooks show invented numbers on purpose, and are ours.
    """
    source = GitSource(bare, commit)
    try:
        settings = load_rulebook(source).privacy
    except HuiyinError:
        settings = PrivacySettings()  # broken rules allow nothing; check tells of them
    found = [p for file in read_cases(source) for p in find_personal_in(file, settings)]
    others = [p for p in source.list() if is_looked_at(p) and not p.startswith((CASES, "docs/"))]
    for path, data in source.read_each(others):
        if not isinstance(data, Problem):
            found += [f.problem(path) for f in find_in_file(path, data, settings)[0]]
    yield from hide_in((p for p in found if p.level is Severity.ERROR), settings)


def _tree(bare: Path, source: Path, gate_file: str) -> str:
    """The tree of the first commit, put together in an index of its own."""
    index = {"GIT_INDEX_FILE": str(bare / "founding-index")}
    if _is_top_of_work_tree(source):
        tree = tree_of(source, "HEAD")
        pack = run(source, "pack-objects", "--revs", "--stdout", "-q", stdin=f"{tree}\n".encode())
        run(bare, "index-pack", "--stdin", stdin=pack)
        run(bare, "read-tree", tree, env=index)
    else:
        # Modes and line ends are those of a case log, whatever file system the folder is on.
        places = (f"--git-dir={bare}", f"--work-tree={source.resolve()}")
        names = [name for name in TAKEN if (source / name).exists()]
        settings = ("-c", "core.fileMode=false", "-c", "core.autocrlf=false")
        run(source, *places, *settings, "add", "--force", "--", *names, env=index)
    blob = run(bare, "hash-object", "-w", "--stdin", stdin=gate_file.encode()).decode().strip()
    run(bare, "update-index", "--add", "--cacheinfo", f"100644,{blob},{GATE_PATH}", env=index)
    tree = run(bare, "write-tree", env=index).decode().strip()
    (bare / "founding-index").unlink()
    return tree


def _is_top_of_work_tree(folder: Path) -> bool:
    top = attempt(folder, "rev-parse", "--show-toplevel").stdout.decode(errors="surrogateescape").removesuffix("\n")
    return bool(top) and Path(top).resolve() == folder.resolve()

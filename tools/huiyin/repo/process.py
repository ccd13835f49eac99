"""Running Git so that only the folder decides what it works on, and nothing of the user's own settings."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

from huiyin.model.problem import HuiyinError, Problem, UsageError
from huiyin.repo.source import shown

# Settings of how Git is reached, not of which repository it works on.
_KEPT = {"GIT_EXEC_PATH", "GIT_SSH", "GIT_SSH_COMMAND", "GIT_SSL_CAINFO", "GIT_SSL_CAPATH", "GIT_ASKPASS"}
# In a pre-receive hook what was pushed is kept apart, and only these tell where (git-receive-pack).
_QUARANTINE = {"GIT_QUARANTINE_PATH", "GIT_OBJECT_DIRECTORY", "GIT_ALTERNATE_OBJECT_DIRECTORIES"}


def environment(base: Mapping[str, str] | None = None) -> dict[str, str]:
    """Give an environment in which only the folder decides which repository Git works on, and its output is stable.

    Inside a hook Git sets GIT_DIR and others that would lead every further Git astray.
    """
    given = os.environ if base is None else base
    kept = _KEPT | (_QUARANTINE if given.get("GIT_QUARANTINE_PATH") == given.get("GIT_OBJECT_DIRECTORY") else set())
    scrubbed = {k: v for k, v in given.items() if k[:4] != "GIT_" or k in kept}
    return scrubbed | {
        "LC_ALL": "C",
        "GIT_OPTIONAL_LOCKS": "0",
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_NO_REPLACE_OBJECTS": "1",  # refs/replace would show another text than the one that was signed
    }


def attempt(
    root: Path, *arguments: str, stdin: bytes = b"", env: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[bytes]:
    """Run one Git command in the folder, whatever its exit code; ``env`` comes on top of ``environment``.

    Raises:
        UsageError: HY903, Git is not installed.
    """
    command = ["git", "-C", str(root), *arguments]
    try:
        return subprocess.run(
            command, input=stdin, capture_output=True, env={**environment(), **(env or {})}, check=False
        )
    except FileNotFoundError:
        raise UsageError(NO_GIT) from None


def run(root: Path, *arguments: str, stdin: bytes = b"", env: Mapping[str, str] | None = None) -> bytes:
    """Run one Git command as ``attempt`` does and give what it printed.

    Raises:
        UsageError: HY903, Git is not installed.
        HuiyinError: HY905, the command failed.
    """
    done = attempt(root, *arguments, stdin=stdin, env=env)
    if done.returncode:
        command = next(a for a in arguments if not a.startswith("-") and "=" not in a)
        raise HuiyinError(failed(command, done.stderr.decode(errors="replace")))
    return done.stdout


def failed(command: str, stderr: str) -> Problem:
    """HY905; Git speaks English, and whoever is asked for help needs its own words."""
    said = next((line.strip() for line in stderr.splitlines() if line.strip()), "")
    return Problem("HY905", f"git {command}没有正常结束{f'，Git的原话是〔{shown(said)}〕' if said else ''}。")


NO_GIT = Problem("HY903", "找不到git命令。")

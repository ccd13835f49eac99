"""A bare repository of its own for a while: what comes from a forge is fetched there, checked, and merged."""

from __future__ import annotations

import shlex
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from huiyin.repo.git import run

REMOTE = "forge"
"""The name of the remote in a workspace."""


@contextmanager
def open_workspace(root: Path, remote: str, key: str | None) -> Iterator[Path]:
    """A bare repository of its own for the time of a sweep, so that no checkout is touched and sweeps do not meet.

    Objects that are here already are borrowed; what is fetched is checked, as trees may be made to deceive.

    Args:
        root: a repository of the same record.
        remote: what Git fetches from and pushes to.
        key: the gate's private key for SSH, or None for whatever the machine has.

    Raises:
        HuiyinError: HY905.
    """
    with tempfile.TemporaryDirectory(prefix="huiyin-") as folder:
        bare = Path(folder) / "sweep.git"
        bare.mkdir()
        form = run(root, "rev-parse", "--show-object-format").decode().strip()
        run(bare, "init", "--quiet", "--bare", "--template=", f"--object-format={form}")
        if run(root, "rev-parse", "--is-shallow-repository").strip() == b"false":
            objects = run(root, "rev-parse", "--path-format=absolute", "--git-path", "objects").decode().strip()
            (bare / "objects" / "info").mkdir(exist_ok=True)
            (bare / "objects" / "info" / "alternates").write_text(f"{objects}\n", encoding="utf-8")
        settings = {"gc.auto": "0", "transfer.fsckObjects": "true", f"remote.{REMOTE}.url": remote}
        if key is not None and Path(key).is_file():
            settings["core.sshCommand"] = f"ssh -i {shlex.quote(key)} -o IdentitiesOnly=yes -o BatchMode=yes"
        for name, value in settings.items():
            run(bare, "config", name, value)
        yield bare

"""The manifest: believed only where it is whole and of this very folder."""

from __future__ import annotations

from pathlib import Path

import pytest

from huiyin.publish.output.manifest import Manifest, Shard

DAY = ("day/2026-11-20", Shard(b"inputs", b"files", b"told"))


def leave(path: Path, folder: Path) -> None:
    """A build that ended well."""
    manifest = Manifest(path, folder)
    manifest.begin()
    manifest.put(*DAY)
    manifest.put("gone", Shard(b"", b""))
    assert [DAY[1].files] == list(manifest.files([DAY[0]]))
    manifest.finish([])
    manifest.close()


def read(path: Path, folder: Path) -> tuple[bool, dict[str, Shard]]:
    """What the next build sees."""
    manifest = Manifest(path, folder)
    found = manifest.trusted, manifest.shards()
    manifest.close()
    return found


def test_it_tells_how_the_folder_was_left(tmp_path: Path) -> None:
    """Shards that are no more are forgotten."""
    leave(tmp_path / "m", tmp_path / "site")
    manifest = Manifest(tmp_path / "m", tmp_path / "site")
    manifest.begin()
    manifest.finish(["gone"])
    manifest.close()
    assert (True, dict([DAY])) == read(tmp_path / "m", tmp_path / "site")


@pytest.mark.parametrize("harm", ["interrupted", "damaged", "foreign", "moved", "missing"])
def test_it_is_not_believed_otherwise(tmp_path: Path, harm: str) -> None:
    """After an interrupt, damage, another program, another folder: nothing is known."""
    path, folder = tmp_path / "m", tmp_path / "site"
    leave(path, folder)
    match harm:
        case "interrupted":
            begun = Manifest(path, folder)
            begun.begin()
            begun.close()
        case "damaged":
            path.write_bytes(path.read_bytes()[:5000] + b"\0" * 3000)
        case "foreign":
            path.write_bytes(b"not a database at all" * 100)
        case "moved":
            folder = tmp_path / "other"
        case _:
            path.unlink()
    assert (False, {}) == read(path, folder)
    leave(path, folder)
    assert read(path, folder)[0]


def test_where_nothing_can_be_written_it_is_kept_in_memory(tmp_path: Path) -> None:
    """A build works all the same."""
    (tmp_path / "file").write_text("", encoding="utf-8")
    leave(tmp_path / "file" / "m", tmp_path / "site")
    assert (False, {}) == read(tmp_path / "file" / "m", tmp_path / "site")


def test_what_an_aborted_build_put_is_forgotten(tmp_path: Path) -> None:
    """By the next one of the same server, too, which keeps its manifest; and so is all that it no longer knows."""
    manifest = Manifest(None, tmp_path / "site")
    manifest.begin()
    manifest.put("before", Shard(b"", b""))
    manifest.finish([])
    manifest.begin()
    manifest.put("aborted", Shard(b"", b""))
    manifest.begin()
    manifest.put(*DAY)
    manifest.finish([])
    assert (True, dict([DAY])) == (manifest.trusted, manifest.shards())
    manifest.close()

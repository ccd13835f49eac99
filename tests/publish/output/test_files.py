"""Files of the output folder: written only where they differ, and never through a link."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from huiyin.model.problem import HuiyinError
from huiyin.publish.output.files import File, is_as_left, pack, put, remove, survey, unpack


def test_what_is_equal_is_not_written(tmp_path: Path) -> None:
    """Its time of change stays; another content replaces it, shorter ones too."""
    first = put(str(tmp_path), "a/b/index.html", b"long content")
    os.utime(tmp_path / first.path, ns=(1, 1))
    assert 1 == put(str(tmp_path), first.path, b"long content").changed
    shorter = put(str(tmp_path), first.path, b"short")
    assert b"short" == (tmp_path / first.path).read_bytes()
    assert [False, True] == [is_as_left(str(tmp_path), [file]) for file in (first, shorter)]


@pytest.mark.parametrize("harm", ["gone", "written", "longer", "link", "folder"])
def test_what_somebody_did_to_a_file_is_noticed(tmp_path: Path, harm: str) -> None:
    """And mended by the next build, whatever stands there now."""
    file = put(str(tmp_path), "a/index.html", b"content")
    path = tmp_path / file.path
    match harm:
        case "written":
            path.write_bytes(b"CONTENT")
            os.utime(path, ns=(1, 1))
        case "longer":
            path.write_bytes(b"content and more")
        case _:
            path.unlink()
    if harm == "link":
        (tmp_path / "elsewhere").write_bytes(b"content")
        path.symlink_to(tmp_path / "elsewhere")
    elif harm == "folder":
        (path / "below").mkdir(parents=True)
    assert not is_as_left(str(tmp_path), [file])
    assert is_as_left(str(tmp_path), [put(str(tmp_path), file.path, b"new")])
    assert b"new" == path.read_bytes()
    assert not (tmp_path / "elsewhere").exists() or b"content" == (tmp_path / "elsewhere").read_bytes()


def test_a_file_gives_way_to_a_folder(tmp_path: Path) -> None:
    """Where a page has pages below it now."""
    put(str(tmp_path), "a", b"1")
    put(str(tmp_path), "a/b/c", b"2")
    assert b"2" == (tmp_path / "a/b/c").read_bytes()


def test_removing_takes_empty_folders_along(tmp_path: Path) -> None:
    """And nothing else; what is gone already does no harm."""
    for path in ("a/b/c", "a/d", "e/f"):
        put(str(tmp_path), path, b"1")
    remove(str(tmp_path), ["a/b/c", "e/f", "e/g/h"])
    assert ["a", "a/d"] == sorted(p.relative_to(tmp_path).as_posix() for p in tmp_path.rglob("*"))


def test_a_survey_finds_every_file_and_follows_no_link(tmp_path: Path) -> None:
    """Links and empty folders go at once; what somebody else takes care of is spared."""
    outside = tmp_path / "outside"
    put(str(outside), "kept.html", b"1")
    site = tmp_path / "site"
    for path in ("a/b", "search/data/1.bin"):
        put(str(site), path, b"1")
    (site / "cases").symlink_to(outside)
    (site / "empty" / "below").mkdir(parents=True)
    assert {"a/b"} == survey(str(site), ("search/data/",))
    assert {"a", "search"} == {p.name for p in site.iterdir()}
    assert (outside / "kept.html").exists()


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    """HY906."""
    with pytest.raises(HuiyinError) as raised:
        put(str(tmp_path), "a" * 300, b"1")
    assert ["HY906"] == [p.code for p in raised.value.problems]


def test_lists_of_files_come_back() -> None:
    """And anything else is refused."""
    files = [File("a/b", b"1" * 16, 3, 1234567890123456789)]
    assert files == unpack(pack(files))
    with pytest.raises(ValueError, match="MessagePack"):
        unpack(b"\xc1")

"""What MkDocs itself made: a few pages, and the assets. All of it is looked through before any of it is written."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from pathlib import Path

from huiyin.findings import Key
from huiyin.model.problem import HuiyinError, Problem
from huiyin.publish.digests import of_bytes
from huiyin.publish.output.files import File, put
from huiyin.rules.privacy import PrivacySettings
from huiyin.scan.looking import Hit, look, look_at_name
from huiyin.scan.site import read_file, walk
from huiyin.scan.vendored import digest


class Rendered:
    """The files in the folder into which MkDocs wrote.

    Args:
        folder: that folder.
        passed: paths that are no part of the site, such as frames.
    """

    def __init__(self, folder: Path, passed: Collection[str]) -> None:
        self._folder = folder
        self._looked: dict[str, bytes] = {}
        self.paths = tuple(sorted(path for path, _ in walk(folder) if path not in passed))

    def look_through(
        self,
        privacy: PrivacySettings,
        accepted: Collection[Key],
        vendored: Collection[str],
        clean: Mapping[str, bytes],
    ) -> Iterator[Hit | Problem]:
        """Whatever looks personal and is not accepted, and whatever cannot be read.

        Args:
            vendored: SHA-256 of files of others.
            clean: path → digest of files that were looked through before, by these settings.
        """
        for path in self.paths:
            yield from (hit for hit in look_at_name(path, privacy) if hit.key not in accepted)
            data = read_file(self._folder / path, path)
            if isinstance(data, Problem):
                yield data
                continue
            self._looked[path] = of_bytes(data)
            if clean.get(path) != self._looked[path] and digest(data) not in vendored:
                looked = look(path, data, privacy)
                yield from (hit for hit in looked.hits if hit.key not in accepted)
                if looked.problem:
                    yield looked.problem

    def put(self, folder: str) -> list[File]:
        """Bring them to the output folder, as they were when they were looked through.

        Raises:
            HuiyinError: HY904, one is another meanwhile; HY906.
        """
        return [put(folder, path, self._read_again(path)) for path in self.paths if path in self._looked]

    def _read_again(self, path: str) -> bytes:
        data = read_file(self._folder / path, path)
        if isinstance(data, Problem):
            raise HuiyinError(data)
        if of_bytes(data) != self._looked[path]:
            raise HuiyinError(Problem("HY904", "读取时文件正在改动，请重新运行。", path))
        return data

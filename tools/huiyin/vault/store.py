"""The files of the vault: read, written whole, and erased, by one writer at a time.

::

    people-18245531.age        everything of the case, encrypted
    people-18245531.readers    who it is encrypted for, so that nobody needs a key to tell (``envelope.py``)
    forgotten.log              what was erased, when and by whom (``forgetting.py``)

Writers take turns through one lock for the whole vault: an age file takes a millisecond, and whoever holds the lock
knows that every temporary file is the remains of a crash.
"""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from huiyin.model.problem import HuiyinError, Problem, UsageError
from huiyin.repo.files import BESIDE, failure, flush_folder, write_all
from huiyin.repo.lock import FOLDER as LOCK_FOLDER
from huiyin.repo.lock import locked
from huiyin.repo.reasons import reason
from huiyin.vault.age import Identity, decrypt, encrypt
from huiyin.vault.content import CASE_ID, Sealed
from huiyin.vault.envelope import Envelope
from huiyin.vault.forgetting import Forgotten, forgotten_line, last_words, read_log
from huiyin.vault.place import check_place
from huiyin.vault.readers import Reader

AGE, READERS, LOG = ".age", ".readers", "forgotten.log"
FILE_MODE, FOLDER_MODE = 0o600, 0o700
LARGEST = 16 * 1024 * 1024
"""Bytes of a file that are read at most."""


class Vault:
    """One folder of sealed cases. It is made by the first ``put``.

    Args:
        folder: where it is, or is to be.
        root: the case log's root.

    Raises:
        UsageError: HY710, the folder may not be a vault; HY711, it is no folder.
    """

    def __init__(self, folder: Path, root: Path) -> None:
        self.folder = check_place(folder, root)
        if os.path.lexists(self.folder) and not self.folder.is_dir():
            raise UsageError(Problem("HY711", f"金库“{self.folder}”不是目录。"))

    def ids(self) -> list[str]:
        """The cases that it holds, in order."""
        return sorted(n.removesuffix(AGE) for n in self.names() if n.endswith(AGE) and is_id(n.removesuffix(AGE)))

    def held_ids(self) -> list[str]:
        """The cases that wait for a person's decision, in order; known without a key."""
        return [i for i in self.ids() if (envelope := self.envelope(i)) is not None and envelope.held is not None]

    def readers_of(self, case_id: str) -> tuple[Reader, ...] | None:
        """Who the case's file is encrypted for; None where the list is missing or not of this file.

        Raises:
            HuiyinError: HY719, HY725.
        """
        envelope = self.envelope(case_id)
        return None if envelope is None else envelope.readers

    def envelope(self, case_id: str) -> Envelope | None:
        """What is known of a case's file without a key; None where the list is missing, damaged or of another file.

        Raises:
            HuiyinError: HY719, HY725.
        """
        for _ in range(2):  # a writer may have been between its two files
            data = self._read(case_id)
            try:
                envelope = Envelope.from_bytes(self._bytes(f"{case_id}{READERS}"), data)
            except FileNotFoundError:
                envelope = None
            if envelope is not None:
                return envelope
        return None

    def read(self, case_id: str, identities: Iterable[Identity]) -> Sealed:
        """What is kept of a case.

        Raises:
            HuiyinError: HY719, nothing is; HY715, none of the keys opens it; HY716, HY725, it is damaged.
        """
        data = self._read(case_id)
        try:
            sealed = Sealed.from_bytes(decrypt(data, identities, case_id))
        except HuiyinError as error:
            raise HuiyinError(*(p.at(path=f"{case_id}{AGE}") for p in error.problems)) from None
        if sealed.case_id != case_id:
            raise HuiyinError(Problem("HY716", "其中是另一件留言的内容，文件可能被人调换。", f"{case_id}{AGE}"))
        return sealed

    def put(self, sealed: Sealed, readers: Sequence[Reader], identities: Sequence[Identity] = ()) -> None:
        """Add to what is kept of a case, or begin to keep it (see ``put_all``)."""
        self.put_all([(sealed, readers)], identities)

    def put_all(self, pairs: Iterable[tuple[Sealed, Sequence[Reader]]], identities: Sequence[Identity] = ()) -> None:
        """Add to what is kept of several cases: all of them, or none.

        Args:
            pairs: what to add, and for whom the whole is encrypted then.
            identities: needed only where something is kept of the case already.

        Raises:
            HuiyinError: HY715, something is kept and none of the keys opens it; HY717, another value is kept;
                HY718, the case was forgotten; HY716, HY725, what is kept is damaged; HY906, HY950.
        """
        with self.writing():
            together: dict[str, tuple[Sealed, Sequence[Reader]]] = {}
            for sealed, readers in pairs:
                if sealed.case_id in together:
                    sealed = together[sealed.case_id][0].merged(sealed)
                elif self._exists(sealed.case_id):
                    sealed = self._opened(sealed.case_id, identities).merged(sealed)
                together[sealed.case_id] = (sealed, readers)
            self._refuse_forgotten(together)
            self._write(together.values())

    def update(
        self,
        case_id: str,
        change: Callable[[Sealed], Sealed],
        readers: Sequence[Reader],
        identities: Sequence[Identity],
    ) -> None:
        """Change what is kept of a case; the way to overwrite or take out, such as a draft that was decided.

        Args:
            change: gets what is kept and gives what shall be; nothing left means that the files go.

        Raises:
            HuiyinError: as ``read``; HY906, HY950.
        """
        with self.writing():
            changed = change(self.read(case_id, identities))
            assert changed.case_id == case_id
            if changed.is_empty:
                self._erase(case_id)
            else:
                self._write([(changed, readers)])

    def rekey(self, case_id: str, readers: Sequence[Reader], identities: Sequence[Identity]) -> None:
        """Encrypt what is kept of a case for other readers; the new file is opened once before it replaces the old.

        Raises:
            HuiyinError: as ``read``; HY715, none of the keys will open it afterwards; HY906, HY950.
        """
        with self.writing():
            self._write([(self.read(case_id, identities), readers)], identities)

    def forget(self, case_id: str, by: str, at: datetime) -> bool:
        """Erase all that is kept of a case, and record only that, when and by whom it was done (第十九条).

        The record comes first: a crash behind it leaves "forgotten yet present", which the same call heals.

        Args:
            by: id of the person.
            at: with an offset.

        Returns:
            Whether anything was there to erase.

        Raises:
            HuiyinError: HY719, nothing is kept and nothing was forgotten; HY906, HY950.
        """
        if not is_id(case_id):
            raise HuiyinError(_nothing(case_id))
        with self.writing():
            present = [n for n in (f"{case_id}{AGE}", f"{case_id}{READERS}") if os.path.lexists(self.folder / n)]
            known = case_id in last_words(self.forgotten())
            if not present and not known:
                raise HuiyinError(_nothing(case_id))
            if not known:
                self._log(Forgotten(case_id, at, by))
            self._erase(case_id)
            return bool(present)

    def allow_again(self, case_id: str, by: str, at: datetime) -> None:
        """Record that a forgotten case may be kept again, which nothing else lifts (HY718)."""
        with self.writing():
            if case_id in last_words(self.forgotten()):
                self._log(Forgotten(case_id, at, by, again=True))

    def forgotten(self) -> list[Forgotten]:
        """The log of what was erased, oldest first.

        Raises:
            HuiyinError: HY725, it is damaged.
        """
        try:
            return read_log(self._bytes(LOG))
        except FileNotFoundError:
            return []

    def forgotten_ids(self) -> set[str]:
        """The cases that were erased and not allowed again since."""
        return set(last_words(self.forgotten()))

    def names(self) -> list[str]:
        """Everything in the folder, in order.

        Raises:
            HuiyinError: HY711, it cannot be listed.
        """
        try:
            return sorted(os.listdir(self.folder))  # noqa: PTH208 - names that are no text must not stop it
        except FileNotFoundError:
            return []
        except OSError as error:
            raise HuiyinError(Problem("HY711", f"金库不能打开（{reason(error.errno, '读取')}）。")) from None

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Make the folder if need be, and be its only writer.

        Raises:
            HuiyinError: HY906, HY950.
        """
        try:
            self.folder.mkdir(mode=FOLDER_MODE, parents=True, exist_ok=True)
            (self.folder / LOCK_FOLDER).mkdir(mode=FOLDER_MODE, exist_ok=True)
        except OSError as error:
            raise HuiyinError(failure(self.folder, error.errno)) from None
        with locked(self.folder):
            yield

    def sweep(self) -> list[str]:
        """Remove the temporary files of writers that crashed; only while ``writing``. Gives their names."""
        left = [name for name in self.names() if name.startswith(".") and name.endswith(BESIDE)]
        for name in left:
            (self.folder / name).unlink()
        return left

    def _write(
        self, pairs: Iterable[tuple[Sealed, Sequence[Reader]]], identities: Sequence[Identity] | None = None
    ) -> None:
        changes: dict[Path, str | bytes] = {}
        for sealed, readers in pairs:
            data = sealed.to_bytes()
            sealing = encrypt(data, dict.fromkeys(reader.recipient for reader in readers))
            if identities is not None and decrypt(sealing, identities, sealed.case_id) != data:
                raise HuiyinError(Problem("HY716", "重新加密后核对不符，没有改动。", f"{sealed.case_id}{AGE}"))
            # Renamed in this order: a crash between the two leaves a list that is not of this file, and says so.
            changes[self.folder / f"{sealed.case_id}{AGE}"] = sealing
            changes[self.folder / f"{sealed.case_id}{READERS}"] = Envelope.of(sealed, readers).to_bytes(sealing)
        write_all(changes, mode=FILE_MODE)

    def _opened(self, case_id: str, identities: Sequence[Identity]) -> Sealed:
        if not identities:
            message = f"金库中已有{case_id}，要补充内容，须用本人的密钥（--identity 或 HUIYIN_AGE_KEY）。"
            raise HuiyinError(Problem("HY715", message))
        return self.read(case_id, identities)

    def _refuse_forgotten(self, case_ids: Iterable[str]) -> None:
        words = last_words(self.forgotten())
        found = [
            Problem("HY718", f"{i}的内容已于{words[i].at:%Y-%m-%d}由{words[i].by}抹除，没有再次存入。")
            for i in case_ids
            if i in words
        ]
        if found:
            raise HuiyinError(*found)

    def _erase(self, case_id: str) -> None:
        """Only while ``writing``. Temporary files have no names of cases, and none is in use, so all of them go."""
        try:
            for name in (f"{case_id}{AGE}", f"{case_id}{READERS}"):
                (self.folder / name).unlink(missing_ok=True)
            self.sweep()
            flush_folder(self.folder)
        except OSError as error:
            raise HuiyinError(failure(self.folder, error.errno)) from None

    def _log(self, entry: Forgotten) -> None:
        path = self.folder / LOG
        try:
            handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW, FILE_MODE)
            with os.fdopen(handle, "r+b", buffering=0) as file:
                end = file.seek(0, os.SEEK_END)
                torn = end and os.pread(file.fileno(), 1, end - 1) != b"\n"
                file.write(b"\n" * bool(torn) + forgotten_line(entry))
                os.fsync(file.fileno())
            flush_folder(self.folder)
        except OSError as error:
            raise HuiyinError(failure(path, error.errno)) from None

    def _exists(self, case_id: str) -> bool:
        return os.path.lexists(self.folder / f"{case_id}{AGE}")

    def _read(self, case_id: str) -> bytes:
        if not is_id(case_id):
            raise HuiyinError(_nothing(case_id))
        try:
            return self._bytes(f"{case_id}{AGE}")
        except FileNotFoundError:
            raise HuiyinError(_nothing(case_id)) from None

    def _bytes(self, name: str) -> bytes:
        """One regular file; links are not followed.

        Raises:
            FileNotFoundError: there is none.
            HuiyinError: HY725.
        """
        try:
            handle = os.open(self.folder / name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
            with os.fdopen(handle, "rb") as file:
                if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                    raise OSError(errno.ENXIO, "")
                return file.read(LARGEST)
        except FileNotFoundError:
            raise
        except OSError as error:
            why = "是符号链接" if error.errno == errno.ELOOP else reason(error.errno, "读取")
            raise HuiyinError(Problem("HY725", f"不能读取（{why}）。", name)) from None


def is_id(text: str) -> bool:
    """Whether a text is the id of a case, and so may be part of the name of a file."""
    return CASE_ID.fullmatch(text) is not None


def _nothing(case_id: str) -> Problem:
    return Problem("HY719", f"金库中没有{case_id if is_id(case_id) else '这一件'}。")

"""The files of the vault: read, written whole, and erased, by one writer at a time.

::

    people-18245531.age        everything of the case, encrypted
    people-18245531.readers    who it is encrypted for, so that nobody needs a key to tell (``envelope.py``)
    forgotten.log              what was erased, when and by whom (``forgetting.py``)

Writers take turns through one lock for the whole vault: an age file takes a millisecond, and whoever holds the lock
knows that every temporary file is the remains of a crash.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from pathlib import Path

from huiyin.model.problem import HuiyinError, Problem, UsageError
from huiyin.repo.files import write_all
from huiyin.vault import folder as files
from huiyin.vault.age import Identity, decrypt, encrypt, is_whole
from huiyin.vault.approved import approved_recipients, refuse_unapproved
from huiyin.vault.content import BLOCK, Sealed, is_case_id
from huiyin.vault.envelope import Envelope
from huiyin.vault.forgetting import LOG, Forgotten, forgotten_line, last_words, read_log, refuse_forgotten
from huiyin.vault.place import check_place
from huiyin.vault.readers import Reader

AGE, READERS = ".age", ".readers"


class Vault:
    """One folder of sealed cases. It is made by whoever writes first.

    Args:
        folder: where it is, or is to be.
        root: the case log's root.

    Raises:
        UsageError: HY710, the folder may not be a vault; HY711, it is no folder.
    """

    def __init__(self, folder: Path, root: Path) -> None:
        self.folder = check_place(folder, root)
        self._root = root
        if os.path.lexists(self.folder) and not self.folder.is_dir():
            raise UsageError(Problem("HY711", f"金库“{self.folder}”不是目录。"))

    def ids(self) -> list[str]:
        """The cases that it holds, in order."""
        names = (name.removesuffix(AGE) for name in files.list_names(self.folder) if name.endswith(AGE))
        return sorted(filter(is_case_id, names))

    def held_ids(self) -> list[str]:
        """The cases that wait for a person's decision, in order; known without a key."""
        return [i for i in self.ids() if (envelope := self.envelope(i)) is not None and envelope.held is not None]

    def readers_of(self, case_id: str) -> tuple[Reader, ...] | None:
        """Who it is encrypted for; None where the list is missing or not of this file (see ``envelope``)."""
        envelope = self.envelope(case_id)
        return None if envelope is None else envelope.readers

    def envelope(self, case_id: str) -> Envelope | None:
        """What is known of a case's file without a key; None where the list is missing, damaged or of another file.

        Raises:
            HuiyinError: HY719, HY725.
        """
        for _ in range(2):  # a writer may have been between its two files
            data = self._data(case_id)
            try:
                envelope = Envelope.from_bytes(files.read_file(self.folder, f"{case_id}{READERS}"), data)
            except FileNotFoundError:
                continue
            if envelope is not None:
                return envelope
        return None

    def damage(self, case_id: str) -> list[Problem]:
        """HY716 if a case's file is plainly no whole age file, told without a key; raises HY719, HY725."""
        whole = is_whole(self._data(case_id), BLOCK)
        return [] if whole else [Problem("HY716", "不是完整的age加密文件。", f"{case_id}{AGE}")]

    def read(self, case_id: str, identities: Iterable[Identity]) -> Sealed:
        """What is kept of a case.

        Raises:
            HuiyinError: HY719, nothing is; HY718, it was erased; HY715, no key opens it; HY716, HY725, it is damaged.
        """
        data = self._data(case_id)
        if case_id in self.forgotten_ids():
            raise HuiyinError(Problem("HY718", f"{case_id}已记为抹除而文件仍在，不予打开；请再运行vault forget。"))
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
                HY718, the case was forgotten; HY741, a key that main does not know; HY716, HY725, what is kept is
                damaged; HY906, HY950.
        """
        given = list(pairs)
        with self.writing():
            refuse_forgotten(self.forgotten(), (sealed.case_id for sealed, _ in given))
            together: dict[str, tuple[Sealed, Sequence[Reader]]] = {}
            for sealed, readers in given:
                present = together[sealed.case_id][0] if sealed.case_id in together else None
                if present is None and os.path.lexists(self.folder / f"{sealed.case_id}{AGE}"):
                    present = self._opened(sealed.case_id, identities)
                together[sealed.case_id] = (sealed if present is None else present.merged(sealed), readers)
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
            HuiyinError: as ``read``; HY906, HY950; and what ``change`` raises. What was kept stands then.
        """
        with self.writing():
            changed = change(self._opened(case_id, identities))
            if changed.is_empty:
                files.remove(self.folder, _names(case_id))
            else:
                self._write([(changed, readers)])

    def rekey(self, case_id: str, readers: Sequence[Reader], identities: Sequence[Identity]) -> None:
        """Encrypt what is kept of a case for other readers; the new file is opened once before it replaces the old.

        Raises:
            HuiyinError: as ``read``; HY715, none of the keys will open it afterwards; HY906, HY950.
        """
        with self.writing():
            self._write([(self._opened(case_id, identities), readers)], identities)

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
        if not is_case_id(case_id):
            raise HuiyinError(_nothing(case_id))
        with self.writing():
            present = any(os.path.lexists(self.folder / name) for name in _names(case_id))
            known = case_id in self.forgotten_ids()
            if not present and not known:
                raise HuiyinError(_nothing(case_id))
            if not known:
                files.append_line(self.folder / LOG, forgotten_line(Forgotten(case_id, at, by)))
            files.remove(self.folder, _names(case_id))
            return present

    def allow_again(self, case_id: str, by: str, at: datetime) -> None:
        """Record that a forgotten case may be kept again, which nothing else lifts (HY718)."""
        with self.writing():
            if case_id in self.forgotten_ids():
                files.append_line(self.folder / LOG, forgotten_line(Forgotten(case_id, at, by, again=True)))

    def forgotten(self) -> list[Forgotten]:
        """The log of what was erased, oldest first.

        Raises:
            HuiyinError: HY725, it is damaged.
        """
        try:
            return read_log(files.read_file(self.folder, LOG))
        except FileNotFoundError:
            return []

    def forgotten_ids(self) -> set[str]:
        """The cases that were erased and not allowed again since."""
        return set(last_words(self.forgotten()))

    def names(self) -> list[str]:
        """Everything in the folder but the lock, in order."""
        return files.list_names(self.folder)

    def writing(self) -> AbstractContextManager[None]:
        """Be the only writer, as the methods that write are by themselves; it cannot be nested."""
        return files.writing(self.folder)

    def _write(
        self, pairs: Iterable[tuple[Sealed, Sequence[Reader]]], identities: Sequence[Identity] | None = None
    ) -> None:
        changes: dict[Path, str | bytes] = {}
        approved = approved_recipients(self._root)
        for sealed, readers in pairs:
            refuse_unapproved(readers, approved)
            data = sealed.to_bytes()
            sealing = encrypt(data, dict.fromkeys(reader.recipient for reader in readers))
            if identities is not None and decrypt(sealing, identities, sealed.case_id) != data:
                raise HuiyinError(Problem("HY716", "重新加密后核对不符，没有改动。", f"{sealed.case_id}{AGE}"))
            # Renamed in this order: a crash between the two leaves a list that is not of this file, and says so.
            age, list_of_readers = (self.folder / name for name in _names(sealed.case_id))
            changes[age] = sealing
            changes[list_of_readers] = Envelope.of(sealed, readers).to_bytes(sealing)
        write_all(changes, mode=files.FILE_MODE)

    def _opened(self, case_id: str, identities: Sequence[Identity]) -> Sealed:
        if not identities:
            message = f"金库中已有{case_id}，要改动其内容，须用本人的密钥（--identity 或 HUIYIN_AGE_KEY）。"
            raise HuiyinError(Problem("HY715", message))
        return self.read(case_id, identities)

    def _data(self, case_id: str) -> bytes:
        if not is_case_id(case_id):
            raise HuiyinError(_nothing(case_id))
        try:
            return files.read_file(self.folder, f"{case_id}{AGE}")
        except FileNotFoundError:
            raise HuiyinError(_nothing(case_id)) from None


def _names(case_id: str) -> tuple[str, str]:
    return f"{case_id}{AGE}", f"{case_id}{READERS}"


def _nothing(case_id: str) -> Problem:
    return Problem("HY719", f"金库中没有{case_id if is_case_id(case_id) else '这一件'}。")

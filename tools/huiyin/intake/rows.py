"""From a row of a spreadsheet to the document of a case."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from huiyin.intake import cells
from huiyin.intake.cells import RefusedCell
from huiyin.intake.mapping import CITIZEN_FIELDS, FLAGS, TIMES, FieldSpec, IntakeMapping, label
from huiyin.intake.table import Cell, Header, Row, header_key
from huiyin.intake.text import clean, clean_line
from huiyin.model.case import Channel
from huiyin.model.event import Complexity
from huiyin.model.moment import timestamp
from huiyin.model.problem import Problem
from huiyin.rules.registry import Registry

WORD_VALUES: Mapping[str, tuple[str | int, ...]] = {
    "basis": (3, 4, 5),
    "complexity": tuple(c.value for c in Complexity),
}
UNIT_LISTS = ("assisting", "concerns")


@dataclass(slots=True)
class Draft:
    """What was read from one row.

    Args:
        number: of the row, as Excel shows it.
        reference: "" where it cannot be read.
        values: field -> value, for those that are there.
        citizen: key of ``CITIZEN_FIELDS`` -> what the row says; for the vault alone, never shown.
        problems: errors and warnings, on the row's line.
    """

    number: int
    reference: str = ""
    values: dict[str, Any] = field(default_factory=dict, repr=False)
    citizen: dict[str, str] = field(default_factory=dict, repr=False)
    problems: list[Problem] = field(default_factory=list)


class RowReader:
    """Reads rows of one table under one mapping.

    Args:
        path: of the file, for the problems.

    Raises:
        HuiyinError: HY505, columns that must be there are not.
    """

    def __init__(self, mapping: IntakeMapping, header: Header, registry: Registry, path: str) -> None:
        self.mapping = mapping
        self.registry = registry
        self.path = path
        self._header = header
        self._columns = mapping.bind(header, path)
        self._filled = {
            name: [i for n in spec.filled for i in header.columns.get(header_key(n), ())]
            for name, spec in mapping.fields.items()
            if spec.filled
        }
        self._citizen = {
            key: [i for n in names for i in header.columns.get(header_key(n), ())]
            for key, names in mapping.citizen.items()
        }
        self._width = 1 + max((i for indices in header.columns.values() for i in indices), default=0)
        self._constants = self._read_constants()

    def constant_problems(self) -> list[Problem]:
        """What is wrong with the values that the mapping or ``--set`` gives to all rows alike."""
        return self._constants.problems

    def read(self, row: Row) -> Draft:
        """Read all fields of a row; whatever is wrong is among the draft's problems."""
        draft = Draft(row.number, values=dict(self._constants.values))
        if any(not cells.is_blank(c) for c in row.cells[self._width :]):
            self._refuse(draft, "HY519", f"本行的单元格多于表头（{self._width}列），各列可能错位。")
        for name, spec in self.mapping.fields.items():
            if name not in draft.values:
                self._read_field(draft, row, name, spec)
        self._read_citizen(draft, row)
        for name in TIMES:
            spec_ = self.mapping.fields.get(name)
            if spec_ and spec_.same_as and spec_.same_as in draft.values:
                draft.values[name] = draft.values[spec_.same_as]
        draft.reference = draft.values.get("reference", "")
        return draft

    def _read_citizen(self, draft: Draft, row: Row) -> None:
        """The name and the contacts, and the facts that follow from them where no column tells those."""
        for key, indices in self._citizen.items():
            try:
                found = [cells.as_contact(row.cells[i]) for i in indices if i < len(row.cells)]
            except RefusedCell as refused:
                self._refuse(draft, refused.code, f"留言人的{CITIZEN_FIELDS[key]}：{refused.message}")
                continue
            known = [text for text in dict.fromkeys(found) if text]
            if known:
                draft.citizen[key] = known[0] if key == "name" else "、".join(known)
        for fact, told in (("real_name", {"name"}), ("contactable", {"phone", "email"})):
            if fact not in self.mapping.fields:
                draft.values[fact] = bool(told & draft.citizen.keys())

    def _read_constants(self) -> Draft:
        draft = Draft(self._header.number)
        for name, spec in self.mapping.fields.items():
            if spec.value is not None:
                self._take(draft, name, spec, spec.value, "")
        return draft

    def _read_field(self, draft: Draft, row: Row, name: str, spec: FieldSpec) -> None:
        if spec.same_as or spec.value is not None:
            return
        if spec.filled:
            indices = self._filled[name]
            known = [row.cells[i] for i in indices if i < len(row.cells)]
            draft.values[name] = any(not cells.is_nothing(c) for c in known) if indices else bool(spec.default)
            return
        index = self._columns[name]
        cell: Cell = row.cells[index] if index is not None and index < len(row.cells) else None
        column = spec.names[0] if index is None else self._name_of(spec)
        if cells.is_blank(cell):
            if spec.default is not None:
                self._take(draft, name, spec, spec.default, column)
            elif not spec.optional and name not in ("answered_at", "reply"):
                self._refuse(draft, "HY510", f"“{column}”列是空的（{label(name)}）。")
            return
        self._take(draft, name, spec, cell, column)

    def _name_of(self, spec: FieldSpec) -> str:
        return next(n for n in spec.names if header_key(n) in self._header.columns)

    def _take(self, draft: Draft, name: str, spec: FieldSpec, cell: Cell, column: str) -> None:
        where = f"“{column}”列" if column else f"给定的“{label(name)}”（{name}）"
        try:
            value = self._convert(draft, name, spec, cell)
        except RefusedCell as refused:
            self._refuse(draft, refused.code, f"{where}：{refused.message}")
            return
        if value in ("", []):
            if not spec.optional and name != "reply":
                self._refuse(draft, "HY510", f"{where}清理之后是空的。")
            return
        draft.values[name] = value

    def _convert(self, draft: Draft, name: str, spec: FieldSpec, cell: Cell) -> Any:
        mapping = self.mapping
        if name in TIMES:
            return cells.as_time(cell, mapping.times)
        if name in FLAGS:
            return cells.as_flag(cell, mapping.yes, mapping.no)
        if name in WORD_VALUES:
            return cells.as_word(cell, spec.words, WORD_VALUES[name])
        if name == "reference":
            return cells.as_reference(cell)
        text = cells.as_text(cell)
        if name == "unit":
            return cells.as_unit(text, self.registry)
        if name in UNIT_LISTS:
            return [cells.as_unit(part, self.registry) for part in cells.as_list(text)]
        if name == "topics":
            return cells.as_list(text)
        cleaner: Callable[..., Any] = clean if name in ("body", "reply") else clean_line
        cleaned = cleaner(text, mapping.clean)
        if cleaned.replaced:
            message = f"{label(name)}中有他人看不到的字符，已用“〓”代替。"
            draft.problems.append(Problem("HY523", message, self.path, line=draft.number))
        return cleaned.text

    def _refuse(self, draft: Draft, code: str, message: str) -> None:
        draft.problems.append(Problem(code, message, self.path, line=draft.number))


def case_document(values: Mapping[str, Any], channel: Channel, procedure: str) -> dict[str, Any]:
    """The document of a message that nothing has happened to yet.

    Args:
        values: of a draft without errors.
    """
    source = {"reference": values["reference"]}
    if "url" in values:
        source["url"] = values["url"]
    document = {
        "id": f"{channel}-{cells.id_part(values['reference'])}",
        "procedure": procedure,
        "channel": channel.value,
        "source": source,
        "received_at": timestamp(values["received_at"]),
        "real_name": values["real_name"],
        "contactable": values["contactable"],
        "title": values["title"],
        "body": values["body"],
        "events": [],
    }
    if "clear_matter" in values:
        document["clear_matter"] = values["clear_matter"]
    return document

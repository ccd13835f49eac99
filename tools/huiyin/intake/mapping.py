"""Mappings: which column of a platform's spreadsheet gives which field (``rules/intake/*.yaml``)."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from huiyin.intake.table import Header, header_key
from huiyin.intake.text import STEPS
from huiyin.model.case import Channel
from huiyin.model.problem import HuiyinError, Problem, UsageError

CASE_FIELDS = {
    "reference": "平台编号",
    "url": "网址",
    "received_at": "收到时间",
    "real_name": "是否实名",
    "contactable": "有无联系方式",
    "clear_matter": "事项是否清楚",
    "title": "标题",
    "body": "正文",
}
"""Field -> Chinese name, of what any import fills in."""

HISTORY_FIELDS = {
    "unit": "承办单位",
    "assisting": "协办单位",
    "concerns": "被反映单位",
    "basis": "受理依据",
    "complexity": "类别",
    "topics": "主题",
    "letter": "转办文号",
    "assigned_at": "交办时间",
    "claimed_at": "认领时间",
    "answered_at": "答复时间",
    "reply": "答复内容",
    "published_at": "公开时间",
}
"""Field -> Chinese name, of what a ledger of past years gives besides."""

CITIZEN_FIELDS = {"name": "姓名", "phone": "电话", "email": "电子邮箱"}
"""Field -> Chinese name, of what goes to the vault alone (第十九条)."""

FLAGS = frozenset({"real_name", "contactable", "clear_matter"})
TIMES = ("received_at", "assigned_at", "claimed_at", "answered_at", "published_at")
"""In the order in which they happen; a time can only be the same as an earlier one."""
FROM_ROWS = frozenset({"reference", "title", "body", "reply"})
"""Fields that no constant can stand for; the schema offers none."""

Constant = str | int | bool


@dataclass(frozen=True, slots=True)
class FieldSpec:
    """Where one field comes from: exactly one of columns, filled, value and same_as.

    Args:
        columns: names by which the column may be called.
        filled: names likewise; the field says only whether the cell holds anything, which itself is never copied.
        value: the same for every row.
        same_as: another field, a time.
        optional: the column may be missing, the cell empty.
        default: what an empty cell or missing column stands for.
        words: word in the cell -> value.
    """

    columns: tuple[str, ...] = ()
    filled: tuple[str, ...] = ()
    value: Constant | None = None
    same_as: str | None = None
    optional: bool = False
    default: Constant | None = None
    words: Mapping[str, Constant] = field(default_factory=dict)

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the column that it reads, if it reads one."""
        return self.columns or self.filled


@dataclass(frozen=True, slots=True)
class IntakeMapping:
    """One mapping, checked.

    Args:
        name: as the user named it.
        channels: those whose exports it fits.
        procedure: id of the procedure that the cases run under (第二十三、二十四条).
        times: formats for ``datetime.strptime``, in NFKC; a time without an offset is Asia/Shanghai.
        yes, no: words of the flags.
        clean: keys of ``text.STEPS``.
        personal: columns that neither the record nor the vault needs; their content is never read (第十九条).
        citizen: key of ``CITIZEN_FIELDS`` -> columns whose content goes to the vault alone.
        fields: specs by field, those of ``history:`` included.
        history: the mapping takes over past years.
    """

    name: str
    title: str
    channels: tuple[Channel, ...]
    procedure: str
    times: tuple[str, ...]
    yes: frozenset[str]
    no: frozenset[str]
    clean: tuple[str, ...]
    personal: tuple[str, ...]
    citizen: Mapping[str, tuple[str, ...]]
    fields: Mapping[str, FieldSpec]
    history: bool

    def override(self, settings: Mapping[str, str]) -> IntakeMapping:
        """The mapping with constants in place of some fields (``--set``).

        Raises:
            UsageError: HY508, a field that the mapping does not have or that must come from the rows.
        """
        allowed = [f for f in (*CASE_FIELDS, *(HISTORY_FIELDS if self.history else ())) if f not in FROM_ROWS]
        fields = dict(self.fields)
        procedure = self.procedure
        for name, value in settings.items():
            if name == "procedure":
                procedure = value
            elif name in allowed:
                fields[name] = FieldSpec(value=value)
            else:
                known = "、".join(["procedure", *allowed])
                raise UsageError(Problem("HY508", f"--set 不能给定“{name}”，可以给定：{known}。"))
        return replace(self, fields=fields, procedure=procedure)

    def columns_wanted(self) -> list[tuple[str, ...]]:
        """The names of each column that some field reads."""
        return [spec.names for spec in self.fields.values() if spec.names]

    def bind(self, header: Header, path: str) -> dict[str, int | None]:
        """Give the index of the column that each field reads; None for a constant or a column that is not there.

        Args:
            path: of the file, for the problem.

        Raises:
            HuiyinError: HY505, columns that must be there are not, or stand there twice.
        """
        bound: dict[str, int | None] = {}
        missing: list[str] = []
        problems: list[Problem] = []
        for name, spec in self.fields.items():
            found = [n for n in spec.names if header_key(n) in header.columns]
            bound[name] = None
            if found:
                indices = header.columns[header_key(found[0])]
                bound[name] = indices[0]
                if len(indices) > 1:
                    message = f"列名“{found[0]}”出现了{len(indices)}次，无法确定取哪一列。"
                    problems.append(Problem("HY505", message, path, line=header.number))
            elif spec.names and not spec.optional:
                missing.append("“" + "”或“".join(spec.names) + "”")
        if missing:
            message = f"缺少映射“{self.name}”所用的列：{'、'.join(dict.fromkeys(missing))}；{header.described}"
            problems.insert(0, Problem("HY505", message, path, line=header.number))
        if problems:
            raise HuiyinError(*problems)
        return bound


def label(name: str) -> str:
    """The Chinese name of a field."""
    return CASE_FIELDS.get(name) or HISTORY_FIELDS[name]


def mapping_from_data(data: Mapping[str, Any], name: str) -> tuple[IntakeMapping, list[Problem]]:
    """Build a mapping from the parsed and schema-valid YAML.

    Returns:
        The mapping, and what the schema cannot see: HY507, with pointers.
    """
    history = "history" in data
    sections = {f: (s, "/fields") for f, s in data["fields"].items()}
    sections |= {f: (s, "/history") for f, s in data.get("history", {}).items()}
    personal = tuple(data.get("personal", ()))
    citizen = {key: tuple(columns) for key, columns in data.get("citizen", {}).items()}
    private = {header_key(n) for names in (personal, *citizen.values()) for n in names}
    problems: list[Problem] = []
    fields = {}
    for field_name, (entry, base) in sections.items():
        fields[field_name] = spec = _spec(entry)
        pointer = f"{base}/{field_name}"
        problems += [Problem("HY507", m, pointer=pointer) for m in _contradictions(field_name, entry, spec, private)]
    problems += [Problem("HY507", m, pointer="/fields") for m in _unknown_facts(fields, citizen)]
    mapping = IntakeMapping(
        name=name,
        title=data["title"],
        channels=tuple(Channel(c) for c in data["channels"]),
        procedure=data["procedure"],
        times=tuple(unicodedata.normalize("NFKC", shape) for shape in data["times"]),
        yes=frozenset(header_key(w) for w in data.get("yes", ("是", "有", "1", "true"))),
        no=frozenset(header_key(w) for w in data.get("no", ("否", "无", "0", "false"))),
        clean=tuple(data.get("clean", STEPS)),
        personal=personal,
        citizen=citizen,
        fields=fields,
        history=history,
    )
    return mapping, problems


def _spec(entry: Mapping[str, Any]) -> FieldSpec:
    filled = entry.get("filled", ())
    return FieldSpec(
        columns=(entry["column"],) if "column" in entry else tuple(entry.get("columns", ())),
        filled=(filled,) if isinstance(filled, str) else tuple(filled),
        value=entry.get("value"),
        same_as=entry.get("same_as"),
        optional=entry.get("optional", False),
        default=entry.get("default"),
        words={header_key(word): value for word, value in entry.get("words", {}).items()},
    )


def _contradictions(name: str, entry: Mapping[str, Any], spec: FieldSpec, private: set[str]) -> Iterator[str]:
    called = f"“{label(name)}”({name})"
    if sum(key in entry for key in ("column", "columns", "filled", "value", "same_as")) != 1:
        yield f"{called}应当写且只写 column、columns、filled、value、same_as 中的一项。"
    if spec.same_as and name in TIMES and TIMES.index(spec.same_as) >= TIMES.index(name):
        yield f"{called}只能与在它之前的时间相同，不能是 {spec.same_as}。"
    copied = [n for n in spec.columns if header_key(n) in private]
    if copied:
        yield f"{called}读取了列为个人信息的“{'、'.join(copied)}”；个人信息不得写入本库，有无可用 filled 表示。"


def _unknown_facts(fields: Mapping[str, FieldSpec], citizen: Mapping[str, tuple[str, ...]]) -> Iterator[str]:
    """第十、十二条: whether there is a name and a contact must be told by something."""
    if "real_name" not in fields and "name" not in citizen:
        yield "既没有“是否实名”（real_name），也没有留言人姓名的列（citizen 的 name）。"
    if "contactable" not in fields and not {"phone", "email"} & citizen.keys():
        yield "既没有“有无联系方式”（contactable），也没有留言人联系方式的列（citizen 的 phone、email）。"

"""The allow-list of the open data, and the formats that hold it."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import fields
from datetime import date, datetime
from typing import Any

import pyarrow.parquet as pq  # type: ignore[import-untyped]
import pytest
from hypothesis import given
from hypothesis import strategies as st

from huiyin.model.problem import HuiyinError
from huiyin.publish.open_data import json_lines, parquet, table
from huiyin.publish.open_data.dictionary import describe
from huiyin.publish.open_data.fields import FIELDS, TABULAR, Kind, record
from huiyin.publish.spreadsheet import FORMULA, csv_text
from huiyin.publish.view import PublicCase
from tests.cases import PROJECT
from tests.publish.building import PLANTED
from tests.publish.open_data.samples import all_published, published

TEXT = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), min_size=1, max_size=40)


def schema() -> dict[str, Any]:
    """The schema of a case."""
    found: dict[str, Any] = json.loads((PROJECT / "schema" / "case.schema.json").read_text(encoding="utf-8"))
    return found


def read_parquet(data: bytes) -> list[dict[str, Any]]:
    """The rows as a reader sees them."""
    rows: list[dict[str, Any]] = pq.read_table(io.BytesIO(data)).to_pylist()
    return rows


def test_every_field_of_a_public_case_is_decided_upon() -> None:
    """第十九条: what the site may show is exported, and a field that is added there must be named here."""

    class Watched:
        def __init__(self, case: PublicCase) -> None:
            self.case, self.read = case, set[str]()

        def __getattr__(self, name: str) -> object:
            self.read.add(name)
            return getattr(self.case, name)

    watched = Watched(published("corrected"))
    for field in FIELDS:
        field.value(watched)  # type: ignore[arg-type]
    assert {f.name for f in fields(PublicCase)} == watched.read - {"address"}


def test_names_and_types_never_change() -> None:
    """Programs of others read them: a change here needs a new ``version`` in data/index.json."""
    assert (
        "id:文本 path:文本 title:文本 body:文本? reply:文本? public_note:文本? mode:文本 mode_name:文本 channel:文本 "
        "channel_name:文本 unit:文本 unit_name:文本 publisher:文本 topics:文本列表 complexity:文本 "
        "complexity_name:文本 procedure:文本 "
        "procedure_title:文本 received_at:时间 assigned_at:时间 answered_at:时间 published_at:时间 "
        "updated_at:时间 corrections:更正列表 limit_days:整数? used_days:整数 due:日期 due_by:文本 missed_due:日期? "
        "due_provisional:是否 late:是否 late_days:整数 satisfaction:文本? timeline:经过列表"
    ) == " ".join(f"{f.name}:{f.kind}{'?' * f.optional}" for f in FIELDS)


def test_the_dictionary_speaks_the_words_of_the_schema() -> None:
    """Every field has a title and a meaning; where the record has the field, they are those of its schema."""
    found = {f.name: f for f in describe(schema())}
    assert [f.name for f in FIELDS] == list(found)
    assert all(f.title and f.meaning.endswith("。") for f in found.values())
    assert ("留言编号", "标题", "公开名义") == (found["id"].title, found["title"].title, found["publisher"].title)
    assert schema()["$defs"]["assigned"]["properties"]["complexity"]["description"] == found["complexity"].meaning


def test_a_schema_without_a_field_is_named() -> None:
    """HY402 with the pointer, before anything is written."""
    document = schema()
    del document["$defs"]["answered"]["properties"]["mode"]["description"]
    with pytest.raises(HuiyinError) as caught:
        describe(document)
    assert [("HY402", True)] == [(p.code, "answered/properties/mode" in p.message) for p in caught.value.problems]


def test_all_formats_say_the_same() -> None:
    """第二十条: JSON Lines and Parquet hold the same values, CSV the same texts."""
    cases = all_published()
    lines = [json.loads(line) for line in json_lines.write(map(record, cases)).decode().splitlines()]
    rows = read_parquet(parquet.write(cases))
    sheet = list(csv.DictReader(io.StringIO(table.write(cases).decode("utf-8-sig"))))
    assert len(cases) == len(lines) == len(rows) == len(sheet)
    for case, line, row, cells in zip(cases, lines, rows, sheet, strict=True):
        assert record(case) == row
        assert json.loads(json.dumps(record(case), default=lambda value: value.isoformat())) == line
        assert [f.name for f in TABULAR] == list(cells)
        assert case.reply or "" == cells["reply"]
        assert [case.due.isoformat(), str(case.used)] == [cells["due"], cells["used_days"]]
        assert (line["published_at"], line["late"]) == (cells["published_at"], cells["late"] == "true")


def test_dates_and_moments_are_those_of_beijing() -> None:
    """ISO 8601 with the offset, whatever the offset of the record."""
    utc = datetime.fromisoformat("2026-11-19T17:30:00+00:00")
    line = json.loads(json_lines.write([record(published("plain", published_at=utc))]))
    assert ("2026-11-20T01:30:00+08:00", "2026-11-25") == (line["published_at"], line["due"])


def test_nothing_private_is_exported() -> None:
    """第二十条第二款: of a private reply the note alone, and nothing planted anywhere."""
    cases = all_published()
    for data in (json_lines.write(map(record, cases)), table.write(cases)):
        assert PLANTED not in data.decode()
    assert PLANTED not in repr(read_parquet(parquet.write(cases)))
    private = record(published("private"))
    assert (None, None, "已电话答复本人，并告知了投诉渠道。") == (
        private["body"],
        private["reply"],
        private["public_note"],
    )


@given(TEXT)
def test_any_text_survives(text: str) -> None:
    """JSON Lines and Parquet give back exactly what was said, one line a record, whatever it holds."""
    case = published("plain", title=text, body=text)
    line = json_lines.write([record(case)]).decode()
    assert 1 == line.count("\n")
    assert (text, text) == (json.loads(line)["title"], read_parquet(parquet.write([case]))[0]["body"])


@given(st.sampled_from(FORMULA), TEXT)
def test_no_cell_is_a_formula(start: str, text: str) -> None:
    """A spreadsheet program runs nothing that a citizen wrote, and the text is all there behind the apostrophe."""
    cells = list(csv.reader(io.StringIO(csv_text(["x"], [[start + text]])[1:], newline="")))[1]
    assert [f"'{start}{text}"] == cells


def test_numbers_stay_numbers_in_csv() -> None:
    """Only texts are guarded."""
    assert "\ufeffx\r\n-1\r\n" == csv_text(["x"], [[-1]])


def test_parquet_is_typed_and_its_notes_are_ours() -> None:
    """Equal cases give equal bytes, and the file says of itself nothing but its schema."""
    cases = all_published()
    data = parquet.write(cases)
    assert data == parquet.write(all_published())
    file = pq.ParquetFile(io.BytesIO(data))
    assert {b"ARROW:schema"} >= set(file.metadata.metadata or {})
    assert {f.name: f.optional for f in FIELDS} == {c.name: c.nullable for c in file.schema_arrow}
    row = read_parquet(data)[0]
    kinds = {f.name: f.kind for f in FIELDS}
    for name, value in row.items():
        expected = {Kind.DAY: date, Kind.MOMENT: datetime, Kind.TRUTH: bool, Kind.WHOLE: int}.get(kinds[name])
        assert value is None or expected is None or isinstance(value, expected), name


def test_an_empty_archive_has_its_columns() -> None:
    """A reader that opens the file of a year without cases finds the same types."""
    assert pq.read_schema(io.BytesIO(parquet.write([]))).equals(
        pq.read_schema(io.BytesIO(parquet.write(all_published())))
    )
    assert [f.name for f in TABULAR] == table.write([]).decode("utf-8-sig").strip().split(",")

"""Spreadsheets for tests: synthetic messages, written as real files."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import openpyxl

from huiyin.intake.deposit import Deposit
from huiyin.intake.importing import Progress, plan_import
from huiyin.intake.library import load_mapping
from huiyin.intake.plan import Plan
from huiyin.intake.plan import commit as commit_plan
from huiyin.model.case import SHANGHAI, Channel
from huiyin.repo.source import FolderSource
from huiyin.repo.store import load_rulebook
from huiyin.vault.age import Identity
from huiyin.vault.place import default_folder
from huiyin.vault.store import Vault
from tests.repository import Repository

AS_OF = datetime(2026, 11, 23, 10, 0, tzinfo=SHANGHAI)
PEOPLE = ("留言编号", "标题", "内容", "留言时间", "是否实名", "姓名", "联系方式")
LEDGER = (
    "留言编号",
    "留言时间",
    "标题",
    "内容",
    "承办单位",
    "交办时间",
    "认领时间",
    "答复时间",
    "答复内容",
    "公开时间",
)
BODY = "小区门口的路灯坏了一个月，晚上出行不便，希望尽快修复。（演示用虚构留言）"
REPLY = "经核实，路灯线路老化，已于昨日更换，现已恢复照明。（演示用虚构答复）"
NAME = "演示姓名甲"
PHONE = "13900000000"


def message(reference: Any = "1001", **changed: Any) -> list[Any]:
    """One row under ``PEOPLE``; keys of ``changed`` are column names."""
    row = dict(zip(PEOPLE, (reference, "反映路灯不亮", BODY, "2026-11-20 09:12:00", "是", NAME, PHONE), strict=True))
    return list((row | changed).values())


def entry(reference: Any = "1001", **changed: Any) -> list[Any]:
    """One row under ``LEDGER``: received on a Tuesday, answered on the Friday after, published on the Monday."""
    values = (
        reference, "2019-03-05 10:00", "反映路灯不亮", BODY, "兰州市", "2019-03-05 15:00", "2019-03-05 16:00",
        "2019-03-08 11:00", REPLY, "2019-03-11 09:00",
    )  # fmt: skip
    return list((dict(zip(LEDGER, values, strict=True)) | changed).values())


def write_csv(path: Path, rows: Sequence[Sequence[Any]], encoding: str = "utf-8", delimiter: str = ",") -> Path:
    """Write rows, the header first, as a CSV file."""
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter).writerows(rows)
    path.write_bytes(out.getvalue().encode(encoding))
    return path


def new_workbook() -> tuple[openpyxl.Workbook, Any]:
    """An empty workbook and its only sheet."""
    book = openpyxl.Workbook()
    return book, book.active


def write_xlsx(path: Path, rows: Sequence[Sequence[Any]]) -> Path:
    """Write rows, the header first, as a workbook."""
    book, sheet = new_workbook()
    for row in rows:
        sheet.append(list(row))
    book.save(path)
    book.close()
    return path


def plan_of(
    repository: Repository,
    file: Path,
    mapping: str = "people",
    channel: str = "people",
    *,
    progress: Progress | None = None,
    settings: Mapping[str, str] | None = None,
) -> Plan:
    """Plan the import of a file; ``settings`` are those of ``--set``."""
    source = FolderSource(repository.root)
    chosen = load_mapping(source, mapping).override(settings or {})
    vault = deposit_of(repository.root)
    return plan_import(
        file, source, Channel(channel), chosen, AS_OF, progress=progress, held=vault.held, forgotten=vault.forgotten
    )


def deposit_of(root: Path) -> Deposit:
    """The vault beside a case log, opened with every key in the folder of keys beside it."""
    files = sorted((root.parent / "keys").glob("*.age"))
    identities = tuple(Identity(path.read_text(encoding="ascii").split()[-1]) for path in files)
    rulebook = load_rulebook(FolderSource(root))
    return Deposit(Vault(default_folder(root), root), rulebook, AS_OF, lambda: identities)


def commit(plan: Plan, root: Path, rejects: Path | None) -> None:
    """Write what is planned: into the vault, then into the case log."""
    commit_plan(plan, root, rejects, deposit_of(root).keep)


def codes(plan: Plan) -> dict[int, list[str]]:
    """Row -> codes of the reasons for which it was rejected."""
    return {number: [p.code for p in problems] for number, (_, problems) in plan.rejected.items()}

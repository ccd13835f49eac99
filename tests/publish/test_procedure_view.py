"""The page on the procedure is made of its data."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

from huiyin.publish.procedure_view import ProcedureView, load_procedures, view_procedure
from huiyin.repo.source import FolderSource
from huiyin.repo.store import load_document, load_rulebook
from huiyin.rules.articles import cite
from huiyin.rules.procedure import Procedure
from tests.cases import PROJECT, procedure, rulebook

NOW = datetime.fromisoformat("2026-11-23T10:00:00+08:00")
PATH = "rules/procedure/gs-2015-115.yaml"


def settings() -> dict[str, Any]:
    """The settings of the document."""
    found = load_document(FolderSource(PROJECT), PATH, "procedure")["settings"]
    assert isinstance(found, dict)
    return found


def view(of: Procedure | None = None, **values: Any) -> ProcedureView:
    """The view of the province's procedure, with some settings changed."""
    schema = json.loads((PROJECT / "schema" / "procedure.schema.json").read_text(encoding="utf-8"))
    described = schema["$defs"]["whole"]["properties"]["settings"]
    changed = {name: {**entry, "value": values.get(name, entry["value"])} for name, entry in settings().items()}
    return view_procedure(of or procedure(), rulebook().registry, changed, described, NOW)


def test_all_routes_are_there_as_ordered_steps() -> None:
    """第九、十、十二条: four routes; only people × city is claimed by the hour, only the portal has no re-review."""
    steps = {r.id: [s.title for s in r.steps] for r in view().routes}
    assert {
        "people-city": ["收件登记", "交办", "认领", "报送答复", "公开答复", "退回重办"],
        "people-department": ["收件登记", "交办", "报送答复", "公开答复", "退回重办"],
        "portal": ["收件登记", "交办", "认领", "报送答复", "退回重办"],
        "service": ["收件登记", "交办", "报送答复", "公开答复", "退回重办"],
    } == steps


def test_limits_cite_article_13() -> None:
    """第十三条: 7, 15 and 5 working days."""
    assert [("一般", 7, cite("13")), ("复杂", 15, cite("13")), ("重要", 5, cite("13"))] == list(view().limits)


def test_the_head_signs_and_the_stricter_rule_says_so() -> None:
    """第九条(三)、第十条(二): the signature; on the portal it is ours, and the page says so."""
    by_route = {r.id: next(s for s in r.steps if s.title == "报送答复") for r in view().routes}
    assert "承办单位主要负责同志" == by_route["people-city"].approvals[0].who
    assert "" == by_route["people-city"].approvals[0].note
    assert "本库所加" in by_route["portal"].approvals[0].note


def test_every_setting_is_shown_with_its_choice_in_words() -> None:
    """Design §6: no reader meets a word of the data file."""
    shown = view().settings
    assert len(settings()) == len(shown)
    assert not [s for s in shown if s.value.isascii()]
    assert [cite(entry["article"]) for entry in settings().values()] == [s.article for s in shown]


def test_a_changed_setting_changes_the_page() -> None:
    """The page follows the data."""
    usual, changed = (
        next(s.value for s in v.settings if s.title == "起算日") for v in (view(), view(counting_starts="same_day"))
    )
    assert ("次日起算", "当日计入") == (usual, changed)


def test_lapse_and_continuation() -> None:
    """第二十四条: lapsed until a document continues it."""
    assert (True, False) == (view().lapsed, view(replace(procedure(), continued_by="甘政办发〔2020〕1号")).lapsed)


def test_each_step_names_an_article() -> None:
    """A step without an article would be a rule that nobody made."""
    assert not [s.title for r in view().routes for s in r.steps if not s.article]


def test_local_rules_show_what_holds(tmp_path: Path) -> None:
    """第二十三条: an overlay says only what differs, its page shows the whole, and the province's stays first."""
    for name in ("rules", "schema"):
        shutil.copytree(PROJECT / name, tmp_path / name)
    overlay = """id: lz-2026-1
title: 兰州市实施细则
document: 兰政办发〔2026〕1号
issuer: 兰州市人民政府办公室
extends: gs-2015-115
in_force: {from: 2026-01-01, article: "23"}
complexities: {simple: {days: 5, article: "13"}}
"""
    (tmp_path / "rules" / "procedure" / "lz-2026-1.yaml").write_text(overlay, encoding="utf-8")
    source = FolderSource(tmp_path)
    found = load_procedures(source, load_rulebook(source), NOW)
    assert ["gs-2015-115", "lz-2026-1"] == [p.id for p in found]
    assert [[7, 15, 5], [5, 15, 5]] == [[days for _, days, _ in p.limits] for p in found]
    assert len(settings()) == len(found[1].settings)

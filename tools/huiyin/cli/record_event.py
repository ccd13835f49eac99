"""What happens when an event is recorded from the command line, whatever its type."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from huiyin.cli.fields import ask, given_values, refuse_invalid, refuse_missing, unit_id
from huiyin.cli.inputs import Inputs, check_text
from huiyin.cli.options import Place
from huiyin.cli.outcome import COMMIT, DRY_RUN, outcome_data, outcome_lines
from huiyin.cli.output import print_json, problem_data, problem_lines
from huiyin.cli.paths import find_case_paths
from huiyin.cli.vault_options import kept_here
from huiyin.model.moment import timestamp
from huiyin.model.problem import HuiyinError, Problem, Severity, UsageError
from huiyin.recording.batch import Result, record
from huiyin.recording.draft import Draft
from huiyin.recording.fields import Field, alone, event_fields, missing_names
from huiyin.recording.outlook import event_approvals
from huiyin.recording.typed import typed_problems
from huiyin.repo.schemas import Schema, load_schema
from huiyin.rules.registry import Registry
from huiyin.rules.rulebook import Rulebook

IN_HISTORY = "注意：此前提交的Git历史中仍有原文；已推送的，应按手册另行清除。"


def run_event(event: str, root: Path, now: datetime, output: str, dry_run: bool, **values: Any) -> int:
    """Complete what was typed, record it in all the cases or in none, and say what comes next.

    Args:
        event: the type of the event.
        values: its fields by name, and ``ids``, ``ids_from``, ``by``, ``at`` and, for ``redacted``, ``remove``.

    Returns:
        The exit code.

    Raises:
        UsageError: what was typed is not an event.
    """
    place = Place(root)
    schema = load_schema(place.source, "case").document
    rulebook, inputs = place.rulebook, Inputs()
    secret_from = _secret_source(values["remove"]) if event == "redacted" else None
    paths, unknown = _find_paths(values, place, inputs)
    draft = _draft(event, schema, values, rulebook.registry, inputs, now)
    _refuse_personal(draft, event_fields(schema, event), rulebook, inputs)
    if event == "redacted":
        draft = _with_secret(draft, secret_from, inputs)
    results = record(root, paths, draft, rulebook, now, dry_run=dry_run or bool(unknown))
    problems = [*unknown, *(p for r in results for p in r.problems)]
    refused = bool(unknown) or any(r.refused for r in results)
    if output == "json":
        _print_json(draft, results, problems, inputs, rulebook, ok=not refused, dry_run=dry_run)
        return int(refused)
    if problems or inputs.warnings:
        click.echo("\n".join(problem_lines([*inputs.warnings, *problems])), err=True)
    if refused:
        count = len(unknown) + sum(r.refused for r in results)
        click.echo(f"{len(unknown) + len(paths)}件中有{count}件不能记录，因此一件都没有写入。", err=True)
        return 1
    _print_text(draft, results, rulebook, dry_run=dry_run)
    if event == "assigned" and not dry_run:
        _remind_of_vault(root, results)
    return 0


def _remind_of_vault(root: Path, results: Sequence[Result]) -> None:
    """第十九条: who may read a case in the vault changes only when somebody rekeys it."""
    kept = kept_here(root, (result.after.case.id for result in results if result.after))
    if kept:
        click.echo("金库中有内容的，合并以后由交办单位运行下面的命令，新承办单位才能解密，原承办单位不再能解密：")
        click.echo(f"  huiyin vault rekey {' '.join(kept)} --rev main")


def _find_paths(values: Mapping[str, Any], place: Place, inputs: Inputs) -> tuple[list[str], list[Problem]]:
    arguments = list(values["ids"])
    if values["ids_from"] is not None:
        arguments += inputs.lines(values["ids_from"], "--ids-from")
    if not arguments:
        raise UsageError(Problem("HY954", "没有写要记录哪些留言。"))
    for argument in arguments:
        check_text(argument, "编号")
    found, unknown = find_case_paths(arguments, place)
    paths = [path for argument in arguments for path in found.get(argument, ())]
    twice = [path for path, times in Counter(paths).items() if times > 1]
    if twice:
        raise UsageError(*(Problem("HY941", "同一件写了两次。", path) for path in twice))
    return paths, unknown


def _draft(
    event: str, schema: dict[str, Any], values: Mapping[str, Any], registry: Registry, inputs: Inputs, now: datetime
) -> Draft:
    """What was typed, completed at the terminal and judged by the schema, before any case is looked at."""
    fields = event_fields(schema, event)
    data = given_values(fields, values, inputs, registry)
    by = values["by"] or (inputs.ask("记录人代号（人员或 人员@单位）") if inputs.interactive else "")
    at = values["at"] or now
    # The publisher follows from the unit of each case; any will do while the rest is judged.
    fixed = {"type": event, "at": timestamp(at), "by": {"unit": "unit"}, "publisher": "-"}
    _complete(data, fields, fixed, schema["$defs"][event], inputs, registry)
    if not by.strip():
        raise UsageError(Problem("HY940", "缺少：--by（记录人），或环境变量 HUIYIN_PERSON。"))
    person, unit = _parse_by(by, registry)
    whole = {**{k: v for k, v in fixed.items() if k != "publisher" or _has(fields, k)}, **data}
    refuse_invalid(whole, Schema(alone(schema, event), "schema/case.schema.json"), fields)
    return Draft(type=event, at=at, person=person, unit=unit, fields=data)


def _complete(
    data: dict[str, Any],
    fields: Sequence[Field],
    fixed: Mapping[str, Any],
    definition: Mapping[str, Any],
    inputs: Inputs,
    registry: Registry,
) -> None:
    """Ask for what is missing, one by one, since an answer may make another field necessary."""
    by_name = {f.name: f for f in fields}
    while names := missing_names(definition, {**fixed, **data}):
        if not inputs.interactive:
            refuse_missing([by_name[name] for name in names])
        data[names[0]] = ask(by_name[names[0]], inputs, registry)


def _has(fields: Sequence[Field], name: str) -> bool:
    return any(f.name == name for f in fields)


def _refuse_personal(draft: Draft, fields: Sequence[Field], rulebook: Rulebook, inputs: Inputs) -> None:
    """第十九条: what is certainly personal is not written; of the rest the clerk is told.

    Raises:
        HuiyinError: HY737.
    """
    found = list(typed_problems(draft.fields, fields, rulebook.privacy))
    if any(p.level is Severity.ERROR for p in found):
        raise HuiyinError(*found)
    inputs.warnings += found


def _parse_by(by: str, registry: Registry) -> tuple[str, str | None]:
    """``person`` or ``person@unit``."""
    check_text(by, "--by")
    person, _, unit = by.strip().partition("@")
    if person not in registry.people:
        raise UsageError(Problem("HY933", f"--by：没有代号为“{person}”的人员。"))
    return person, unit_id(unit, registry, "--by") if unit else None


def _secret_source(remove: str | None) -> str | None:
    if remove is not None and remove != "-" and not remove.startswith("@"):
        raise UsageError(Problem("HY947", "--remove 不得直接写出要隐去的文字。", article="19"))
    return remove


def _with_secret(draft: Draft, source: str | None, inputs: Inputs) -> Draft:
    if source is not None:
        secret = inputs.raw(source, "--remove")
    elif inputs.interactive:
        secret = click.prompt("要隐去的文字（不显示）", hide_input=True, err=True, prompt_suffix="：")
    else:
        raise UsageError(Problem("HY940", "缺少：--remove（写 - 从标准输入读，或 @文件）。"))
    # Line breaks at the end come from the pipe or the editor, and those inside stand in the record as line feeds.
    secret = secret.replace("\r\n", "\n").strip("\n")
    if not secret.strip():
        raise UsageError(Problem("HY940", "缺少：要隐去的文字是空的。"))
    return Draft(type=draft.type, at=draft.at, person=draft.person, unit=draft.unit, fields=draft.fields, hide=secret)


def _print_text(draft: Draft, results: Sequence[Result], rulebook: Rulebook, *, dry_run: bool) -> None:
    if dry_run:
        click.echo(DRY_RUN)
    else:
        title = results[0].after.procedure.events[draft.type].title if results[0].after else draft.type
        click.echo(f"已记录“{title}”（{draft.type}）：{len(results)}件。")
    for result in results:
        if result.before and result.after and result.event:
            seats = event_approvals(result.before, result.after, result.event)
            click.echo("\n".join(outcome_lines(result.after, result.path, seats, draft.person, rulebook)))
    if draft.hide and not dry_run:
        click.echo(IN_HISTORY)
    if not dry_run:
        click.echo(COMMIT)


def _print_json(
    draft: Draft,
    results: Sequence[Result],
    problems: Sequence[Problem],
    inputs: Inputs,
    rulebook: Rulebook,
    *,
    ok: bool,
    dry_run: bool,
) -> None:
    recorded = [
        outcome_data(r.after, r.path, event_approvals(r.before, r.after, r.event), draft.person, rulebook)
        for r in results
        if ok and r.before and r.after and r.event
    ]
    print_json(
        {
            "event": draft.type,
            "ok": ok,
            "dry_run": dry_run,
            "recorded": recorded,
            "problems": [problem_data(p) for p in (*inputs.warnings, *problems)],
        }
    )

"""Options, prompts and values of the fields that the case schema describes."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

import click

from huiyin.cli.inputs import Inputs, check_text
from huiyin.cli.options import Place, Root, find_root
from huiyin.model.moment import parse_as_of, timestamp
from huiyin.model.problem import HuiyinError, Problem, UsageError
from huiyin.recording.fields import Field, Kind
from huiyin.repo import yaml
from huiyin.repo.schemas import Schema
from huiyin.rules.registry import Registry

PLACE = "huiyin.cli.fields.place"
"""Key of ``Context.meta`` for the tree from which options are made."""
METAVARS = {
    Kind.LINE: "文字",
    Kind.TEXT: "文字|@文件|-",
    Kind.DATE: "年-月-日",
    Kind.TIME: "时间",
    Kind.UNIT: "单位",
    Kind.OBJECT: "'{键: 值, …}'",
}
YES_NO = {"是": True, "y": True, "yes": True, "有": True, "否": False, "n": False, "no": False, "无": False}


def place_from(ctx: click.Context, args: Sequence[str] = ()) -> Place:
    """The tree whose schema the options are made of: that of ``--root`` among ``args``, of HUIYIN_ROOT, or around here.

    Raises:
        UsageError: HY910, there is none.
    """
    place = ctx.meta.get(PLACE)
    if isinstance(place, Place):
        return place
    given = os.environ.get("HUIYIN_ROOT")
    for this, following in zip(args, [*args, None][1:], strict=True):
        if this == "--root" and following is not None:
            given = following
        elif this.startswith("--root="):
            given = this.removeprefix("--root=")
    made = Place(Root().convert(given, None, ctx) if given else find_root(Path.cwd()))
    ctx.meta[PLACE] = made
    return made


def option_for(field: Field, *, default: str = "") -> click.Option:
    """The option with which a field is given; what is missing is asked for or told later, by title.

    Args:
        default: what holds where a required field is not given, in Chinese; "" where it must be given.
    """
    text = f"{field.title}：{field.description}" if field.description else field.title
    if default:
        text += f"默认为{default}。"
    elif field.required:
        text += " [必填]"
    names = list(dict.fromkeys([field.option, f"--{field.name.replace('_', '-')}"]))
    if field.kind is Kind.FLAG:
        return click.Option([f"{field.option}/--no-{field.option.removeprefix('--')}"], default=None, help=text)
    choice = click.Choice([str(c) for c in field.choices]) if field.kind is Kind.CHOICE else None
    return click.Option(
        [*names, field.name],
        type=choice,
        metavar=None if choice else METAVARS[field.kind],
        multiple=field.many,
        help=text + ("可写多次。" if field.many else ""),
    )


def given_values(
    fields: Sequence[Field], values: Mapping[str, Any], inputs: Inputs, registry: Registry
) -> dict[str, Any]:
    """Of the options that were written, the values as JSON, by name of the field.

    Raises:
        HuiyinError: a value, or the file that it points to, is not what the field takes.
    """
    found = {}
    for field in fields:
        raw = values[field.name]
        if raw is None or raw == ():
            continue
        found[field.name] = (
            [convert(field, item, inputs, registry) for item in raw]
            if field.many
            else convert(field, raw, inputs, registry)
        )
    return found


def convert(field: Field, raw: Any, inputs: Inputs, registry: Registry) -> Any:
    """One value as JSON, from what was typed.

    Raises:
        HuiyinError: HY942, HY921, HY932 and those of ``Inputs``: it is not what the field takes.
    """
    if isinstance(raw, bool):
        return raw
    match field.kind:
        case Kind.TEXT:
            return inputs.text(raw, field.option)
        case Kind.CHOICE:
            return next(c for c in field.choices if str(c) == raw)
        case Kind.DATE:
            return _date(raw, field)
        case Kind.TIME:
            return timestamp(parse_moment(raw))
        case Kind.UNIT:
            return unit_id(raw, registry, field.option)
        case Kind.OBJECT:
            return _object(inputs.raw(raw, field.option), field)
        case _:
            return inputs.line(raw, field.option)


def ask(field: Field, inputs: Inputs, registry: Registry) -> Any:
    """Ask the person at the terminal for a field, again and again until it is one.

    Raises:
        click.Abort: they gave up.
    """
    if field.description:
        click.echo(field.description, err=True)
    while True:
        try:
            if field.kind is Kind.TEXT:
                typed = inputs.ask_text(field.title)
                value: Any = inputs.text(f"@{typed}" if typed.startswith("@") else typed, field.option)
            elif field.many:
                parts = re.split(r"[、,，\s]+", inputs.ask(f"{field.title}（几个之间用“、”分开）"))
                value = [_typed(field, part, inputs, registry) for part in parts if part]
            else:
                value = _typed(field, inputs.ask(field.title).strip(), inputs, registry)
        except HuiyinError as error:
            click.echo("\n".join(p.message for p in error.problems), err=True)
            continue
        if value not in ("", [], None):
            return value
        click.echo(f"“{field.title}”不能为空。", err=True)


def _typed(field: Field, typed: str, inputs: Inputs, registry: Registry) -> Any:
    if not typed:
        return None
    if field.kind is Kind.FLAG:
        if typed.lower() not in YES_NO:
            raise UsageError(Problem("HY942", "请回答“是”或“否”。"))
        return YES_NO[typed.lower()]
    if field.kind is Kind.CHOICE and typed not in map(str, field.choices):
        raise UsageError(Problem("HY942", f"只能取：{'、'.join(map(str, field.choices))}。"))
    return convert(field, typed, inputs, registry)


def refuse_missing(fields: Sequence[Field]) -> None:
    """Raise HY940 that names the options, if any fields are given."""
    if fields:
        names = "、".join(f"{f.option}（{f.title}）" for f in fields)
        raise UsageError(Problem("HY940", f"缺少：{names}。"))


def refuse_invalid(data: Mapping[str, Any], schema: Schema, fields: Sequence[Field]) -> None:
    """Judge what was typed by the schema, and name the options in what is wrong with it.

    Raises:
        UsageError: HY942 for each problem.
    """
    by_place = {f.place: f for f in fields}
    problems = []
    for problem in schema.find_problems(data, ""):
        parts = tuple(problem.pointer.split("/")[1:])
        field = next((by_place[parts[:n]] for n in range(1, len(parts) + 1) if parts[:n] in by_place), None)
        where = f"{field.option}（{field.title}）：" if field else ""
        problems.append(Problem("HY942", f"{where}{problem.message}", pointer=problem.pointer))
    if problems:
        raise UsageError(*problems)


def parse_moment(text: str) -> datetime:
    """A moment that was typed, whole seconds; Asia/Shanghai unless it says otherwise.

    Raises:
        UsageError: HY921, it is none; HY922, it is only a day.
    """
    check_text(text, "时间")
    moment = parse_as_of(text.strip())
    if len(text.strip()) <= len("2026-11-23"):
        raise UsageError(Problem("HY922", f"只写了日期“{text.strip()}”。"))
    return moment


class Moment(click.ParamType[datetime]):
    """A date with its time of day."""

    name = "时间"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        """Parse what was typed."""
        return value if isinstance(value, datetime) else parse_moment(str(value))


def unit_id(name: str, registry: Registry, option: str) -> str:
    """The id of the unit that was typed, by id or by name.

    Raises:
        UsageError: HY932, there is none.
    """
    check_text(name, option)
    unit = registry.find_unit(name)
    if unit is None:
        raise UsageError(Problem("HY932", f"{option}：没有代号或名称为“{name}”的单位。"))
    return unit.id


def _object(text: str, field: Field) -> dict[str, Any]:
    try:
        return yaml.parse_mapping(text.encode(), path="")
    except HuiyinError as error:
        raise UsageError(
            *(Problem("HY942", f"{field.option}（{field.title}）：{p.message}") for p in error.problems)
        ) from None


def _date(text: str, field: Field) -> str:
    try:
        return date.fromisoformat(text.strip()).isoformat()
    except ValueError:
        raise UsageError(Problem("HY942", f"{field.option}（{field.title}）：应为年-月-日，如 2026-11-27。")) from None

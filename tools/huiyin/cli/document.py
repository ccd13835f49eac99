"""``huiyin document``."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from huiyin.cli.cases import Replays, replay_one
from huiyin.cli.chinese import command as chinese_command
from huiyin.cli.inputs import check_text
from huiyin.cli.options import Place, as_of_option, rev_option, root_option
from huiyin.cli.output import problem_lines
from huiyin.model.problem import HuiyinError, Problem, Severity, UsageError
from huiyin.repo.files import write_all
from huiyin.repo.source import shown
from huiyin.rules.deadlines import local_day

if TYPE_CHECKING:
    from huiyin.reports.documents import Document, Kind
    from huiyin.rules.standing import Replay

_NOT_YET = "HY303"
"""Events after ``--as-of`` are no mistake here: that is how a document of an earlier day is made."""


@chinese_command("document")
@click.argument("kind_name", metavar="种类")
@click.argument("case_ids", nargs=-1, metavar="[编号]...")
@click.option("--month", help="月份，如 2026-10：digest 选摘该月收到的重要留言，monthly 汇总该月。")
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), required=True, help="写到哪个目录。")
@click.option("--force", is_flag=True, help="覆盖同名文件。")
@rev_option
@root_option
@as_of_option
def command(
    kind_name: str,
    case_ids: tuple[str, ...],
    month: str | None,
    out: Path,
    rev: str | None,
    root: Path,
    now: datetime,
    *,
    force: bool,
) -> int:
    """写成公文（.docx，按GB/T 9704-2012的版式），在Word或WPS中修改后印发。

    \b
    每件留言一份，写一个或者多个编号：
      transfer     转办函（第九条（四）、第十二条）
      reminder     催办通知（第十五条）
      extension    延期批复（第十六条）
      return       退回重办通知（第二十一条）
      supervision  督办通知单（第八条、第十一条、第十八条）
      briefing     重要留言专报（第十一条）

    \b
    几件留言一份：
      digest       留言选摘（第十七条）：写编号，或者用 --month
      criticism    通报批评草稿（第二十二条）：写同一承办单位的编号
      monthly      月度办理情况汇总（第十七条）：用 --month

    种类也可以写中文名。文书只用本库中的文字，不读保密库；库中没有的内容写作〔待填：……〕，并在此列出。
    补出以前的文书，用 --as-of 写明当时的时间。
    """  # noqa: D301 - click leaves a paragraph as it is where this character stands
    place = Place(root, rev)
    kind = _find_kind(kind_name)
    ids = _check_request(kind, case_ids, month)
    documents, code = _make(kind, ids, month, place, now)
    _refuse_existing(documents, out, force=force)
    write_all({out / document.name: document.content for document in documents})
    click.echo("\n".join(problem_lines(_notices(documents, place, now))), err=True)
    for document in documents:
        blanks = f"，待填{len(document.blanks)}处" if document.blanks else ""
        click.echo(f"已写成：{shown(str(out / document.name))}（{document.kind.label}{blanks}）")
    return code


def _find_kind(name: str) -> Kind:
    from huiyin.reports.documents.kinds import Kind, find_kind

    check_text(name, "种类")
    kind = find_kind(name)
    if kind is None:
        known = "、".join(f"{k.value}（{k.label}）" for k in Kind)
        raise UsageError(Problem("HY883", f"没有“{shown(name)}”这种文书；可用：{known}。"))
    return kind


def _check_request(kind: Kind, case_ids: Sequence[str], month: str | None) -> list[str]:
    """The ids, each once, where the kind has the ids and the month that it needs and no more."""
    from huiyin.reports.documents.kinds import Kind
    from huiyin.reports.monthly_periods import parse_month

    if month is not None:
        check_text(month, "月份")
        month = str(parse_month(month))
    if kind is Kind.MONTHLY:
        wrong = "只用 --month 写明月份，不写编号" if case_ids or month is None else ""
    elif kind is Kind.DIGEST:
        wrong = "写编号，或者用 --month 写明月份，二者取一" if bool(case_ids) == (month is not None) else ""
    else:
        wrong = "写编号，不用 --month" if not case_ids or month is not None else ""
    if wrong:
        raise UsageError(Problem("HY883", f"{kind.label}要{wrong}。"))
    return list(dict.fromkeys(case_ids))


def _make(kind: Kind, ids: Sequence[str], month: str | None, place: Place, now: datetime) -> tuple[list[Document], int]:
    """The documents, and the exit code: 1 where cases that cannot be read are missing from them."""
    from huiyin.repo.revision import read_revision
    from huiyin.reports import documents as docs
    from huiyin.reports.monthly import monthly_summary
    from huiyin.reports.monthly_periods import parse_month

    if kind in docs.OF_ONE_CASE:
        found = [_sound(place, case_id, now) for case_id in ids]
        return [docs.make_case_document(kind, one, place.rulebook) for one in found], 0
    if ids:
        chosen = [_sound(place, case_id, now) for case_id in ids]
        if kind is docs.Kind.CRITICISM:
            return [docs.make_criticism(chosen, place.rulebook, now)], 0
        return [docs.make_digest(chosen, place.rulebook, now, None)], 0
    assert month is not None, "checked before: without ids there is a month"
    replays = Replays(place, now)
    received = (found for found in replays if found.case.received_at <= now)
    if kind is docs.Kind.DIGEST:
        return [docs.make_digest(received, place.rulebook, now, month)], replays.exit_code
    revision = read_revision(place.root, place.rev)
    summary = monthly_summary(received, place.rulebook, parse_month(month), now, revision)
    return [docs.make_monthly(summary, place.rulebook)], replays.exit_code


def _sound(place: Place, case_id: str, now: datetime) -> Replay:
    """A case without errors: a document must not tell what the procedure forbids.

    Raises:
        HuiyinError: what is wrong with it; HY880, it was not received yet.
    """
    found = replay_one(place, case_id, now)
    if found.case.received_at > now:
        raise HuiyinError(Problem("HY880", f"{found.case.id}当时还没有收到。", found.case.path))
    errors = [p for p in found.problems if p.level is Severity.ERROR and p.code != _NOT_YET]
    if errors:
        raise HuiyinError(*(p.at(path=found.case.path) for p in errors))
    return found


def _refuse_existing(documents: Sequence[Document], out: Path, *, force: bool) -> None:
    there = [] if force else [d for d in documents if (out / d.name).exists()]
    if there:
        raise HuiyinError(*(Problem("HY882", "已有这个文件。", shown(str(out / d.name))) for d in there))


def _notices(documents: Sequence[Document], place: Place, now: datetime) -> list[Problem]:
    """HY881 for each document with blanks, and HY330 where the procedure that it cites has lapsed (第二十四条)."""
    day = local_day(now)
    found = [Problem("HY881", f"{'、'.join(d.blanks)}。", shown(d.name)) for d in documents if d.blanks]
    for procedure in place.rulebook.procedures.values():
        if procedure.has_lapsed(day):
            message = f"《{procedure.title}》有效期已于{procedure.in_force_until}届满，印发前请核实续行依据。"
            found.append(Problem("HY330", message, article=procedure.in_force_article))
    return found

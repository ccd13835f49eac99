"""``huiyin remind``."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from huiyin.cli.cases import Replays
from huiyin.cli.chinese import command as chinese_command
from huiyin.cli.keys import gate_key
from huiyin.cli.options import Place, as_of_option, format_option, rev_option, root_option
from huiyin.cli.output import github_line, print_json, print_table, problem_data, problem_lines
from huiyin.model.problem import Problem, Severity, UsageError

if TYPE_CHECKING:
    from huiyin.reminders.contacts import Contacts
    from huiyin.reminders.notices import Kind
    from huiyin.reminders.outbox import Outbox
    from huiyin.reminders.plan import Delivery, Plan
    from huiyin.reminders.sending import Report, Result
    from huiyin.rules.registry import Registry

KINDS = (
    *("tracked", "supervised_overdue", "overdue", "due_soon", "claim_late", "claim", "review_late", "review"),
    "copied",
)
"""The kinds of ``reminders.notices``, named here so that the help needs no import; a test compares them."""


@chinese_command("remind")
@click.option("--dry-run", is_flag=True, help="只列出将要发给谁，不发，也不改发件箱。")
@click.option("--letters", is_flag=True, help="与 --dry-run 合用：一并显示每一封的全文。")
@click.option(
    "--outbox", metavar="目录", envvar="HUIYIN_OUTBOX",
    help="发件箱：库外的目录，或Git仓库的地址（用其 outbox 分支）；记着哪些已经发出。也可设环境变量 HUIYIN_OUTBOX。",
)  # fmt: skip
@click.option("--new-outbox", is_flag=True, help="还没有发件箱的，新建一个；只在第一次使用时写。")
@click.option(
    "--contacts", metavar="文件", envvar="HUIYIN_CONTACTS",
    help="通讯录：邮箱和机器人令牌，放在库外；或环境变量 HUIYIN_CONTACTS（可以是内容本身）。",
)  # fmt: skip
@click.option("--only", multiple=True, type=click.Choice(KINDS), help="只发这一类，可以写几次。")
@click.option("--retry-unknown", is_flag=True, help="上次不知是否发出的，重发；收件人可能收到两次。")
@click.option("--accept-unknown", is_flag=True, help="上次不知是否发出的，记为已发出。")
@click.option(
    "--outbox-key", metavar="文件", envvar="HUIYIN_OUTBOX_KEY",
    help="发件箱在Git仓库的，访问它的SSH私钥，或环境变量 HUIYIN_OUTBOX_KEY（可以是私钥本身）。",
)  # fmt: skip
@rev_option
@root_option
@as_of_option
@format_option("text", "json", "github")
def command(
    dry_run: bool,
    letters: bool,
    outbox: str | None,
    new_outbox: bool,
    contacts: str | None,
    only: tuple[str, ...],
    retry_unknown: bool,
    accept_unknown: bool,
    outbox_key: str | None,
    rev: str | None,
    root: Path,
    now: datetime,
    output: str,
) -> int:
    """催办提醒：到期前一天提醒承办单位主要负责同志（第十五条），并告知待审核、待认领、逾期和督办的留言。

    发给谁由 rules/reminders.yaml 和人员名册确定，经邮件和群机器人发出，只写编号，不写标题和正文（第十九条）。
    同一事项同一日对同一人只发一次；没有发出的，下次运行时补发。有没有发出的，退出码为1。
    """
    from huiyin.reminders.contacts import Contacts, load_contacts
    from huiyin.reminders.notices import Kind
    from huiyin.reminders.patience import Patience
    from huiyin.reminders.plan import make_plan
    from huiyin.reminders.routing import load_routing
    from huiyin.reminders.sending import Sender, run

    if retry_unknown and accept_unknown:
        raise UsageError(Problem("HY920", "--retry-unknown 和 --accept-unknown 只能写一个。"))
    if outbox is None and not dry_run:
        raise UsageError(Problem("HY920", "没有写发件箱（--outbox，或环境变量 HUIYIN_OUTBOX）。"))
    place = Place(root, rev)
    routing = load_routing(place.source, place.rulebook.registry)
    known: Contacts = load_contacts(contacts, place.source, root) if contacts else Contacts()
    kinds = frozenset(map(Kind, only)) or frozenset(Kind)
    replays = Replays(place, now)
    plan = make_plan(replays, place.rulebook, routing, now)
    registry = place.rulebook.registry
    # A rehearsal makes no outbox: where there is none yet, nothing has been sent.
    where = None if dry_run and new_outbox else outbox
    with _outbox(where, outbox_key, root, now, new=new_outbox) as box:
        if dry_run:
            report = _rehearse(plan, box, registry, kinds)
        else:
            assert box is not None
            sender = Sender(known, registry, Patience())
            flags = {"retry_unknown": retry_unknown, "accept_unknown": accept_unknown}
            report = run(plan, box, sender, registry, only=kinds, **flags)
    _print(report, plan, registry, known, output, dry_run=dry_run, letters=letters)
    failed = any(p.level is Severity.ERROR for p in report.problems)
    return int(failed or bool(replays.exit_code))


@contextmanager
def _outbox(where: str | None, key: str | None, root: Path, now: datetime, *, new: bool) -> Iterator[Outbox | None]:
    """The outbox that is named; None where none is, as a dry run may do without."""
    from huiyin.reminders.outbox import open_folder
    from huiyin.reminders.remote import is_remote, open_remote

    with ExitStack() as stack:
        if where is None:
            yield None
        elif is_remote(where):
            path = stack.enter_context(gate_key(key, root)) if key else None
            yield stack.enter_context(open_remote(where, path, now, new=new))
        else:
            yield stack.enter_context(open_folder(Path(where), root, now, new=new))


def _rehearse(plan: Plan, outbox: Outbox | None, registry: Registry, kinds: frozenset[Kind]) -> Report:
    from huiyin.reminders.outbox import State
    from huiyin.reminders.sending import Report, Result, outstanding

    waiting = outstanding(plan, outbox, registry, kinds)
    wanted = [d for d in plan.deliveries if d.notice.kind in kinds]
    already = sum(outbox is not None and outbox.state(d.key) is State.SENT for d in wanted)
    return Report(tuple(Result(letter, None) for letter in waiting), len(wanted), already, plan.problems)


def _print(
    report: Report, plan: Plan, registry: Registry, contacts: Contacts, output: str, *, dry_run: bool, letters: bool
) -> None:
    problems = [*contacts.warnings, *report.problems]
    if output == "json":
        print_json(_data(report, plan, problems, dry_run=dry_run))
        return
    if output == "github":
        for problem in problems:
            click.echo(github_line(problem))
        return
    if problems:
        click.echo("\n".join(problem_lines(problems)), err=True)
    _print_text(report, plan, dry_run=dry_run)
    if letters and dry_run:
        _print_letters(report, plan, registry)


def _print_text(report: Report, plan: Plan, *, dry_run: bool) -> None:
    from huiyin.reminders.texts import counts

    click.echo(
        f"截至 {plan.as_of:%Y-%m-%d %H:%M}（北京时间）：应告知{report.planned}项，以前已发出{report.already}项。"
    )
    if not report.results:
        click.echo("没有要发的。")
        return
    print_table(
        "试运行，没有发出" if dry_run else "发送结果",
        ("收件", "代号", "途径", "事由", "结果"),
        (
            (
                r.letter.deliveries[0].addressee.name,
                r.letter.message.to,
                _channel(r.letter.message.channel),
                counts(r.letter.deliveries),
                "将发出" if r.state is None else r.state.label,
            )
            for r in report.results
        ),
    )


def _print_letters(report: Report, plan: Plan, registry: Registry) -> None:
    from huiyin.reminders.plan import MAIL
    from huiyin.reminders.texts import letter, post, subject

    for result in report.results:
        deliveries = result.letter.deliveries
        click.echo("─" * 40)
        if result.letter.message.channel == MAIL:
            click.echo(f"主题：{subject(deliveries, plan.as_of)}\n")
            click.echo(letter(deliveries, registry, plan.as_of))
        else:
            click.echo(post(deliveries, registry, plan.as_of))


def _channel(channel: str) -> str:
    from huiyin.reminders.plan import MAIL
    from huiyin.reminders.routing import RobotKind

    return "邮件" if channel == MAIL else RobotKind(channel).label


def _data(report: Report, plan: Plan, problems: Sequence[Problem], *, dry_run: bool) -> dict[str, object]:
    """The stable JSON form (docs/cli.md)."""
    return {
        "as_of": plan.as_of.isoformat(),
        "dry_run": dry_run,
        "planned": report.planned,
        "already": report.already,
        "messages": [_message_data(r, plan) for r in report.results],
        "problems": [problem_data(p) for p in problems],
    }


def _message_data(result: Result, plan: Plan) -> dict[str, object]:
    return {
        "to": result.letter.message.to,
        "channel": result.letter.message.channel,
        "state": result.state.value if result.state else None,
        "notices": [_notice_data(d, plan) for d in result.letter.deliveries],
    }


def _notice_data(delivery: Delivery, plan: Plan) -> dict[str, object]:
    from huiyin.reminders.plan import is_late
    from huiyin.rules.deadlines import local_day

    notice = delivery.notice
    return {
        "id": notice.case_id,
        "kind": notice.kind.value,
        "day": notice.day.isoformat(),
        "told_late": is_late(notice, local_day(plan.as_of)),
        "unit": notice.unit,
        "dispatcher": notice.dispatcher,
        "due": notice.due,
        "working_days_late": notice.working_days_late,
        "provisional": notice.provisional,
        "articles": list(notice.articles),
    }

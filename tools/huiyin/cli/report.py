"""``huiyin report``: reports for people, each in a module of its own."""

from __future__ import annotations

import click

from huiyin.cli.lazy import LazyGroup

REPORTS = {
    "daily": ("huiyin.cli.report_daily", "日报和台账：未审核、未认领、将到期、已逾期、退回重办……"),
    "issues": ("huiyin.cli.report_issues", "在代码平台上为每个单位维护一个催办议题"),
    "monthly": ("huiyin.cli.report_monthly", "月度办理情况汇总：正文、表、清单和图表（第十七条）"),
}
"""Name → (module with ``command``, one line of help), as in ``huiyin.cli.main``."""


@click.group("report", cls=LazyGroup, modules=REPORTS, invoke_without_command=True, subcommand_metavar="命令 [参数]...")
@click.pass_context
def command(ctx: click.Context) -> int:
    """报告：供交办单位、督查室和承办单位使用的清单、台账和汇总。

    只列编号和办理情况，不列标题和正文（第十九条）。
    """
    if ctx.invoked_subcommand is None:
        click.echo(ctx.get_help())
    return 0

"""``huiyin export``: the record for engines of others, each format in a module of its own."""

from __future__ import annotations

import click

from huiyin.cli.lazy import LazyGroup

FORMATS = {
    "parquet": ("huiyin.cli.export_parquet", "按年月分区的Parquet文件，供DuckDB、Spark等分析"),
}
"""Name → (module with ``command``, one line of help), as in ``huiyin.cli.main``."""


@click.group("export", cls=LazyGroup, modules=FORMATS, invoke_without_command=True, subcommand_metavar="命令 [参数]...")
@click.pass_context
def command(ctx: click.Context) -> int:
    """导出：把全部留言的办理情况写成表，供其他程序分析。

    只有编号和办理情况，没有标题、正文和姓名（第十九条）。
    """
    if ctx.invoked_subcommand is None:
        click.echo(ctx.get_help())
    return 0

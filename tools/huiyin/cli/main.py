"""``huiyin``: the one entry point and the one error boundary.

Exit codes: 0 fine, 1 problems found, 2 usage, 3 a bug of ours, 130 interrupted.
"""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Iterator, Sequence
from typing import NoReturn

import click

from huiyin import __version__
from huiyin.cli.chinese import explain_usage
from huiyin.cli.lazy import LazyGroup
from huiyin.model.problem import HuiyinError, Problem
from huiyin.streams import guard

COMMANDS = {
    "check": ("huiyin.cli.check", "检查全部留言和规则：写法、模式、流程、时间、公开名义、受理条件"),
    "deadlines": ("huiyin.cli.deadlines", "列出未审核、未认领、将到期、已逾期的留言"),
    "report": ("huiyin.cli.report", "日报、台账等报告，以及代码平台上的催办议题"),
    "stats": ("huiyin.cli.stats", "统计：回复率、按期办结率、办理用时等，及各项指标所计的留言"),
    "export": ("huiyin.cli.export", "导出全部留言的办理情况（Parquet），供其他程序分析"),
    "remind": ("huiyin.cli.remind", "催办提醒：经邮件和群机器人告知主要负责同志、经办人、交办单位和督查室"),
    "inbox": ("huiyin.cli.inbox", "列出某单位或某人待办的留言"),
    "show": ("huiyin.cli.show", "显示一件留言的经过、现状和下一步"),
    "why": ("huiyin.cli.why", "逐日说明一件留言的各个期限是怎样算出来的"),
    "new": ("huiyin.cli.new", "登记一件新留言"),
    "record": ("huiyin.cli.record", "记录一个事件：交办、认领、报送答复、公开……"),
    "import": ("huiyin.cli.import_", "从表格（.xlsx、.csv）导入留言"),
    "redact": ("huiyin.cli.redact", "逐处判断暂存草稿中的个人信息，然后登记"),
    "code": ("huiyin.cli.code", "查询码：留言人凭它在网站上查看办到了哪一步；显示，或列成清单"),
    "vault": ("huiyin.cli.vault", "金库：留言人的姓名、联系方式、原文和个别答复，加密存在Git之外"),
    "fmt": ("huiyin.cli.fmt", "把留言文件改为规范格式"),
    "approve": ("huiyin.cli.approve", "审签分支上的改动，或要求修改（不用代码平台时）"),
    "gate": ("huiyin.cli.gate", "闸门：判断一项改动能否合入主线，还差谁审签"),
    "merge": ("huiyin.cli.merge", "闸门：把审签齐全的分支合入主线，并签名存证"),
    "init": ("huiyin.cli.init", "新建留言库的服务器仓库，闸门即装即用"),
    "audit": ("huiyin.cli.audit", "查证主线的全部历史：每次合并都合法、经审签、由闸门所作"),
    "calendar": ("huiyin.cli.calendar", "显示一年的工作日；比较两版日历，列出期限变动的留言"),
    "scan": ("huiyin.cli.scan", "检查生成的网站中有无个人信息，每个文件都读到底"),
    "document": ("huiyin.cli.document", "写成公文（.docx）：转办函、催办通知、督办通知单、专报、汇总等"),
    "units": ("huiyin.cli.units", "列出单位名册"),
    "problems": ("huiyin.cli.problems", "列出问题代码及其原因和处理办法"),
}
"""Name → (module with ``command``, one line of help). Modules are imported only when their command runs."""


@click.group(
    cls=LazyGroup,
    modules=COMMANDS,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"]},
)
@click.version_option(__version__, message="huiyin %(version)s", help="显示版本并退出。")
@click.pass_context
def cli(ctx: click.Context) -> int:
    """回音：按《网民留言办理工作实施办法》办理网民留言，事事有回音。

    每个命令都有 --help。多数命令在留言库（含 cases/、rules/、schema/ 的目录）中运行，或用 --root 指明。
    """
    if ctx.invoked_subcommand is None:
        click.echo(ctx.get_help())
    return 0


def run(args: Sequence[str] | None = None) -> int:
    """Run one command line and return its exit code; prints every error, raises none.

    Args:
        args: without the program's name; those of the process by default.
    """
    given = sys.argv[1:] if args is None else list(args)
    output = _stated_format(given)
    try:
        result = cli.main(args=given, prog_name="huiyin", standalone_mode=False)
        return result if isinstance(result, int) else 0
    except HuiyinError as error:
        _print(error.problems, output)
        return error.exit_code
    except click.UsageError as error:
        where = f"（用法见 {error.ctx.command_path} --help）" if error.ctx else ""
        _print([Problem("HY920", f"{explain_usage(error)}{where}")], output)
        return 2
    except click.exceptions.Exit as stop:
        return stop.exit_code
    except (KeyboardInterrupt, click.Abort):
        click.echo("已中断，没有留下写了一半的文件。", err=True)
        return 130
    except Exception as error:  # noqa: BLE001 - the one boundary: a bug must not reach a clerk as a traceback
        if os.environ.get("HUIYIN_DEBUG"):
            click.echo("".join(_frames(error)), err=True, nl=False)
        _print([Problem("HY999", f"程序内部错误（{type(error).__name__}）。")], output)
        return 3


def _frames(error: BaseException) -> Iterator[str]:
    """Where in the program it happened; not what the exception says, which may be the text of a message (第十九条)."""
    earlier = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    if earlier is not None:
        yield from _frames(earlier)
    yield from traceback.format_tb(error.__traceback__)
    yield f"{type(error).__name__}\n"


def _stated_format(args: Sequence[str]) -> str:
    """The format that was asked for, found without the parser, which may be what stops the command."""
    stated = "text"
    for this, following in zip(args, [*args[1:], ""], strict=True):
        if this == "--format":
            stated = following
        elif this.startswith("--format="):
            stated = this.removeprefix("--format=")
    return stated


def _print(problems: Sequence[Problem], output: str = "text") -> None:
    """Tell people on standard error; programs that asked for their format get it in the place of the result."""
    from huiyin.cli.output import github_line, print_json, problem_data, problem_lines

    if output == "json":
        print_json({"ok": False, "problems": [problem_data(p) for p in problems]})
    elif output == "github":
        click.echo("\n".join(map(github_line, problems)))
    click.echo("\n".join(problem_lines(problems)), err=True)


def main() -> NoReturn:
    """The console script."""
    streams = guard()
    if (refusal := streams.refusal()) is not None:
        _print([refusal])
        sys.exit(1)
    code = run()
    if (loss := streams.loss()) is not None:
        _print([loss])
    sys.exit(code or int(loss is not None))


if __name__ == "__main__":
    main()

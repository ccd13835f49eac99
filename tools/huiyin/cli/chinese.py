"""Click in Chinese: help headings, and what is wrong with a command line."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click


class _Formatter(click.HelpFormatter):
    def write_heading(self, heading: str) -> None:
        """Write a heading with the colon of Chinese."""
        self.write(f"{'':>{self.current_indent}}{heading}：\n")


class _Context(click.Context):
    formatter_class = _Formatter


class _Chinese(click.Command):
    context_class = _Context

    def __init__(self, *args: Any, **attrs: Any) -> None:
        attrs.setdefault("options_metavar", "[选项]")
        super().__init__(*args, **attrs)

    def format_usage(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the usage line."""
        formatter.write_usage(ctx.command_path, " ".join(self.collect_usage_pieces(ctx)), prefix="用法：")

    def format_arguments(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the arguments, if any of them is explained."""
        arguments = [p for p in self.get_params(ctx) if isinstance(p, click.Argument)]
        if any(a.help for a in arguments):
            with formatter.section("参数"):
                formatter.write_dl([a.get_help_record(ctx) for a in arguments])

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the options, then the commands of a group."""
        options = [p for p in self.get_params(ctx) if isinstance(p, click.Option)]
        records = [r for r in (o.get_help_record(ctx) for o in options) if r is not None]
        if records:
            with formatter.section("选项"):
                formatter.write_dl([(name, _chinese_extra(text)) for name, text in records])
        if isinstance(self, click.Group):
            self.format_commands(ctx, formatter)

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Refuse what is empty: a variable of a script that was not set would mean "here", "all" or "anybody"."""
        if ctx.parent is not None:
            for before, this in zip(["", *args], args, strict=False):
                option = before if this == "" else this.removesuffix("=")
                if this == "" or (this.startswith("--") and this.count("=") == 1 and this.endswith("=")):
                    where = f"选项“{option}”" if option.startswith("--") else "一个参数"
                    raise click.UsageError(f"{where}是空的。", ctx)
        return super().parse_args(ctx, args)

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        """Give --help a Chinese text."""
        option = super().get_help_option(ctx)
        if option is not None:
            option.help = "显示帮助并退出。"
        return option


def _chinese_extra(text: str) -> str:
    """Click appends ``[default: x]`` and ``[required]`` to a help text."""
    return text.replace("[default: ", "[默认：").replace("[required]", "[必填]").replace("; required]", "；必填]")


class ChineseCommand(_Chinese):
    """A command whose help is Chinese."""


class ChineseGroup(_Chinese, click.Group):
    """A group whose help is Chinese, and whose commands are too."""

    command_class = ChineseCommand

    def __init__(self, *args: Any, **attrs: Any) -> None:
        attrs.setdefault("subcommand_metavar", "命令 [参数]...")
        super().__init__(*args, **attrs)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the commands with their first lines."""
        commands = [(name, self.get_command(ctx, name)) for name in self.list_commands(ctx)]
        with formatter.section("命令"):
            formatter.write_dl([(name, c.get_short_help_str(80)) for name, c in commands if c is not None])

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command, or say in Chinese that there is none."""
        name = args[0]
        if self.get_command(ctx, name) is None:
            raise click.UsageError(f"没有“{name}”这个命令；可用：{'、'.join(self.list_commands(ctx))}。", ctx)
        return super().resolve_command(ctx, args)


def command(name: str, **attrs: Any) -> Callable[[Callable[..., int]], click.Command]:
    """``click.command`` with Chinese help; the function returns the exit code."""
    return click.command(name, cls=ChineseCommand, **attrs)


def explain_usage(error: click.UsageError) -> str:
    """What is wrong with the command line, in Chinese; our own messages are Chinese already."""
    match error:
        case click.NoSuchOption():
            hint = f"；是否指 {'、'.join(sorted(error.possibilities))}？" if error.possibilities else ""
            return f"没有选项“{error.option_name}”{hint}"
        case click.BadOptionUsage():
            return f"选项“{error.option_name}”用法不对：缺少取值，或不应带取值。"
        case click.MissingParameter():
            return f"缺少{_name(error.param)}。"
        case click.BadParameter() if error.param is not None and _is_english(error.message):
            choices = getattr(error.param.type, "choices", None)
            allowed = f"，只能取：{'、'.join(map(str, choices))}" if choices else ""
            if isinstance(error.param.type, click.Path) and not error.param.type.file_okay:
                allowed = "：应是目录，那里却是文件"
            return f"{_name(error.param)}的取值不对{allowed}。"
        case click.BadArgumentUsage():
            return "参数个数不对。"
    if _is_english(error.message):
        return "命令行多了不认识的参数。" if "unexpected extra" in error.message else "命令行写法不对。"
    return error.message


def _is_english(text: str) -> bool:
    return text.isascii() or text.startswith(("Invalid", "Path", "File", "Directory", "Got", "Option"))


def _name(param: click.Parameter | None) -> str:
    if isinstance(param, click.Option):
        return f"选项“{param.opts[-1]}”"
    return f"参数 {param.human_readable_name}" if param is not None else "参数"

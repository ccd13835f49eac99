"""Groups whose commands are imported only when they are called, so that ``--help`` is quick."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from typing import Any

import click

from huiyin.cli.chinese import ChineseCommand, ChineseGroup


class LazyGroup(ChineseGroup):
    """A group of commands that are named here and defined elsewhere.

    Args:
        modules: name → (module with ``command``, one line of help), in the order of the help.
    """

    def __init__(self, *args: Any, modules: Mapping[str, tuple[str, str]], **attrs: Any) -> None:
        super().__init__(*args, **attrs)
        self._modules = modules

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Name all commands."""
        return list(self._modules)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the module of one command."""
        if cmd_name not in self._modules:
            return None
        command = importlib.import_module(self._modules[cmd_name][0]).command
        assert isinstance(command, ChineseCommand | ChineseGroup)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the commands without importing them."""
        with formatter.section("命令"):
            formatter.write_dl([(name, line) for name, (_, line) in self._modules.items()])

"""What clerks type or pipe in: literal text, ``@file``, ``-`` for standard input, answers at the terminal."""

from __future__ import annotations

import errno
import sys
from pathlib import Path

import click

from huiyin.intake.text import clean, clean_line
from huiyin.model.problem import HuiyinError, Problem, UsageError
from huiyin.repo.source import shown
from huiyin.repo.yaml import MAX_BYTES

STEPS = ("spaces", "invisible")
"""What is cleaned away from what people type: tabs, odd spaces, line breaks of other systems, unseen characters."""
END = "."
"""A line of only this ends a text typed at the terminal."""


class Inputs:
    """Where one command's texts come from; standard input can be had only once.

    ``warnings`` gathers what was lost in cleaning (HY957).
    """

    def __init__(self) -> None:
        self._reader = ""
        self.warnings: list[Problem] = []

    @property
    def interactive(self) -> bool:
        """Whether a person can be asked."""
        return not self._reader and sys.stdin is not None and sys.stdin.isatty()

    def text(self, raw: str, option: str) -> str:
        """A text of several lines, literal or from where ``raw`` points; cleaned, one line feed at the end if several.

        Raises:
            HuiyinError: HY101 not UTF-8, HY103 too large, HY904 no such file, HY944 standard input is used already.
        """
        cleaned = clean(self.raw(raw, option), STEPS)
        self._note(cleaned.replaced, option)
        lines = [line.rstrip() for line in cleaned.text.split("\n")]
        whole = "\n".join(lines).strip("\n")
        return f"{whole}\n" if "\n" in whole else whole

    def line(self, raw: str, option: str) -> str:
        """A text of one line, cleaned.

        Raises:
            UsageError: HY942, it is no text.
        """
        check_text(raw, option)
        cleaned = clean_line(raw, STEPS)
        self._note(cleaned.replaced, option)
        return cleaned.text

    def raw(self, raw: str, option: str) -> str:
        """The text that ``raw`` stands for, as it is: ``-``, ``@file``, ``@@`` for a text that begins with ``@``."""
        check_text(raw, option)
        if raw == "-":
            return self._standard_input(option)
        if raw.startswith("@@"):
            return raw[1:]
        return _file(raw[1:]) if raw.startswith("@") else raw

    def lines(self, raw: str, option: str) -> list[str]:
        """The lines of a file or of standard input (``-``), without blank ones and those that begin with ``#``."""
        text = self._standard_input(option) if raw == "-" else _file(raw.removeprefix("@"))
        lines = (line.strip() for line in clean(text, STEPS).text.split("\n"))
        return [line for line in lines if line and not line.startswith("#")]

    def ask(self, prompt: str) -> str:
        """One line from the person at the terminal; what was typed is not cleaned yet.

        Raises:
            click.Abort: end of input, or Ctrl-C.
        """
        try:
            return str(click.prompt(prompt, err=True, prompt_suffix="：", default="", show_default=False))
        except UnicodeDecodeError:
            raise UsageError(Problem("HY942", f"{prompt}：输入的不是UTF-8文字。")) from None

    def ask_text(self, prompt: str) -> str:
        """Lines from the person at the terminal, up to one of only ``END`` or the end of input."""
        click.echo(f"{prompt}（可以多行；写完后另起一行只写“{END}”）：", err=True)
        lines: list[str] = []
        try:
            while (line := sys.stdin.readline()) and line.rstrip("\r\n") != END:
                lines.append(line)
        except UnicodeDecodeError:
            raise UsageError(Problem("HY942", f"{prompt}：输入的不是UTF-8文字。")) from None
        if not line and not lines:
            raise click.Abort
        return "".join(lines)

    def _standard_input(self, option: str) -> str:
        if self._reader or sys.stdin is None:
            used = f"已由 {self._reader} 读取" if self._reader else "没有打开"
            raise UsageError(Problem("HY944", f"{option} 要读标准输入，而标准输入{used}。"))
        self._reader = option
        return _decode(sys.stdin.buffer.read(MAX_BYTES + 1), "标准输入")

    def _note(self, replaced: bool, option: str) -> None:
        if replaced:
            self.warnings.append(Problem("HY957", f"{option}：有无法辨认的字符，已代以“〓”。"))


def check_text(raw: str, option: str) -> None:
    """Refuse what the terminal sent in another encoding, which Python carries as lone surrogates.

    Raises:
        UsageError: HY942.
    """
    if not raw.isprintable() and any("\ud800" <= c <= "\udfff" for c in raw):
        raise UsageError(Problem("HY942", f"{option}：取值不是UTF-8文字，请检查终端的编码，或改用 @文件。"))


def _file(name: str) -> str:
    try:
        with Path(name).open("rb") as file:
            return _decode(file.read(MAX_BYTES + 1), shown(name))
    except (OSError, ValueError) as error:
        reasons = {errno.ENOENT: "文件不存在", errno.EACCES: "没有读取权限", errno.EISDIR: "这是目录"}
        reason = reasons.get(getattr(error, "errno", 0), "不能读取")
        raise UsageError(Problem("HY904", f"{reason}。", shown(name))) from None


def _decode(data: bytes, name: str) -> str:
    if len(data) > MAX_BYTES:
        raise HuiyinError(Problem("HY103", f"内容超过上限{MAX_BYTES:,}字节。", name))
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        guess = "，可能是GBK编码" if _is_gbk(data) else ""
        raise HuiyinError(Problem("HY101", f"此行含有不是UTF-8编码的字节{guess}。", name, line=line)) from None


def _is_gbk(data: bytes) -> bool:
    try:
        data.decode("gb18030")
    except UnicodeDecodeError:
        return False
    return True

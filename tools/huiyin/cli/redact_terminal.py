"""Asking at the terminal, finding by finding; what is shown there goes nowhere else (第十九条)."""

from __future__ import annotations

from collections.abc import Sequence

import click

from huiyin.cli.inputs import Inputs
from huiyin.cli.vault_options import printable
from huiyin.intake.decisions import ranged
from huiyin.intake.door import FIXED, Spot, hide, texts_of
from huiyin.intake.release import Draft
from huiyin.model.personal import Confidence, Finding, PersonalKind
from huiyin.rules.privacy import PrivacySettings

CONTEXT = 60
"""Characters shown before and behind a finding."""
HIDE, KEEP, RANGE, BACK = "1", "2", "3", "0"
ANSWERS = {
    "隐去": HIDE,
    "保留": KEEP,
    "其他范围": RANGE,
    "返回": BACK,
    HIDE: HIDE,
    KEEP: KEEP,
    RANGE: RANGE,
    BACK: BACK,
}
QUESTION = "1 隐去，2 保留，3 其他范围，0 返回上一处"


def decide(draft: Draft, inputs: Inputs, settings: PrivacySettings, which: str) -> list[Spot]:
    """Ask about each finding, then show what would be written and ask once more.

    Args:
        which: how far the person has come, in words.

    Returns:
        What is to be taken out besides what is certain.

    Raises:
        click.Abort: they gave up; the draft waits on.
    """
    spots = draft.screened.uncertain
    _say(f"\n{draft.case_id}（{which}）：{len(spots)}处待判断，另有{len(draft.screened.certain)}处已确定，将自动隐去。")
    while True:
        hidden = _ask_each(draft, spots, inputs)
        hidden += _ask_for_more(draft, inputs)
        document, _ = hide(draft.screened, (*draft.screened.certain, *hidden), settings)
        _say("\n将写入留言库的文字：")
        for pointer, text in texts_of(document):
            if pointer not in FIXED:
                _say(f"〔{pointer}〕\n{printable(text)}")
        if _yes("这样登记吗（是／否，否则重新判断）", inputs):
            return hidden


def _ask_each(draft: Draft, spots: Sequence[Spot], inputs: Inputs) -> list[Spot]:
    decided: list[list[Spot]] = []
    while len(decided) < len(spots):
        spot = spots[len(decided)]
        _say(f"\n第{len(decided) + 1}处，共{len(spots)}处：{spot.where}，可能是{spot.finding.kind.label}。")
        _show(draft, spot)
        answer = ANSWERS.get(inputs.ask(QUESTION).strip())
        if answer == HIDE:
            decided.append([spot])
        elif answer == KEEP:
            decided.append([])
        elif answer == RANGE:
            if found := _ask_range(draft, spot, inputs):
                decided.append(found)
        elif answer == BACK and decided:
            decided.pop()
        else:
            _say("请答 1、2、3，或者 0。")
    return [spot for entry in decided for spot in entry]


def _ask_range(draft: Draft, spot: Spot, inputs: Inputs) -> list[Spot]:
    """Every occurrence, in the same text, of what the person copies from it."""
    wanted = inputs.ask("照录要隐去的文字，与原文一字不差（直接回车为重新选择）").strip()
    found = _occurrences(draft, wanted, spot.finding.kind, spot.pointer)
    if wanted and not found:
        _say("这一字段中没有这段文字。")
    return [ranged(spot, s.finding.start, s.finding.end) for s in found]


def _ask_for_more(draft: Draft, inputs: Inputs) -> list[Spot]:
    """What the program did not find but a person sees."""
    more: list[Spot] = []
    while wanted := inputs.ask("还有其他要隐去的吗？照录文字（没有的直接回车）").strip():
        kinds = "，".join(f"{n} {kind.label}" for n, kind in enumerate(PersonalKind, start=1))
        answer = inputs.ask(f"这是什么（{kinds}）").strip()
        named = {str(n): kind for n, kind in enumerate(PersonalKind, start=1)} | {k.label: k for k in PersonalKind}
        if answer not in named:
            _say("请答上列数字之一。")
            continue
        found = _occurrences(draft, wanted, named[answer])
        _say(f"共{len(found)}处，将全部隐去。" if found else "草稿中没有这段文字。")
        more += found
    return more


def _occurrences(draft: Draft, wanted: str, kind: PersonalKind, only: str | None = None) -> list[Spot]:
    found = []
    for pointer, text in texts_of(draft.document):
        if not wanted or pointer in FIXED or only not in (None, pointer):
            continue
        start = text.find(wanted)
        while start >= 0:
            end = start + len(wanted)
            found.append(Spot(pointer, Finding(kind, start, end, Confidence.CERTAIN)))
            start = text.find(wanted, end)
    return found


def _show(draft: Draft, spot: Spot) -> None:
    text, finding = draft.text_at(spot.pointer), spot.finding
    before = text[max(0, finding.start - CONTEXT) : finding.start]
    behind = text[finding.end : finding.end + CONTEXT]
    marked = click.style(f"【{printable(text[finding.start : finding.end])}】", reverse=True)
    more = "…" if finding.start > CONTEXT else "", "…" if finding.end + CONTEXT < len(text) else ""
    _say(f"    {more[0]}{printable(before)}{marked}{printable(behind)}{more[1]}")


def _yes(question: str, inputs: Inputs) -> bool:
    while (answer := inputs.ask(question).strip()) not in ("是", "否", "y", "n", ""):
        _say("请回答“是”或“否”。")
    return answer in ("是", "y")


def _say(text: str) -> None:
    # Standard error, which was seen to be the terminal; standard output may lead into a file.
    click.echo(text, err=True)

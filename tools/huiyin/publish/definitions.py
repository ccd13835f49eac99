"""What each public figure means, in words that follow the settings of the procedures in force here (design §6)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence

from huiyin.rules.procedure import Procedure, Settings


def define(procedures: Sequence[Procedure]) -> tuple[tuple[str, str], ...]:
    """(name, meaning) of each figure; where procedures count differently, each is named.

    Args:
        procedures: all of the tree, at least one.
    """

    def by(words: Callable[[Settings], str]) -> str:
        titles: dict[str, list[str]] = defaultdict(list)
        for procedure in procedures:
            titles[words(procedure.settings)].append(f"《{procedure.title}》")
        if len(titles) == 1:
            return next(iter(titles))
        return "；".join(f"适用{'、'.join(names)}的，{text}" for text, names in titles.items())

    return (
        ("收到", "登记在库的全部留言，按收到之日所在的月份归入各月。"),
        (
            "有效留言",
            "已经受理交办的留言，不含不予受理、留言人撤回和尚待审核的（第三至五条、第十条（一）、第十二条）。",
        ),
        (
            "已办结",
            (
                "有效留言中答复现已公开的，含个别答复后公开说明的，不含公开后退回、正在重新办理的"
                "（第九条（三）（四）、第十条（二）、第十二条、第二十条、第二十一条）。"
            ),
        ),
        ("回复率", "已办结÷有效留言。"),
        (
            "按期办结率",
            (
                "按期办结÷应办结。按期办结为已办结而没有逾期的；应办结为已办结的，加上尚未办结而已经逾期的。"
                f"是否逾期，{by(_stops)}（第十三条、第十五条）。"
                "经同意延期或者退回时另定期限的，按新的期限（第十六条、第二十一条）；在那以前已经逾期的，仍计为逾期。"
            ),
        ),
        (
            "办理用时中位数",
            f"已办结的留言办理所用的工作日数，取中位数：{by(_used)}（第十三条）。",
        ),
        (
            "办理用时第90百分位数",
            "已办结的留言按上述用时从少到多排列，排在第90%位的那一件的用时（位次有小数的进一位），即至少九成的留言用时不超过它。",
        ),
        ("满意率", "评价为“非常满意”“满意”“基本满意”的÷已评价的，只计已办结的留言；同一答复评价多次的取最后一次。"),
    )


def _stops(settings: Settings) -> str:
    if settings.lateness_stops_at == "published":
        return "一律看公开答复之日，还没有公开的看今日"
    return "须复审的看报送答复之日，不复审的看公开答复之日，还没有报送或者公开的看今日"


def _used(settings: Settings) -> str:
    first = "当日" if settings.counting_starts == "same_day" else "次日"
    until = "公开答复" if settings.lateness_stops_at == "published" else "报送（不复审的至公开）答复"
    moved = f"自改派{first}重新起算" if settings.reassignment_restarts_clock else "不重新起算"
    returned = f"没有另定期限的自退回{first}重新起算" if settings.return_restarts_clock else "不重新起算"
    return f"自交办{first}起至{until}之日，改派到另一单位的{moved}，退回重办的{returned}"

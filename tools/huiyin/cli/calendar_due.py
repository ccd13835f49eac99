"""``huiyin calendar due``."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from huiyin.cli.cases import Replays
from huiyin.cli.chinese import command as chinese_command
from huiyin.cli.options import Place, as_of_option, format_option, rev_option, root_option
from huiyin.cli.output import print_json, print_table
from huiyin.reports.wording import due_text


@chinese_command("due")
@rev_option
@root_option
@as_of_option
@format_option("text", "json")
def command(rev: str | None, root: Path, now: datetime, output: str) -> int:
    """列出未办结留言正在计算的各个期限。

    升级程序或日历软件包前后各存一份JSON，再用 calendar diff 比较，即知哪些期限因此变动。只列编号（第十九条）。
    """
    from huiyin.reports.moves import snapshot_data, take_snapshot

    place = Place(root, rev)
    replays = Replays(place, now)
    snapshot = take_snapshot(replays, now)
    if output == "json":
        print_json(snapshot_data(snapshot))
    else:
        name_of = place.rulebook.registry.name_of
        print_table(
            f"未办结留言{snapshot.cases}件的期限：{len(snapshot.clocks)}项（截至 {now:%Y-%m-%d %H:%M}）",
            ("编号", "单位", "时限", "期限", "暂算"),
            (
                (c.case_id, name_of(c.unit), c.kind.label, due_text(c.due), "暂算" if c.provisional else "")
                for c in snapshot.clocks
            ),
        )
    return replays.exit_code

"""``huiyin units``."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from huiyin.cli.chinese import command as chinese_command
from huiyin.cli.options import Place, as_of_option, format_option, root_option
from huiyin.cli.output import print_json, print_table


@chinese_command("units")
@root_option
@as_of_option
@format_option("text", "json")
def command(root: Path, now: datetime, output: str) -> int:
    """列出单位名册：代号、名称、类别、公开名义、主要负责同志（第六、七、八条）。"""
    registry = Place(root).rulebook.registry
    rows = [(unit, registry.head_of(unit.id, now.date())) for unit in registry.units.values()]
    if output == "json":
        print_json(
            [
                {
                    "id": unit.id,
                    "name": unit.name,
                    "kind": unit.kind.value,
                    "publisher": unit.publisher,
                    "head": head.name if head else None,
                }
                for unit, head in rows
            ]
        )
        return 0
    print_table(
        f"单位名册：{len(rows)}个",
        ("代号", "名称", "类别", "公开名义", "主要负责同志"),
        ((u.id, u.name, u.kind.label, u.publisher, head.name if head else "（未登记）") for u, head in rows),
    )
    return 0

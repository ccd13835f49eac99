"""``huiyin init``: a complete deployment without a forge, in one command."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

from huiyin.cli.chinese import command as chinese_command
from huiyin.cli.options import Place, Root, as_of_option, find_root
from huiyin.model.problem import HuiyinError


@chinese_command("init")
@click.option(
    "--bare", "path", metavar="目录", required=True, type=click.Path(path_type=Path),
    help="在此新建裸仓库；目录应不存在，或是空的。",
)  # fmt: skip
@click.option(
    "--from", "source", metavar="目录", type=Root(), default=lambda: find_root(Path.cwd()),
    help="取自哪个留言库：是Git仓库的，取其HEAD所存的内容；默认为当前目录或其上级。",
)  # fmt: skip
@click.option("--merge-on-push", "merges", is_flag=True, help="另装钩子：推送后，审签齐全的分支自动合入主线。")
@as_of_option
def command(path: Path, source: Path, merges: bool, now: datetime) -> int:
    """新建服务器上的留言库（裸仓库）：生成闸门密钥，公钥写入首个提交的 rules/gate.yaml，装好审核推送的钩子。

    此后主线只接受闸门的合并；其他分支可以自由推送。各人的公钥须在 rules/people.yaml 中登记，方能提交和审签。
    """
    from huiyin.founding import KEY_FOLDER, KEY_NAME, found_repository

    commit = found_repository(path, source, now, merges=merges)
    click.echo(f"已建立留言库：{path}")
    click.echo(f"  首个提交：{commit}")
    click.echo(f"  闸门私钥：{path / KEY_FOLDER / KEY_NAME}（请另行备份，不得外传）")
    click.echo(f"  钩子：{path / 'hooks' / 'pre-receive'}")
    if lacking := _without_keys(source, now):
        click.echo(
            f"  金库：{lacking}还没有人登记age公钥，含个人信息的留言不能登记；各人运行 huiyin vault keygen 后登记公钥。"
        )
    click.echo(
        f"下一步：git clone {path}；在分支上提交并推送，审签用 huiyin approve，合入用 huiyin merge --root {path}。"
    )
    return 0


def _without_keys(source: Path, now: datetime) -> str:
    """The names of the dispatchers that cannot use the vault yet; nothing of rules that cannot be read."""
    from huiyin.rules.deadlines import local_day
    from huiyin.vault.readers import dispatchers_without_keys

    try:
        rulebook = Place(source).rulebook
    except HuiyinError:
        return ""
    units = dispatchers_without_keys(rulebook, local_day(now))
    return "、".join(map(rulebook.registry.name_of, units))

"""``huiyin approve``: review as a signature, without a forge."""

from __future__ import annotations

import sys
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from huiyin.cli.branches import Known, find_branch, is_bare, is_checked_out
from huiyin.cli.changes import change_lines
from huiyin.cli.chinese import command as chinese_command
from huiyin.cli.keys import personal_key
from huiyin.cli.options import as_of_option
from huiyin.cli.output import problem_lines
from huiyin.cli.repository import git_root_option, main_option
from huiyin.cli.verdict import verdict_lines
from huiyin.model.problem import HuiyinError, Problem, Severity, UsageError
from huiyin.model.pull import Identity, ReviewState

if TYPE_CHECKING:
    from huiyin.merging import Judgement
    from huiyin.model.unit import Person
    from huiyin.repo.base import Base

NOTHING = "0" * 40
"""The old value of a branch that must not exist yet."""


@chinese_command("approve")
@click.argument("branch", metavar="分支")
@click.option("--object", "objects", is_flag=True, help="不同意，要求修改；本人再次审签同意即为撤回。")
@click.option(
    "--key", metavar="文件", help="本人的SSH私钥，或ssh-agent所持密钥的公钥；默认取 git config user.signingkey。"
)
@click.option("--yes", is_flag=True, help="已看过内容，不再询问。")
@main_option
@git_root_option
@as_of_option
def command(branch: str, objects: bool, key: str | None, yes: bool, main: str, root: Path, now: datetime) -> int:
    """审签分支上的改动：先显示将要发生什么，确认后以本人的SSH密钥签名（第九条（三）、第十二条）。

    签名是分支末端的一个空提交，写明所审的版本；此后再有新的提交，须重新审签。审签人凭主线 rules/people.yaml
    中的公钥认定，不得审签自己参与的提交。审签后请推送该分支。
    """
    from huiyin.forge.base import PullRef
    from huiyin.forge.signed import SignedProvider
    from huiyin.merging import judge
    from huiyin.repo.base import load_base

    base = load_base(root, find_branch(root, main).tip)
    known = find_branch(root, branch)
    if known.own not in (None, known.tip) and is_checked_out(root, known.ref):
        raise HuiyinError(Problem("HY645", "当前检出的分支落后于服务器，请先运行 git pull --ff-only。"))
    signing_key, print_of_key = personal_key(key, root)
    signer, person = _find_signer(print_of_key, base, now)
    facts = SignedProvider(root, lambda: now, main).facts_on(PullRef(None, branch, known.tip, main), base)
    judgement = judge(root, facts, base)
    click.echo("\n".join([*change_lines(judgement.changes, base, now), ""]))
    click.echo("\n".join(verdict_lines(judgement, base.rulebook.registry)))
    refusal = _refuse(judgement, person, objects)
    if refusal is not None and refusal.level is Severity.ERROR:
        raise HuiyinError(refusal)
    if refusal is not None:
        click.echo("\n".join(problem_lines([refusal])), err=True)
        return 0
    if not _confirm(f"以{person.name}（{person.id}）的名义{'要求修改' if objects else '同意'}这一版本", yes):
        click.echo("没有审签。", err=True)
        return 1
    head = judgement.verdict.head
    made = _sign(root, known, head, signing_key, signer, person, objects, base, now)
    what = "提出修改要求" if objects else "审签同意"
    click.echo(f"已{what}：{person.name}，版本 {head[:10]}，签名 {made[:10]}。")
    if not is_bare(root):
        click.echo(f"推送后生效：git push origin {branch}")
    return 0


def _find_signer(print_of_key: str, base: Base, now: datetime) -> tuple[Identity, Person]:
    from huiyin.repo.signing import fingerprint
    from huiyin.rules.authority import key_of, person_of
    from huiyin.rules.deadlines import local_day

    found = [key_of(k.ssh) for k in base.people_keys if fingerprint(k.ssh) == print_of_key]
    signer = Identity("ssh", found[0] if found else "")
    person = person_of(signer, base.rulebook.registry.people.values(), local_day(now))
    if person is None:
        raise HuiyinError(Problem("HY640", f"密钥 {print_of_key} 不属于主线名册中的任何人，或当日无效。"))
    return signer, person


def _refuse(judgement: Judgement, person: Person, objects: bool) -> Problem | None:
    """Why there is nothing for this person to sign: an error, or the notice that it is signed already."""
    from huiyin.rules.authority import people_of

    verdict, registry_people = judgement.verdict, (person,)
    if verdict.kind == "empty":
        return Problem("HY642", "分支与主线相比没有改动。")
    wanted = ReviewState.CHANGES_REQUESTED if objects else ReviewState.APPROVED
    own = [r for r in judgement.facts.reviews if people_of(r.by, registry_people)]
    if own and own[-1].state is wanted and own[-1].commit == verdict.head:
        return Problem("HY643", f"{person.name}对这一版本的意见已在分支上。")
    if objects or (own and own[-1].state is ReviewState.CHANGES_REQUESTED):
        return None  # whoever has objected may always take it back
    if person in verdict.submitters:
        return Problem("HY641", f"{person.name}参与了这一提交，不得审签。")
    if not verdict.legal:
        return Problem("HY638", "这一改动有错误，审签也不能合并；可用 --object 要求修改。")
    if not any(person in seat.candidates for seat in verdict.seats):
        return Problem("HY642", f"这一改动无须{person.name}审签；须由谁审签见上。")
    return None


def _confirm(what: str, yes: bool) -> bool:
    if yes:
        return True
    if not sys.stdin.isatty():
        raise UsageError(Problem("HY644", "不在终端上，无法询问是否审签。"))
    return click.confirm(f"{what}？", default=False, err=True)


def _sign(
    root: Path,
    known: Known,
    head: str,
    key: str,
    signer: Identity,
    person: Person,
    objects: bool,
    base: Base,
    now: datetime,
) -> str:
    """Put the signature on the tip that was shown, and on no other."""
    from huiyin.forge.signed import APPROVES, OBJECTS
    from huiyin.repo.commits import read_commits
    from huiyin.repo.git import attempt
    from huiyin.repo.merging import tree_of
    from huiyin.repo.signing import make_commit, verify_signatures

    message = f"{'要求修改' if objects else '审签同意'} {head[:10]}\n\n{OBJECTS if objects else APPROVES}: {head}\n"
    mail = f"{person.id}@huiyin.invalid"
    made = make_commit(root, tree_of(root, known.tip), [known.tip], message, key=key, at=now, name=person.id, mail=mail)
    if verify_signatures(root, read_commits(root, [made]), base.people_keys).get(made) != signer.value:
        raise HuiyinError(Problem("HY634", "签名不能以名册中的公钥验证。"))
    moved = attempt(root, "update-ref", "-m", "huiyin approve", known.ref, made, known.own or NOTHING)
    if moved.returncode:
        raise HuiyinError(Problem("HY645", f"分支“{known.name}”刚刚有了变动，没有审签。"))
    return made

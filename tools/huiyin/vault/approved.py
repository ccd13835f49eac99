"""第十九条: the keys that main knows; one in a clerk's work tree alone has been reviewed by nobody."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from huiyin.model.problem import HuiyinError, Problem
from huiyin.repo import yaml
from huiyin.repo.process import attempt
from huiyin.vault.readers import Reader

PEOPLE = "rules/people.yaml"
MAIN = ("refs/remotes/origin/main", "refs/heads/main")
"""Where main is looked for: the server's as last fetched, else one's own."""


def approved_recipients(root: Path) -> frozenset[str] | None:
    """The age keys in main's registry; None where there is no main to ask, such as in a folder without Git.

    Raises:
        HuiyinError: HY1xx, main's registry cannot be read.
    """
    for ref in MAIN:
        done = attempt(root, "cat-file", "blob", f"{ref}:./{PEOPLE}")
        if done.returncode == 0:
            people = yaml.parse_mapping(done.stdout, path=PEOPLE)["people"]
            return frozenset(key["recipient"] for person in people.values() for key in person.get("age", ()))
    return None


def refuse_unapproved(readers: Iterable[Reader], approved: frozenset[str] | None) -> None:
    """Encrypt for nobody whose key has not been reviewed.

    Raises:
        HuiyinError: HY741.
    """
    strangers = {r.person for r in readers if approved is not None and r.recipient not in approved}
    if strangers:
        message = f"{'、'.join(sorted(strangers))}的age公钥不在主线的{PEOPLE}中，不能为其加密；什么也没有写入。"
        raise HuiyinError(Problem("HY741", message, article="19"))

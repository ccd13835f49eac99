"""第十九条: what clerks type for the record is looked through before it is written."""

from __future__ import annotations

import json

import pytest

from tests.cases import REPLY, Story
from tests.cli.test_record import snapshot
from tests.repository import Repository

PHONE = "１３９ ０００ ００００１"
"""In full width and with spaces."""


@pytest.fixture
def claimed(repository: Repository) -> Repository:
    """A case that is to be answered."""
    repository.add(Story().assigned("2026-11-20 10:00").claimed("2026-11-20 11:00"))
    return repository


ANSWER = ("record", "answered", "people-90000001", "--by", "lanzhou.clerk", "--mode", "public")


MISROUTED = ("record", "misrouted", "people-90000001", "--by", "lanzhou.clerk")


@pytest.mark.parametrize(
    "arguments",
    [
        (*ANSWER, "--reply", f"请与来信人（{PHONE}）联系。{REPLY}"),
        (*ANSWER, "--reply", REPLY, "--note", f"来信人电话{PHONE}"),
        (*MISROUTED, "--belongs-to", "jiaotong", "--reason", PHONE),
        ("record", "withdrawn", "people-90000001", "--by", "wangzhan.clerk", "--reason", f"来电{PHONE}撤回"),
    ],
)  # fmt: skip
def test_what_is_certain_is_refused(claimed: Repository, arguments: tuple[str, ...]) -> None:
    """Kind and place, never the text; nothing is written."""
    before = snapshot(claimed.root)
    run = claimed.huiyin(*arguments)
    assert (1, before, "") == (run.code, snapshot(claimed.root), run.out)
    assert ("HY737" in run.err, "是手机号。（第十九条）" in run.err, arguments[-2] in run.err) == (True, True, True)
    assert ("１３９" in run.err, "139" in run.err) == (False, False)


def test_the_place_is_exact(claimed: Repository) -> None:
    """Counted from one, by option and title."""
    run = claimed.huiyin(*ANSWER, "--reply", f"电话{PHONE}。", "--format", "json")
    (problem,) = json.loads(run.out)["problems"]
    assert ("HY737", "/reply") == (problem["code"], problem["pointer"])
    assert "--reply（答复正文）第3至15字是手机号。" == problem["message"]


def test_what_is_uncertain_is_told_of(claimed: Repository) -> None:
    """A warning for who types and, in the gate, for who reviews; the event is recorded."""
    reply = f"经核实，证件号110101199001011230的登记已经更正。{REPLY}"
    run = claimed.huiyin(*ANSWER, "--reply", reply)
    assert (0, True, True) == (run.code, "HY738" in run.err, "可能是身份证号" in run.err), run.err
    assert "110101199001011230" not in run.err + run.out


def test_numbers_of_offices_may_be_told(claimed: Repository) -> None:
    """A reply that names the hotline is what citizens need."""
    run = claimed.huiyin(*ANSWER, "--reply", f"如有疑问，请拨打12345。{REPLY}")
    assert (0, False) == (run.code, "HY73" in run.err), run.err

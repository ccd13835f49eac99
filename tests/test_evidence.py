"""Evidence is written in one way and read strictly."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huiyin.evidence import Approved, Evidence, facts_from, parse, to_trailers
from huiyin.model.case import SHANGHAI
from huiyin.model.problem import HuiyinError
from huiyin.model.pull import Identity, ReviewState
from tests.cases import rulebook

AT = datetime(2026, 11, 23, 10, tzinfo=SHANGHAI)
HEAD = "a" * 40
APPROVED = Approved("wangzhan.reviewer", "wangzhan", "reviewer", "github", "9000000003", AT, "77")
EVIDENCE = Evidence("github", HEAD, AT, ("wangzhan.clerk", "wangzhan.clerk2"), ("lanzhou.clerk",), (APPROVED,))
TRAILERS = f"""\
Huiyin-Gate: 1
Huiyin-Provider: github
Huiyin-Head: {HEAD}
Huiyin-Seen-At: 2026-11-23T10:00:00+08:00
Huiyin-Submitted-By: wangzhan.clerk, wangzhan.clerk2
Huiyin-Involved: lanzhou.clerk
Huiyin-Approved-By: wangzhan.reviewer wangzhan/reviewer github:9000000003 2026-11-23T10:00:00+08:00 77"""

names = st.from_regex(r"[a-z][a-z0-9]{0,8}([.-][a-z0-9]{1,5}){0,2}", fullmatch=True)
moments = st.datetimes(datetime(2015, 1, 1), datetime(2100, 1, 1)).map(  # noqa: DTZ001  made aware below
    lambda t: t.replace(microsecond=0, tzinfo=SHANGHAI)
)
visible = st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7E), min_size=1, max_size=60)
approvals = st.builds(
    Approved,
    person=names,
    unit=st.from_regex(r"[a-z][a-z0-9]{0,8}(-[a-z0-9]{1,5}){0,2}", fullmatch=True),
    role=st.sampled_from(["clerk", "reviewer", "head", "maintainer"]),
    provider=st.sampled_from(["ssh", "github", "gitea"]),
    identity=visible,
    at=moments,
    reference=visible,
)
evidences = st.builds(
    Evidence,
    provider=st.sampled_from(["ssh", "github", "gitea"]),
    head=st.text("0123456789abcdef", min_size=40, max_size=40),
    seen_at=moments,
    submitted_by=st.lists(names, min_size=1, max_size=3).map(tuple),
    involved=st.lists(names, max_size=3).map(tuple),
    approvals=st.lists(approvals, max_size=3).map(tuple),
)


def test_the_spelling_is_a_contract() -> None:
    """Histories of years depend on it: this test must never need to change."""
    assert TRAILERS == to_trailers(EVIDENCE)
    assert EVIDENCE == parse(f"合入 x\n\n{TRAILERS}\n")


@given(evidences)
def test_what_is_written_is_read(evidence: Evidence) -> None:
    """Whatever people, units and references are called."""
    assert evidence == parse(f"题\n\n正文\n\n{to_trailers(evidence)}\n")


@given(st.data(), evidences)
def test_no_character_may_differ(data: st.DataObject, evidence: Evidence) -> None:
    """A message with one character changed says something else or nothing; never the same in another spelling."""
    text = to_trailers(evidence)
    where = data.draw(st.integers(0, len(text) - 1))
    other = data.draw(st.characters(codec="utf-8").filter(lambda c: c != text[where]))
    with suppress(HuiyinError):
        assert evidence != parse(f"题\n\n{text[:where]}{other}{text[where + 1 :]}\n")


LINES = TRAILERS.split("\n")


@pytest.mark.parametrize(
    "message",
    [
        "",
        "合入",
        f"合入\n{TRAILERS}\n",
        f"合入\n\n{TRAILERS}\n\n正文\n",
        f"合入\n\n{TRAILERS}\nSigned-off-by: x <x>\n",
        f"合入\n\nSigned-off-by: x <x>\n{TRAILERS}\n",
        f"合入\n\n{TRAILERS}\n{LINES[-1]}x y\n",
        f"合入\n\n{TRAILERS.replace('Gate: 1', 'Gate: 2')}\n",
        f"合入\n\n{TRAILERS.replace(HEAD, HEAD[:10])}\n",
        f"合入\n\n{TRAILERS.replace('github', 'gitlab')}\n",
        f"合入\n\n{TRAILERS.replace('wangzhan.clerk, ', 'wangzhan.clerk,')}\n",
        f"合入\n\n{TRAILERS.replace('wangzhan.clerk2', 'Wangzhan')}\n",
        f"合入\n\n{TRAILERS.replace('10:00:00+08:00', '02:00:00Z')}\n",
        f"合入\n\n{TRAILERS.replace('10:00:00+08:00', '02:00:00+00:00')}\n",
        f"合入\n\n{TRAILERS.replace('10:00:00+08:00', '10:00:00')}\n",
        f"合入\n\n{TRAILERS.replace('2026-11-23T10', '2026-11-31T10')}\n",
        f"合入\n\n{TRAILERS.replace('2026-11-23T10:00:00+08:00', '0001-01-01T00:00:00+08:00')}\n",
        "合入\n\n" + "\n".join(LINES[1:]) + "\n",
        "合入\n\n" + "\n".join([LINES[1], LINES[0], *LINES[2:]]) + "\n",
        "合入\n\n" + "\n".join([*LINES[:2], LINES[1], *LINES[2:]]) + "\n",
        "合入\n\n" + "\n".join([*LINES[:5], *LINES[6:], LINES[5]]) + "\n",
        f"合入\n\n{LINES[-1]}\n\n{TRAILERS}\n",
        f"{LINES[-1]}\n\n{TRAILERS}\n",
        f"合入\n\n{TRAILERS.replace('Huiyin-Head', 'huiyin-head')}\n",
        f"合入\n\n{TRAILERS}\u2028\n",
    ],
)
def test_only_the_one_spelling_is_read(message: str) -> None:
    """Missing, doubled, reordered, foreign and second lines are HY654."""
    with pytest.raises(HuiyinError) as caught:
        parse(message)
    assert ["HY654"] == [p.code for p in caught.value.problems]


def test_facts_of_a_forge_come_back() -> None:
    """Who proved to have submitted may record; who was only named may not approve; each review once."""
    both_seats = (APPROVED, Approved("wangzhan.reviewer", "wangzhan", "head", "github", "9000000003", AT, "77"))
    evidence = Evidence("github", HEAD, AT, EVIDENCE.submitted_by, EVIDENCE.involved, both_seats)
    later = AT + timedelta(hours=1)
    facts = facts_from(evidence, "b" * 40, [(HEAD, ("b" * 40,))], rulebook().registry, later)
    assert Identity("github", "9000000001") == facts.author
    assert (Identity("github", "9000000002"),) == facts.pushers
    [commit] = facts.commits
    assert (HEAD, ("b" * 40,), None) == (commit.sha, commit.parents, commit.signer)
    assert [rulebook().registry.people["lanzhou.clerk"].forge_ids["github"]] == [int(i.value) for i in commit.authors]
    [review] = facts.reviews
    assert (Identity("github", "9000000003"), HEAD, ReviewState.APPROVED) == (review.by, review.commit, review.state)
    assert (AT, later) == (facts.seen_at, facts.now)

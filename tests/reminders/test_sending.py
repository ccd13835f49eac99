from __future__ import annotations

import resource
import socket
from collections import Counter
from pathlib import Path

import pytest

from huiyin.model.problem import HuiyinError
from huiyin.reminders.notices import Key, Kind
from huiyin.reminders.outbox import State, open_folder
from huiyin.reminders.plan import Plan
from tests.cases import Story
from tests.reminders.scene import Desk, Time, address, codes, contacts, plan_of, stories, with_groups
from tests.reminders.servers import MailServer, RobotServer, always, script

SOON = Story(reference="3", received="2026-11-13 09:00").assigned("2026-11-13 10:00").claimed("2026-11-13 11:00")


@pytest.fixture
def desk(tmp_path: Path, mails: MailServer, robots: RobotServer) -> Desk:
    """Everybody can be reached."""
    return Desk(tmp_path, contacts(mails.url, robots.address))


def states(desk: Desk, plan: Plan) -> dict[Key, State | None]:
    """How it stands with everything planned, as the next run will read it."""
    with open_folder(desk.folder / "outbox", desk.folder / "nothing", plan.as_of, new=False) as outbox:
        return {d.key: outbox.state(d.key) for d in plan.deliveries}


def test_everybody_has_one_message(desk: Desk, mails: MailServer, robots: RobotServer) -> None:
    """第十五条: one mail a person and one post a group, with all that concerns them, all marked as sent."""
    plan = plan_of(stories())
    report = desk.run(plan)
    assert ((), 0) == (report.problems, report.already)
    assert {d.key.to for d in plan.deliveries if d.key.channel == "mail"} == {
        str(mail["To"]).partition("@")[0] for mail in mails.taken
    }
    assert (7, 3) == (len(mails.taken), len(robots.posted))
    assert {State.SENT} == set(states(desk, plan).values())


def test_nothing_is_sent_twice(desk: Desk, mails: MailServer, robots: RobotServer) -> None:
    """Neither by a second run nor by one later that day, which only tells what is new."""
    desk.run(plan_of(stories()))
    before = len(mails.taken), len(robots.posted)
    again = desk.run(plan_of(stories()))
    assert ((), len(plan_of(stories()).deliveries)) == (again.results, again.already)
    afternoon = plan_of(stories(), "2026-11-23 17:30")
    desk.run(afternoon)
    new = {d.key.to for d in afternoon.deliveries if d.key.kind == "claim_late" and "people-2" in d.key.case_id}
    assert new == {str(m["To"]).partition("@")[0] for m in mails.taken[before[0] :]} | {
        "lanzhou-ding",
        "wangzhan-wecom",
    }
    assert before[1] + 2 == len(robots.posted)


def test_a_reminder_is_told_once_although_it_stays_due(desk: Desk, mails: MailServer) -> None:
    """第十五条: the reminder of the 23rd is not repeated on the 24th; lateness is, each working day."""
    for day in ("23 08:30", "24 08:30", "25 08:30", "26 08:30"):
        desk.run(plan_of([SOON], f"2026-11-{day}"))
    subjects = [str(m["Subject"]) for m in mails.to("lanzhou.head")]
    assert ["将到期1件（2026-11-23）", "逾期1件（2026-11-25）", "逾期1件（2026-11-26）"] == [
        s.removeprefix("【网民留言催办提醒】") for s in subjects
    ]


def test_what_was_not_sent_goes_with_the_next_run(desk: Desk, mails: MailServer) -> None:
    """第十五条: on the same day, and on the next one it says that it is late."""
    mails.behave = always("451")
    plan = plan_of([SOON])
    report = desk.run(plan)
    assert ["HY864", "HY864"] == codes(report)
    assert {State.DUE} == {s for k, s in states(desk, plan).items() if k.channel == "mail"}
    mails.behave = always("ok")
    assert [] == codes(desk.run(plan_of([SOON], "2026-11-24 08:30")))
    assert "应于2026-11-23告知，现予补发" in mails.to("lanzhou.head")[0].get_content()


def test_what_was_never_sent_is_told_to_the_operator(desk: Desk, mails: MailServer) -> None:
    """第十五条: an answer came before the server did, so the head was never reminded: said once, kept in the outbox."""
    mails.behave = always("451")
    desk.run(plan_of([SOON]))
    mails.behave = always("ok")
    settled = SOON.answered("2026-11-23 12:00")
    try:
        report = desk.run(plan_of([settled], "2026-11-23 14:00"))
        assert [("HY867", "15")] * 2 == [(p.code, p.article) for p in report.problems]
        assert all("people-3" in p.message and "2026-11-23" in p.message for p in report.problems)
        assert [] == codes(desk.run(plan_of([settled], "2026-11-23 14:00")))
    finally:
        settled.events.pop()
    assert [] == mails.taken


def test_a_dead_server_does_not_keep_the_others_waiting(desk: Desk, mails: MailServer, robots: RobotServer) -> None:
    """All robots are served although the mail server is dead; then the run fails loudly, person by person."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        dead = free.getsockname()[1]
    desk.contacts = contacts(f"mailto://127.0.0.1:{dead}/?from=a@example.invalid", robots.address)
    report = desk.run(plan_of(stories()))
    assert (3, []) == (len(robots.posted), mails.taken)
    assert ["HY864"] * 7 == codes(report)
    assert 2 == len(desk.time.slept)


def test_one_refused_recipient_does_not_stop_the_others(desk: Desk, mails: MailServer) -> None:
    """The third of seven mails is refused for good."""
    mails.behave = script("ok", "ok", "550", "ok")
    report = desk.run(plan_of(stories()))
    assert (["HY864"], 6) == (codes(report), len(mails.taken))
    assert 1 == sum(r.state is State.DUE for r in report.results)


def test_a_person_without_an_address(desk: Desk, mails: MailServer, robots: RobotServer) -> None:
    """Named by id; the others are served, and the notice goes out once the address is there."""
    desk.contacts = contacts(mails.url, robots.address, without=["lanzhou.head"])
    report = desk.run(plan_of([SOON]))
    assert ["HY862"] == codes(report)
    assert "lanzhou.head" in report.problems[0].message
    assert [address("lanzhou.clerk")] == [m["To"] for m in mails.taken]
    desk.contacts = contacts(mails.url, robots.address)
    assert [] == codes(desk.run(plan_of([SOON])))
    assert 1 == len(mails.to("lanzhou.head"))


def test_without_any_contacts(desk: Desk) -> None:
    """One problem for mail, one a group, and everything stays due."""
    desk.contacts = contacts()
    desk.contacts = type(desk.contacts)()
    plan = plan_of(stories())
    assert ["HY862"] * 3 + ["HY863"] == sorted(codes(desk.run(plan)))
    assert {State.DUE} == set(states(desk, plan).values())


def test_a_mail_server_that_is_written_wrong(desk: Desk, robots: RobotServer) -> None:
    """One problem, nothing marked as begun, and the robots are served."""
    desk.contacts = contacts("mailto://demo:demo@", robots.address)
    plan = plan_of(stories())
    assert (["HY863"], 3) == (codes(desk.run(plan)), len(robots.posted))
    assert {State.DUE} == {s for k, s in states(desk, plan).items() if k.channel == "mail"}


def test_what_may_have_arrived_is_not_sent_again_by_itself(desk: Desk, mails: MailServer, robots: RobotServer) -> None:
    """At most once: told at each run, until the operator decides."""
    mails.behave, robots.behave = script("lose", "ok"), script("half", "ok")
    plan = plan_of([SOON])
    assert ["HY866"] * 2 == codes(desk.run(plan))
    assert ["HY866"] * 2 == codes(desk.run(plan))
    assert (2, 1) == (len(mails.taken), len(robots.posted))


def test_the_operator_may_send_it_again(desk: Desk, mails: MailServer) -> None:
    """Under the same Message-ID, by which a mailbox can tell that it has it; then all is sent."""
    mails.behave = script("lose", "ok")
    plan = plan_of([SOON])
    desk.run(plan)
    report = desk.run(plan, retry_unknown=True)
    assert ([], [State.SENT]) == (codes(report), [r.state for r in report.results])
    ids = Counter(str(m["Message-ID"]) for m in mails.taken)
    assert [2, 1] == sorted(ids.values(), reverse=True)
    assert {State.SENT} == set(states(desk, plan).values())
    assert () == desk.run(plan, retry_unknown=True).results


def test_the_operator_may_take_it_as_sent(desk: Desk, mails: MailServer) -> None:
    """Then it is not sent again and not told again."""
    mails.behave = script("lose", "ok")
    plan = plan_of([SOON])
    desk.run(plan)
    assert [] == codes(desk.run(plan, accept_unknown=True))
    assert [] == codes(desk.run(plan))
    assert (2, {State.SENT}) == (len(mails.taken), set(states(desk, plan).values()))


def test_only_some_kinds(desk: Desk, mails: MailServer) -> None:
    """The others are neither sent nor forgotten."""
    plan = plan_of(stories())
    desk.run(plan, frozenset({Kind.CLAIM}))
    assert [address("lanzhou.clerk")] == [m["To"] for m in mails.taken]
    assert "待认领1件" in str(mails.taken[0]["Subject"])
    report = desk.run(plan)
    assert (2, []) == (report.already, codes(report))
    assert {State.SENT} == set(states(desk, plan).values())


def test_an_outbox_that_takes_no_more_stops_the_run(desk: Desk, mails: MailServer) -> None:
    """What cannot be written down must not be sent."""
    plan = plan_of(stories())
    desk.run(plan_of([]))
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100, hard))
    try:
        with pytest.raises(HuiyinError) as caught:
            desk.run(plan)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert (["HY906"], []) == ([p.code for p in caught.value.problems], mails.taken)
    # The line that did not fit is no line; with room on the disk everything goes out.
    assert [] == codes(desk.run(plan))
    assert {State.SENT} == set(states(desk, plan).values())


def test_a_long_list_goes_in_several_posts(desk: Desk, robots: RobotServer) -> None:
    """WeCom takes two thousand bytes; each post is marked by itself, and one that fails alone is sent again alone."""
    many = [Story(reference=str(n), received="2026-11-20 09:00") for n in range(100, 160)]
    robots.behave = script("ok", "404", "ok")
    plan = plan_of(many, rules=with_groups())
    assert ["HY865"] == codes(desk.run(plan))
    posted = len(robots.posted)
    assert [] == codes(desk.run(plan))
    assert posted + 1 == len(robots.posted)
    text = "\n".join(p.text for p in robots.posted)
    assert {1} == {text.count(f"people-{n}，") for n in range(100, 160)}


def test_time_is_only_spent_waiting(tmp_path: Path) -> None:
    """The scene's clock moves by sleeping alone, so the tests above take no time."""
    time = Time()
    time.patience().sleep(5)
    assert (1_800_000_005.0, [5]) == (time.now, time.slept)

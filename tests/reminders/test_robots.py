from __future__ import annotations

import base64
import hashlib
import hmac
import logging
import socket

import pytest

from huiyin.reminders.contacts import RobotContact
from huiyin.reminders.outbox import State
from huiyin.reminders.outcome import Outcome
from huiyin.reminders.patience import Pace
from huiyin.reminders.robots import SERVICES, Robot
from huiyin.reminders.routing import RobotKind
from tests.reminders.scene import Time
from tests.reminders.servers import RobotServer, always, script

TEXT = "网民留言催办提醒：将到期1件\n1. people-3，兰州市"
TOKEN, SECRET = "demo-token", "SECdemo"
KINDS = list(RobotKind)


def robot(server: RobotServer, kind: RobotKind, time: Time | None = None, secret: str = SECRET, **more: float) -> Robot:
    """A robot of the test's service."""
    patience = (time or Time()).patience(**more)  # type: ignore[arg-type]
    return Robot("lanzhou", kind, RobotContact(TOKEN, secret, server.address), patience)


def mac(key: str, text: str) -> str:
    """The signature as both services describe it."""
    return base64.b64encode(hmac.new(key.encode(), text.encode(), hashlib.sha256).digest()).decode()


def test_dingtalk_signs_the_time_with_the_secret(robots: RobotServer) -> None:
    """Token, milliseconds and signature stand in the address, the text in the body."""
    assert Outcome(State.SENT) == robot(robots, RobotKind.DINGTALK).send(TEXT)
    [post] = robots.posted
    stamp = "1800000000000"
    assert ("/robot/send", TOKEN, stamp) == (post.path, post.query["access_token"], post.query["timestamp"])
    assert mac(SECRET, f"{stamp}\n{SECRET}") == post.query["sign"]
    assert {"msgtype": "text", "text": {"content": TEXT}} == post.body


def test_wecom_has_its_key_in_the_address(robots: RobotServer) -> None:
    """And nothing to sign."""
    assert Outcome(State.SENT) == robot(robots, RobotKind.WECOM).send(TEXT)
    [post] = robots.posted
    assert ("/cgi-bin/webhook/send", {"key": TOKEN}) == (post.path, post.query)
    assert {"msgtype": "text", "text": {"content": TEXT}} == post.body


def test_feishu_signs_nothing_with_time_and_secret(robots: RobotServer) -> None:
    """Seconds and signature stand in the body."""
    assert Outcome(State.SENT) == robot(robots, RobotKind.FEISHU).send(TEXT)
    [post] = robots.posted
    assert (f"/open-apis/bot/v2/hook/{TOKEN}", {}) == (post.path, post.query)
    assert {
        "timestamp": "1800000000",
        "sign": mac(f"1800000000\n{SECRET}", ""),
        "msg_type": "text",
        "content": {"text": TEXT},
    } == post.body


@pytest.mark.parametrize("kind", KINDS)
def test_without_a_secret_nothing_is_signed(kind: RobotKind, robots: RobotServer) -> None:
    """Robots that are bound to a keyword or an address alone."""
    assert State.SENT is robot(robots, kind, secret="").send(TEXT).state
    assert "sign" not in {**robots.posted[0].query, **robots.posted[0].body}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("behaviour", "state", "code", "offered"),
    [
        ("310000", State.DUE, "HY865", 3),
        ("garbage", State.DUE, "HY865", 3),
        ("number", State.DUE, "HY865", 3),
        ("500", State.DUE, "HY865", 3),
        ("503", State.DUE, "HY865", 3),
        ("404", State.DUE, "HY865", 1),
        ("502", State.UNKNOWN, "HY866", 1),
        ("504", State.UNKNOWN, "HY866", 1),
        ("half", State.UNKNOWN, "HY866", 1),
        ("silent", State.UNKNOWN, "HY866", 1),
        ("hang", State.UNKNOWN, "HY866", 1),
    ],
)
def test_http_200_is_no_success(
    behaviour: str, state: State, code: str, offered: int, kind: RobotKind, robots: RobotServer
) -> None:
    """The code in the body counts. What was refused is tried again, what may have been posted is not."""
    time = Time()
    robots.behave = always(behaviour)
    found = robot(robots, kind, time, timeout=0.3 if behaviour == "hang" else 5.0).send(TEXT)
    assert found.problem is not None
    assert (state, code, offered) == (found.state, found.problem.code, len(robots.offered))
    assert [1.0, 2.0][: offered - 1] == time.slept
    assert ("lanzhou" in found.problem.message, kind.label in found.problem.message) == (True, True)
    assert not [s for s in (TOKEN, SECRET, "127.0.0.1", "\n") if s in found.problem.message]


@pytest.mark.parametrize(("kind", "code"), list(zip(KINDS, ["130101", "45009", "11232"], strict=True)))
def test_a_robot_that_is_called_too_often_is_left_alone_for_a_minute(
    kind: RobotKind, code: str, robots: RobotServer
) -> None:
    """Then once more."""
    time = Time()
    robots.behave = script(code, "ok")
    assert (State.SENT, [60.0]) == (robot(robots, kind, time).send(TEXT).state, time.slept)


def test_no_robot_posts_more_than_its_service_allows(robots: RobotServer) -> None:
    """Twenty a minute; the twenty-first waits."""
    time = Time()
    one = robot(robots, RobotKind.DINGTALK, time)
    for _ in range(20):
        one.send(TEXT)
    assert [] == time.slept
    one.send(TEXT)
    assert [60.0] == time.slept


def test_any_minute_counts() -> None:
    """Not only those that begin on the minute."""
    time = Time()
    pace, sent = Pace(3, time.patience()), []
    for pause in (0, 50, 5, 3, 0, 0, 0, 100, 0):
        time.now += pause
        pace.wait()
        sent.append(time.now)
    for start in sent:
        assert 3 >= sum(start <= moment < start + 60 for moment in sent)


def test_a_service_that_is_not_there(robots: RobotServer) -> None:
    """It is tried a few times, then no more in this run; nothing has been posted, so all stays due."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        robots.address = f"http://127.0.0.1:{free.getsockname()[1]}"
    time = Time()
    one = robot(robots, RobotKind.WECOM, time)
    first, second = one.send(TEXT), one.send(TEXT)
    assert (State.DUE, [1.0, 2.0]) == (first.state, time.slept)
    assert first == second


def test_the_limits_are_those_of_the_services() -> None:
    """WeCom takes 2,048 bytes of text, DingTalk and Feishu 20,000 of everything; DingTalk and WeCom 20 a minute."""
    for kind, most in ((RobotKind.WECOM, 2048), (RobotKind.DINGTALK, 20_000), (RobotKind.FEISHU, 20_000)):
        assert SERVICES[kind].limit < most
    assert [20, 20, 100] == [SERVICES[kind].per_minute for kind in KINDS]
    assert all(s.base.startswith("https://") for s in SERVICES.values())


def test_the_robots_own_words_are_kept_without_our_token(robots: RobotServer) -> None:
    """An operator needs them; the token in them is nobody's business, nor may they begin a line of their own."""
    robots.behave = always("310000")
    found = robot(robots, RobotKind.DINGTALK).send(TEXT)
    assert found.problem is not None
    assert "错误码310000〔refused *** ::error::x〕" in found.problem.message


def test_nothing_is_logged(robots: RobotServer, caplog: pytest.LogCaptureFixture) -> None:
    """第十九条: httpx would log the address, and with it the token."""
    caplog.set_level(logging.INFO)
    robot(robots, RobotKind.DINGTALK).send(TEXT)
    assert TOKEN not in caplog.text

"""The client: patience, pages, clear words, and a token that stays where it belongs."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huiyin.forge.http import ForgeClient, Patience, moment, take
from huiyin.model.problem import HuiyinError
from tests.forge.fake import Fault
from tests.forge.scene import GATE, KINDS, Scene, scene

PULLS = "repos/gansu/liuyan/pulls"


@pytest.fixture(params=KINDS)
def quiet(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Scene]:
    """A forge with nothing on it."""
    with scene(request.param, tmp_path) as found:
        yield found


def client_of(stage: Scene, timeout: float = 30.0) -> ForgeClient:
    """A client that notes how long it would wait."""
    patience = Patience(
        attempts=4, timeout=timeout, sleep=stage.slept.append, now=lambda: 1_000_000.0, jitter=lambda: 0.5
    )
    return stage.clients.enter_context(ForgeClient(stage.api.address, GATE, patience=patience))


def refusal(error: pytest.ExceptionInfo[HuiyinError]) -> tuple[str, str]:
    """Code and message."""
    (problem,) = error.value.problems
    return problem.code, problem.message


@pytest.mark.parametrize("status", [408, 425, 429, 500, 502, 503, 504])
def test_a_server_in_trouble_is_asked_again(quiet: Scene, status: int) -> None:
    """A burst of failures ends well; the waits double, spread by the dice."""
    quiet.api.faults.append(Fault(times=3, status=status))
    assert [] == client_of(quiet).get(PULLS)
    assert [0.75, 1.5, 3.0] == quiet.slept
    assert 4 == len(quiet.api.asked)


def test_after_the_last_attempt_the_failure_is_clear(quiet: Scene) -> None:
    """So many attempts and no more; host, method, path, status and what the forge said."""
    quiet.api.faults.append(Fault(times=99, status=502, message="upstream down"))
    with pytest.raises(HuiyinError) as error:
        client_of(quiet).get(PULLS)
    assert ("HY662", f"127.0.0.1 GET {PULLS} 502：upstream down。") == refusal(error)
    assert 4 == len(quiet.api.asked)


@pytest.mark.parametrize(
    ("status", "headers", "message", "wait"),
    [
        (429, {"Retry-After": "7"}, "slow down", 7.5),
        (503, {"Retry-After": "7"}, "maintenance", 7.5),
        (403, {"Retry-After": "7"}, "You have exceeded a secondary rate limit", 7.5),
        (429, {"Retry-After": "Mon, 12 Jan 1970 13:46:50 GMT"}, "slow down", 10.5),
        (429, {"Retry-After": "soon"}, "slow down", 0.75),
        (403, {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "1000030"}, "API rate limit exceeded", 30.5),
        (429, {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "999990"}, "API rate limit exceeded", 0.5),
        (403, {}, "You have exceeded a secondary rate limit.", 60.5),
    ],
)
def test_a_forge_that_says_when_is_waited_for(
    quiet: Scene, status: int, headers: dict[str, str], message: str, wait: float
) -> None:
    """Seconds, a date, the reset of the limit, or a minute where nothing is said."""
    quiet.api.faults.append(Fault(status=status, headers=headers, message=message))
    assert [] == client_of(quiet).get(PULLS)
    assert [wait] == quiet.slept


def test_too_long_a_wait_is_refused_at_once(quiet: Scene) -> None:
    """An hour is not waited for."""
    quiet.api.faults.append(Fault(times=9, status=429, headers={"Retry-After": "3600"}))
    with pytest.raises(HuiyinError) as error:
        client_of(quiet).get(PULLS)
    assert ("HY662", [], 1) == (refusal(error)[0], quiet.slept, len(quiet.api.asked))


def test_silence_and_dropped_connections_are_tried_again(quiet: Scene) -> None:
    """Then the answer comes."""
    quiet.api.faults += [Fault(hang=0.5), Fault(drop=True)]
    assert [] == client_of(quiet, timeout=0.1).get(PULLS)
    assert [0.75, 1.5] == quiet.slept


def test_endless_silence_is_a_time_out(quiet: Scene) -> None:
    """After the last attempt it is said in these words."""
    quiet.api.faults.append(Fault(times=9, hang=0.3))
    with pytest.raises(HuiyinError) as error:
        client_of(quiet, timeout=0.05).get(PULLS)
    assert ("HY660", f"127.0.0.1 GET {PULLS} 超时（ReadTimeout）。") == refusal(error)


def test_nobody_there_is_said_so() -> None:
    """A port on which nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    slept: list[float] = []
    patience = Patience(attempts=3, sleep=slept.append)
    with (
        ForgeClient(f"http://127.0.0.1:{port}", GATE, patience=patience) as client,
        pytest.raises(HuiyinError) as error,
    ):
        client.get("user")
    assert ("HY660", 2) == (refusal(error)[0], len(slept))


@pytest.mark.parametrize(
    ("status", "code"), [(401, "HY661"), (403, "HY661"), (404, "HY661"), (409, "HY663"), (422, "HY663"), (301, "HY663")]
)
def test_a_refusal_is_not_repeated(quiet: Scene, status: int, code: str) -> None:
    """It would be refused again; a redirect is not followed with our token."""
    headers = {"Location": f"{quiet.api.address}/user"} if status == 301 else {}
    quiet.api.faults.append(Fault(times=9, status=status, headers=headers))
    with pytest.raises(HuiyinError) as error:
        client_of(quiet).get(PULLS)
    assert (code, [], 1) == (refusal(error)[0], quiet.slept, len(quiet.api.asked))


def test_a_page_of_another_kind_is_no_answer(quiet: Scene) -> None:
    """As a proxy gives that wants people to log in."""
    quiet.api.faults.append(Fault(status=200, text="<html>请登录</html>"))
    with pytest.raises(HuiyinError) as error:
        client_of(quiet).get(PULLS)
    assert "HY664" == refusal(error)[0]


def test_a_list_that_is_none_is_no_answer(quiet: Scene) -> None:
    """Where entries are expected."""
    quiet.api.faults.append(Fault(status=200, text='"text"'))
    with pytest.raises(HuiyinError) as error:
        list(client_of(quiet).pages(PULLS))
    assert "HY664" == refusal(error)[0]


def test_the_token_is_never_told(quiet: Scene) -> None:
    """Not even where the server repeats it."""
    quiet.api.faults.append(Fault(status=401, message=f"bad token {GATE}\nin line"))
    with pytest.raises(HuiyinError) as error:
        client_of(quiet).get(PULLS)
    assert ("HY661", f"127.0.0.1 GET {PULLS} 401：bad token *** in line。") == refusal(error)
    assert GATE not in repr(error.value)


def test_pages_of_another_server_are_not_followed(quiet: Scene) -> None:
    """A link must not carry the token away."""
    link = {"Link": '<http://127.0.0.2:9/repositories/1/pulls?page=2>; rel="next"'}
    quiet.api.faults.append(Fault(status=200, text="[1]", headers=link))
    found: list[object] = []
    with pytest.raises(HuiyinError) as error:
        found.extend(client_of(quiet).pages(PULLS))
    assert ("HY664", 1) == (refusal(error)[0], len(quiet.api.asked))


def test_a_count_is_believed_before_a_link(quiet: Scene) -> None:
    """Gitea's links name the address of its settings, so its pages are counted."""
    link = '<http://gitea.intranet.invalid/api?page=2>; rel="next"'
    for text in ("[1, 2]", "[3, 4]", "[5]"):
        headers = {"X-Total-Count": "5", "Link": link}
        quiet.api.faults.append(Fault(status=200, text=text, headers=headers))
    assert [1, 2, 3, 4, 5] == list(client_of(quiet).pages(PULLS, limit=2))
    assert [f"GET /{PULLS}?limit=2", f"GET /{PULLS}?limit=2&page=2", f"GET /{PULLS}?limit=2&page=3"] == quiet.api.asked


def test_a_wrong_count_ends_with_an_empty_page(quiet: Scene) -> None:
    """Entries may be deleted while they are read."""
    for text in ("[1]", "[]"):
        quiet.api.faults.append(Fault(status=200, text=text, headers={"X-Total-Count": "9"}))
    assert [1] == list(client_of(quiet).pages(PULLS))


def test_what_may_be_absent_is_none(quiet: Scene) -> None:
    """Forbidden or missing; but a limit of requests is waited for."""
    quiet.api.faults += [Fault(status=403), Fault(status=404), Fault(status=403, headers={"Retry-After": "3"})]
    client = client_of(quiet)
    assert (None, None) == (client.find("user"), client.find("user"))
    assert 77 == take(client.find("user"), "id")
    assert [3.5] == quiet.slept


def test_deleting_what_is_gone_is_fine(quiet: Scene) -> None:
    """Another gate was faster."""
    client_of(quiet).delete("repos/gansu/liuyan/issues/comments/5")
    assert 1 == len(quiet.api.asked)


def test_a_missing_field_is_named() -> None:
    """The answer of something that is no forge."""
    with pytest.raises(HuiyinError) as error:
        take({"head": {}}, "head", "sha")
    assert ("HY664", "平台的答复缺少“head.sha”。") == refusal(error)


@pytest.mark.parametrize("text", [None, 5, "", "yesterday", "2026-11-23T10:00:00"])
def test_a_time_without_a_zone_is_none(text: object) -> None:
    """Nothing is guessed."""
    with pytest.raises(HuiyinError):
        moment(text)


@given(attempt=st.integers(0, 50), dice=st.floats(0, 1, exclude_max=True), longest=st.floats(1, 600))
def test_back_off_is_bounded(attempt: int, dice: float, longest: float) -> None:
    """Never more than the longest, never less than half of the doubling."""
    patience = Patience(longest=longest, jitter=lambda: dice)
    planned = min(longest, 2.0**attempt)
    assert planned / 2 <= patience.back_off(attempt) <= planned

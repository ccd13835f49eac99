"""The forges' descriptions are there, and what holds things against them can fail them."""

from __future__ import annotations

import pytest

from tests.forge.descriptions import FOLDER, Description, description
from tests.forge.scene import KINDS

REPO = "/repos/gansu/liuyan"


@pytest.fixture(params=KINDS)
def described(request: pytest.FixtureRequest) -> Description:
    """A description, or a loud notice that nothing was held against it."""
    found = description(request.param)
    if found is None:
        pytest.skip(f"没有 {FOLDER}：假平台的请求和答复这次没有与官方接口说明核对！")
    return found


def test_a_described_request_passes(described: Description) -> None:
    """What the description allows is no violation."""
    name = "per_page" if described.nulls else "limit"
    assert [] == list(described.check_request("GET", f"{REPO}/pulls", {"state": "open", name: "50"}, None))
    body = {"state": "success", "context": "huiyin/gate", "description": "好"}
    assert [] == list(described.check_request("POST", f"{REPO}/statuses/abc", {}, body))


@pytest.mark.parametrize(
    ("method", "path", "query", "body"),
    [
        ("GET", f"{REPO}/pull", {}, None),
        ("DELETE", f"{REPO}/pulls", {}, None),
        ("GET", f"{REPO}/pulls", {"colour": "red"}, None),
        ("GET", f"{REPO}/pulls", {"state": "ajar"}, None),
        ("GET", f"{REPO}/pulls", {"page": "two"}, None),
        ("POST", f"{REPO}/statuses/abc", {}, {"state": 5}),
        ("POST", f"{REPO}/statuses/abc", {}, {"state": "success", "colour": "red"}),
        ("POST", f"{REPO}/issues/1/comments", {}, {"text": "no body"}),
        ("GET", f"{REPO}/pulls", {}, {"body": "in a reading"}),
    ],
)
def test_another_request_is_a_violation(
    described: Description, method: str, path: str, query: dict[str, str], body: object
) -> None:
    """Unknown path, method, parameter, value, type and field."""
    assert list(described.check_request(method, path, query, body))


def test_a_filled_reply_passes_and_a_spoilt_one_does_not(described: Description) -> None:
    """A reply of the wrong type, or with a status that is never given, is a violation."""
    path = f"{REPO}/pulls/1"
    reply = described.fill("GET", path, 200)
    assert [] == list(described.check_reply("GET", path, 200, reply))
    assert list(described.check_reply("GET", path, 200, {**reply, "number": "one"}))
    assert list(described.check_reply("GET", path, 299, reply))


def test_a_missing_field_of_github_is_a_violation() -> None:
    """GitHub's description says which fields there always are."""
    found = description("github")
    if found is None:
        pytest.skip(f"没有 {FOLDER}：没有与官方接口说明核对！")
    reply = found.fill("GET", f"{REPO}/pulls/1", 200)
    del reply["head"]["sha"]
    assert list(found.check_reply("GET", f"{REPO}/pulls/1", 200, reply))

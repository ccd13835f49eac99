"""What the public is told of each step."""

from __future__ import annotations

from huiyin.model.event import EVENT_TYPES
from huiyin.publish.timeline import find_entries
from huiyin.rules.articles import cite
from tests.cases import Story, rulebook
from tests.publish.building import stories

HIDDEN = {"instructed", "supervised", "criticised", "declined", "withdrawn"}
"""Types of event that the public is never told of, or whose cases have no page."""


def titles(story: Story) -> list[str]:
    """What the entries are called."""
    return [e.title for e in find_entries(story.replay("2030-12-31 18:00"), rulebook().registry)]


def test_every_step_cites_its_article() -> None:
    """第九条: each step of the route names the item it rests on; ratings rest on none."""
    entries = list(find_entries(stories()["plain"].replay("2030-12-31 18:00"), rulebook().registry))
    expected = ["9(1)", "9(1)", "9(2)", "9(3)", "9(3)", "", ""]
    assert [cite(a) for a in expected] == [e.article for e in entries]


def test_a_reassignment_goes_on_under_the_articles_of_the_new_route() -> None:
    """第九条(四): after the transfer to a department, its own item counts."""
    entries = list(find_entries(stories()["moved"].replay("2030-12-31 18:00"), rulebook().registry))
    assert ["收到留言", "交办", "申请改派", "改派", "列为重要", "报送答复", "公开解释说明", "隐去部分文字"] == [
        e.title for e in entries
    ]
    assert cite("9(4)") == entries[3].article == entries[5].article


def test_the_portal_publishes_by_answering() -> None:
    """第十条(二): there is no re-review, and a return takes the reply back."""
    assert ["收到留言", "交办", "认领", "公开答复", "退回重办", "公开答复"] == titles(stories()["portal"])


def test_instructions_supervision_and_criticism_are_not_told() -> None:
    """第十九条: they happened in these stories, and no entry names them."""
    for name in ("plain", "corrected"):
        told = titles(stories()[name])
        assert not {"领导批示", "督办", "追责"} & set(told)


def test_each_event_type_is_either_told_or_hidden_on_purpose() -> None:
    """A new type of event is hidden until somebody decides; the stories show every other one."""
    shown = {e.type for name in stories() for e in stories()[name].replay("2030-12-31 18:00").accepted}
    assert set(EVENT_TYPES) == shown
    for name, story in stories().items():
        found = story.replay("2030-12-31 18:00")
        told = list(find_entries(found, rulebook().registry))
        visible = [e for e in found.accepted if e.type not in HIDDEN]
        assert len(told) == len(visible) + 1, name


def test_past_records_claim_no_signature() -> None:
    """History tells when an answer came, and nothing of who signed it."""
    story = stories()["plain"]
    story.facts["history"] = True
    details = [e.detail for e in find_entries(story.replay("2030-12-31 18:00"), rulebook().registry)]
    assert "经承办单位主要负责同志审核签字" not in details
    assert "经交办单位复审" not in details

"""Random lives of cases for property tests: what the procedure forbids is left out by the replay. All invented."""

from __future__ import annotations

from datetime import datetime, timedelta

from hypothesis import strategies as st

from tests.cases import Story

UNITS = ("lanzhou", "linxia", "jiaotong")
VERBS = (
    *("assigned", "claimed", "answered", "published", "returned"),
    *("extended", "moved", "withdrawn", "declined", "rated"),
)
LEVELS = ("非常满意", "满意", "基本满意", "不满意", "非常不满意")


@st.composite
def stories(draw: st.DrawFn, reference: str = "1") -> Story:
    """One case of any channel, received from August to November 2026, with up to nine attempts at events."""
    start = datetime(2026, 8, 1) + timedelta(hours=draw(st.integers(0, 24 * 110)))  # noqa: DTZ001 - Beijing, as typed
    story = Story(f"{start:%Y-%m-%d %H:%M}", channel=draw(st.sampled_from(("people", "portal", "service"))))
    story.reference = reference
    usual = ("assigned", "claimed", "answered", "published")
    verbs = draw(st.one_of(st.just(usual), st.lists(st.sampled_from((*VERBS, *usual)), max_size=9)))
    now = start
    for verb in verbs:
        now += timedelta(hours=draw(st.integers(1, 200)))
        when = f"{now:%Y-%m-%d %H:%M}"
        match verb:
            case "assigned" | "moved":
                topics = draw(st.lists(st.sampled_from(("环境保护", "交通运输", "城乡建设")), max_size=2, unique=True))
                complexity = draw(st.sampled_from(("simple", "complex", "important")))
                story.assigned(when, draw(st.sampled_from(UNITS)), complexity=complexity, topics=topics, letter="〔1〕")
            case "extended":
                story.extended(when, f"{now + timedelta(days=draw(st.integers(1, 30))):%Y-%m-%d}")
            case "rated":
                story.add("rated", when, f"{story.dispatcher}.clerk", level=draw(st.sampled_from(LEVELS)))
            case "claimed" | "answered" | "published" | "returned" | "withdrawn" | "declined":
                getattr(story, verb)(when)
    return story


def many() -> st.SearchStrategy[list[Story]]:
    """Some cases with ids of their own."""
    return st.integers(1, 6).flatmap(lambda n: st.tuples(*(stories(str(i)) for i in range(n))).map(list))

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from huiyin.model.case import SHANGHAI
from huiyin.rules.deadlines import ClockKind, lateness
from huiyin.rules.trace import TraceDay, trace
from tests.cases import Story, procedure, rulebook


def handling(unit: str, day_offset: int, complexity: str, now_offset: int) -> tuple[list[TraceDay], int, int]:
    """(trace, limit, working days late) of a handling clock that starts some days after 2025-09-01."""
    start = datetime(2025, 9, 1, 10, tzinfo=SHANGHAI) + timedelta(days=day_offset)
    now = start + timedelta(days=now_offset)
    story = Story(received=f"{start:%Y-%m-%d %H:%M}").assigned(f"{start:%Y-%m-%d %H:%M}", unit, complexity=complexity)
    result = story.replay(now=f"{now:%Y-%m-%d %H:%M}")
    clock = result.clock(ClockKind.HANDLING)
    assert clock is not None
    assert clock.working_days is not None
    days = rulebook().days_for(unit, procedure())
    found = list(trace(clock, result.now, procedure().settings, days))
    return found, clock.working_days, lateness(clock, result.now, days).working_days


@given(
    unit=st.sampled_from(["lanzhou", "linxia", "gannan"]),
    day_offset=st.integers(0, 420),
    complexity=st.sampled_from(["simple", "complex", "important"]),
    now_offset=st.integers(0, 60),
)
def test_the_trace_adds_up_to_the_dates(unit: str, day_offset: int, complexity: str, now_offset: int) -> None:
    """第十三条: the count reaches the limit exactly on the due date, and lateness is what is counted after it."""
    found, limit, late = handling(unit, day_offset, complexity, now_offset)
    in_time = [d for d in found if not d.late]
    assert (limit, None) == (in_time[-1].number, in_time[0].number)
    assert [n + 1 for n in range(limit)] == [d.number for d in in_time if d.number is not None]
    assert late == max((d.number or 0 for d in found if d.late), default=0)
    assert all(b.day - a.day == timedelta(days=1) for a, b in pairwise(found))


def test_local_holidays_and_provisional_days_are_named() -> None:
    """第十三条: the trace says why 19 November does not count in 临夏, and which days may still move."""
    found, _, _ = handling("linxia", 443, "simple", 0)
    assert "临夏州庆" in {d.reason for d in found}
    crossing, _, _ = handling("lanzhou", 480, "complex", 0)
    assert {True, False} == {d.provisional for d in crossing}

"""What became of one attempt to send."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from huiyin.model.problem import Problem
from huiyin.reminders.outbox import State


class Answer(StrEnum):
    """What is known after one attempt.

    TAKEN: the server said that it has the message. REFUSED: it certainly has not, and trying again is no use;
    BUSY: it certainly has not, but may take it later; DOWN: nobody was there to take it; LOST: the answer got lost on
    the way, so nobody knows.
    """

    TAKEN = "taken"
    REFUSED = "refused"
    BUSY = "busy"
    DOWN = "down"
    LOST = "lost"

    @property
    def state(self) -> State:
        """What the outbox writes down."""
        if self is Answer.TAKEN:
            return State.SENT
        return State.UNKNOWN if self is Answer.LOST else State.DUE


@dataclass(frozen=True, slots=True)
class Attempt:
    """One attempt.

    Args:
        why: Chinese, without address and secret; "" if it was taken.
        wait: seconds that the server wants to be left alone, or 0.
    """

    answer: Answer
    why: str = ""
    wait: float = 0.0


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one message after all attempts; a message that was sent may still have a warning."""

    state: State
    problem: Problem | None = None

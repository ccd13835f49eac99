"""Trying again: after what certainly did not arrive, a few times, slower each time; never after a lost answer."""

from __future__ import annotations

import random
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

from huiyin.reminders.outcome import Answer, Attempt


@dataclass(frozen=True)
class Patience:
    """How long to try.

    Args:
        attempts: how many times one message is offered at most.
        first, longest: seconds before the second attempt, and the most that the doubling comes to.
        timeout: seconds for each of connecting, sending and reading.
        sleep, now, jitter: the clock, in seconds, and the dice, in [0, 1): tests bring their own.
    """

    attempts: int = 4
    first: float = 1.0
    longest: float = 30.0
    timeout: float = 20.0
    sleep: Callable[[float], None] = time.sleep
    now: Callable[[], float] = time.time
    jitter: Callable[[], float] = random.random

    def offer(self, once: Callable[[], Attempt]) -> Attempt:
        """Offer a message until it is taken, refused or lost, or the attempts are used up."""
        for attempt in range(self.attempts):
            found = once()
            if found.answer not in {Answer.BUSY, Answer.DOWN} or attempt + 1 == self.attempts:
                return found
            doubled = min(self.longest, self.first * 2.0**attempt) * (0.5 + self.jitter() / 2)
            self.sleep(max(found.wait, doubled))
        raise AssertionError("the last attempt returns")


@dataclass
class Pace:
    """No more than so many messages a minute: a robot that is called more often is silenced.

    Args:
        per_minute: how many in any sixty seconds.
    """

    per_minute: int
    patience: Patience
    _sent: deque[float] = field(default_factory=deque)

    def wait(self) -> None:
        """Wait until one more may be sent, and count it."""
        now = self.patience.now()
        while self._sent and self._sent[0] <= now - 60:
            self._sent.popleft()
        if len(self._sent) >= self.per_minute:
            self.patience.sleep(self._sent.popleft() + 60 - now)
        self._sent.append(self.patience.now())

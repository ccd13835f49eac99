"""One run: what is planned and was not sent goes out, one message an addressee; what becomes of it is written down."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from huiyin.model.problem import Problem, UsageError
from huiyin.reminders.contacts import VARIABLE, Contacts
from huiyin.reminders.notices import Key, Kind
from huiyin.reminders.outbox import Message, Outbox, State
from huiyin.reminders.outcome import Outcome
from huiyin.reminders.patience import Patience
from huiyin.reminders.plan import MAIL, Delivery, Plan
from huiyin.reminders.robots import SERVICES, Robot
from huiyin.reminders.routing import RobotKind
from huiyin.reminders.texts import letter, post, split, subject
from huiyin.rules.registry import Registry

_WAITING = frozenset({None, State.DUE, State.LAPSED})


@dataclass(frozen=True, slots=True)
class Letter:
    """What goes in one piece to one addressee: the message that the outbox knows, and what it says."""

    message: Message
    deliveries: tuple[Delivery, ...]


@dataclass(frozen=True, slots=True)
class Result:
    """One letter with what became of it; ``state`` is None in a dry run."""

    letter: Letter
    state: State | None


@dataclass(frozen=True, slots=True)
class Report:
    """What a run did.

    Args:
        results: one a letter, in the order of sending.
        planned: how many notices of the kinds asked for are to be told, sent or not.
        already: how many of them had been sent before.
        problems: all that went wrong; a run without errors has none but warnings.
    """

    results: tuple[Result, ...]
    planned: int
    already: int
    problems: tuple[Problem, ...]


class Sender:
    """The channels of one run, opened when they are first needed."""

    def __init__(self, contacts: Contacts, registry: Registry, patience: Patience) -> None:
        self._contacts = contacts
        self._registry = registry
        self._patience = patience
        self._mailer: Callable[..., Outcome] | None = None
        self._robots: dict[str, Robot] = {}

    def obstacle(self, to: Delivery) -> Problem | None:
        """Why nothing can be sent to that addressee, before anything is tried."""
        addressee = to.addressee
        if addressee.channel != MAIL:
            if addressee.to in self._contacts.robots:
                return None
            return Problem("HY862", f"通讯录中没有机器人群“{addressee.to}”的令牌。")
        if not self._contacts.mail_url:
            return Problem("HY863", f"没有写明邮件服务器（--contacts，或环境变量 {VARIABLE}）。")
        if addressee.to not in self._contacts.people:
            return Problem("HY862", f"通讯录中没有 {addressee.to} 的邮箱。", article="15")
        try:
            self._mail()
        except UsageError as error:
            return error.problems[0]
        return None

    def send(self, letter_: Letter, plan: Plan) -> Outcome:
        """Send one letter."""
        first, now = letter_.deliveries[0].addressee, plan.as_of
        if first.channel != MAIL:
            robot = self._robot(first.to, RobotKind(first.channel))
            return robot.send(post(letter_.deliveries, self._registry, now))
        return self._mail()(
            first.to,
            self._contacts.people[first.to],
            subject(letter_.deliveries, now),
            letter(letter_.deliveries, self._registry, now),
            letter_.message.id,
        )

    def _mail(self) -> Callable[..., Outcome]:
        if self._mailer is None:
            from huiyin.reminders.mail import Mailer

            self._mailer = Mailer(self._contacts.mail_url, self._patience).send
        return self._mailer

    def _robot(self, group: str, kind: RobotKind) -> Robot:
        if group not in self._robots:
            self._robots[group] = Robot(group, kind, self._contacts.robots[group], self._patience)
        return self._robots[group]


def outstanding(plan: Plan, outbox: Outbox | None, registry: Registry, only: frozenset[Kind]) -> list[Letter]:
    """The letters still to be sent, of these kinds.

    Args:
        outbox: None where nothing is known of earlier runs.
    """
    waiting = [
        d for d in plan.deliveries if d.notice.kind in only and (outbox is None or outbox.state(d.key) in _WAITING)
    ]
    return [_letter(part) for part in _parts(waiting, registry, plan)]


def run(
    plan: Plan,
    outbox: Outbox,
    sender: Sender,
    registry: Registry,
    *,
    only: frozenset[Kind],
    retry_unknown: bool = False,
    accept_unknown: bool = False,
) -> Report:
    """Send what is planned and has not been sent.

    Args:
        only: kinds to send; the others stay due.
        retry_unknown: send again what may have arrived.
        accept_unknown: take what may have arrived as sent.

    Raises:
        HuiyinError: the outbox cannot be written; then nothing more is sent.
    """
    problems = [*plan.problems, *_recover(outbox)]
    wanted = [d for d in plan.deliveries if d.notice.kind in only]
    already = sum(outbox.state(d.key) is State.SENT for d in wanted)
    problems += _lapse(plan, outbox)
    again, told = _unknown(plan, outbox, only, retry=retry_unknown, accept=accept_unknown)
    letters = [*again, *outstanding(plan, outbox, registry, only)]
    outbox.note((d.key for p in letters for d in p.deliveries if outbox.state(d.key) is None), State.DUE)
    results: list[Result] = []
    ready = []
    for found in letters:
        obstacle = sender.obstacle(found.deliveries[0])
        if obstacle is None:
            ready.append(found)
        else:
            results.append(Result(found, outbox.state(found.deliveries[0].key)))
            problems.append(obstacle)
    outbox.checkpoint("Due")
    size = outbox.batch or max(1, len(ready))
    for start in range(0, len(ready), size):
        batch = ready[start : start + size]
        outbox.begin(b.message for b in batch)
        outbox.checkpoint("Sending")
        for found in batch:
            outcome = sender.send(found, plan)
            outbox.finish(found.message, outcome.state, outcome.problem.code if outcome.problem else "")
            results.append(Result(found, outcome.state))
            problems += [outcome.problem] if outcome.problem else []
    outbox.checkpoint("Sent")
    return Report(tuple(results), len(wanted), already, tuple(dict.fromkeys([*problems, *told])))


def _recover(outbox: Outbox) -> Iterator[Problem]:
    for message in outbox.recover():
        yield Problem("HY866", f"上一次催办中断时正在发给 {message.to}（{len(message.keys)}项），不知是否发出。")


def _lapse(plan: Plan, outbox: Outbox) -> list[Problem]:
    """What was due and is no longer, unsent: it is told as late by a newer notice, or the case has moved on."""
    current = {d.key for d in plan.deliveries}
    gone = [key for key in outbox.keys(State.DUE) if key not in current]
    outbox.note(gone, State.LAPSED)
    return [
        Problem(
            "HY867", f"应于{key.day}告知 {key.to} 的“{Kind(key.kind).label}”（{key.case_id}）没有发出。", article="15"
        )
        for key in gone
    ]


def _unknown(
    plan: Plan, outbox: Outbox, only: frozenset[Kind], *, retry: bool, accept: bool
) -> tuple[list[Letter], list[Problem]]:
    """What may have arrived: letters to send again under their old ids, or what to tell the operator."""
    by_key = {d.key: d for d in plan.deliveries if d.notice.kind in only}
    unknown = [key for key in outbox.keys(State.UNKNOWN) if accept or key in by_key]
    letters, problems = [], []
    for message, keys in outbox.messages(unknown).items():
        if accept:
            outbox.finish(message, State.SENT)
        elif retry:
            letters.append(_resend(message, keys, by_key))
        else:
            told = f"{message.channel}发给 {message.to} 的{len(keys)}项是否收到，尚不清楚；没有重发。"
            problems.append(Problem("HY866", told))
    return letters, problems


def _resend(message: Message, keys: Iterable[Key], by_key: dict[Key, Delivery]) -> Letter:
    deliveries = sorted((by_key[k] for k in keys), key=lambda d: (d.notice.kind.order, d.notice.due, d.key))
    same = Message(message.id, message.channel, message.to, tuple(d.key for d in deliveries))
    return Letter(same, tuple(deliveries))


def _parts(waiting: Sequence[Delivery], registry: Registry, plan: Plan) -> Iterator[Sequence[Delivery]]:
    for addressee, group in groupby(waiting, key=lambda d: d.addressee):
        deliveries = list(group)
        if addressee.channel == MAIL:
            yield deliveries
        else:
            yield from split(deliveries, registry, plan.as_of, SERVICES[RobotKind(addressee.channel)].limit)


def _letter(deliveries: Sequence[Delivery]) -> Letter:
    keys = tuple(d.key for d in deliveries)
    digest = hashlib.sha256("\n".join("\t".join(key) for key in keys).encode()).hexdigest()
    return Letter(Message(digest[:24], keys[0].channel, keys[0].to, keys), tuple(deliveries))

"""What happens to one invented message: legal steps under ``rules/procedure/gs-2015-115.yaml``, until the last moment.

A whole life is planned first and cut at the end of time, since each beginning of a legal life is legal too: that leaves
open what came in last.
"""

from __future__ import annotations

import random
from datetime import date, datetime, time, timedelta
from typing import Any

from bench.corpus.telling import Telling
from bench.corpus.wording import DEMO, Topic, Wording, pick, several
from huiyin.model.case import SHANGHAI, Channel
from huiyin.model.event import Complexity
from huiyin.model.unit import Unit, UnitKind
from huiyin.rules.conduct.answer import mark_of
from huiyin.rules.rulebook import Rulebook

_LEVELS = ("满意", "满意", "满意", "非常满意", "非常满意", "基本满意", "基本满意", "不满意", "非常不满意")
_GROUNDS = ("答非所问", "敷衍塞责", "事实不清", "依据不足", "名义不符", "泄露信息")
_STEPS = (
    ("investigation", False, "现场调查，走访附近群众并查阅有关资料。"),
    ("verification", True, "调取系统记录核对。"),
    ("site_visit", False, "到现场督促整改，当场明确完成时间。"),
    ("contact", True, "与留言人沟通，说明办理进展。"),
    ("meeting", False, "召集有关部门会商，明确分工。"),
)
_HIDDEN = ("手机号", "姓名", "住址", "身份证号")


class Story(Telling):
    """The events of one case, made one after another.

    Args:
        topic: what it is about; one of the six of 第十一条 makes it important on the channels of that article.
        number: of the case, for the numbers of its letters.
    """

    def __init__(self, rng: random.Random, rulebook: Rulebook, channel: Channel, topic: Topic, number: int) -> None:
        super().__init__(rng, rulebook, channel)
        self.topic = topic
        self.number = number
        six = channel in self.procedure.topics.channels and topic.topic in self.procedure.topics.important
        ordinary = Complexity.IMPORTANT if self.chance(0.01) else Complexity.SIMPLE
        self.complexity = Complexity.IMPORTANT if six else Complexity.COMPLEX if self.chance(0.3) else ordinary
        self.basis = 5 if self.complexity is Complexity.IMPORTANT and self.chance(0.6) else 3
        if self.basis == 3 and self.chance(0.04):
            self.basis = 4
        self.limit = self.procedure.working_days[self.complexity]
        self.handling_since = date.min

    # The parts of a life, in order.

    def decline(self, at: datetime, reason: str, explanation: str, duplicate_of: str | None) -> None:
        """不予受理."""
        other = {"duplicate_of": duplicate_of} if duplicate_of else {}
        self.add("declined", self.dispatcher, at, reason=reason, explanation=explanation + DEMO, **other)

    def live(self, unit: Unit, at: datetime, words: Wording) -> None:
        """From the assignment to the rating, with everything that may happen on the way."""
        self._assign(unit, at)
        if self.chance(0.04):
            self._misroute()
        elif self.complexity is not Complexity.IMPORTANT and self.chance(0.02):
            self.add(
                "escalated", self.dispatcher, self.later(1), reason=f"经复核属突出问题，列为重要并抄送督查室。{DEMO}"
            )
            self.limit = self.procedure.working_days[Complexity.IMPORTANT]
        self._lead()
        if self.chance(0.012):
            self.add("withdrawn", self.dispatcher, self.later(0), reason=f"留言人来电说明问题已解决，申请撤回。{DEMO}")
            return
        due, late = self._extend(self.days.add(self.handling_since, self.limit))
        self._answer(due, words, late=late)
        if self.chance(0.05 if self.route.re_review else 0.02):
            self._return(due, words)
        if self.chance(0.35):
            self.add("rated", self.dispatcher, self.after(9), level=pick(self.rng, _LEVELS))
        if late and self.chance(0.06):
            self._criticise()
        if self.chance(0.012):
            self._correct(words)

    def redact(self, pointers: list[str], kind: str) -> None:
        """隐去 what the body shows the mark of."""
        reason = f"日常巡查发现，已隐去并通知平台同步处理。{DEMO}"
        self.add("redacted", self.dispatcher, self.after(30), pointers=pointers, kind=kind, reason=reason)

    def _assign(self, unit: Unit, at: datetime) -> None:
        rng = self.rng
        same = any(e["type"] == "assigned" and e["unit"] == unit.id for e in self.events[-4:])
        self.unit = unit
        others = [u for u in self._handlers() if u.id != unit.id]
        fields: dict[str, Any] = {}
        if self.chance(0.15):
            fields["assisting"] = [u.id for u in several(rng, others, 1 + int(rng.random() * 2))]
        fields["topics"] = [self.topic.topic]
        if self.basis == 4:
            fields["concerns"] = [pick(rng, others).id]
        if self.route.letter:
            fields["letter"] = f"演示函〔{at.year}〕{self.number}号"
        if self.chance(0.04):
            fields["note"] = f"涉及人数较多，请尽快办理。{DEMO}"
        self.add(
            "assigned", self.dispatcher, at, unit=unit.id, basis=self.basis, complexity=str(self.complexity), **fields
        )
        if not same:
            self.handling_since = self.now.date()
        if "claimed" in self.route.transitions:
            self._claim()

    def _claim(self) -> None:
        """第九条(二): the same day, or in the morning of the first working day after; not always."""
        soon = timedelta(seconds=600 + int(self.rng.random() * 3000))
        if self.chance(0.05):
            at = self.later(2)
        elif self.days.is_working(self.now.date()):
            at = self.now + soon
        else:
            at = datetime.combine(self.days.next(self.now.date()), time(9), SHANGHAI) + soon
        self.add("claimed", self.unit.id, at)

    def _handlers(self) -> list[Unit]:
        return [unit for unit in self.rulebook.registry.units.values() if unit.publisher]

    def _misroute(self) -> None:
        other = pick(self.rng, [u for u in self._handlers() if u.id != self.unit.id])
        reason = f"经核，该事项的管理职责不在我单位，建议由{other.name}办理。{DEMO}"
        self.add("misrouted", self.unit.id, self.later(1), belongs_to=other.id, reason=reason)
        self._assign(other if self.chance(0.7) else self.unit, self.later(int(self.rng.random() * 2)))

    def _lead(self) -> None:
        """领导批示、督办."""
        important = self.complexity is Complexity.IMPORTANT
        instructed = self.chance(0.03 if important else 0.005)
        if instructed:
            instruction = f"请{self.unit.name}尽快核实情况，依法妥善处理，结果及时公开。{DEMO}"
            self.add("instructed", "shengban", self.later(0), leader="省政府领导" + DEMO, instruction=instruction)
        if instructed or self.chance(0.12 if important else 0.01):
            kind = "tracking" if instructed and self.chance(0.5) else "special"
            letter = f"演示督函〔{self.now.year}〕{self.number}号"
            requirement = f"请每周报送办理进展。{DEMO}"
            self.add("supervised", "duchashi", self.later(0), kind=kind, requirement=requirement, letter=letter)

    def _extend(self, due: date) -> tuple[date, bool]:
        """Maybe a later due date; and whether it will be missed."""
        ask = self.days.previous(due)
        late = self.chance(0.06)
        if self.now.date() < ask and self.chance(0.05):
            due = self.days.add(due, 5 + int(self.rng.random() * 10))
            reason = f"需会同有关单位现场勘验并核定资金，申请延期至{due.month}月{due.day}日。{DEMO}"
            self.add("extended", self.unit.id, self.in_office(ask), due=due.isoformat(), reason=reason)
        return due, late

    def _answer(self, due: date, words: Wording, *, late: bool) -> None:
        rng, unit = self.rng, self.unit
        if late:
            day = self.days.add(due, 1 + int(rng.random() * 8))
        else:
            left = max(1, self.days.between(self.now.date(), due))
            day = self.days.add(self.now.date(), 1 + int(rng.random() ** 0.7 * left))
        since = self.now.date()
        fields: dict[str, Any] = {"publisher": unit.publisher}
        mode = self.rng.random()
        if mode < 0.05:
            note = words.public_note(str(unit.publisher))
            by = pick(rng, ("phone", "phone", "email", "visit", "post"))
            fields |= {"mode": "private", "public_note": note, "delivered_by": by, "marks": ["privacy"]}
        elif mode < 0.08:
            reason = f"所涉事项尚在依法处理之中，暂不具备公开全部内容的条件，先作解释说明。{DEMO}"
            fields |= {"mode": "explanation", "reply": words.reply(str(unit.publisher)), "reason": reason}
        else:
            fields |= {"mode": "public", "reply": words.reply(str(unit.publisher))}
        if unit.kind is UnitKind.DEPARTMENT and self.chance(0.4):
            fields["letter"] = f"演示复〔{day.year}〕{self.number}号"
        if self.chance(0.15):
            taken = sorted(since + (day - since) * rng.random() for _ in range(1 + int(rng.random() * 2)))
            fields["handling"] = [
                {"day": d.isoformat(), "kind": kind, "online": online, "note": note + DEMO}
                for d, (kind, online, note) in zip(taken, several(rng, _STEPS, len(taken)), strict=True)
            ]
        self.add("answered", unit.id, self.in_office(day), **fields)
        self._publish()

    def _publish(self) -> None:
        if self.route.re_review:
            self.add("published", self.dispatcher, self.later(int(self.rng.random() * 2.5)))

    def _return(self, due: date, words: Wording) -> None:
        """Back from the re-review, or from the public where there is none; answered again by a date of its own."""
        if self.route.re_review:
            self.events.pop()  # it was not published after all
            self.now = datetime.fromisoformat(self.events[-1]["at"])
        at = self.later(1)
        again = self.days.add(max(due, at.date()), 3 + int(self.rng.random() * 3))
        explanation = f"没有逐项回应留言所提的问题，也没有明确的办结时间，请核实后重新报送。{DEMO}"
        ground = pick(self.rng, _GROUNDS)
        self.add("returned", self.dispatcher, at, ground=ground, explanation=explanation, due=again.isoformat())
        self._answer(again, words, late=self.chance(0.05))

    def _criticise(self) -> None:
        kind = pick(self.rng, ("self_criticism", "self_criticism", "circular"))
        reason = f"无正当理由逾期报送答复，也没有提出延期申请。{DEMO}"
        consequence = f"群众意见较大，责令限期整改并作出检查。{DEMO}"
        letter = f"演示办函〔{self.now.year}〕{self.number}号"
        self.add(
            "criticised", "shengban", self.after(30),
            kind=kind, unit=self.unit.id, reason=reason, consequence=consequence, letter=letter,
        )  # fmt: skip

    def _correct(self, words: Wording) -> None:
        answer = next(e for e in reversed(self.events) if e["type"] == "answered")
        publisher = str(self.unit.publisher)
        text = (
            {"public_note": words.public_note(publisher)}
            if "public_note" in answer
            else {"reply": words.reply(publisher)}
        )
        self.add(
            "corrected", self.unit.id, self.after(200), reason=f"原答复中的数据和时限有误，现予更正。{DEMO}", **text
        )


def hidden(rng: random.Random) -> tuple[str, str]:
    """A kind of thing that was redacted, and the mark that stands for it."""
    kind = pick(rng, _HIDDEN)
    return kind, mark_of(kind)

"""Import: every row is read and judged by the schema and the procedure before anything is written."""

from __future__ import annotations

from collections.abc import Callable, Container, Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

from huiyin.intake.cells import RefusedCell, id_part
from huiyin.intake.door import fixed_problems, hide, known_texts, screen, to_decide
from huiyin.intake.duplicates import DuplicateFinder
from huiyin.intake.history import find_other_date, history_events
from huiyin.intake.library import Known, known_cases
from huiyin.intake.mapping import IntakeMapping
from huiyin.intake.plan import Plan, Taken, Waiting
from huiyin.intake.rows import Draft, RowReader, case_document
from huiyin.intake.table import open_table, split_header
from huiyin.judging import judge_file
from huiyin.model.case import Channel
from huiyin.model.problem import HuiyinError, Problem, Severity, UsageError
from huiyin.repo.canonical import canonical
from huiyin.repo.git import Source
from huiyin.repo.schemas import load_schema
from huiyin.repo.store import load_rulebook, parse_case
from huiyin.rules.privacy import find_personal
from huiyin.rules.procedure import Procedure
from huiyin.vault.content import Held, Sealed

Progress = Callable[[int, int | None], None]
"""Told the number of the row reached, and about how many there are."""


def plan_import(
    file: Path,
    source: Source,
    channel: Channel,
    mapping: IntakeMapping,
    now: datetime,
    *,
    sheet: str | None = None,
    progress: Progress | None = None,
    held: Container[str] = (),
    forgotten: Container[str] = (),
) -> Plan:
    """Read a spreadsheet and judge each row by the schema and the procedure; writes nothing.

    第十九条: what is certainly personal is taken out of the cases, drafts with what may be are held back.

    Args:
        source: the repository.
        now: with an offset; what is after it is refused.
        sheet: name of the worksheet; the first by default.
        progress: called for each row.
        held, forgotten: ids of cases that the vault holds back or has erased; they are not taken again.

    Raises:
        UsageError: the file, sheet, mapping or its constants do not fit (HY503, HY507, HY508, HY904).
        HuiyinError: the file cannot be read (HY501 to HY505), the rules cannot (HY4xx), no such procedure (HY401).
    """
    if channel not in mapping.channels:
        fits = "、".join(c.value for c in mapping.channels)
        raise UsageError(Problem("HY507", f"映射“{mapping.name}”适用于渠道 {fits}，不适用于 {channel}。"))
    planner = _Planner(source, channel, mapping, now, str(file), held, forgotten)
    with open_table(file, sheet) as table:
        header, rows = split_header(table, str(file), mapping.columns_wanted())
        planner.start(RowReader(mapping, header, planner.rulebook.registry, str(file)))
        for row in rows:
            if not row.empty:
                planner.take(planner.reader.read(row))
            if progress is not None:
                progress(row.number, table.total)
    return planner.finish()


class _Planner:
    """Takes draft after draft; lives only inside ``plan_import``."""

    reader: RowReader

    def __init__(
        self,
        source: Source,
        channel: Channel,
        mapping: IntakeMapping,
        now: datetime,
        path: str,
        held: Container[str],
        forgotten: Container[str],
    ) -> None:
        self.channel, self.mapping = channel, mapping
        self.now, self.path = now, path
        self.held, self.forgotten = held, forgotten
        self.rulebook = load_rulebook(source)
        self.schema = load_schema(source, "case")
        self.procedure = self._procedure()
        self.known: dict[str, Known] = {}
        self.folded: dict[str, str] = {}
        self.finder = DuplicateFinder()
        for known in known_cases(source):
            self.known[known.id] = known
            self.folded[known.id.casefold()] = known.id
            if known.title is not None and known.body is not None and known.received_at is not None:
                self.finder.know(known.id, known.title, known.body, known.received_at)
        self.seen: dict[str, tuple[int, tuple[Mapping[str, Any], Mapping[str, str]]]] = {}
        self.plan = Plan()
        receipt = mapping.fields.get("assigned_at")
        self.assigned_at_receipt = receipt is not None and receipt.same_as == "received_at"

    def _procedure(self) -> Procedure:
        procedure = self.rulebook.procedures.get(self.mapping.procedure)
        if procedure is None:
            known = "、".join(sorted(self.rulebook.procedures))
            message = f"映射所写的适用办法“{self.mapping.procedure}”不存在，可用：{known}。"
            raise UsageError(Problem("HY401", message, article="23"))
        return procedure

    def start(self, reader: RowReader) -> None:
        if problems := reader.constant_problems():
            raise UsageError(*(p.at(path="") for p in problems))
        self.reader = reader

    def take(self, draft: Draft) -> None:
        """Put a row where it belongs: repeated, in the repository already, rejected or taken."""
        values = draft.values
        content = (values, draft.citizen)
        case_id = f"{self.channel}-{id_part(draft.reference)}"
        if case_id in self.seen:
            first, earlier = self.seen[case_id]
            if earlier == content:
                self.plan.repeated += 1
            else:
                self._reject(draft, Problem("HY516", f"与第{first}行编号相同而内容不同。"))
            return
        if draft.reference and case_id in self.known:
            self.seen[case_id] = (draft.number, content)
            self.plan.unchanged += 1
            self._compare(draft, self.known[case_id])
            return
        if draft.reference and (case_id in self.held or case_id in self.forgotten):
            self.seen[case_id] = (draft.number, content)
            self.plan.forgotten += case_id in self.forgotten
            self.plan.held_before += case_id not in self.forgotten
            return
        if draft.reference and (other := self.folded.get(case_id.casefold())):
            self._reject(draft, Problem("HY525", f"留言编号 {case_id} 与 {other} 只差大小写。"))
            return
        if any(p.level is Severity.ERROR for p in draft.problems):
            self._reject(draft)
            return
        try:
            document = self._document(values)
        except RefusedCell as refused:
            self._reject(draft, Problem(refused.code, refused.message))
            return
        if problems := [*fixed_problems(document, self.rulebook.privacy)]:
            self._reject(draft, *problems)
            return
        problems = self._let_in(draft, document)
        if any(p.level is Severity.ERROR for p in problems):
            self._reject(draft, *problems)
            return
        self.seen[case_id] = (draft.number, content)
        self.folded[case_id.casefold()] = case_id
        problems += [Problem("HY522", m) for m in find_other_date(values)]
        if case_id != f"{self.channel}-{draft.reference}":
            problems.append(Problem("HY524", f"本行的平台编号记为 {case_id}。"))
        self.plan.remarks += [*draft.problems, *(self._place(draft, p) for p in problems)]

    def _document(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """The case as the row tells it, not looked through yet.

        Raises:
            RefusedCell: HY517, the ledger contradicts itself.
        """
        document = case_document(values, self.channel, self.mapping.procedure)
        if self.mapping.history:
            document["events"] = history_events(
                values,
                self.channel,
                self.procedure,
                self.rulebook.registry,
                assigned_at_receipt=self.assigned_at_receipt,
            )
            document["history"] = True
        return document

    def _let_in(self, draft: Draft, document: dict[str, Any]) -> list[Problem]:
        """第十九条: take the case without what is personal, or hold it back; errors among the problems refuse it."""
        case_id, received_at = document["id"], draft.values["received_at"]
        privacy = self.rulebook.privacy
        screened = screen(document, privacy, known_texts(draft.citizen))
        masked, originals = hide(screened, screened.spots, privacy)
        path = f"cases/{received_at:%Y/%m/%d}/{case_id}.yaml"
        try:
            text = canonical(masked)
        except HuiyinError as error:
            return list(error.problems)
        problems = list(judge_file(parse_case(path, text.encode(), self.schema), self.rulebook, self.now)[1])
        if any(p.level is Severity.ERROR for p in problems):
            return problems
        citizen = dict(draft.citizen)
        sealed = Sealed(case_id, citizen.pop("name", None), citizen)
        if screened.uncertain:
            sealed = replace(sealed, held=Held(self.now, document))
            waiting = Waiting(case_id, draft.number, screened.uncertain, masked, received_at, sealed)
            self.plan.held.append(waiting)
            problems.append(to_decide(case_id, screened.uncertain))
        else:
            sealed = replace(sealed, texts=originals)
            self.plan.taken.append(Taken(case_id, path, text, masked, received_at, sealed))
        return problems

    def _compare(self, draft: Draft, known: Known) -> None:
        """Say where the file and the repository differ."""
        if differing := known.differing(draft.values):
            message = f"{known.id} 已在库中，但{'、'.join(differing)}与表中的不同；在库文件没有改动。"
            self.plan.remarks.append(self._place(draft, Problem("HY520", message)))

    def _reject(self, draft: Draft, *problems: Problem) -> None:
        errors = [p for p in (*draft.problems, *problems) if p.level is Severity.ERROR]
        # What cannot be an id may be a name in the wrong column, or a formula to the program that opens the list.
        plain = id_part(draft.reference) == draft.reference
        shown = draft.reference if plain and not find_personal(draft.reference, self.rulebook.privacy) else ""
        self.plan.rejected[draft.number] = (shown, tuple(self._place(draft, p) for p in errors))

    def _place(self, draft: Draft, problem: Problem) -> Problem:
        return Problem(problem.code, problem.message, self.path, "", draft.number, problem.article, problem.severity)

    def finish(self) -> Plan:
        """Mark the duplicates among what was taken."""
        plan = self.plan
        found = self.finder.find((t.id, t.document["title"], t.document["body"], t.received_at) for t in plan.taken)
        for index, taken in enumerate(plan.taken):
            if taken.id in found:
                document = {**taken.document, "duplicate_of": found[taken.id]}
                plan.taken[index] = replace(taken, text=canonical(document), document=document)
                plan.duplicates.append((taken.id, found[taken.id]))
                number = self.seen[taken.id][0]
                message = f"{taken.id} 与 {found[taken.id]} 正文相同，已注明疑似重复。"
                plan.remarks.append(Problem("HY521", message, self.path, line=number))
        for taken in plan.taken:
            self.finder.know(taken.id, taken.document["title"], taken.document["body"], taken.received_at)
        waiting = {w.id: w for w in plan.held}
        found = self.finder.find((w.id, w.masked["title"], w.masked["body"], w.received_at) for w in plan.held)
        for case_id, earlier in found.items():
            message = f"{case_id}（待人工判断）与 {earlier} 正文相同。"
            plan.remarks.append(Problem("HY521", message, self.path, line=waiting[case_id].number))
        return plan

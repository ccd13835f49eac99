"""Import: every row is read and judged by the schema and the procedure before anything is written."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from huiyin.check import check_file
from huiyin.intake.cells import RefusedCell, id_part
from huiyin.intake.duplicates import DuplicateFinder
from huiyin.intake.history import find_other_date, history_events
from huiyin.intake.library import Known, known_cases
from huiyin.intake.mapping import IntakeMapping
from huiyin.intake.plan import Plan, Taken
from huiyin.intake.rows import Draft, RowReader, case_document
from huiyin.intake.table import open_table, split_header
from huiyin.model.case import Channel
from huiyin.model.problem import HuiyinError, Problem, Severity, UsageError
from huiyin.repo.canonical import canonical
from huiyin.repo.git import Source
from huiyin.repo.schemas import load_schema
from huiyin.repo.store import load_rulebook, parse_case
from huiyin.rules.procedure import Procedure

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
) -> Plan:
    """Read a spreadsheet and judge each row by the schema and the procedure; writes nothing.

    Args:
        source: the repository.
        now: with an offset; what is after it is refused.
        sheet: name of the worksheet; the first by default.
        progress: called for each row.

    Raises:
        UsageError: the file, sheet, mapping or its constants do not fit (HY503, HY507, HY508, HY904).
        HuiyinError: the file cannot be read (HY501 to HY505), the rules cannot (HY4xx), no such procedure (HY401).
    """
    if channel not in mapping.channels:
        fits = "、".join(c.value for c in mapping.channels)
        raise UsageError(Problem("HY507", f"映射“{mapping.name}”适用于渠道 {fits}，不适用于 {channel}。"))
    planner = _Planner(source, channel, mapping, now, str(file))
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

    def __init__(self, source: Source, channel: Channel, mapping: IntakeMapping, now: datetime, path: str) -> None:
        self.channel = channel
        self.mapping = mapping
        self.now = now
        self.path = path
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
        self.seen: dict[str, tuple[int, Mapping[str, Any]]] = {}
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
        case_id = f"{self.channel}-{id_part(draft.reference)}"
        if case_id in self.seen:
            first, earlier = self.seen[case_id]
            if earlier == values:
                self.plan.repeated += 1
            else:
                self._reject(draft, Problem("HY516", f"与第{first}行编号相同而内容不同。"))
            return
        if draft.reference and case_id in self.known:
            self.seen[case_id] = (draft.number, values)
            self.plan.unchanged += 1
            self._compare(draft, self.known[case_id])
            return
        if draft.reference and (other := self.folded.get(case_id.casefold())):
            self._reject(draft, Problem("HY525", f"留言编号 {case_id} 与 {other} 只差大小写。"))
            return
        if any(p.level is Severity.ERROR for p in draft.problems):
            self._reject(draft)
            return
        document = case_document(values, self.channel, self.mapping.procedure)
        if self.mapping.history:
            try:
                document["events"] = history_events(
                    values,
                    self.channel,
                    self.procedure,
                    self.rulebook.registry,
                    assigned_at_receipt=self.assigned_at_receipt,
                )
            except RefusedCell as refused:
                self._reject(draft, Problem(refused.code, refused.message))
                return
            document["history"] = True
        taken, problems = self._judge(document, values["received_at"])
        if taken is None:
            self._reject(draft, *problems)
            return
        self.seen[taken.id] = (draft.number, values)
        self.folded[taken.id.casefold()] = taken.id
        self.plan.taken.append(taken)
        problems += [Problem("HY522", m) for m in find_other_date(values)]
        if taken.id != f"{self.channel}-{draft.reference}":
            problems.append(Problem("HY524", f"平台编号“{draft.reference}”记为 {taken.id}。"))
        self.plan.remarks += [*draft.problems, *(self._place(draft, p) for p in problems)]

    def _judge(self, document: Mapping[str, Any], received_at: datetime) -> tuple[Taken | None, list[Problem]]:
        """The case as it would stand in the repository, read back and checked there; None if there are errors."""
        try:
            text = canonical(document)
        except HuiyinError as error:
            return None, list(error.problems)
        path = f"cases/{received_at:%Y/%m/%d}/{document['id']}.yaml"
        file = parse_case(path, text.encode(), self.schema)
        problems = list(check_file(file, self.rulebook, self.now))
        errors = [p for p in problems if p.level is Severity.ERROR]
        if errors or file.case is None:
            return None, errors
        return Taken(file.case.id, path, text, document, received_at), problems

    def _compare(self, draft: Draft, known: Known) -> None:
        """Say where the file and the repository differ; a redacted case does on purpose."""
        if known.title is None or known.redacted:
            return
        pairs = [("标题", "title", known.title), ("正文", "body", known.body), ("答复", "reply", known.reply)]
        differing = [label for label, name, there in pairs if name in draft.values and draft.values[name] != there]
        if differing:
            message = f"{known.id} 已在库中，但{'、'.join(differing)}与表中的不同；在库文件没有改动。"
            self.plan.remarks.append(self._place(draft, Problem("HY520", message)))

    def _reject(self, draft: Draft, *problems: Problem) -> None:
        errors = [p for p in (*draft.problems, *problems) if p.level is Severity.ERROR]
        # What cannot be an id may be a name in the wrong column, or a formula to the program that opens the list.
        shown = draft.reference if id_part(draft.reference) == draft.reference else ""
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
                plan.taken[index] = Taken(taken.id, taken.path, canonical(document), document, taken.received_at)
                plan.duplicates.append((taken.id, found[taken.id]))
                number = self.seen[taken.id][0]
                message = f"{taken.id} 与 {found[taken.id]} 正文相同，已注明疑似重复。"
                plan.remarks.append(Problem("HY521", message, self.path, line=number))
        return plan

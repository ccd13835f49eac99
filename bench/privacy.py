"""``make bench-privacy``: how much personal data is found, how often wrongly, and how fast.

Precision and recall come from ``bench/privacy.yaml``, whose snippets are all made up; the groups ``further`` were
written after the code, which was then mended once by them. Where ``../shared/data/messages.csv`` is there, the findings
in its messages are counted by kind; no text is printed.
"""

from __future__ import annotations

import csv
import re
import time
import timeit
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml

from huiyin.model.personal import Confidence, Finding, PersonalKind
from huiyin.rules.privacy import PrivacySettings, find_personal

PROJECT = Path(__file__).parent.parent
LABELLED = PROJECT / "bench" / "privacy.yaml"
MESSAGES = PROJECT.parent / "shared" / "data" / "messages.csv"
_CALLS = 500
_LABEL = re.compile(r"⟦(\w+)(\??)\|(.*?)⟧", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Snippet:
    """A text without its marks, and what should be found in it.

    Args:
        group: the heading under which it stands: a kind, ``none``, ``further``, ``official`` or ``official_further``.
    """

    group: str
    text: str
    labels: tuple[Finding, ...]

    @property
    def official(self) -> bool:
        """Whether an authority wrote it."""
        return self.group.startswith("official")


def load_snippets(path: Path = LABELLED) -> list[Snippet]:
    """Read the labelled set."""
    groups: dict[str, list[str]] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return [_snippet(group, written) for group, texts in groups.items() for written in texts]


def _snippet(group: str, written: str) -> Snippet:
    text, labels, end = "", [], 0
    for match in _LABEL.finditer(written):
        text += written[end : match.start()]
        confidence = Confidence.UNCERTAIN if match[2] else Confidence.CERTAIN
        labels.append(Finding(PersonalKind(match[1]), len(text), len(text) + len(match[3]), confidence))
        text += match[3]
        end = match.end()
    return Snippet(group, text + written[end:], tuple(labels))


@cache
def settings() -> PrivacySettings:
    """The allow-list that is shipped."""
    return PrivacySettings.from_data(yaml.safe_load((PROJECT / "rules/privacy.yaml").read_text(encoding="utf-8")))


def covers(found: Finding, label: Finding) -> bool:
    """Whether the finding is of the label's kind and leaves nothing of it."""
    return found.kind is label.kind and found.start <= label.start and label.end <= found.end


def find_misses(snippet: Snippet, found: Sequence[Finding]) -> Iterator[Finding]:
    """Labels that are not covered, or only by an uncertain finding where a certain one is due."""
    for label in snippet.labels:
        hits = [f for f in found if covers(f, label)]
        if not any(Confidence.CERTAIN in {f.confidence} or label.confidence is Confidence.UNCERTAIN for f in hits):
            yield label


def find_false_alarms(snippet: Snippet, found: Sequence[Finding]) -> Iterator[Finding]:
    """Findings where nothing of that kind is, and certain ones where a person ought to decide."""
    for finding in found:
        meant = [
            la for la in snippet.labels if la.kind is finding.kind and la.start < finding.end and finding.start < la.end
        ]
        if not any(la.confidence is Confidence.CERTAIN or finding.confidence is Confidence.UNCERTAIN for la in meant):
            yield finding


def print_quality(snippets: Sequence[Snippet], allowed: PrivacySettings) -> None:
    """Recall and precision of each kind."""
    counts: Counter[tuple[str, str, str]] = Counter()
    for snippet in snippets:
        found = find_personal(snippet.text, allowed, official=snippet.official)
        for what, items in (
            ("labels", snippet.labels),
            ("missed", find_misses(snippet, found)),
            ("found", found),
            ("false", find_false_alarms(snippet, found)),
        ):
            counts.update((item.kind, what, item.confidence) for item in items)
    print(f"{len(snippets)} snippets, {sum(not s.labels for s in snippets)} of them without personal data")
    print(
        f"{'kind':12} {'certain':>8} {'recall':>8} {'precision':>10} {'uncertain':>10} {'recall':>8} {'precision':>10}"
    )
    for kind in PersonalKind:
        row = f"{kind:12}"
        for confidence, widths in ((Confidence.CERTAIN, (8, 8, 10)), (Confidence.UNCERTAIN, (10, 8, 10))):
            labels, missed, found_, wrong = (
                counts[kind, w, confidence] for w in ("labels", "missed", "found", "false")
            )
            row += f" {labels:>{widths[0]}} {_share(labels - missed, labels):>{widths[1]}}"
            row += f" {_share(found_ - wrong, found_):>{widths[2]}}"
        print(row)


def _share(part: int, whole: int) -> str:
    return f"{part / whole:.1%}" if whole else "–"


def print_messages(path: Path, allowed: PrivacySettings) -> None:
    """Findings in real-looking messages, counted; never the text."""
    if not path.exists():
        print("\n../shared/data/messages.csv is not there: its findings are not counted")
        return
    counts: Counter[tuple[str, str, str]] = Counter()
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    for row in rows:
        for column, official in (("subject", False), ("body", False), ("reply", True)):
            found = find_personal(row[column], allowed, official=official)
            counts.update((column, f.kind, f.confidence) for f in found)
    print(f"\n{len(rows)} messages of {path.name}")
    for (column, kind, confidence), number in sorted(counts.items()):
        print(f"{column:8} {kind:12} {confidence:10} {number:5}")


def print_speed(allowed: PrivacySettings) -> None:
    """Time for a text that holds nothing, which is what nearly all are."""
    # 500 characters: dates, amounts and places as messages have them, nothing personal.
    sentence = (
        "我们小区去年12月开始停水，物业说要等到2019年才能修好，居民多次反映，每户交了3000元，至今没有结果，请领导关注。"
    )
    text = (sentence * 10)[:500]
    assert not find_personal(text, allowed)
    runs = [
        timeit.timeit(lambda: find_personal(text, allowed), timer=time.process_time, number=_CALLS) for _ in range(9)
    ]
    size = f"{len(text)} characters, {len(text.encode()) / 1000:.1f} kB"
    print(f"\nclean text ({size}): {min(runs) / _CALLS * 1e6:.0f} µs of processor time")


def main() -> None:
    """Print the three tables."""
    allowed = settings()
    print_quality(load_snippets(), allowed)
    print_messages(MESSAGES, allowed)
    print_speed(allowed)


if __name__ == "__main__":
    main()

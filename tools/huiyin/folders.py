"""What is found in whole folders: one fact for the cases of a day, so that what did not change costs next to nothing.

A folder is known by the hashes and names of its files. What is told of it holds at every later moment, as all that is
told of its files does; a folder with a file of which that is not so is put together anew from its files each time.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime

import msgspec

from huiyin.judging import KIND as JUDGED
from huiyin.judging import Judged, judge_all
from huiyin.repo.blobs import Survey
from huiyin.repo.index import Index
from huiyin.repo.source import Source
from huiyin.repo.stamp import stamp_of
from huiyin.rules.rulebook import Rulebook
from huiyin.rules.standing import Standing

KIND = "folders"
"""The sort of fact that the index keeps for it."""


@dataclass(frozen=True, slots=True)
class Folder:
    """Files that were judged.

    Args:
        files: how many.
        used: (id of a procedure, day of receipt, number of cases).
        told: those of which there is something to tell: a problem, or another case that they name.
        waiting: those that wait for somebody.
        unsure: paths of those of which that must be found out by reading them.
        settled: from this moment on nothing here changes; None where that cannot be said.
    """

    files: int
    used: tuple[tuple[str, date, int], ...]
    told: tuple[tuple[str, Judged], ...]
    waiting: tuple[Standing, ...]
    unsure: tuple[str, ...]
    settled: datetime | None


def judge_folders(
    source: Source,
    rulebook: Rulebook,
    now: datetime,
    there: Survey,
    index: Index,
    jobs: int | None = 1,
    scheduler: str | None = None,
    *,
    stamp: bytes,
) -> Iterator[Folder]:
    """Judge all files of a survey, folder by folder; takes and raises what ``judge_all`` does.

    Args:
        there: all cases of the record, for what is not in it is forgotten.
    """
    folders = [(digest.hex(), records) for digest, records in there.days()]
    known = index.get(KIND, stamp, (digest for digest, _ in folders))
    fresh: list[tuple[str, list[bytes]]] = []
    for digest, records in folders:
        found = _unpack(known.get(digest))
        if found is not None and found.settled is not None and found.settled <= now:
            yield found
        else:
            fresh.append((digest, records))
    if not fresh:
        return
    apart = there.only([record for _, records in fresh for record in records])
    judged = {
        path: (found, oid)
        for path, found, oid in judge_all(source, rulebook, now, apart, index, jobs, scheduler, stamp=stamp)
    }
    kept = []
    for digest, records in fresh:
        paths = there.paths(records)
        found = put_together(((path, judged[path][0]) for path in paths), now)
        # A file that was written to since the survey is not the one by which the folder is known.
        if found.settled is not None and all(judged[path][1] == apart.blobs[path] for path in paths):
            kept.append((digest, _pack(found)))
        yield found
    if stamp_of(source) != stamp:
        return
    index.put(KIND, stamp, kept)
    index.prune(KIND, stamp, (digest for digest, _ in folders))
    # What was judged in folders that did not change is asked for when one of their files does.
    index.prune(JUDGED, stamp, there.hashes())


def put_together(files: Iterable[tuple[str, Judged]], now: datetime) -> Folder:
    """What is found in some files together.

    Args:
        files: path and what was found in each.
        now: the moment at which they were judged.
    """
    number = 0
    used: Counter[tuple[str, date]] = Counter()
    told: list[tuple[str, Judged]] = []
    waiting: list[Standing] = []
    unsure: list[str] = []
    moments: list[datetime] = []
    for path, judged in files:
        number += 1
        if judged.received is not None:
            used[judged.procedure, judged.received] += 1
        if judged.problems or judged.references:
            told.append((path, judged))
        lasting = judged.holds_at(now) and judged.home == path
        if judged.unknown or not lasting:
            unsure.append(path)
        elif judged.standing is not None:
            waiting.append(judged.standing)
        if lasting and judged.settled is not None:
            moments.append(judged.settled)
    settled = max(moments) if number and len(moments) == number else None
    counts = tuple((procedure, day, count) for (procedure, day), count in sorted(used.items()))
    return Folder(number, counts, tuple(told), tuple(waiting), tuple(unsure), settled)


_pack = msgspec.json.Encoder().encode
_decoder = msgspec.json.Decoder(Folder)


def _unpack(body: bytes | None) -> Folder | None:
    try:
        return None if body is None else _decoder.decode(body)
    except (msgspec.MsgspecError, KeyError):
        return None

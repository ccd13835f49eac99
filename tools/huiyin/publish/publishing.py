"""From what MkDocs rendered to the output folder: frames looked through, pages stamped, files brought up."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from pathlib import Path

import msgspec

from huiyin.findings import hide_in
from huiyin.model.personal import Confidence
from huiyin.model.problem import Problem, Severity
from huiyin.publish.accepted import accepted, hand_written, in_hashes
from huiyin.publish.digests import digest, of_value
from huiyin.publish.jobs import Made
from huiyin.publish.making import Making
from huiyin.publish.open_data import sitemap
from huiyin.publish.open_data.catalogue import Shard
from huiyin.publish.open_data.sitemap import Located
from huiyin.publish.output.bringing import Bringing, Plan
from huiyin.publish.output.manifest import Manifest
from huiyin.publish.output.rendered import Rendered
from huiyin.publish.output.shards import Workshop
from huiyin.publish.plans import compare, plan
from huiyin.publish.processes import Processes
from huiyin.publish.stamping.frame import Frame
from huiyin.publish.stamping.press import Kind
from huiyin.repo.source import FolderSource
from huiyin.repo.stamp import program
from huiyin.scan.looking import Hit, look
from huiyin.scan.site import report
from huiyin.scan.vendored import vendored

RENDERED = "mkdocs"
"""Name of the shard of what MkDocs makes."""
GENERATED = (
    *("cases/", "units/", "months/", "topics/", "channels/", "complexities/", "replies/", "status/", "preview/"),
    *("data/", "feeds/", "open311/", "sitemap", "robots.txt"),
)
"""How the paths of generated files begin; a hand-written one among them may be in the way."""
ENOUGH = 200
"""Cases for which it is worth while to start processes."""
_SHARDS = msgspec.json.Decoder(list[Shard])


@dataclass(frozen=True, slots=True)
class Published:
    """What came of it.

    Args:
        problems: HY760 to HY766, errors first.
        made, kept: how many shards were made anew, and how many stayed.
    """

    problems: tuple[Problem, ...]
    made: int = 0
    kept: int = 0

    @property
    def ok(self) -> bool:
        """Whether the site may be published."""
        return not any(p.level is Severity.ERROR for p in self.problems)


@dataclass(frozen=True, slots=True)
class Place:
    """Where everything is.

    Args:
        folder: the output folder.
        rendered: the folder into which MkDocs wrote.
        root: of the instance.
        pages: the folder of the hand-written pages.
    """

    folder: Path
    rendered: Path
    root: Path
    pages: Path


def publish(
    making: Making,
    frames: Mapping[Kind, tuple[str, Frame]],
    place: Place,
    located: Iterable[Located],
    taken: frozenset[str],
    manifest: Manifest,
    processes: Processes,
    *,
    lenient: bool = False,
) -> Published:
    """Bring the output folder up to date; nothing that must not be published gets there (第十九条).

    Args:
        frames: with the path of the page that each was made of.
        located: the pages of MkDocs that search engines may list.
        taken: paths of hand-written files.
        lenient: write all the same, and only tell: for a server that nobody else sees.

    Raises:
        HuiyinError: HY768, HY802, HY842, HY904, HY906.
    """
    gathered = making.gathered
    privacy = gathered.rulebook.privacy
    known = gathered.accepted | accepted((), (), hand_written(FolderSource(place.root)), privacy)
    press = replace(making.press, frames={kind: frame for kind, (_, frame) in frames.items()})
    mine = frozenset(path for path in taken if path.startswith(GENERATED))
    judged = of_value((program().hex(), privacy, known))
    base = of_value(
        (program().hex(), privacy, press.heads, sorted(press.frames.items()), making.site.case_pages, lenient, mine)
    )
    rendered = Rendered(place.rendered, {path for path, _ in frames.values()})
    found: list[Hit | Problem] = []
    for path, frame in frames.values():
        looked = look(path, frame.html.encode(), privacy)
        found += [hit for hit in looked.hits if hit.key not in known]
        found += [looked.problem] if looked.problem else []
    workshop = Workshop(str(place.folder), press, privacy, mine, lenient)
    files = vendored(place.root, place.pages)
    bringing = Bringing(manifest, workshop, base, gathered.fetch, gathered.lines)
    found += rendered.look_through(privacy, known, files, bringing.files_of(RENDERED, judged))
    if not lenient and any(isinstance(f, Problem) or f.confidence is Confidence.CERTAIN for f in found):
        return Published(_told(found, making))
    parts = sitemap.divide((*located, *making.located()))

    def open_processes() -> Executor | None:
        return processes.open() if len(gathered.heads) >= ENOUGH else None

    similar = compare(gathered, open_processes)
    bringing.begin()
    bringing.bring(plan(gathered, making.site, making.data, parts, similar), open_processes)
    shards = [shard for told in bringing.told("data/") for shard in _SHARDS.decode(told)]
    outputs = tuple(making.data.outputs(shards, parts))
    known |= in_hashes((shard.sha256 for shard in shards), privacy)
    inputs = digest([judged, *(part for output in outputs for part in (output.path, output.data))])
    bringing.bring([Plan("index", inputs, lambda _: Made(outputs, known))], lambda: None)
    bringing.add(RENDERED, judged, rendered.put(str(place.folder)))
    found += [*bringing.hits, *bringing.problems]
    if lenient or bringing.ok:
        bringing.finish()
    return Published(_told(found, making), bringing.made, bringing.kept)


def _told(found: Iterable[Hit | Problem], making: Making) -> tuple[Problem, ...]:
    every = list(found)
    problems = [one for one in every if isinstance(one, Problem)]
    problems += report([one for one in every if isinstance(one, Hit)])
    problems.sort(key=lambda p: (p.level is not Severity.ERROR, p.path, p.line or 0, p.code))
    return hide_in(problems, making.gathered.rulebook.privacy)

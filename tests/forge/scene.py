"""A whole scene: a record in a bare repository, a fake forge in front of it, and the people of the shipped rules."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from huiyin.forge.base import PullRef
from huiyin.forge.hosted import Hosted
from huiyin.forge.http import Patience
from huiyin.forge.settings import connect
from huiyin.repo import canonical
from tests.cases import Story, rulebook
from tests.forge.fake import Api, running
from tests.forge.gitea_api import GiteaApi
from tests.forge.github_api import GitHubApi
from tests.forge.world import Pull, Status, User, World
from tests.repository import NOW
from tests.trees import File, Trees, shipped

KINDS = ("github", "gitea")
GATE = "gate-token"
GATE_USER = User(77, "huiyin-gate")
APIS: dict[str, type[Api]] = {"github": GitHubApi, "gitea": GiteaApi}


@dataclass
class Scene:
    """See the module.

    Args:
        slept: the seconds that the client waited, instead of waiting.
        key: the gate's private key.
    """

    kind: str
    world: World
    api: Api
    key: Path
    slept: list[float] = field(default_factory=list)
    clock: datetime = field(default_factory=lambda: datetime.fromisoformat(NOW))
    clients: ExitStack = field(default_factory=ExitStack)

    def person(self, name: str, **more: bool) -> User:
        """The account of somebody in rules/people.yaml; the token is the person's name."""
        number = rulebook().registry.people[name].forge_ids[self.kind]
        return self.world.users.get(name) or self.world.join(name, User(number, name.replace(".", "-"), **more))

    def environment(self, **more: str) -> dict[str, str]:
        """What the gate is told by its environment."""
        return {
            "HUIYIN_FORGE": self.kind,
            "HUIYIN_FORGE_URL": self.api.address,
            "HUIYIN_REPOSITORY": self.world.name,
            "HUIYIN_TOKEN": GATE,
            **more,
        }

    def connect(self, *, timeout: float = 30.0, **more: str) -> Hosted:
        """The forge as the gate sees it; nothing is really waited for."""
        patience = Patience(
            attempts=4, timeout=timeout, sleep=self.slept.append, now=self.clock.timestamp, jitter=lambda: 0.5
        )
        forge = connect(self.environment(**more), lambda: self.clock, patience=patience)
        self.clients.enter_context(forge.client)
        return forge

    def propose(self, story: Story, by: str, branch: str | None = None) -> Pull:
        """A pull request of the case as it stands in the story, pushed and opened by one person."""
        user = self.person(by)
        name = branch or f"{by}/{story.case().id}-{len(story.events)}"
        self.world.push(user, name, files_of(story))
        return self.world.open(user, name)

    def note_status(self, sha: str, context: str) -> None:
        """A status of something else."""
        self.world.statuses.append(Status(self.world.id(), GATE_USER, sha, "success", context, "-", self.world.tick()))

    def ref(self, pull: Pull) -> PullRef:
        """The pull request as the provider names it now."""
        return PullRef(pull.number, pull.branch, self.world.head(pull), "main")


def files_of(story: Story) -> dict[str, bytes]:
    """The file of a case."""
    return {story.case().path: canonical.canonical(story.data()).encode()}


def assigned(reference: str = "90000001") -> Story:
    """A case that waits to be claimed."""
    return Story(received="2026-11-23 08:30", reference=reference).assigned("2026-11-23 09:00")


@contextmanager
def scene(kind: str, folder: Path, *stories: Story) -> Iterator[Scene]:
    """Set the scene with these cases on main; afterwards whatever broke the forge's description is told."""
    key = folder / "gate"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "gate", "-f", str(key)], check=True)
    public = " ".join(key.with_suffix(".pub").read_text("ascii").split()[:2])
    trees = Trees(folder / "record.git")
    files = {**shipped(), "rules/gate.yaml": File(f'keys:\n  - {{ssh: "{public}", from: "2026-01-01"}}\n'.encode())}
    for story in stories:
        files |= {path: File(data) for path, data in files_of(story).items()}
    trees.git("update-ref", "refs/heads/main", trees.commit(files))
    trees.git("symbolic-ref", "HEAD", "refs/heads/main")
    world = World(trees.root, datetime.fromisoformat(NOW) - timedelta(minutes=30))
    world.join(GATE, GATE_USER)
    api = APIS[kind](world)
    with running(api), ExitStack() as clients:
        yield Scene(kind, world, api, key, clients=clients)
    assert [] == api.violations, "\n".join(api.violations)

"""Which forge: from the environment, and nothing half set."""

from __future__ import annotations

from datetime import datetime

import pytest

from huiyin.forge.gitea import Gitea
from huiyin.forge.github import GitHub
from huiyin.forge.settings import connect
from huiyin.model.problem import UsageError
from tests.repository import NOW

FULL = {"HUIYIN_FORGE": "github", "HUIYIN_REPOSITORY": "gansu/liuyan", "HUIYIN_TOKEN": "secret"}


def now() -> datetime:
    """The clock."""
    return datetime.fromisoformat(NOW)


@pytest.mark.parametrize(
    ("changes", "kind", "address"),
    [
        ({}, GitHub, "https://api.github.com/"),
        ({"HUIYIN_FORGE_URL": "https://ghe.example/api/v3/"}, GitHub, "https://ghe.example/api/v3/"),
        ({"HUIYIN_FORGE": "gitea", "HUIYIN_FORGE_URL": "https://git.example"}, Gitea, "https://git.example/api/v1/"),
        (
            {"HUIYIN_FORGE": "gitea", "HUIYIN_FORGE_URL": "https://x.example/git/"},
            Gitea,
            "https://x.example/git/api/v1/",
        ),
        ({"HUIYIN_FORGE": "gitea", "HUIYIN_FORGE_URL": "http://[::1]:3000/api/v1"}, Gitea, "http://[::1]:3000/api/v1/"),
        (
            {"HUIYIN_FORGE": "gitea", "HUIYIN_FORGE_URL": "http://localhost:3000"},
            Gitea,
            "http://localhost:3000/api/v1/",
        ),
    ],
)
def test_a_full_environment_names_a_forge(changes: dict[str, str], kind: type, address: str) -> None:
    """GitHub's address has a default; of Gitea the site is named."""
    with connect({**FULL, **changes}, now).client as client:
        assert address == str(client._client.base_url)
    found = connect({**FULL, **changes}, now)
    found.client.__exit__(None, None, None)
    assert (kind, "gansu/liuyan") == (type(found), found.repository)


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"HUIYIN_FORGE": ""}, "HUIYIN_FORGE "),
        ({"HUIYIN_FORGE": "gitlab"}, "HUIYIN_FORGE "),
        ({"HUIYIN_REPOSITORY": "liuyan"}, "HUIYIN_REPOSITORY"),
        ({"HUIYIN_REPOSITORY": "a/b/c"}, "HUIYIN_REPOSITORY"),
        ({"HUIYIN_REPOSITORY": "../b"}, "HUIYIN_REPOSITORY"),
        ({"HUIYIN_REPOSITORY": "a/b?x=1"}, "HUIYIN_REPOSITORY"),
        ({"HUIYIN_TOKEN": ""}, "HUIYIN_TOKEN"),
        ({"HUIYIN_TOKEN": "a b"}, "HUIYIN_TOKEN"),
        ({"HUIYIN_TOKEN": "令牌"}, "HUIYIN_TOKEN"),
        ({"HUIYIN_TOKEN": "a\x00b"}, "HUIYIN_TOKEN"),
        ({"HUIYIN_FORGE_ACCOUNT": "gate"}, "HUIYIN_FORGE_ACCOUNT"),
        ({"HUIYIN_FORGE": "gitea"}, "HUIYIN_FORGE_URL"),
        ({"HUIYIN_FORGE_URL": "api.github.com"}, "HUIYIN_FORGE_URL"),
        ({"HUIYIN_FORGE_URL": "http://git.example"}, "https://"),
        ({"HUIYIN_FORGE_URL": "http://10.0.0.1"}, "https://"),
        ({"HUIYIN_FORGE_URL": "ftp://localhost"}, "https://"),
        ({"HUIYIN_FORGE_URL": "https://me:secret@git.example"}, "HUIYIN_FORGE_URL"),
        ({"HUIYIN_FORGE_URL": "https://git.example:port"}, "HUIYIN_FORGE_URL"),
        ({"HUIYIN_FORGE_URL": "https://git.example/?token=x"}, "HUIYIN_FORGE_URL"),
    ],
)
def test_a_wrong_environment_is_named(changes: dict[str, str], word: str) -> None:
    """The variable is named, its value is not."""
    with pytest.raises(UsageError) as error:
        connect({**FULL, **changes}, now)
    (problem,) = error.value.problems
    assert ("HY668", True) == (problem.code, word in problem.message)
    assert "secret" not in problem.message

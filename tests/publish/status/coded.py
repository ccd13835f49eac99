"""The stories of the site, with query codes; everything in them is invented."""

from __future__ import annotations

from huiyin.rules.lookup import code_of, hash_code
from tests.cases import Story, rulebook
from tests.publish.building import stories


def coded() -> dict[str, tuple[Story, str]]:
    """Name of the story → the story with its hash, and its code."""
    settings = rulebook().lookup
    assert settings is not None
    found = {}
    for place, (name, story) in enumerate(stories().items()):
        code = code_of([place, *range(14)])
        story.facts["lookup"] = hash_code(story.data()["id"], code, settings)
        found[name] = story, code
    return found

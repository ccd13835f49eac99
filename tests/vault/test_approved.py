"""Only keys that main knows are encrypted for (第十九条)."""

from __future__ import annotations

import pytest

from huiyin.model.problem import HuiyinError
from huiyin.vault.age import Identity, generate_secret
from huiyin.vault.approved import approved_recipients
from tests.vault.safe import Safe, add_key, sealed

CASE = "people-90000001"


@pytest.fixture
def recorded(safe: Safe) -> Safe:
    """The case log as main of a Git repository."""
    safe.repository.commit()
    return safe


def intrude(safe: Safe) -> None:
    """Add a second clerk's key to the registry of the work tree, and to nothing else."""
    add_key(safe.repository, "wangzhan.clerk2", Identity(generate_secret()).recipient)


def test_a_key_of_a_branch_is_not_encrypted_for(recorded: Safe) -> None:
    """第十九条: nobody has reviewed it, so nothing is written; once main has it, the same call succeeds."""
    intrude(recorded)
    with pytest.raises(HuiyinError) as caught:
        recorded.vault.put(sealed(CASE), recorded.vault_readers())
    assert ["HY741"] == [p.code for p in caught.value.problems]
    assert "wangzhan.clerk2" in caught.value.problems[0].message
    assert [] == recorded.vault.ids()
    recorded.repository.commit()
    recorded.vault.put(sealed(CASE), recorded.vault_readers())
    assert [CASE] == recorded.vault.ids()


def test_a_rekey_for_a_key_of_a_branch_changes_nothing(recorded: Safe) -> None:
    """第十九条: the file stands as it was."""
    before = recorded.vault_readers()
    recorded.vault.put(sealed(CASE), before)
    intrude(recorded)
    with pytest.raises(HuiyinError, match="HY741"):
        recorded.vault.rekey(CASE, recorded.vault_readers(), [recorded.identity("wangzhan.clerk")])
    assert before == recorded.vault.readers_of(CASE)


def test_the_main_of_the_server_comes_first(recorded: Safe) -> None:
    """第十九条: a key committed to one's own main alone has been reviewed by nobody either."""
    recorded.repository.git("update-ref", "refs/remotes/origin/main", "HEAD")
    intrude(recorded)
    recorded.repository.commit()
    with pytest.raises(HuiyinError, match="HY741"):
        recorded.vault.put(sealed(CASE), recorded.vault_readers())


def test_without_git_nothing_is_asked(safe: Safe) -> None:
    """A folder that is no repository has no main."""
    assert approved_recipients(safe.repository.root) is None

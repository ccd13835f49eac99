from __future__ import annotations

import pyrage
import pytest
from hypothesis import given
from hypothesis import strategies as st

from huiyin.model.recipient import is_recipient, is_secret

GOOD = "age1zvkyg2lqzraa2lnjvqej32nkuu0ues2s82hzrye869xeexvn73equnujwj"
"""The recipient of the Bech32 example in the documentation of age."""


def by_pyrage(text: str) -> bool:
    """What the library that encrypts says."""
    try:
        pyrage.x25519.Recipient.from_str(text)
    except pyrage.RecipientError:
        return False
    return True


def test_every_real_recipient_is_one() -> None:
    """New keys."""
    made = [str(pyrage.x25519.Identity.generate().to_public()) for _ in range(200)]
    assert made == list(filter(is_recipient, made))


@given(st.integers(0, len(GOOD) - 1), st.sampled_from("qpzry9x8gf2tvdw0s3jn54khce6mua7l1bioAGE"))
def test_a_slip_of_the_pen_is_seen(place: int, letter: str) -> None:
    """One letter that was copied wrongly."""
    spoilt = GOOD[:place] + letter + GOOD[place + 1 :]
    assert (spoilt == GOOD) == is_recipient(spoilt)


@given(st.text("qpzry9x8gf2tvdw0s3jn54khce6mua7l1", max_size=70).map("age1".__add__) | st.text())
def test_it_agrees_with_the_library(text: str) -> None:
    """On anything; the library also takes capitals, which nobody writes."""
    assert by_pyrage(text) == is_recipient(text)


PADDED = "age1zvkyg2lqzraa2lnjvqej32nkuu0ues2s82hzrye869xeexvn73epp9g8nq"
"""The same with a bit set that belongs to no byte, and a checksum that fits."""


@pytest.mark.parametrize(
    "text", ["", "age1", PADDED, GOOD.upper(), f"{GOOD} ", f" {GOOD}", GOOD[:-1], f"{GOOD}q", "age1pq"]
)
def test_what_is_none(text: str) -> None:
    """The library takes two spellings more, which would make one key look like two."""
    assert not is_recipient(text)
    assert (text in {GOOD.upper(), PADDED}) == by_pyrage(text)


@pytest.mark.parametrize(
    "secret",
    [str(pyrage.x25519.Identity.generate()), "age-secret-key-1", "x AGE-SECRET-KEY-1"],
    ids=["real", "small", "inside"],
)
def test_a_secret_key_is_told_from_a_public_one(secret: str) -> None:
    """Whatever its case, and with something before it."""
    assert is_secret(secret)
    assert not is_secret(GOOD)

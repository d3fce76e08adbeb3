from __future__ import annotations

import pytest

from profiles.seals import SealBroken, Secret, seal, unseal


def test_sealed_secret_comes_back_and_is_not_readable():
    sealed = seal(Secret("t0ken"))
    assert ("t0ken" in sealed, unseal(sealed).open()) == (False, "t0ken")
    assert seal(Secret("t0ken")) != sealed


def test_nothing_is_sealed_as_nothing():
    assert (seal(Secret("")), bool(unseal(""))) == ("", False)


def test_another_key_opens_nothing_and_an_earlier_one_still_does(settings):
    sealed = seal(Secret("t0ken"))
    before, settings.SECRET_KEY = settings.SECRET_KEY, "another" * 9
    with pytest.raises(SealBroken):
        unseal(sealed)
    settings.SECRET_KEY_FALLBACKS = [before]
    assert unseal(sealed).open() == "t0ken"


def test_key_of_its_own_is_used_where_there_is_one(settings):
    settings.SEAL_KEY = "its own"
    sealed = seal(Secret("t0ken"))
    settings.SECRET_KEY = "another" * 9
    assert unseal(sealed).open() == "t0ken"


def test_seal_that_was_tampered_with_is_refused():
    sealed = seal(Secret("t0ken"))
    with pytest.raises(SealBroken):
        unseal(sealed[:-2] + "AA")

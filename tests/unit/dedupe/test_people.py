"""Names → keys."""

from __future__ import annotations

import pytest

from aggregator.dedupe import fold_name


@pytest.mark.parametrize("name", ["José  Núñez", "JOSE NUNEZ", "josé núñez", "José-Núñez"])
def test_spellings_of_a_name_have_one_key(name: str) -> None:
    assert fold_name(name) == "jose nunez"


def test_particles_and_initials_stay_in_the_key() -> None:
    assert fold_name("J. M. de la Cruz") == "j m de la cruz"
    assert fold_name("Juan Cruz") != fold_name("Juan de la Cruz")


def test_a_name_without_letters_is_its_own_key() -> None:
    assert fold_name(" ★ ") == "★"

"""Names and headlines → keys."""

from __future__ import annotations

import pytest

from aggregator.dedupe import fold_name, headline_key
from aggregator.model import Content


@pytest.mark.parametrize("name", ["José  Núñez", "JOSE NUNEZ", "josé núñez", "José-Núñez"])
def test_spellings_of_a_name_have_one_key(name: str) -> None:
    assert fold_name(name) == "jose nunez"


def test_particles_and_initials_stay_in_the_key() -> None:
    assert fold_name("J. M. de la Cruz") == "j m de la cruz"
    assert fold_name("Juan Cruz") != fold_name("Juan de la Cruz")


def test_a_name_without_letters_is_its_own_key() -> None:
    assert fold_name(" ★ ") == "★"


def test_equal_headlines_have_one_key_and_short_ones_none() -> None:
    assert headline_key(Content(title="Sismo de 7 grados sacude el sur del Perú")) == headline_key(
        Content(title="SISMO de 7 grados sacude el sur del Peru.")
    )
    assert headline_key(Content(title="Morning briefing")) is None
    assert headline_key(Content(title="10 20 30 40 50 60")) is None

"""Names of peoples, and of countries that are given names too → whether somebody bears them, or a state acts."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

from aggregator.normalize.gazetteer import rows
from aggregator.normalize.wording import Word

# Homonyms that no person and no other word of a headline's beginning has: "Dominica declares", but "Gana el sí".
_SAYS_ITSELF = frozenset("dominica mali malta niger oman palau samoa togo tonga guinea guam monaco".split())
# Given names and surnames: as a country they need a state's word beside them, even in the genitive.
_BORNE = frozenset(
    "chad jordan mauricio maurice georgia guadalupe dominique grenade granada jersey montenegro chili gana".split()
)
# What states have, and no city or person.
_OF_STATES = frozenset(
    "parliament parlamento parlement embassy embajada embaixada ambassade army ejercito exercito armee junta "
    "military militares cabinet king queen monarch rey rei roi reina government gobierno governo gouvernement foreign prime "
    "president presidente presidenta primer primeiro premier central sovereign soberana diplomats".split()
)
# What states of the United States, provinces and people may have as well.
_OF_OTHERS_TOO = {
    "georgia": frozenset("government gobierno governo gouvernement military central prime".split()),
    "granada": frozenset("president presidente presidenta gobierno central militares ejercito rey reina".split()),
}
# Countries after which people are called, and what may stand behind one of them and be no surname.
_GIVEN_TO_SOME = frozenset("china india israel francia italia kenia jamaica argentina africa asia".split())
_CHINAS = frozenset("popular comunista nacionalista continental imperial socialista".split())
_NEAR = 3
_PERSONS = frozenset(
    "man woman boy girl teen teenager national migrant immigrant tourist student nurse driver worker "
    "cyclist couple mother father baby suspect fugitive victim hiker exile miner fisherman farmer trucker "
    "hombre mujer joven nino nina adolescente ciudadano ciudadana turista migrante estudiante pareja madre "
    "padre bebe sospechoso profugo profuga inmigrante repartidor minero pescador obrero albanil camionero taxista comerciante "
    "homem mulher jovem menino menina cidadao cidada estudante casal mae pai imigrante garimpeiro pescador caminhoneiro pedreiro "
    "homme femme jeune garcon fille ressortissant ressortissante etudiant etudiante touriste mere pere".split()
)
# What makes a word for a person one for many: "Mexican national team", "Haitian migrant crisis".
_OF_MANY = frozenset(
    "team squad side soccer football guard bank assembly congress police election elections park anthem day government crisis "
    "caravan flow wave visa visas program protest protests strike strikes union unions rights groups party movement".split()
)
_ONE_OF_THEM = frozenset("un una uno um uma une dos dois duas deux".split())
# "Venezolano muere …": in these languages a people's name before a verb is a noun, and so is one person.
_NOUN_FIRST = re.compile(r"(?:[ao]|ense|es|esa|ol|ola|i)$")
_COLLECTIVE = frozenset("argentina".split())


def is_somebody(words: Sequence[Word], at: int, length: int) -> bool:
    """Whether a people's name means one of them, who may be anywhere: "Mexican man", "un argentino", "Venezolana muere"."""
    before = words[at - 1].folded if at else ""
    behind = words[at + length] if at + length < len(words) else None
    if before in _PERSONS:
        return True
    if behind is not None and behind.folded in _PERSONS:
        of_many = words[at + length + 1 : at + length + 2]
        return not of_many or of_many[0].folded not in _OF_MANY
    word = words[at]
    if before in _ONE_OF_THEM:
        return True
    alone = length == 1 and at == 0 and behind is not None and behind.printed[:1].islower()
    return alone and word.folded not in _COLLECTIVE and _NOUN_FIRST.search(word.folded) is not None


def is_namesake(words: Sequence[Word], at: int, length: int) -> bool:
    """Whether somebody is called like a country: "Israel Álvarez", "la China Suárez"."""
    behind = words[at + length] if at + length < len(words) else None
    if behind is None or words[at].tail or words[at].folded not in _GIVEN_TO_SOME or not behind.printed[:1].isupper():
        return False
    nickname = words[at].folded == "china" and at > 0 and words[at - 1].folded == "la" and behind.folded not in _CHINAS
    return nickname or behind.folded.endswith(("ez", "eiro"))


def is_state(words: Sequence[Word], at: int, length: int) -> bool:
    """Whether a name that means other things too is a country's here: "Chad's army", "Mali's junta", "Dominica declares"."""
    first, behind = words[at], words[at + length : at + length + 1]
    owns = bool(behind) and behind[0].printed == "s"
    name = behind[0].printed[:1].isupper() if behind else False
    if name and not first.tail:
        return False
    near = {word.folded for word in words[max(at - _NEAR, 0) : at + length + _NEAR]} & _OF_STATES
    if near - _OF_OTHERS_TOO.get(first.folded, frozenset()):
        return True
    if owns:
        return first.folded not in _BORNE
    return first.folded in _SAYS_ITSELF and at == 0 and bool(behind) and not first.tail


@cache
def trades() -> frozenset[str]:
    """What somebody is by trade: a nationality beside it says where they come from, not where it happened."""
    return frozenset(word for (line,) in rows("trades.txt") for word in line.split())

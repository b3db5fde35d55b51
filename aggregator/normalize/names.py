"""A name as printed → what it names: a person, an organisation or a desk, and its usual spelling."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from importlib.resources import files

from aggregator.normalize.language import base
from aggregator.text import fold, tokens

_PARTICLES = frozenset(
    "de del da do das dos di du des der den van von zu zur y e i la las los el le al bin ibn ter ten af av".split()
)
_DESK = re.compile(
    r"^(?:(?:la|el|die|the|the|notre|our|da)\s+)?(?:redaccion|redacao|redaction|redaktion|redazione|редакция|agencias|agencies|"
    r"agences|wires?|corresponsalia|service|seccion|secao|mesa central|staff|newsroom|editorial|editorials|editors?|webdesk|"
    r"equipe|equipo)\b|"
    r"^(?:(?:from|de|von|dal|dalla) )?(?:our|nuestr[oa]s?|noss[oa]s?|notre|nos|unser\w*|nostr[oaie]) (?:\w+ )?"
    r"(?:correspondents?|corresponsal(?:es)?|correspondentes?|correspondante?s?|reporters?|korrespondent\w*|redac\w+|inviat\w)\b|"
    r"\b(?:staff|staff (?:report|reporter|writer|correspondent)s?|"
    r"newsroom|news\s?desk|web\s?desk|desk|bureau|editorial board|editorial team|team|equipo|equipe|"
    r"editors|reporters|correspondents|fotografia|escaparate|redaccion|redacao|redaction|redaktion|unidad de \w+|unidad|"
    r"wire services?|view)$|"
    r"^(?:un[ao]? |an? )?(?:redactora?|periodista|corresponsal|reporter[oa]?|jornalista|correspondente|journaliste?|"
    r"correspondent|correspondante?)(?: \d+)?$|"
    r"\b(?:reporters?|correspondents?|staff writers?)$|"
    r"\b(?:unidad de|equipo de|mesa de|area de|equipe de|nucleo de|staff and|agencias y|y agencias)\b"
)
_ORGANISATION = re.compile(
    r"\b(?:news|noticias|noticia|diario|press|prensa|agency|agencia|agence|radio|tv|television|canal|channel|images|magazine|revista|"
    r"ministerio|ministry|ministere|gobierno|government|governo|presidencia|presidency|senado|senate|congreso|congress|university|"
    r"universidad|universidade|institute|instituto|institut|foundation|fundacion|fundacao|association|asociacion|associacao|council|"
    r"consejo|police|policia|bank|banco|company|inc|ltd|llc|group|grupo|media|times|post|globe|herald|tribune|tribuna|gazette|week|"
    r"weekly|daily|guardian|telegraph|journal|jornal|periodico|review|studios?|films|network|club|fc|partido|sindicato|camara|"
    r"federacion|liga|comision|comite|committee|commission|office|oficina|secretaria|embassy|embajada|army|ejercito|navy|armada|"
    r"archives?|archivo|museum|museo|library|biblioteca|photos?|pictures|productions?|podcasts?|blog|forum|org|international|"
    r"prefeitura|alcaldia|municipalidad|intendencia|gobernacion|mairie|assessoria|ascom|parques|"
    r"presidential|department|pool|today|sports|zoo|coastguard|junta|hm|"
    r"newsday|service|servicio|serviço|center|centre|centro|borders|fronteras|fronteiras|society|sociedad|sociedade|initiative|"
    r"iniciativa|project|proyecto|projeto|movimiento|movement|movimento|campaign|school|escuela|escola|hospital|trust|"
    r"correio|correo|gazeta|folha|observer|chronicle|gleaner|examiner|inquirer|bulletin|boletin|express|standard|broadcasting|"
    r"european|english|capital|reports?|online|digital|mundo|world|universal)\b"
)
_DOMAIN = re.compile(
    r"\w\.(?:com|net|org|es|fr|ar|br|cl|co|mx|pe|uk|de|it|tv|info|io|news|lat|uy|py|bo|ec|ve|gt|cr|pa|do|cu|hn|sv|ni)\b",
    re.I,
)
_ARTICLES = frozenset({"the", "el", "los", "las", "la", "le", "les", "o", "os"})
_NOTHING = frozenset(
    (
        "na|n/a|none|null|admin|administrator|administrador|webmaster|author|autor|autora|writer|unknown|anonymous|anonimo|"
        "desconocido|archivo|arquivo|archives|captura|capturas|captura de pantalla|capturas de video|captura de video|imagen web|"
        "instagram|facebook|twitter|redes sociales|redes soc|redes sociais|handout|no reply|noreply|reproducao|divulgacao|"
        "cortesia|courtesy|user|root|editor|guest|stringer|untitled|test|by|por|sin autor|sin firma|s/f|internet|web|youtube|"
        "tiktok|x|file photo|screenshot|video|colaborador|colaboradora|colaboradores|invitado|invitada|guest author|"
        "contributor|contributors|contributed|press release|comunicado|"
        "comunicado de prensa|nota de prensa|boletin de prensa|varios|varios autores|autor invitado|autora invitada|various|"
        "un lector|una lectora|lector|lectora|lectores|cartas al director|cartas de los lectores|letters to the editor|"
        "letter to the editor|readers|fuente|fuentes|fonte|fontes|source|sources|foto|fotos|texto|actualizado|updated|"
        "paid post|sponsored|sponsored content|contenido patrocinado|publicidad|publicidade|publicite|advertorial|"
        "follow|seguir|share|compartir"
    ).split("|")
)
_ACCOUNT = re.compile(r"^(?:usuario|user|admin\w*|editor|autora?|author|guest|invitad[oa])(?: ?web)?(?: ?\d+)?$")
# "null null": a program's word for nothing, once for each part of a name.
_NO_VALUE = frozenset(
    "null none nan nil undefined false true array object author name user test first last lastname firstname".split()
)
# Words of organisations that are surnames behind a given name: "Emily Post", but "Washington Post".
_SURNAMES = frozenset(
    "post press bank canal camara armada daily english standard pool weekly service trust school".split()
)
# Given names that are towns too, after which papers are called.
_NAMED_AFTER = frozenset(
    "washington santiago salvador austin jackson houston orlando victoria florence charlotte trinidad leon lincoln".split()
)
_HONORIFIC = re.compile(
    r"^(?:(?:dr|dra|drs|prof|profa|mr|mrs|ms|sr|sra|srta|lic|ing|rev|msgr|sir|dame|don|dona|mg|mgter|mtro|mtra|agr|arq|abg|abog|"
    r"econ|cnel|gral|pbro|mons|hno|hna|enf|cap|capt|col|gen|sgt|hon|sen|dip|gov|amb)\.\s*|(?:dr|dra|prof|mr|mrs|ms|mme|mlle)\s+)+",
    re.I,
)
_DEGREE = re.compile(r",?\s+(?:[Pp]h\.?\s?D\.?|M\.?D\.|MBA|MSc|PhD)\.?$")
# Small words that stand in no name of a person: "Save the Children", "Médicos sin Fronteras".
_IN_NO_NAME = frozenset(
    "the of for without at on to our with para por sin sem sans pour pela pelo contra sobre".split()
)
_ACRONYM = 3  # letters: "JIS" is an information service, "Jis" a cartoonist
_ROMAN = re.compile(r"^(?:II|III|IV|VI|VII|VIII|IX)$")
_LETTERS = re.compile(r"[^\W\d_]")


def kind_of(name: str, outlet: str) -> str | None:
    """person | organisation | desk; None for what names nobody."""
    folded = fold(name).strip(" .")
    words = tokens(name)
    if not words or folded in _NOTHING or folded.isdigit() or (len(folded) == 1 and folded.isascii()):
        return None
    if _NO_VALUE.issuperset(words) or _ACCOUNT.match(folded):
        return None
    if _is_initials(name) or ("-".join(words) in _mononyms() and not (name.isupper() and len(name) <= _ACRONYM)):
        return "person"
    if known_organisation(folded) or (len(words) > 1 and _begins_with_organisation(name, words)):
        return "organisation"
    if _DESK.search(folded) and not (len(words) == 2 and is_given(words[0])):
        return "desk"
    if name.islower() and len(words) == 1 and "." not in name and not name[0].isdigit():
        return "person"  # a username, even where the site is named after it
    if is_own(name, outlet):
        # A person's own site bears the person's name.
        return (
            "person"
            if len(words) == 2 and is_given(words[0]) and not _looks_organised(name, folded, words)
            else "organisation"
        )
    if _looks_organised(name, folded, words):
        return "organisation"
    return "person"


def _begins_with_organisation(name: str, words: tuple[str, ...]) -> bool:
    """`CNN en Español`, `AP Television`: an acronym that we know, and no given name behind it."""
    first = name.split()[0]
    return first.isupper() and len(first) > 1 and known_organisation(words[0]) and not is_given(words[1])


def is_own(name: str, outlet: str) -> bool:
    """Whether `name` is the outlet's: with or without article, edition and country."""
    own, said = _core(outlet), _core(name)
    return bool(own) and bool(said) and (said == own or (said[: len(own)] == own and said[len(own) :] in _EDITIONS))


def known_organisation(folded: str) -> bool:
    return folded in _organisations() or folded.removeprefix("the ") in _organisations()


def is_given(name: str) -> bool:
    """Whether a word is a common given name; of `Marie-Sarah` the first half counts."""
    return fold(name).partition("-")[0].strip(".") in _given_names()


def spelled(name: str, outlet: str, language: str | None = None) -> str:
    """Usual spelling: shouting lowered, particles small, the outlet's own name as it writes itself, honorifics dropped."""
    text = _DEGREE.sub("", _HONORIFIC.sub("", name)).strip(" ,;:-–—|/") or name
    words = text.split()
    if _DOMAIN.search(text) and text.isupper():
        return text.lower()
    if (_is_shouted(text) and not known_acronym(text)) or (
        text.islower() and len(words) > 1 and text.replace(" ", "").replace(".", "").isalpha()
    ):
        words = [_lowered(word, first=not at) for at, word in enumerate(words)]
    elif _is_surname_shouted(words):  # "Ana GIL"
        words = [words[0], *(_lowered(word, first=False) for word in words[1:])]
    elif base(language) in ("es", "pt"):
        words = [
            word.lower() if at and word in ("De", "Del", "Da", "Do", "Dos", "Das") else word
            for at, word in enumerate(words)
        ]
    return _as_outlet_writes(" ".join(words), outlet)


def _is_shouted(text: str) -> bool:
    """`ERIN McCANN` too: nearly all of it in capitals."""
    letters = "".join(_LETTERS.findall(text))
    capitals = sum(letter.isupper() for letter in letters)
    return len(letters) > 3 and capitals >= len(letters) * 0.85 and (letters.isupper() or len(text.split()) > 1)


def _is_surname_shouted(words: list[str]) -> bool:
    first, *surnames = words
    shouted = [word for word in surnames if fold(word) not in _PARTICLES]
    return (
        not first.isupper() and is_given(first) and bool(shouted) and all(len(w) > 1 and w.isupper() for w in shouted)
    )


def known_acronym(text: str) -> bool:
    return text in _printed()


def _is_initials(name: str) -> bool:
    return re.fullmatch(r"(?:[^\W\d_]\.[\s\-]?){2,5}", name) is not None


def _looks_organised(name: str, folded: str, words: tuple[str, ...]) -> bool:
    if len(words) > 1 and _has_surname(words):
        return False
    if _DOMAIN.search(name) or _ORGANISATION.search(folded):
        return True
    printed = name.split()
    if (fold(printed[0]) in _ARTICLES and len(words) > 1) or not _IN_NO_NAME.isdisjoint(printed[1:]):
        return True
    if any(character.isdigit() for character in name):
        return (not name[0].islower() and not is_given(name.rstrip("0123456789"))) or " " in name.strip()
    if len(words) > 1:
        return False
    # One word: a username begins small, an acronym is capital, a mononym is a given name; other scripts write names together.
    return _single(name, words[0])


def _has_surname(words: tuple[str, ...]) -> bool:
    first, *middle, last = words
    """Whether a word of organisations is somebody's surname: alone of them, and behind given names."""
    return (
        last in _SURNAMES
        and len(middle) <= 2
        and first not in _NAMED_AFTER
        and is_given(first)
        and not _ORGANISATION.search(" ".join(middle))
    )


def _single(name: str, word: str) -> bool:
    if not name[:1].isupper() or "_" in name:
        return False
    return not (is_given(word) or "-" in name)


def _lowered(word: str, *, first: bool) -> str:
    if _ROMAN.match(word) or (len(word) <= 3 and word.endswith(".")):
        return word[:1].upper() + word[1:]
    if not first and fold(word) in _PARTICLES:
        return word.lower()
    return re.sub(r"[^\W\d_]+(?:['’][^\W\d_]{1,2}(?![^\W\d_]))?", lambda match: _capital(match[0]), word)


def _capital(word: str) -> str:
    if word[:2] in ("MC", "Mc") and len(word) > 3:
        return f"Mc{word[2:].capitalize()}"
    return word[:1].upper() + word[1:].lower()


def _as_outlet_writes(name: str, outlet: str) -> str:
    own = re.sub(r"\s*\(.*\)$", "", outlet).strip()
    if not own or fold(own) not in fold(name):
        return name
    return re.sub(rf"\b{re.escape(own)}\b(?!\.\w)", lambda _: own, name, flags=re.I)


_EDITIONS = frozenset(
    {
        (),
        ("us",),
        ("uk",),
        ("english",),
        ("com",),
        ("es",),
        ("online",),
        ("digital",),
        ("brasil",),
        ("america",),
        ("mexico",),
        ("en", "espanol"),
    }
)


@lru_cache(maxsize=4_096)  # the outlet's own name stands against every byline of it
def _core(name: str) -> tuple[str, ...]:
    words = tokens(re.sub(r"\(.*?\)", " ", name))
    return words[1:] if len(words) > 1 and words[0] in _ARTICLES else words


@cache
def _printed() -> frozenset[str]:
    text = files("aggregator.normalize.data").joinpath("organisations.txt").read_text("utf-8")
    return frozenset(line.strip() for line in text.splitlines() if line and not line.startswith("#"))


@cache
def _organisations() -> frozenset[str]:
    return frozenset(fold(name) for name in _printed())


@cache
def _mononyms() -> frozenset[str]:
    text = files("aggregator.normalize.data").joinpath("mononyms.txt").read_text("utf-8")
    return frozenset(word for line in text.splitlines() if not line.startswith("#") for word in line.split())


@cache
def _given_names() -> frozenset[str]:
    text = files("aggregator.normalize.data").joinpath("given_names.txt").read_text("utf-8")
    return frozenset(word for line in text.splitlines() if not line.startswith("#") for word in line.split())

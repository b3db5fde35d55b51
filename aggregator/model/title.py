"""A title in one language or in several."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Title:
    """Words for people: `plain` where only one form is given, `by_language` (RFC 5646 tag → words) where several are."""

    plain: str = ""
    by_language: tuple[tuple[str, str], ...] = ()

    @classmethod
    def of(cls, value: str | Mapping[str, str]) -> Title:
        """From what configuration may hold: a string or a map of languages."""
        return cls(plain=value) if isinstance(value, str) else cls(by_language=tuple(value.items()))

    def text(self, language: str = "en") -> str:
        """The words in `language`, else in its base language, else English, else the first given."""
        forms = dict(self.by_language)
        for wanted in (language, language.partition("-")[0], "en"):
            if wanted in forms:
                return forms[wanted]
        return self.plain or next(iter(forms.values()), "")

    def all_forms(self) -> tuple[str, ...]:
        """Every form once, for matching what sources write."""
        return tuple(dict.fromkeys(form for form in (self.plain, *dict(self.by_language).values()) if form))

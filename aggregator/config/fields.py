"""What a key may hold: its check, and what the JSON schema says of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Annotated, Any

from pydantic import PlainValidator, WithJsonSchema
from pydantic_core import PydanticCustomError

from aggregator.config import codes, values
from aggregator.model import PAGE_LANGUAGES, Keywords, Title


def expected(sentence: str) -> PydanticCustomError:
    """An error that says `sentence` as it is: braces in it are no template."""
    return PydanticCustomError("expected", "{sentence}", {"sentence": sentence})


def _checked(check: Callable[[Any], Any]) -> PlainValidator:
    """`check` as a validator: its ValueError is what was expected."""

    def run(value: Any) -> Any:
        try:
            return check(value)
        except ValueError as error:
            raise expected(str(error)) from None

    return PlainValidator(run)


def _schema(**schema: Any) -> WithJsonSchema:
    return WithJsonSchema(schema)


_STRING = {"type": "string"}
_STRINGS = {"type": "array", "items": _STRING}
Text = Annotated[str, _checked(values.some_text), _schema(type="string", minLength=1)]
Words = Annotated[
    Title,
    _checked(values.title),
    _schema(anyOf=[_STRING, {"type": "object", "additionalProperties": _STRING, "minProperties": 1}]),
]
KeywordMap = Annotated[
    Keywords, _checked(values.keywords), _schema(anyOf=[_STRINGS, {"type": "object", "additionalProperties": _STRINGS}])
]
PollsADay = Annotated[
    float, _checked(values.polls_a_day), _schema(type="number", exclusiveMinimum=0, maximum=96, examples=[24])
]
Duration = Annotated[
    timedelta,
    _checked(values.duration),
    _schema(type="string", pattern=r"^([0-9]{1,6}[mhdw])+$", examples=["15m", "24h"]),
]
Delay = Annotated[
    timedelta,
    _checked(values.delay),
    _schema(anyOf=[{"type": "string", "pattern": r"^([0-9]{1,6}[mhdw])+$"}, {"const": 0}], examples=["30m"]),
]
Length = Annotated[int, _checked(values.length), _schema(type="integer", minimum=1, maximum=values.LONGEST_SUMMARY)]
Slug = Annotated[str, _checked(values.slug), _schema(type="string", pattern="^[a-z0-9]+(-[a-z0-9]+)*$", maxLength=100)]
Reference = Annotated[str, _checked(values.reference), _schema(type="string")]
SecretUrl = Annotated[str, _checked(values.url), _schema(type="string", pattern=r"^(https?://|\$\{)")]
Url = Annotated[str, _checked(values.public_url), _schema(type="string", pattern="^https?://")]
SiteUrl = Annotated[str, _checked(values.site_url), _schema(type="string", pattern="^https?://")]
Hub = Annotated[str, _checked(values.hub), _schema(type="string", pattern="^(own|none|https?://.+)$")]
Host = Annotated[str, _checked(values.host), _schema(type="string", format="hostname")]
Day = Annotated[date, _checked(values.day), _schema(type="string", format="date")]
Country = Annotated[str, _checked(values.country), _schema(type="string", pattern="^([A-Za-z]{2}|[0-9]{3})$")]
Language = Annotated[str, _checked(lambda value: codes.language(values.text(value))), _schema(type="string")]
PageLanguage = Annotated[
    str,
    _checked(lambda value: codes.page_language(values.text(value))),
    _schema(type="string", enum=list(PAGE_LANGUAGES)),
]
Timezone = Annotated[str, _checked(lambda value: codes.timezone(values.text(value))), _schema(type="string")]
Contact = Annotated[str, _checked(values.contact), _schema(type="string")]
Flag = Annotated[bool, _checked(values.flag), _schema(type="boolean")]
Headers = Annotated[dict[str, str], _checked(values.headers), _schema(type="object", additionalProperties=_STRING)]
UrlPath = Annotated[str, _checked(values.path), _schema(type="string", pattern="^/")]
Whose = Annotated[str, _checked(values.whose), _schema(type="string", minLength=1)]
_TOKEN = {"type": "string", "minLength": 1}
Tokens = Annotated[
    tuple[str, ...], _checked(values.tokens), _schema(anyOf=[_TOKEN, {"type": "array", "items": _TOKEN, "minItems": 1}])
]

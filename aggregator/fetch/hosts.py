"""A URL → the host that publishers mean: everything under one registered name is one."""

from __future__ import annotations

import ipaddress
from functools import cache, lru_cache
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from publicsuffixlist import PublicSuffixList


def host_of(url: str) -> str:
    """`clarin.com` of `https://www.clarin.com/rss/`; an address or a name without a public suffix stands for itself."""
    return _registered((urlsplit(url).hostname or "").rstrip("."))


@lru_cache(maxsize=10_000)
def _registered(name: str) -> str:
    try:
        return str(ipaddress.ip_address(name))
    except ValueError:
        return _suffixes().privatesuffix(name) or name


@cache
def _suffixes() -> PublicSuffixList:
    from publicsuffixlist import PublicSuffixList  # reads its list: a tenth of a second

    # Without the suffixes of platforms: all blogs of one are on its machines, and its operators see one visitor.
    return PublicSuffixList(only_icann=True)

"""URL as printed → a link that is safe to publish, a key that compares, a form without secrets. Pure: nothing is fetched."""

from __future__ import annotations

import re
from functools import lru_cache
from ipaddress import IPv6Address
from urllib.parse import parse_qsl, quote, unquote, urljoin, urlsplit, urlunsplit

_LONGEST = 2_048
_SCHEME = re.compile(r"^([a-z][a-z0-9+.\-]*):", re.I)
# WHATWG URL: leading and trailing controls and spaces go, tabs and line ends go everywhere ("java\tscript:").
_EDGE = "".join(map(chr, range(0x21))) + "\u00a0\u200b\ufeff"
_INSIDE = re.compile("[\t\n\r\ud800-\udfff]|[\x00-\x1f\x7f]")
# What needs no repair, as most addresses do not.
_LABEL = r"[a-z0-9](?:[a-z0-9\-]{0,60}[a-z0-9])?"
_PLAIN = re.compile(rf"https?://{_LABEL}(?:\.{_LABEL})+(?:/[A-Za-z0-9/_.~,=&?:\-]*)?\Z")
_PARTS = re.compile(r"https?://([^/?#]*)([^?#]*)(?:\?([^#]*))?(?:#(.*))?\Z")  # RFC 3986, appendix B
_USERINFO = re.compile(r"(?i)\A(https?://)[^/?#]*@")
_STRAY_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")
_SAFE = "!#$%&'()*+,/:;=?@[]~|"
_HOST = re.compile(
    r"^(?:[a-z0-9_](?:[a-z0-9_\-]{0,61}[a-z0-9_])?\.)*[a-z0-9_](?:[a-z0-9_\-]{0,61}[a-z0-9_])?\.?$|^\[[0-9a-f:.]+\]$"
)


def _names(line: str) -> frozenset[str]:
    return frozenset(line.split())


# identity.md §3: facts (names of parameters) gathered from what outlets and their marketing tools append.
_TRACKER_PREFIXES = ("utm_", "mtm_", "pk_", "piwik_", "hsa_", "at_", "ns_", "itm_", "oly_", "vero_", "stm_")
_TRACKERS = _names(
    "fbclid gclid dclid gbraid wbraid gclsrc msclkid yclid ysclid twclid igshid igsh ttclid li_fat_id mc_cid mc_eid mkt_tok "
    "_hsenc _hsmi __s ocid cmpid cmp ncid sr_share smid smtyp partner xtor rss taid ref_src sc_cid s_cid ito srnd "
    "traffic_source wt_mc wtmc ftag intcid emc outputtype amp __twitter_impression"
)
_AMBIGUOUS = _names("source ref id from via mod feed output src medium campaign")
_TRACKING_VALUES = _names("rss rss2 feed feeds twitter facebook whatsapp telegram newsletter social rssfeed rss_feed")
# AMP forms of a page's path, directory indexes, and the suffix that some of them have and others have not.
_FORMS = re.compile(r"(?:/amp/?|\.amp(?:\.html?)?|/(?:index|default)\.(?:html?|php|aspx?)|\.html?)$", re.I)
_PICTURE_SIZE = re.compile(r"[_\-.]?\d{2,4}x\d{2,4}|[_\-](?:\d{2,4}w?|large|medium|small|thumb|scaled)$|@\dx$", re.I)
_UNRESERVED = re.compile(r"%(2[dDeE]|3[0-9]|[46][1-9a-fA-F]|[57][0-9aA]|5[fF]|7[eE])")


def absolute(url: str, base: str | None = None) -> str | None:
    """`url` made absolute against `base`: an http(s) address with a plausible host, percent-encoded, without userinfo (fetching
    rule 44); else None."""
    text = url.strip(_EDGE)
    if len(text) <= _LONGEST and _PLAIN.match(text):
        return text
    # Escaped twice: no address means `&amp;`.
    text = _INSIDE.sub("", text).replace("&amp;", "&")
    if not text or len(text) > _LONGEST:
        return None
    scheme = _SCHEME.match(text)
    if scheme and scheme[1].lower() not in ("http", "https"):
        return None
    try:
        whole = scheme is not None and text[scheme.end() :].startswith("//")
        joined = text if whole else _INSIDE.sub("", urljoin(base or "", text))
        parts = urlsplit(joined)
        host = ascii_host(parts.hostname or "")
        port = parts.port
    except ValueError:
        return None
    if parts.scheme.lower() not in ("http", "https") or host is None:
        return None
    netloc = host + (f":{port}" if port is not None and not _default(parts.scheme, port) else "")
    result = urlunsplit(
        (parts.scheme.lower(), netloc, _encoded(parts.path), _encoded(parts.query), _encoded(parts.fragment))
    )
    return result if len(result) <= _LONGEST else None


def without_userinfo(id: str) -> str:
    """An id as it stands, but without the credentials of an address that it is (fetching rule 44)."""
    return _USERINFO.sub(r"\1", id)


def clean_url(url: str) -> str | None:
    """The link as published without trackers; None unless it is an absolute http(s) address."""
    whole = absolute(url)
    if whole is None:
        return None
    parts = urlsplit(whole)
    query = (
        "&".join(pair for pair in parts.query.split("&") if not _tracks(pair, parts.hostname)) if parts.query else ""
    )
    return urlunsplit((parts.scheme, parts.netloc, parts.path, query, parts.fragment))


@lru_cache(maxsize=4096)
def canonical_key(url: str) -> str:
    """What one page's addresses have in common (identity.md §3). A key only: never published, never fetched.

    An address that is none (`urn:`, garbage) is its own key. Applying it twice changes nothing.
    """
    whole = absolute(url)
    parts = _PARTS.match(_without_amp_cache(whole)) if whole else None
    if parts is None:
        return url.strip()
    netloc, path, query, fragment = parts.groups("")
    host, port = _host_and_port(netloc.rpartition("@")[2])
    if query:
        query = _key_query("&".join(pair for pair in query.split("&") if not _tracks(pair, host)))
    host = host if ":" in host else _key_host(host)
    query, fragment = query and f"?{query}", f"#{fragment}" if fragment.startswith("!") else ""
    return f"https://{host}{port}{_key_path(path)}{query}{fragment}"


def request_address(url: str) -> str:
    """What addresses have in common that ask for the same (RFC 3986 §6.2.2–3): the case of scheme, host and escapes, IDNA, the
    usual port, the empty path and the fragment make no difference. To compare; what is asked is the address as written."""
    whole = absolute(url)
    if whole is None:
        return url
    parts = urlsplit(whole)
    return urlunsplit((parts.scheme, parts.netloc, _unescaped(parts.path) or "/", _unescaped(parts.query), ""))


def _host_and_port(netloc: str) -> tuple[str, str]:
    """The host as it stands, in brackets if it is a number of IPv6, and the port with its colon, unless it is usual."""
    host, colon, port = netloc.rpartition(":")
    if not colon or netloc.endswith("]"):
        return netloc, ""
    return host, "" if port in ("", "80", "443") else f":{port}"


def picture_name(url: str) -> str:
    """A picture's name without its size and form: one picture has many addresses."""
    name = unquote(urlsplit(url).path).rstrip("/").rpartition("/")[2].lower()
    return _PICTURE_SIZE.sub("", name.partition(".")[0])


def ascii_host(host: str) -> str | None:
    """Lower case, IDNA A-labels, IPv6 as RFC 5952 writes it; None for what cannot be a host."""
    try:
        ascii_host = host.lower() if host.isascii() else host.encode("idna").decode("ascii").lower()
        if ":" in ascii_host:
            ascii_host = IPv6Address(ascii_host).compressed
    except ValueError:  # UnicodeError is one
        return None
    bracketed = f"[{ascii_host}]" if ":" in ascii_host else ascii_host
    return bracketed if _HOST.match(bracketed) else None


def _default(scheme: str, port: int) -> bool:
    return (scheme.lower(), port) in (("http", 80), ("https", 443))


def _encoded(part: str) -> str:
    if part.isascii() and part.isalnum():
        return part
    return quote(_STRAY_PERCENT.sub("%25", part), safe=_SAFE)


def _tracks(pair: str, host: str | None) -> bool:
    name, _, value = pair.partition("=")
    name, value = unquote(name).lower(), unquote(value).lower()
    if name in _TRACKERS or name.startswith(_TRACKER_PREFIXES):
        return True
    # `ref` and its like name a real page too: only the value tells (courlan drops `?reference=9`: a false merge).
    own = name == "ref" and host is not None and _key_host(value) == _key_host(host)
    return name in _AMBIGUOUS and (value in _TRACKING_VALUES or own)


def _without_amp_cache(url: str) -> str:
    """google.com/amp/s/HOST/… and HOST.cdn.ampproject.org/c/s/HOST/… wrap the address of the page itself."""
    if ".cdn.ampproject.org/" not in url and "google.com/amp/" not in url:
        return url
    parts = urlsplit(url)
    host = parts.hostname or ""
    if host.endswith(".cdn.ampproject.org") or (
        host in ("www.google.com", "google.com") and parts.path.startswith("/amp/")
    ):
        inner = re.match(r"^/(?:[acv]|amp)/(?:s/)?([a-z0-9.\-]+\.[a-z]{2,}/.*)$", parts.path, re.I)
        if inner:
            return absolute(f"https://{inner[1]}" + (f"?{parts.query}" if parts.query else "")) or url
    return url


def _key_host(host: str) -> str:
    """Without `www.` and the labels of editions for telephones, as long as a whole domain is left."""
    labels = host.rstrip(".").split(".")
    while len(labels) > 2 and labels[0] in ("www", "m", "mobile", "amp", "mobil"):
        labels.pop(0)
    return ".".join(labels)


def _key_path(path: str) -> str:
    joined = _tidy(path) if "%" in path or "//" in path or "/." in path else path.rstrip("/") or "/"
    while (shorter := _without_form(joined)) != joined:  # to a fixed point: a key is its own key
        joined = shorter
    return joined


def _without_form(path: str) -> str:
    last = path.rpartition("/")[2]
    return _FORMS.sub("", path).rstrip("/") or "/" if "." in last or last[-3:].lower() == "amp" else path


def _tidy(path: str) -> str:
    """A path without dot segments and needless encodings (RFC 3986 §6.2.2)."""
    segments: list[str] = []
    for segment in _unescaped(path).split("/"):
        if segment == "..":
            del segments[-1:]
        elif segment not in ("", "."):
            segments.append(segment)
    return "/" + "/".join(segments)


def _unescaped(part: str) -> str:
    """Without needless escapes, the others in capitals (RFC 3986 §6.2.2.1–2)."""
    decoded = _UNRESERVED.sub(lambda match: chr(int(match[1], 16)), part)
    return re.sub("%[0-9A-Fa-f]{2}", lambda match: match[0].upper(), decoded)


def _key_query(query: str) -> str:
    if not query:
        return ""
    pairs = sorted(parse_qsl(query, keep_blank_values=True, errors="replace"))
    return "&".join(f"{quote(name, safe='')}={quote(value, safe='')}" for name, value in pairs)

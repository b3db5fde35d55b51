"""Settings → where the pictures on our pages may come from, for the links and for the Content-Security-Policy alike."""

from __future__ import annotations

from ipaddress import ip_address, ip_network

from aggregator.config import Settings

_LOOPBACK = ip_address("127.0.0.1")


def picture_origins(settings: Settings) -> tuple[str, ...]:
    """Beginnings of addresses. https alone; this machine too where the operator lets it be polled (the demo, tests)."""
    polled = any(_LOOPBACK in ip_network(network) for network in settings.allow_networks)
    return ("https://", f"http://{_LOOPBACK}:") if polled else ("https://",)


def policy(settings: Settings) -> str:
    """The Content-Security-Policy of every answer: nothing runs, nothing is framed, pictures come from where they may."""
    pictures = " ".join(f"{origin}*" if origin.endswith(":") else origin[:-2] for origin in picture_origins(settings))
    return (
        f"default-src 'none'; img-src 'self' {pictures}; style-src 'self'; form-action 'self'; "
        "base-uri 'none'; frame-ancestors 'none'"
    )

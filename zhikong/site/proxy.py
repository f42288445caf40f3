"""Whom to believe about where a request came from: only the proxies that the administrator named.

Behind a proxy every request comes from its address, and the proxy adds X-Forwarded-For and X-Forwarded-Proto. Anybody
else may write the same headers to look like a ward's machine or like https; from others they are taken away.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Iterable, Sequence
from typing import Any

Environ = dict[str, Any]
Application = Callable[[Environ, Callable[..., Any]], Iterable[bytes]]
Network = ipaddress.IPv4Network | ipaddress.IPv6Network
FROM, SCHEME = "HTTP_X_FORWARDED_FOR", "HTTP_X_FORWARDED_PROTO"
OTHERS = (
    "HTTP_X_FORWARDED_HOST",
    "HTTP_X_FORWARDED_PORT",
)  # Forwarded, X-Real-IP stay: /metrics closes on them


def believing(application: Application, trusted: Sequence[str] | bool) -> Application:
    """An application that sees the visitor's own address and scheme.

    trusted: addresses or networks of proxies. True (an earlier release's word) means: whoever connects from this
    machine. Empty: nobody is believed.
    """
    networks = networks_of(trusted)

    def believed(environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        if networks and is_trusted(environ.get("REMOTE_ADDR", ""), networks):
            environ["REMOTE_ADDR"] = visitor(environ, networks)
            environ.pop(FROM, None)
        else:
            environ.pop(
                SCHEME, None
            )  # what it says about where it came from stays: /metrics closes on seeing it
        for name in OTHERS:
            environ.pop(name, None)
        return application(environ, start_response)

    return believed


def networks_of(trusted: Sequence[str] | bool) -> tuple[Network, ...]:
    """The networks that an option names; raises ValueError for what is none."""
    if trusted is True:
        trusted = ("127.0.0.0/8", "::1")
    return tuple(ipaddress.ip_network(one, strict=False) for one in trusted or ())


def visitor(environ: Environ, networks: Sequence[Network]) -> str:
    """The last address that no trusted proxy added; the proxy's own when it says nothing that can be an address."""
    seen = environ.get("REMOTE_ADDR", "")
    for told in reversed(environ.get(FROM, "").split(",")):
        address = told.strip().strip("[]")
        if not _is_address(address):
            return seen
        seen = address
        if not is_trusted(address, networks):
            return seen
    return seen


def is_trusted(address: str, networks: Sequence[Network]) -> bool:
    """Whether an address belongs to one of the networks."""
    if not _is_address(address):
        return False
    found = ipaddress.ip_address(address)
    mapped = getattr(found, "ipv4_mapped", None)
    return any((mapped or found) in network for network in networks)


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True

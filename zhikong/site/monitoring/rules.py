"""Pure rules of monitoring: who may read the numbers, how old something is."""

import ipaddress
from collections.abc import Iterable
from datetime import datetime, timedelta

FORWARDED = ("HTTP_X_FORWARDED_FOR", "HTTP_X_REAL_IP")


def may_read(environ: dict[str, str], allowed: Iterable[str]) -> bool:
    """Whether whoever asks may see the numbers: this machine, or an allowed address or network.

    Behind a proxy every hop that is named must be allowed as well: a proxy on this machine would otherwise open the
    numbers to everybody. A caller can add hops, never take the proxy's away. ``Forwarded`` is not read: refused.
    """
    hops = [environ.get("REMOTE_ADDR", "")]
    for name in FORWARDED:
        hops += environ[name].split(",") if name in environ else []
    if "HTTP_FORWARDED" in environ:
        return False
    networks = [found for text in allowed if (found := _network(text)) is not None]
    return all(_is_allowed(hop.strip(), networks) for hop in hops)


def _is_allowed(text: str, networks: list["ipaddress.IPv4Network | ipaddress.IPv6Network"]) -> bool:
    try:
        address = ipaddress.ip_address(text.strip("[]").partition("%")[0])
    except ValueError:
        return False
    mapped = getattr(address, "ipv4_mapped", None)
    address = mapped or address
    return address.is_loopback or any(address in network for network in networks)


def _network(text: object) -> "ipaddress.IPv4Network | ipaddress.IPv6Network | None":
    try:
        return ipaddress.ip_network(str(text), strict=False)
    except ValueError:
        return None


def is_older(moment: datetime | None, than: timedelta, *, now: datetime) -> bool:
    """True when it never happened or happened longer ago."""
    return moment is None or now - moment > than


def seconds_since(moment: datetime, *, now: datetime) -> float:
    """Age in seconds; a clock that went back makes nothing younger than now."""
    return max(0.0, (now - moment).total_seconds())

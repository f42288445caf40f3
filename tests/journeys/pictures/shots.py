"""Which pages the guides show: account, address, and the links followed from there."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Shot:
    """One picture. follow: patterns of links, each the first that fits; sometimes: words that come and go with the data."""

    name: str
    account: str
    start: str
    follow: tuple[str, ...] = ()
    width: int = 1200
    height: int = 760
    sometimes: tuple[str, ...] = ()


PHONE = {"width": 390, "height": 780}

SHOTS = (
    Shot("quality_office-home", "zhikong", "/"),
    Shot("quality_office-indicators", "zhikong", "/indicators/?status=missed"),
)

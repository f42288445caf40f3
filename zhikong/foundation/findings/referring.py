"""Whatever is put before a committee registers here: how it is described, and who is told of the decision (CAP-07).

Findings register themselves; incidents, plans and risks may do the same without knowing the committees' app.
"""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Matter:
    """What a committee is asked about. url: the matter's own page; department_id: whose it is, None for the hospital's."""

    title: str
    question: str = ""
    url: str = ""
    label: str = ""
    department_id: int | None = None


@dataclass(frozen=True)
class Kind:
    """describe: ``describe(key) -> Matter | None``; decided: ``decided(referral, *, by, now)`` in the same transaction."""

    title: str
    describe: Callable[[str], Matter | None]
    decided: Callable[..., None] | None = None


_kinds: dict[str, Kind] = {}


def register(code: str, kind: Kind) -> None:
    """Let matters of a kind be referred; called in an app's ready()."""
    _kinds[code] = kind


def unregister(code: str) -> None:
    _kinds.pop(code, None)


def kind(code: str) -> Kind | None:
    return _kinds.get(code)


def describe(code: str, key: str) -> Matter | None:
    """The matter as its app describes it now; None when nobody knows the kind or it is out of sight."""
    known = _kinds.get(code)
    return known.describe(key) if known else None

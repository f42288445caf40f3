"""Which backups stay: the newest of each of some days, weeks and months, and always the newest one that was verified."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

FORM = "%Y%m%dT%H%M%S"


@dataclass(frozen=True)
class Keep:
    """For how many days, weeks and months the newest backup of each stays."""

    daily: int = 7
    weekly: int = 5
    monthly: int = 12


def as_set(options: dict[str, Any]) -> Keep:
    """What the administrator set in ``backup.keep``; numbers below one are raised to one."""
    given = options.get("keep") or {}
    usual = Keep()
    return Keep(
        **{
            name: max(1, int(given.get(name, getattr(usual, name))))
            for name in ("daily", "weekly", "monthly")
        }
    )


def outdated(names: Iterable[str], keep: Keep, *, verified: str | None = None) -> list[str]:
    """Backups that no rule keeps, oldest first. A name that is no moment is never touched."""
    dated = sorted(((when, name) for name in names if (when := moment(name))), reverse=True)
    stay = {name for _, name in dated[:1]} | ({verified} if verified else set())
    stay |= _newest(dated, keep.daily, lambda at: at.date())
    stay |= _newest(dated, keep.weekly, lambda at: at.isocalendar()[:2])
    stay |= _newest(dated, keep.monthly, lambda at: (at.year, at.month))
    return [name for _, name in reversed(dated) if name not in stay]


def moment(name: str) -> datetime | None:
    """When a backup was made, from its name; None when that is no moment."""
    try:
        return datetime.strptime(name, FORM)  # noqa: DTZ007 - compared with other names of the same folder only
    except ValueError:
        return None


def _newest(dated: list[tuple[datetime, str]], number: int, of: Any) -> set[str]:
    """The newest name in each of the newest ``number`` periods that have any."""
    found: dict[Any, str] = {}
    for at, name in dated:
        if of(at) not in found and len(found) < number:
            found[of(at)] = name
    return set(found.values())

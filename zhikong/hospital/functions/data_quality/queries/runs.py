"""Runs of the inspection: the newest, those that can be compared, and what came and went between two of them."""

from __future__ import annotations

from dataclasses import dataclass

from zhikong.engine.quality.issues import Count, Identity, compare
from zhikong.foundation.access.scope import once
from zhikong.foundation.facts import quality_runs
from zhikong.hospital.functions.data_quality.models import Run

MOST_LISTED = 60


def newest_run() -> Run | None:
    """The run that pages show."""
    return Run.objects.order_by("-pk").first()


def shown_run() -> Run | None:
    """The same, asked once in a request."""
    return once("data_quality.run", newest_run)


def runs() -> list[Run]:
    """The last runs, the newest first, without their keys."""
    return list(Run.objects.defer("keys")[:MOST_LISTED])


@dataclass(frozen=True)
class Line:
    """An issue in a comparison: how it stood in each of the two runs."""

    identity: Identity
    earlier: Count | None
    later: Count | None


@dataclass(frozen=True)
class Compared:
    """What is new, resolved and persisting between two runs, within the reader's scope."""

    new: list[Line]
    resolved: list[Line]
    persisting: list[Line]


def compared(earlier: Run, later: Run) -> Compared:
    """Issues of two runs by identity; the newest month of each speaks for it."""
    before, after = quality_runs.found_of(earlier.folder), quality_runs.found_of(later.folder)
    change = compare(before, after)

    def lines(identities) -> list[Line]:
        made = [Line(one, _last(before.get(one)), _last(after.get(one))) for one in identities]
        return sorted(made, key=lambda line: (-(line.later or line.earlier).count, line.identity))

    return Compared(lines(change.new), lines(change.resolved), lines(change.persisting))


def _last(months: dict[str, Count] | None) -> Count | None:
    return months[max(months)] if months else None

"""Figures, closed months and targets as they stood at a moment: the same moment gives the same figures again."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from zhikong.engine.definitions import Definition
from zhikong.foundation.facts import reported
from zhikong.foundation.organisation.queries import institution, institution_on
from zhikong.hospital.functions.indicators.catalogue import definition_with_hash
from zhikong.hospital.functions.indicators.models import (
    Computation,
    CountedSource,
    IndicatorTarget,
    MonthAct,
    MonthClose,
)
from zhikong.hospital.functions.indicators.queries.counting import Counting
from zhikong.hospital.functions.indicators.queries.figures import Frame
from zhikong.hospital.functions.indicators.queries.own_past import OwnPast
from zhikong.hospital.functions.indicators.queries.targets import TargetBook

ENDED = (MonthAct.Kind.CLOSED, MonthAct.Kind.OVERRIDDEN, MonthAct.Kind.REVISED)


@dataclass(frozen=True)
class Then:
    """What was known at `moment`. definitions: of the computation that was the newest, id → definition."""

    moment: datetime
    shown: Frame
    book: TargetBook
    definitions: Mapping[str, Definition]


def then(moment: datetime) -> Then:
    """Six queries. Without a computation before the moment there are no definitions."""
    current = Computation.objects.filter(computed_at__lte=moment).order_by("-computed_at", "-pk").first()
    shown = Frame(current, _closed(moment))
    return Then(moment, shown, _book(moment, shown), _definitions(current))


def _definitions(run: Computation | None) -> dict[str, Definition]:
    found = {
        key: definition_with_hash(key, digest) for key, digest in (run.definitions if run else {}).items()
    }
    return {key: definition for key, definition in found.items() if definition is not None}


def _closed(moment: datetime) -> dict[str, MonthClose]:
    """Months that were closed then, with the figures and the last target that counted then."""
    acts: dict[str, MonthAct] = {}
    rows = MonthAct.objects.filter(at__lte=moment).select_related("month_close__computation")
    for act in rows.order_by("at", "pk"):
        acts[act.month_close.month] = act
    return {
        month: row for month, act in acts.items() if act.kind in ENDED and (row := _close_as(act)) is not None
    }


def _close_as(act: MonthAct) -> MonthClose | None:
    """The close as this act left it; nothing of it is saved."""
    runs = Computation.objects.filter(data_version=act.data_version, computed_at__lte=act.at)
    run = runs.order_by("-computed_at", "-pk").first() or act.month_close.computation
    if run is None:
        return None
    last = IndicatorTarget.objects.filter(set_at__lte=act.at).order_by("-pk").values_list("pk", flat=True)
    return MonthClose(
        month=act.month_close.month, state=MonthClose.State.CLOSED, computation=run, last_target=last.first() or 0
    )  # fmt: skip


def _book(moment: datetime, shown: Frame) -> TargetBook:
    rows = list(IndicatorTarget.objects.filter(set_at__lte=moment).select_related("set_by"))
    version = institution_on(on=timezone.localdate(moment))
    level = version.level if version is not None else institution().level
    return TargetBook(rows, level, _counting(moment), OwnPast(shown))


def _counting(moment: datetime) -> Counting:
    found: dict[str, list[CountedSource]] = {}
    for row in CountedSource.objects.filter(set_at__lte=moment).order_by("-valid_from", "-pk"):
        found.setdefault(row.indicator_id, []).append(row)
    return Counting(reported.twins(), found)

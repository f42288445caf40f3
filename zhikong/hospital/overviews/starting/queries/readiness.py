"""What is published of each table, by which door a table comes in, and what a month therefore lacks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from functools import cache

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from zhikong.foundation.access.scope import once
from zhikong.foundation.facts import gateway, reported
from zhikong.foundation.facts.volumes import volumes
from zhikong.foundation.organisation.queries import departments
from zhikong.hospital.functions.datasources.mappings import packaged
from zhikong.hospital.functions.indicators import months as calendar
from zhikong.hospital.functions.indicators.catalogue import definitions
from zhikong.hospital.functions.indicators.models import IndicatorValue
from zhikong.hospital.functions.indicators.queries.figures import frame
from zhikong.hospital.functions.indicators.queries.targets import target_book
from zhikong.hospital.overviews.starting.rules.readiness import Held, Readiness, readiness

FRONT_PAGE, REPORTED, INSPECTED, FEEDS = "front_page", "reported", "inspected", "feeds"
FAMILY = "hqms"
OWN_TABLES = {"reported_counts": REPORTED, "inspection_answers": INSPECTED}


def held() -> dict[str, Held]:
    """What is published of each table; read once in a request."""
    return once("starting.held", _held)


def _held() -> dict[str, Held]:
    snapshot = gateway.published()
    source = snapshot.source()
    return {
        table: Held(source.columns(table), frozenset(snapshot.months(table)), source.size(table))
        for table in snapshot.versions
    }


def months_with_data(*, now: datetime) -> list[str]:
    """Whole months that have discharges, ascending: the first month can be any of them."""
    present = calendar.month_of(timezone.localtime(now))
    stays = held().get("stays")
    return sorted(month for month in (stays.months if stays else ()) if month < present)


def chosen_month(asked: str, *, now: datetime) -> str:
    """The month that was asked for; else the newest whole month with discharges; else the month before this one."""
    if calendar.is_month(asked):
        return asked
    there = months_with_data(now=now)
    return there[-1] if there else calendar.shifted(calendar.month_of(timezone.localtime(now)), -1)


def of_month(month: str) -> Readiness:
    """What can be computed of a month and what the others lack."""
    return readiness(definitions().values(), held(), month)


@cache
def _by_front_page() -> Mapping[str, str]:
    mapping = packaged()[FAMILY].mapping
    return {one.table: FRONT_PAGE for one in mapping.tables}


def door_of(table: str) -> str:
    """By which door a table comes in: the front page and the files beside it, reports of departments, inspections on
    the spot, or a connection to the systems."""
    return OWN_TABLES.get(table) or _by_front_page().get(table, FEEDS)


def door_words(door: str) -> tuple[str, str]:
    """(what to do, where) to open a door."""
    return {
        FRONT_PAGE: (_("导入病案首页及其附页、床位日报"), reverse("starting:history")),
        REPORTED: (_("科室填报数据（或随首页导入填报数）"), reverse("reporting:list")),
        INSPECTED: (_("在系统里做一次现场检查"), reverse("inspections:programmes")),
        FEEDS: (_("接入医嘱、护理、检验等系统（视图、接口或 HL7）"), reverse("datasources:feed_new")),
    }[door]


def silent_departments(month: str) -> list[str]:
    """Clinical departments with beds of which the month has no discharge."""
    if "stays" not in held() or month not in held()["stays"].months:
        return []
    found = volumes(months=[month])
    places = [d for d in departments(on=_last_day(month)) if d.kind == "clinical" and d.open_beds]
    return [d.name for d in places if not found.discharged([month], d.code)]


def silent_reporters(month: str) -> int:
    """How many clinical departments have reported nothing for a month; 0 while nobody reports at all."""
    if reported.TABLE not in held():
        return 0
    told = {one.department for one in reported.counts(months=[month])}
    caring = [d for d in departments(on=_last_day(month)) if d.kind == "clinical"]
    return sum(d.code not in told for d in caring)


def without_target(month: str, ready: Sequence[str]) -> int:
    """How many indicators that can be computed have no target in a month: they are only watched."""
    book, known = target_book(), definitions()
    return sum(book.of(known[name], None, month).target.empty for name in ready)


def _last_day(month: str) -> date:
    return calendar.first_day(month).replace(day=28)


def computed(month: str) -> int | None:
    """How many indicators have a value for the whole hospital in a month; None when the month was not computed."""
    run = frame().computation(month)
    if run is None or not run.first_month <= month <= run.last_month:
        return None
    rows = IndicatorValue.objects.filter(
        data_version=run.data_version, definition_hash__in=run.hashes, month=month, department=None
    )
    return rows.filter(value__isnull=False).values("indicator_id").distinct().count()


def is_computed(month: str) -> bool:
    """Whether the month's figures stem from the data as they are published now."""
    run = frame().current
    current = run is not None and run.data_version == gateway.published().data_version
    return current and run.first_month <= month <= run.last_month

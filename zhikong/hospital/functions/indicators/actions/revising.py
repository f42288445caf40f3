"""Closed months and later data: new figures beside the published ones, never in their place (F-09, SYS-04)."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from zhikong.foundation.access.permissions import Permission, require
from zhikong.foundation.facts.queries import publications_between
from zhikong.foundation.notices import actions as notices
from zhikong.foundation.outbox.actions import announce
from zhikong.foundation.patients.settling import SOURCE as SETTLED
from zhikong.hospital.functions.indicators import months as calendar
from zhikong.hospital.functions.indicators.facts import MonthRevised
from zhikong.hospital.functions.indicators.models import (
    Computation,
    IndicatorValue,
    MonthAct,
    MonthClose,
    MonthRevision,
    RevisedValue,
)

PARTS = ("numerator", "denominator", "value")
Key = tuple[str, int | None]
Parts = tuple

NOTHING: Parts = (None, None, None)


def revise_closed_months(*, run: Computation, now: datetime) -> list[MonthRevision]:
    """Compare every closed month with a new computation; returns the revisions that are new.

    Figures of definitions that changed since are left out: another definition is no revision of the data. What an
    open revision says already is not said again; the quality office is told once, of all months together.
    """
    closed = MonthClose.objects.filter(
        state=MonthClose.State.CLOSED, month__gte=run.first_month, month__lte=run.last_month
    ).select_related("computation")
    found = [made for row in closed.order_by("month") if (made := _revised(row, run, now)) is not None]
    _tell(found, now)
    return found


def _revised(row: MonthClose, run: Computation, now: datetime) -> MonthRevision | None:
    changed = {} if row.computation.data_version == run.data_version else _differences(row, run)
    known = MonthRevision.objects.filter(month=row.month, state=MonthRevision.State.OPEN).first()
    if known is not None and _said(known) == changed:
        return None
    if known is not None:
        known.state = MonthRevision.State.REPLACED if changed else MonthRevision.State.GONE
        known.save(update_fields=["state"])
    if not changed:
        return None
    revision = MonthRevision.objects.create(
        institution_id=row.institution_id,
        month_close=row,
        month=row.month,
        before=row.computation,
        after=run,
        causes=_causes(row, run),
        found_at=now,
    )
    RevisedValue.objects.bulk_create(
        [_value(revision, key, *pair) for key, pair in changed.items()], batch_size=2_000
    )
    announce(MonthRevised(row.month, revision.pk, accepted=False), now=now)
    return revision


def _differences(row: MonthClose, run: Computation) -> dict[Key, tuple[Parts, Parts]]:
    """(indicator, place) -> published and new parts, where they differ."""
    same = {
        hash_ for name, hash_ in run.definitions.items() if row.computation.definitions.get(name) == hash_
    }
    before = _figures(row.computation.data_version, row.month, same)
    after = _figures(run.data_version, row.month, same)
    keys = sorted({*before, *after}, key=lambda key: (key[0], key[1] or 0))
    pairs = {key: (before.get(key, NOTHING), after.get(key, NOTHING)) for key in keys}
    return {key: pair for key, pair in pairs.items() if pair[0] != pair[1]}


def _figures(data_version: str, month: str, hashes: set[str]) -> dict[Key, Parts]:
    rows = IndicatorValue.objects.filter(data_version=data_version, month=month, definition_hash__in=hashes)
    return {
        (name, place): tuple(parts)
        for name, place, *parts in rows.values_list("indicator_id", "department_id", *PARTS)
    }


def _said(revision: MonthRevision) -> dict[Key, tuple[Parts, Parts]]:
    new = [f"new_{part}" for part in PARTS]
    rows = revision.values.values_list("indicator_id", "department_id", *PARTS, *new)
    return {(name, place): (tuple(parts[:3]), tuple(parts[3:])) for name, place, *parts in rows}


def _value(revision: MonthRevision, key: Key, before: Parts, after: Parts) -> RevisedValue:
    parts = dict(zip(PARTS, before, strict=True)) | {f"new_{p}": v for p, v in zip(PARTS, after, strict=True)}
    return RevisedValue(
        institution_id=revision.institution_id,
        revision=revision,
        month=revision.month,
        indicator_id=key[0],
        department_id=key[1],
        **parts,
    )


def _causes(row: MonthClose, run: Computation) -> list[Mapping]:
    """The loads between the two computations that touched the month's rows."""
    between = publications_between(row.computation.data_version, run.data_version)
    return [cause for one in between if (cause := _cause(one, row.month)) is not None]


def _cause(publication, month: str) -> Mapping | None:
    touched = {m for months in publication.changes.get("tables", {}).values() for m in months}
    if publication.changes and month not in touched:
        return None
    new, changed = publication.changes.get("stays", {}).get(month, (0, 0))
    return {
        "load": publication.load_id,
        "source": publication.load.source_name if publication.load else _("科室填报"),
        "at": publication.published_at.isoformat(),
        "new": new,
        "changed": changed,
        "feeds": publication.load is not None and publication.load.mapping == SETTLED,
    }


def _tell(found: Sequence[MonthRevision], now: datetime) -> None:
    """One notice a computation, however many months and indicators."""
    if not found:
        return
    months = "、".join(calendar.spoken(one.month) for one in found)
    lines = [
        _("%(month)s：%(n)d 个数值与公布的不同。")
        % {"month": calendar.spoken(one.month), "n": one.values.count()}
        for one in found
    ]
    lines.append(_("公布的数值没有改变；是否采用由质控科决定。已经核算的绩效不会因此自动重开。"))
    notices.send(
        by=None,
        now=now,
        title=_("补录或更正的数据影响已结账的 %(months)s") % {"months": months},
        text="\n".join(lines),
        url=f"{reverse('indicators:month', args=[found[0].month])}#revision",
        kind="alert",
        source_kind="month_revision",
        source_key=str(found[0].pk),
        roles=["quality_office"],
    )


@transaction.atomic
def accept_revision(*, by, now: datetime, revision: MonthRevision, reason: str) -> MonthRevision:
    """Let a closed month show the later computation from now on; the one before and the reason stay on record.

    Needs OVERRIDE_MONTH_CLOSE. What was paid by the month's former figures is not touched.
    """
    require(by, Permission.OVERRIDE_MONTH_CLOSE)
    if not reason.strip():
        raise ValidationError(_("采用修订须写明理由。"))
    revision = MonthRevision.objects.select_for_update().get(pk=revision.pk)
    row = MonthClose.objects.select_for_update().get(pk=revision.month_close_id)
    if revision.state != MonthRevision.State.OPEN or row.computation_id != revision.before_id:
        raise ValidationError(_("这份修订已经处理过，或已有更新的修订，请刷新页面。"))
    version = row.computation.data_version
    row.computation = revision.after
    row.save(update_fields=["computation"])
    revision.state, revision.decided_at, revision.decided_by = MonthRevision.State.ACCEPTED, now, by
    revision.reason = reason.strip()
    revision.save()
    MonthAct.objects.create(
        institution_id=row.institution_id,
        month_close=row,
        kind=MonthAct.Kind.REVISED,
        at=now,
        by=by,
        reason=reason.strip(),
        data_version=version,
    )
    announce(MonthRevised(row.month, revision.pk, accepted=True), now=now)
    return revision

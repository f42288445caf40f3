"""Computing: the values of a data version are computed once and added, never overwritten (IND-47, F-32)."""

import logging
from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db import connection, transaction

from zhikong.engine.definitions import Definition
from zhikong.engine.results import Result
from zhikong.foundation.access.permissions import Permission, require
from zhikong.foundation.access.scope import current_scope
from zhikong.foundation.facts import gateway
from zhikong.foundation.organisation.models import Department
from zhikong.hospital.functions.indicators import months as calendar
from zhikong.hospital.functions.indicators.actions import carrying
from zhikong.hospital.functions.indicators.catalogue import definitions
from zhikong.hospital.functions.indicators.models import Computation, IndicatorValue

log = logging.getLogger(__name__)

HISTORY = 36  # months that are kept current; older months keep the values they have
BATCH = 5000
LOCK = 4_701_001  # advisory lock class of recomputation; the second key is the institution


@transaction.atomic
def recompute(*, by, now: datetime, months: tuple[str, str] | None = None) -> Computation | None:
    """Bring values, signals and alerts up to the published data; returns the computation that pages now show.

    Idempotent: what exists for a (definition hash, data version) is not computed again, and a second call
    changes nothing. None when nothing is published yet. months: first and last, both included.
    """
    require(by, Permission.MANAGE_DATA)
    _one_at_a_time()
    snapshot = gateway.published()
    span = months or snapshot_months(snapshot, now)
    if span is None:
        return None
    wanted = definitions()
    done = (
        Computation.objects.filter(data_version=snapshot.data_version).order_by("-computed_at", "-pk").first()
    )
    missing = [d for d in wanted.values() if not _is_done(d, done, span)]
    if done is not None and not missing and set(done.definitions) == set(wanted):
        return done
    return _compute(missing, wanted, snapshot=snapshot, span=span, now=now)


def snapshot_months(snapshot, now: datetime) -> tuple[str, str] | None:
    """The months of the published data, at most HISTORY of them, never beyond the present month."""
    found = [month for month in snapshot.months() if month <= calendar.month_of(now)]
    return (max(found[0], calendar.shifted(found[-1], 1 - HISTORY)), found[-1]) if found else None


def _one_at_a_time() -> None:
    """Two jobs at once would insert the same rows; the second waits and then finds nothing to do."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [LOCK, current_scope().institution_id])


def _is_done(definition: Definition, done: Computation | None, span: tuple[str, str]) -> bool:
    if done is None or done.definitions.get(definition.id) != definition.hash:
        return False
    return done.first_month <= span[0] and done.last_month >= span[1]


def _compute(missing: Sequence[Definition], wanted, *, snapshot, span, now: datetime) -> Computation:
    from zhikong.hospital.functions.indicators.actions.alerting import update_alerts
    from zhikong.hospital.functions.indicators.actions.revising import revise_closed_months
    from zhikong.hospital.functions.indicators.actions.signalling import detect_signals

    base = Computation.objects.order_by("-computed_at", "-pk").first()
    count = 0
    for work in carrying.plan(missing, base=base, data_version=snapshot.data_version, span=span):
        if base is not None:
            count += carrying.carry_over(work, base=base, data_version=snapshot.data_version)
        for months in work.compute:
            found = gateway.compute(work.definitions, months=months, now=now, snapshot=snapshot, keeping=True)
            count += _store(found.rows, now)
    run = Computation.objects.create(
        institution_id=current_scope().institution_id,
        data_version=snapshot.data_version,
        definitions={d.id: d.hash for d in wanted.values()},
        first_month=span[0],
        last_month=span[1],
        data_until=snapshot.published_at,
        computed_at=now,
        value_count=count,
    )
    detect_signals(run=run, definitions=missing)
    update_alerts(run=run, now=now)
    revise_closed_months(run=run, now=now)
    log.info("computed %s values of data version %s", count, run.data_version)
    return run


def _store(results: Iterable[Result], now: datetime) -> int:
    ids = dict(Department.objects.values_list("code", "id"))
    versions = {d.hash: d.version for d in definitions().values()}
    institution_id = current_scope().institution_id
    unknown = {r.department for r in results if r.department is not None and r.department not in ids}
    if unknown:
        log.warning(
            "results of departments that the organisation does not know are left out: %s", sorted(unknown)
        )
    rows = [
        _value(result, institution_id, ids, versions, now)
        for result in results
        if result.department is None or result.department in ids
    ]
    IndicatorValue.objects.bulk_create(rows, batch_size=BATCH, ignore_conflicts=True)
    return len(rows)


def _value(result: Result, institution_id: int, ids: dict, versions: dict, now: datetime) -> IndicatorValue:
    return IndicatorValue(
        institution_id=institution_id,
        indicator_id=result.indicator_id,
        definition_version=versions[result.definition_hash],
        definition_hash=result.definition_hash,
        data_version=result.data_version,
        computed_at=now,
        department_id=None if result.department is None else ids[result.department],
        month=result.month,
        numerator=result.numerator,
        denominator=result.denominator,
        value=result.value,
        reason="" if result.reason is None else result.reason.sentence[:300],
    )

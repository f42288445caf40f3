"""Stays that are published straight away, for tests of what happens to figures afterwards."""

from datetime import UTC, datetime, timedelta

import pyarrow as pa
import pyarrow.parquet as pq

from zhikong.engine.tables import arrow_schema

NOW = datetime(2026, 11, 22, 2, tzinfo=UTC)
MONTHS = ("2026-09", "2026-10")


def stay(number, department="CARD", month="2026-10", days=10, **changes):
    """One closed stay of hospital A, discharged on the 21st of its month."""
    out = datetime.fromisoformat(f"{month}-21")
    known = {
        "stay_id": f"S{number}",
        "patient_key": f"P{number}",
        "institution": "A",
        "zone": "Asia/Shanghai",
        "admitted_at": out - timedelta(days=days),
        "discharged_at": out,
        "discharge_department": department,
        "discharge_way": "1",
        "day_surgery": False,
        "days": days,
        "confirmed_on": (out - timedelta(days=days)).date(),
        "month": month,
    }
    return {name: (known | changes).get(name) for name in arrow_schema("stays").names}


def stays():
    """Twelve stays of each of two departments in each month: ten days in one, six in the other."""
    return [
        stay(f"{month}{place}{n}", place, month, days)
        for month in MONTHS
        for place, days in (("CARD", 10), ("GSUR", 6))
        for n in range(12)
    ]


def publish(rows, folder, *, now=NOW, source="首页补录.csv", complete=True, **tables):
    """Publish rows by table, with a load that names its source."""
    from zhikong.foundation.access.scope import current_scope
    from zhikong.foundation.facts import actions
    from zhikong.foundation.facts.models import Load

    load = Load.objects.create(
        institution_id=current_scope().institution_id,
        source_name=source,
        mapping="front_page",
        state="published",
        started_at=now,
        finished_at=now,
    )
    files = {}
    for name, found in {"stays": rows, **tables}.items():
        if found:
            files[name] = folder / f"{name}.parquet"
            pq.write_table(pa.Table.from_pylist(found, schema=arrow_schema(name)), files[name])
    return actions.publish(by=None, now=now, tables=files, folder=folder, load=load, complete=complete)

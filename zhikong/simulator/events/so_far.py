"""The events of stays that are still open, as they stand at a minute: nothing of what is still to come."""

import numpy as np
import pyarrow as pa

from zhikong.engine.tables import TABLES, Type
from zhikong.simulator.events import ordering
from zhikong.simulator.events.rows import NEVER, Ids, Rows, Values, Words

# table, moment, what is not known before that moment has come
_LATER = (
    ("documents", "cosigned_at", ("cosigned_by", "cosigner_level")),
    ("consents", "signed_at", ("signer",)),
    ("consultations", "arrived_at", ("doctor", "doctor_level")),
    ("transfusions", "ended_at", ("reaction",)),
    ("rescues", "ended_at", ("successful",)),
    ("devices", "removed_at", ("unplanned_removal",)),
    ("operations", "ended_at", ("minutes", "healing", "unplanned_return")),
    ("adverse_events", "recorded_at", ("harm",)),
    ("infections", "confirmed_at", ("organism", "resistant")),
)


def cut(rows: Rows, now: int, anchor: str | None) -> Rows:
    """Later rows are gone, later moments not yet known, nor what only they would tell."""
    if anchor is not None:
        rows = rows.take(rows.columns[anchor] < now)
    moments = [n for n in rows.columns if _is_moment(rows.table, n)]
    later = {n: np.where(rows.columns[n] < now, rows.columns[n], NEVER) for n in moments}
    kept = Rows(rows.table, rows.i, rows.columns | later)
    for table, moment, columns in _LATER:
        if table == rows.table:
            to_come = kept.columns[moment] == NEVER
            kept.columns |= {name: _unknown(kept.columns[name], to_come) for name in columns}
    return _running(kept) if rows.table == "orders" else kept


def _is_moment(table: str, column: str) -> bool:
    known = TABLES[table].column(column)
    return known is not None and known.type is Type.TIMESTAMP


def _unknown(values: Values, where: np.ndarray) -> Values:
    """The values, unknown at these rows."""
    if isinstance(values, Words):
        return Words(np.where(where, -1, values.index), values.values)
    if isinstance(values, Ids):
        return Ids(values.prefix, np.where(where, -1, values.number), values.width)
    if isinstance(values, pa.Array):
        return pa.array(values.to_pylist(), values.type, mask=where)
    if values.dtype == bool:
        return pa.array(values, mask=where)
    return np.where(where, NEVER, values)


def _running(orders: Rows) -> Rows:
    """Orders that have not ended are active."""
    open_end = orders.columns["standing"] & (orders.columns["stopped_at"] == NEVER)
    active = open_end | (orders.columns["executed_at"] == NEVER)
    status = orders.columns["status"]
    index = np.where(active & (status.index != ordering.CANCELLED), ordering.ACTIVE, status.index)
    return Rows("orders", orders.i, orders.columns | {"status": Words(index, status.values)})

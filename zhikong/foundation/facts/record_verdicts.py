"""Verdicts of record rules, kept by content beside the lake: a month is judged once for its rows and its rules."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, field

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from zhikong.engine.record_rules import Judgement, RecordRule, needs_of
from zhikong.foundation.access.scope import current_scope
from zhikong.foundation.audit.actions import log_read
from zhikong.foundation.facts import lake
from zhikong.foundation.facts.gateway import Snapshot, codes_in_scope, judge_records
from zhikong.foundation.facts.quality import file_of, read, short, write

_SAID = b"zhikong.said"
_PARTS = ("counts", "scores", "failures")


@dataclass(frozen=True)
class Verdicts:
    """A month's verdicts in the scope; see engine.record_rules.Judgement. unmet, errors: rule -> sentence."""

    counts: pa.Table
    scores: pa.Table
    failures: pa.Table
    unmet: dict[str, str] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)


def keep(snapshot: Snapshot, rules: Sequence[RecordRule], *, month: str) -> str:
    """Judge a month for the whole hospital where it was not judged before; returns the name of its verdicts."""
    name = f"{month}-{_key(snapshot, rules, month)}"
    if not file_of("verdicts", name, "counts").exists():
        found = judge_records(rules, months=(month, month), snapshot=snapshot)
        for part in reversed(_PARTS):  # the counts last: they say that all is there
            write(file_of("verdicts", name, part), _told(getattr(found, part), found))
    return name


def _told(table: pa.Table, found: Judgement) -> pa.Table:
    said = {"unmet": {rule: why.sentence for rule, why in found.unmet.items()}, "errors": found.errors}
    return table.replace_schema_metadata({_SAID: json.dumps(said, ensure_ascii=False).encode()})


def _key(snapshot: Snapshot, rules: Sequence[RecordRule], month: str) -> str:
    tables = {table for rule in rules for table in needs_of(rule)}
    files = {
        table: sorted(short(path) for path in snapshot.files(table) if lake.month_of_file(path) == month)
        for table in sorted(tables & set(snapshot.versions))
    }
    said = [files, sorted((rule.id, rule.hash) for rule in rules)]
    return hashlib.sha256(json.dumps(said).encode()).hexdigest()[:16]


def verdicts(name: str, *, by=None, purpose: str) -> Verdicts | None:
    """The verdicts of this name, of departments in the scope; None when they were not kept. The look is logged."""
    if not file_of("verdicts", name, "counts").exists():
        return None
    allowed = codes_in_scope(current_scope())
    counts, scores, failures = (_within(read(str(file_of("verdicts", name, p))), allowed) for p in _PARTS)
    said = json.loads((counts.schema.metadata or {}).get(_SAID, b"{}"))
    log_read(by=by, subject="facts.records", purpose=purpose, count=scores.num_rows)
    return Verdicts(counts, scores, failures, said.get("unmet", {}), said.get("errors", {}))


def _within(table: pa.Table, allowed: frozenset[str] | None) -> pa.Table:
    if allowed is None:
        return table
    return table.filter(pc.is_in(table["department"], pa.array(sorted(allowed), pa.string())))


Values = dict[str, dict[str, list[str]]]
"""Stay -> column -> its values: one of the stay or its front page, several of its child rows."""
_MOST_VALUES = 6  # of a child's column; a stay with eighty results is not the list's business


def values(
    snapshot: Snapshot, rule: RecordRule, *, month: str, stays: Sequence[str], by, purpose: str
) -> Values:
    """What the rule looked at in these records, of stays in the scope; the look is logged.

    Columns of other tables are named ``table.column``. Names of persons and free texts are not among them.
    """
    ids = _in_scope(snapshot, month, stays)
    found: Values = {stay: {} for stay in ids}
    for table, columns in sorted(needs_of(rule).items()):
        own = sorted(columns - {"stay_id", "institution"})
        for row in _rows(snapshot, table, month, own, ids):
            for column in own:
                key = column if table == "stays" else f"{table}.{column}"
                shown = found[row["stay_id"]].setdefault(key, [])
                if row.get(column) is not None and len(shown) < _MOST_VALUES:
                    shown.append(str(row[column]))
    log_read(by=by, subject="facts.records", purpose=purpose, count=len(ids))
    return found


def _in_scope(snapshot: Snapshot, month: str, stays: Sequence[str]) -> list[str]:
    allowed = codes_in_scope(current_scope())
    rows = _rows(snapshot, "stays", month, ["discharge_department"], stays)
    return [r["stay_id"] for r in rows if allowed is None or r["discharge_department"] in allowed]


def _rows(
    snapshot: Snapshot, table: str, month: str, columns: Sequence[str], stays: Sequence[str]
) -> list[dict]:
    """Rows of these stays in a month, with the columns that the files have."""
    found: list[dict] = []
    for path in snapshot.files(table) if table in snapshot.versions else ():
        if lake.month_of_file(path) == month and stays:
            known = set(pq.read_schema(path).names)
            wanted = ["stay_id", *(column for column in columns if column in known)]
            part = pq.read_table(
                path, columns=wanted, filters=[("stay_id", "in", list(stays))], partitioning=None
            )
            found += part.to_pylist()
    return found

"""Answers of inspections as facts: the app that inspects publishes them, indicators count them like any other rows."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import pyarrow as pa
import pyarrow.parquet as pq

from zhikong.engine.tables import arrow_schema
from zhikong.foundation.facts import lake
from zhikong.foundation.facts.actions import Published, publish
from zhikong.foundation.organisation.queries import institution

TABLE = "inspection_answers"


class InspectionAnswer(NamedTuple):
    """One row of the contract's table; department is the code. See engine.tables.inspections."""

    answer_id: str
    visit: str
    department: str
    inspected_on: date
    form: str
    form_version: int
    section: str
    item: str
    answer: str
    conforming: int
    applicable: int
    stage: str


def publish_answers(*, by, now: datetime, answers: Sequence[InspectionAnswer]) -> Published:
    """Publish answers of concluded visits as one delivery of the table inspection_answers.

    Rows of the same answer_id are replaced, all others stay; equal content makes no version. Raises ValueError for a
    repeated id or more conforming than applicable.
    """
    code = institution().code
    with TemporaryDirectory(prefix=".inspected-", dir=lake.root(code)) as name:
        file = Path(name) / f"{TABLE}.parquet"
        pq.write_table(_table(code, answers), file)
        return publish(by=by, now=now, tables={TABLE: file}, folder=Path(name))


def _table(code: str, answers: Sequence[InspectionAnswer]) -> pa.Table:
    wrong = [one for one in answers if one.conforming > one.applicable]
    if wrong or len({one.answer_id for one in answers}) < len(answers):
        raise ValueError(f"not a delivery of inspection answers: {wrong[:3] or 'repeated ids'}")
    columns: dict[str, list] = dict(
        zip(InspectionAnswer._fields, zip(*answers, strict=True), strict=True) if answers else ()
    )
    columns |= {
        "institution": [code] * len(answers),
        "month": [f"{one.inspected_on:%Y-%m}" for one in answers],
    }
    schema = arrow_schema(TABLE)
    return pa.table(
        {name: pa.array(columns.get(name, []), schema.field(name).type) for name in schema.names}, schema
    )

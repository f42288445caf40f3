"""The derived column `minutes_to_next_admission` on Spark: a join of a patient's stays with each other."""

from __future__ import annotations

from zhikong.engine.backends.sql.lower import floor_division
from zhikong.engine.backends.sql.relations import Relations
from zhikong.engine.backends.sql.text import clause
from zhikong.engine.plan.needs import MINUTES_TO_NEXT, needs_of_column

# an admission at the moment of the discharge counts, but a stay of no length is not its own next one
_LATE_ENOUGH = "later.admitted >= own.discharged + CASE WHEN own.admitted = own.discharged THEN 1 ELSE 0 END"
_TIMES = "epoch_us(admitted_at) AS admitted, epoch_us(discharged_at) AS discharged"
_MONTH = "year(discharged_at) * 12 + month(discharged_at) - 1 AS month"


def statement(relations: Relations) -> str:
    """stay_id, month and minutes of every stay that has a next admission; in DuckDB's words."""
    columns = ("stay_id", *needs_of_column(MINUTES_TO_NEXT))
    scan = relations.scan("stays", columns)
    stays = clause("(SELECT stay_id, institution, patient_key,", f"{_TIMES}, {_MONTH}", "FROM", scan, ")")
    pairs = clause(
        "(SELECT own.stay_id AS stay_id, own.month AS month, own.discharged AS discharged,",
        "min(later.admitted) AS later FROM", stays, "AS own JOIN", stays, "AS later",
        "ON own.institution = later.institution AND own.patient_key = later.patient_key AND", _LATE_ENOUGH,
        "GROUP BY own.stay_id, own.month, own.discharged)",
    )  # fmt: skip
    return clause(
        "SELECT stay_id, month,", floor_division("(later - discharged)", 60_000_000), "AS minutes FROM", pairs
    )

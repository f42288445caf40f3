"""Which visits break which rule of outpatient records."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

import pyarrow as pa

from zhikong.simulator.broken.facts import Row

AWAY = ("admitted", "transferred")
SENIOR = ("associate_chief", "chief")


def _second(r: Row) -> bool:
    return r["visit_seq"] == 2 and not r["confirmed"]


def _third(r: Row) -> bool:
    return r["visit_seq"] >= 3 and not r["confirmed"]


VISITS: dict[str, Callable[[Row], bool]] = {
    "visit_second_unconfirmed": lambda r: (
        _second(r) and not (r["consulted"] or r["disposition"] in AWAY or r["doctor_level"] in SENIOR)
    ),
    "visit_third_unconfirmed": lambda r: _third(r) and not (r["disposition"] in AWAY or r["refusal_signed"]),
    "outpatient_drugs_recorded": lambda r: r["drugs_recorded"] is False,
    "outpatient_left_against_advice_signed": lambda r: r["disposition"] == "left" and not r["refusal_signed"],
    "outpatient_record_same_day": lambda r: (
        r["kind"] == "outpatient" and r["written_at"].date() != r["registered_at"].date()
    ),
    "outpatient_chief_complaint": lambda r: not r["chief_complaint"],
    "outpatient_present_illness": lambda r: r["present_illness"] in (None, "同前。"),
    "outpatient_examination": lambda r: not r["examination"],
    "outpatient_diagnosis": lambda r: not r["diagnosis"],
    "outpatient_plan": lambda r: not r["plan"],
    "outpatient_record_signed": lambda r: r["signed_at"] is None or r["signed_at"] < r["written_at"],
}
"""The planter's name of a rule -> whether a record of a visit breaks it."""


def broken_visits(tables: Mapping[str, pa.Table], names: Iterable[str]) -> dict[str, set[str]]:
    """Planter's rule -> the visits that break it."""
    chosen = {name: VISITS[name] for name in names if name in VISITS}
    rows = tables["visit_records"].to_pylist() if chosen else []
    return {name: {row["visit_id"] for row in rows if wrong(row)} for name, wrong in chosen.items()}

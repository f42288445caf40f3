"""What an indicator lacks is what the engine itself would say: proved on a small simulated hospital."""

from dataclasses import replace
from datetime import datetime

import pytest

from zhikong.engine.backends.source import Source
from zhikong.engine.compute import compute
from zhikong.engine.definitions.kinds import AbsentPart
from zhikong.engine.results import ReasonKind
from zhikong.hospital.functions.indicators.catalogue import packaged_definitions
from zhikong.hospital.overviews.starting.rules.readiness import (
    Held,
    Lack,
    What,
    by_document,
    lacks,
    readiness,
    sentence,
    unlocks,
)
from zhikong.simulator import simulate

MONTH, NEXT, EARLIER = "2026-01", "2026-02", "2025-12"
NOW = datetime(2026, 3, 1)  # noqa: DTZ001
UNDELIVERED = {ReasonKind.MISSING_TABLE, ReasonKind.MISSING_COLUMN, ReasonKind.NO_DATA}


@pytest.fixture(scope="module")
def delivered(tmp_path_factory):
    """Two months of a small hospital without its reported counts; stays lack a column."""
    from zhikong.simulator import write

    folder = tmp_path_factory.mktemp("starting")
    write(simulate(5, 2, MONTH, 0.03), folder)
    tables = {}
    for name in ("stays", "diagnoses", "operations", "results", "icu_stays", "transfers"):
        import pyarrow.parquet as pq

        table = pq.read_table(folder / f"{name}.parquet")
        if name == "stays":
            table = table.drop_columns(["confirmed_on"])
        for month in (MONTH, NEXT):
            import pyarrow.compute as pc

            place = folder / "lake" / name / f"month={month}" / "part.parquet"
            place.parent.mkdir(parents=True)
            part = table.filter(pc.equal(table["month"], month)) if "month" in table.column_names else table
            pq.write_table(part.drop_columns([c for c in ("month",) if c in part.column_names]), place)
            tables.setdefault(name, []).append(place)
    return Source.of_files(tables)


@pytest.fixture(scope="module")
def held(delivered):
    months = frozenset((MONTH, NEXT))
    return {name: Held(delivered.columns(name), months, delivered.size(name)) for name in delivered.files}


def test_what_is_ready_is_computed_and_what_is_not_is_refused_by_the_engine(delivered, held):
    known = packaged_definitions()
    found = readiness(known.values(), held, MONTH)
    rows = compute(
        known.values(), source=delivered, months=(MONTH, MONTH), by=("institution", "month"), now=NOW, data_version="t",
    ).rows  # fmt: skip
    said = {row.indicator_id: row for row in rows if row.department is None}
    wrongly_ready = [
        n for n in found.ready if said[n].reason and said[n].reason.kind in UNDELIVERED - {ReasonKind.NO_DATA}
    ]
    wrongly_blocked = [n for n in found.blocked if said[n].value is not None]
    assert wrongly_ready == []
    assert wrongly_blocked == []
    assert len(found.ready) > 50
    assert found.total == len(known)


def test_a_missing_column_is_named_in_words(held):
    definition = packaged_definitions()["diagnosis_within_three_days"]
    missing = lacks(definition, held, MONTH)
    assert missing == (Lack(What.COLUMNS, "stays", ("confirmed_on",)),)
    assert "没有这些列：" in sentence(missing[0])


def test_a_month_before_the_first_row_is_unknown(held):
    definition = packaged_definitions()["average_length_of_stay"]
    assert lacks(definition, held, MONTH) == ()
    assert lacks(definition, held, EARLIER) == (Lack(What.MONTH, "stays", (), EARLIER),)
    assert sentence(lacks(definition, held, EARLIER)[0]).endswith("没有 2025-12 的数据")


def test_a_growth_needs_the_month_it_grew_from(held):
    grown = packaged_definitions()["cost_per_stay_growth"]
    assert Lack(What.MONTH, "stays", (), "2025-01") in lacks(grown, held, MONTH)
    base = packaged_definitions()["cost_per_stay_growth_of_base"]
    assert len([one for one in lacks(base, held, MONTH) if one.what is What.MONTH]) == 12


def test_a_composite_waits_for_its_parts_as_its_rule_says():
    score = packaged_definitions()["quality_score"]
    tolerant = replace(score, absent_part=AbsentPart.LEAVE_OUT)
    parts = {part.of.id for part in score.parts}
    assert parts
    assert {one.table for one in lacks(replace(score, absent_part=AbsentPart.CANNOT_COMPUTE), {}, MONTH)}
    assert lacks(tolerant, {}, MONTH)  # every part lacks something


def test_each_door_says_how_many_it_opens():
    known = {
        n: packaged_definitions()[n] for n in ("average_length_of_stay", "rescue_success", "grade_a_records")
    }
    found = readiness(known.values(), {}, MONTH)
    opened = unlocks(found, lambda table: "reported" if table == "reported_counts" else "front_page")
    assert sum(one.alone + one.part for one in opened) >= 3
    assert opened == sorted(opened, key=lambda one: (-one.alone, -one.part, one.door))
    assert sum(n for _document, _ready, n in by_document(known, found)) == 3

"""Partial results: equal to plain Python, and only what changed is counted again."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.unit.engine.partials.hospital import (
    AGAIN,
    ALL,
    DAYS,
    FEMALE,
    LONG,
    MONTHS,
    OPERATED,
    judged,
    operations,
    plain,
    stays,
    write,
)
from zhikong.engine.backends.base import Limits
from zhikong.engine.backends.source import Source
from zhikong.engine.partials.building import condition_id, refresh
from zhikong.engine.partials.state import State
from zhikong.engine.partials.tallying import PartialBackend, tallies
from zhikong.engine.plan.recipes import recipe_of

GRAINS = pytest.mark.parametrize("by_day", [False, True])


@pytest.fixture
def state(tmp_path: Path) -> State:
    return State(tmp_path / "partials")


@pytest.fixture
def source(tmp_path: Path) -> Source:
    rows = stays()
    return write(tmp_path / "lake", rows, operations(rows))


@GRAINS
def test_numbers_are_those_of_plain_python_and_are_counted_once(state, source, by_day):
    backend = PartialBackend(state, by_day=by_day)
    assert plain(backend.tally(ALL, source, MONTHS, Limits())) == judged(ALL, source)
    assert backend.last.months == MONTHS
    assert backend.used == dict.fromkeys(["long", "female", "days", "operated", "again"], "partials") | {
        "middle": "duckdb"
    }
    assert plain(backend.tally(ALL, source, MONTHS, Limits())) == judged(ALL, source)
    assert backend.last.counted == {}


def test_a_changed_month_is_counted_alone(state, source, tmp_path):
    refresh(state, [LONG, DAYS, OPERATED], source, MONTHS)
    rows = stays()
    rows[1]["days"] = 77  # February
    changed = write(tmp_path / "lake", rows, operations(rows))
    found = refresh(state, [LONG, DAYS, OPERATED], changed, MONTHS)
    assert found.months == ["2026-02"]
    assert plain(tallies(state, [LONG, DAYS, OPERATED], MONTHS)) == judged([LONG, DAYS, OPERATED], changed)


def test_what_looks_at_other_months_is_counted_in_all_of_them(state, source, tmp_path):
    refresh(state, [AGAIN, LONG], source, MONTHS)
    rows = stays()
    rows[1]["days"] = 77
    found = refresh(state, [AGAIN, LONG], write(tmp_path / "lake", rows, operations(rows)), MONTHS)
    again = {condition_id(c) for c in (recipe_of(AGAIN).numerator, recipe_of(AGAIN).denominator)}
    by_month = {month: conditions for (_, month), conditions in found.counted.items()}
    assert by_month["2026-01"] == again
    assert by_month["2026-02"] > again


def test_a_changed_child_table_touches_only_who_reads_it(state, source, tmp_path):
    refresh(state, [LONG, OPERATED], source, MONTHS)
    rows = stays()
    changed = write(tmp_path / "lake", rows, operations(rows)[3:])
    found = refresh(state, [LONG, OPERATED], changed, MONTHS)
    asked = {condition_id(c) for c in (recipe_of(OPERATED).numerator, recipe_of(OPERATED).denominator)}
    assert set().union(*found.counted.values()) <= asked
    assert plain(tallies(state, [OPERATED], MONTHS)) == judged([OPERATED], changed)


@GRAINS
def test_a_new_definition_adds_only_its_own_conditions(state, source, by_day):
    refresh(state, [LONG], source, MONTHS, by_day=by_day)
    found = refresh(state, [LONG, DAYS, FEMALE], source, MONTHS, by_day=by_day)
    old = {condition_id(c) for c in (recipe_of(LONG).numerator, recipe_of(LONG).denominator)}
    assert found.months == MONTHS
    assert not old & set().union(*found.counted.values())
    assert plain(tallies(state, [LONG, DAYS, FEMALE], MONTHS)) == judged([LONG, DAYS, FEMALE], source)


def test_a_changed_day_replaces_that_day(state, source, tmp_path):
    refresh(state, [LONG, DAYS], source, MONTHS, by_day=True)
    rows = stays()
    day = str(rows[1]["discharged_at"])[:10]
    same = [row for row in rows if str(row["discharged_at"])[:10] == day]
    for row in same:
        row["days"] = 78
    rows.append(dict(rows[1], stay_id="new", discharge_department="C"))
    changed = write(tmp_path / "lake", rows, operations(stays()))
    found = refresh(state, [LONG, DAYS], changed, MONTHS, by_day=True, changed_days={"stays": [day]})
    assert found.months == [day[:7]]
    assert plain(tallies(state, [LONG, DAYS], MONTHS)) == judged([LONG, DAYS], changed)


def test_the_word_about_changed_days_is_taken(state, source, tmp_path):
    """Only the named day is counted: a change elsewhere that nobody named is not seen. This is what is promised."""
    refresh(state, [DAYS], source, MONTHS, by_day=True)
    rows = stays()
    rows[1]["days"] = rows[4]["days"] = 50
    changed = write(tmp_path / "lake", rows, operations(stays()))
    named = str(rows[1]["discharged_at"])[:10]
    refresh(state, [DAYS], changed, MONTHS, by_day=True, changed_days={"stays": [named]})
    counted = sum(c.numerator or 0 for c in tallies(state, [DAYS], MONTHS)["days"].cells.values())
    right = sum(c.numerator for c in judged([DAYS], changed)["days"][0].values())
    before = stays()[4]["days"]
    assert counted == right - 50 + before


def test_rows_in_memory_have_no_state(state, tmp_path):
    memory = Source.of_rows({"stays": [], "operations": []})
    backend = PartialBackend(state)
    assert set(backend.tally([LONG], memory, MONTHS, Limits())) == {"long"}
    assert backend.used["long"] != "partials"
    with pytest.raises(ValueError, match="memory"):
        refresh(state, [LONG], memory, MONTHS)


def test_old_files_go_when_no_reader_can_know_them(state, source, tmp_path):
    refresh(state, [LONG], source, MONTHS)
    (state.folder / "parts" / "left-by-a-kill.parquet").write_bytes(b"half a file")
    for number in range(3):
        rows = stays(shift=number + 1)
        refresh(state, [LONG], write(tmp_path / "lake", rows, operations(rows)), MONTHS)
    manifest = state.manifest()
    on_disk = {path.name for path in (state.folder / "parts").iterdir()}
    assert on_disk == {r.file for r in manifest.records} | set(manifest.before)

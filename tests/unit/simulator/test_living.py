"""The patients of today: the simulated open stays, moved to a moment, with nothing of what is still to come."""

# ruff: noqa: DTZ001  facts carry the local wall time without a zone

from collections import Counter
from datetime import datetime, timedelta

import pyarrow as pa
import pytest

from zhikong.simulator import people
from zhikong.simulator.living import CARED_BY, EACH, living

NOW = datetime(2026, 11, 22, 10, 30)


@pytest.fixture(scope="module")
def tables(small):
    return living(small, NOW)


def test_they_are_the_open_stays_so_many_days_later(small, tables):
    before = {row["stay_id"]: row for row in small.tables["open_stays"].to_pylist()}
    moved = {
        row["admitted_at"] - before[row["stay_id"]]["admitted_at"] for row in tables["open_stays"].to_pylist()
    }
    assert len(moved) == 1
    assert moved.pop() % timedelta(days=1) == timedelta(0)
    assert 0.8 * len(before) <= tables["open_stays"].num_rows <= len(before)


def test_nothing_lies_ahead_and_every_row_has_its_stay(tables):
    known = set(tables["open_stays"]["stay_id"].to_pylist())
    for name, rows in tables.items():
        for field in rows.schema:
            if pa.types.is_timestamp(field.type) and (name, field.name) != ("open_stays", "admitted_at"):
                assert all(moment < NOW for moment in rows[field.name].to_pylist() if moment), (
                    name,
                    field.name,
                )
        assert set(rows["stay_id"].to_pylist()) <= known, name
    newest = max(moment for moment in tables["documents"]["signed_at"].to_pylist() if moment)
    assert newest.date() == NOW.date()


def test_references_to_moments_are_moved_too(tables):
    results = {f"results:{r['item']}@{r['at']:%Y-%m-%dT%H:%M}" for r in tables["results"].to_pylist()}
    named = {
        about for about in tables["documents"]["about"].to_pylist() if about and about.startswith("results:")
    }
    assert named
    assert named <= results


def test_doctors_of_the_demo_look_after_patients(tables):
    cared = Counter(row["resident_doctor"] for row in tables["open_stays"].to_pylist())
    numbers = {account.username: account.staff_number for account in people.accounts()}
    there = sum(row["department"] == "CARD" for row in tables["open_stays"].to_pylist())
    assert sum(cared[numbers[name]] for name in CARED_BY) == min(there, EACH * len(CARED_BY))

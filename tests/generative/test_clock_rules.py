"""Clock rules mean the same to plain Python, to the vectors and in SQL, on random rules and random timelines."""

from __future__ import annotations

import os
import random
from datetime import datetime

import duckdb
import psycopg
import pytest

from tests.generative.clock_timelines import NOW, rules, source
from zhikong.engine.record_rules.checking import check
from zhikong.engine.record_rules.clock.context import Context
from zhikong.engine.record_rules.clock.moments import day_number, moment
from zhikong.engine.record_rules.sql import Dialect, verdicts
from zhikong.engine.tables import TABLES

ALL = bool(os.environ.get("ZHIKONG_TEST_ALL"))
SEEDS = range(60 if ALL else 2)
RULES, STAYS = 40, 40
SHIFTS = ("08:00", "20:00")
DAYS = (day_number(datetime(2025, 12, 1).date()), day_number(datetime(2026, 3, 1).date()))  # noqa: DTZ001


@pytest.fixture(scope="module", params=SEEDS)
def case(request):
    """Random rules, random stays, and what plain Python says of them."""
    chance = random.Random(request.param)
    wanted, stays = rules(chance, RULES), source(chance, STAYS)
    return wanted, stays, told_of(wanted, stays, "reference")


def told_of(wanted, stays, backend):
    found = check(wanted, stays, now=NOW, shift_hours=SHIFTS, backend=backend)
    return {(row["rule"], row["encounter"]): row for row in found.to_pylist()}


def of_rules(told, wanted):
    """What plain Python says of these rules: (rule, encounter) -> verdict, due, done."""
    ids = {rule.id for rule in wanted}
    return {key: (row["verdict"], row["due_at"], row["at"]) for key, row in told.items() if key[0] in ids}


def differences(first, second):
    return {key: (first[key], second.get(key)) for key in first if first[key] != second.get(key)}


def test_random_rules_meet_every_verdict(case):
    _, _, told = case
    found = {row["verdict"] for row in told.values()}
    assert {"pass", "fail", "not_applicable", "not_assessable"} <= found
    assert len(told) == RULES * STAYS


def test_vectors_say_what_plain_python_says(case):
    wanted, stays, told = case
    assert differences(told, told_of(wanted, stays, "vector")) == {}


def by_sql(wanted, dialect: Dialect, run):
    """(rule, encounter) -> verdict, due and done, by one statement a rule."""
    context, found = Context(NOW, shift_hours=SHIFTS), {}
    for rule in wanted:
        statement = verdicts(rule, context, dialect=dialect, days=DAYS)
        for encounter, verdict, due, at, _ in run(statement):
            times = (None if minute is None else moment(minute) for minute in (due, at))
            found[rule.id, encounter] = (verdict, *times)
    return found


def test_sql_on_duckdb_says_the_same(case):
    wanted, stays, told = case
    with duckdb.connect() as connection:
        for name, rows in stays.memory.items():
            connection.register(name, rows)
        some = wanted if ALL else wanted[::8]  # planning a statement costs more there than running it
        found = by_sql(some, Dialect.DUCKDB, lambda sql: connection.execute(sql).fetchall())
    assert differences(of_rules(told, some), found) == {}


def test_sql_on_postgresql_says_the_same(case, database_server):
    wanted, stays, told = case
    with psycopg.connect(database_server) as connection:
        for name, rows in stays.memory.items():
            _create(connection, name, rows)
        run = lambda sql: connection.execute(sql.replace("%", "%%")).fetchall()  # noqa: E731
        found = by_sql(wanted, Dialect.POSTGRESQL, run)
        connection.rollback()
    assert differences(of_rules(told, wanted), found) == {}


TYPES = {"text": "text", "int": "bigint", "float": "double precision", "bool": "boolean", "date": "date", "timestamp": "timestamp"}  # fmt: skip


def _create(connection, name, rows):
    columns = [c for c in TABLES[name].columns if c.name in rows.column_names]
    shape = ", ".join(f'"{c.name}" {TYPES[c.type.value]}' for c in columns)
    connection.execute(f'CREATE TEMP TABLE "{name}" ({shape}) ON COMMIT DROP')
    with connection.cursor().copy(f'COPY "{name}" FROM STDIN') as copy:
        for row in rows.select([c.name for c in columns]).to_pylist():
            copy.write_row(list(row.values()))

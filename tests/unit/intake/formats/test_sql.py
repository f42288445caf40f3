"""Views are read as they grow, on SQLite, PostgreSQL and MariaDB alike."""

import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from zhikong.intake.formats import sql, sql_connections
from zhikong.intake.formats.sql_connections import Database, SourceFault, engine_of, reading
from zhikong.intake.formats.sql_cursors import Position, latest, position_of, start_of
from zhikong.intake.mappings import parse_mapping
from zhikong.intake.reasons import FileRefused

ZONE = "Asia/Shanghai"
EVERY = pytest.mark.parametrize("his", ["sqlite", "postgresql", "mysql"], indirect=True)
SERVERS = pytest.mark.parametrize("his", ["postgresql", "mysql"], indirect=True)
MAPPING = parse_mapping(
    {
        "id": "x",
        "name": "x",
        "sources": {
            "charges": {
                "format": "rows",
                "pseudonyms": {"stay_id": {"kind": "stay", "of": ["zyh"]}},
            }
        },
        "tables": {
            "charges": {
                "from": "charges",
                "columns": {
                    "charge_id": "id",
                    "stay_id": "stay_id",
                    "amount": {"from": "je", "as": "fen"},
                    "name": "名称",
                    "code": "bz",
                },
            }
        },
    }
)


def query(**words):
    return sql.Query(**{"source": "charges", "view": "v_fee", "cursor": "gxsj", "overlap": 10, **words})


def rows_in(batches):
    return [json.loads(line) for batch in batches for line in batch.content.splitlines()[1:]]


def pull(his, position=None, **words):
    kind, engine, _write = his
    return list(sql.pull(engine, kind, query(**words), MAPPING, position, zone=ZONE))


@pytest.fixture
def fees(his):
    """A table of three fees; the last is from today, one has no time of change."""
    kind, _engine, write = his
    quote, percent = ("`" if kind == "mysql" else '"'), ("%" if kind == "sqlite" else "%%")
    write(
        f"CREATE TABLE v_fee (id int primary key, zyh varchar(20), je decimal(10,2), {quote}名称{quote} varchar(80),"
        " gxsj timestamp NULL, phone varchar(20))",
        f"INSERT INTO v_fee VALUES (1, 'A1', 12.50, '床位费 50{percent}', '2026-01-01 08:00:00', '13800000000')",
        "INSERT INTO v_fee VALUES (2, 'A1', NULL, 'a:b', '2026-01-01 09:00:00', NULL)",
        "INSERT INTO v_fee VALUES (3, 'A2', 3, '', NULL, NULL)",
    )
    return his


@EVERY
def test_all_rows_come_as_text_and_no_column_that_nobody_asked_for(fees):
    found = rows_in(pull(fees))
    assert sorted(row["id"] for row in found) == ["1", "2", "3"]
    first = next(row for row in found if row["id"] == "1")
    assert (first["zyh"], first["名称"], Decimal(first["je"])) == ("A1", "床位费 50%", Decimal("12.5"))
    assert first["gxsj"].startswith("2026-01-01 08:00:00")
    assert not any("phone" in row for row in found)


@EVERY
def test_what_is_new_comes_from_the_overlap_on_and_rows_without_a_time_always(fees):
    position = pull(fees)[-1].position
    fees[2](
        "INSERT INTO v_fee VALUES (4, 'A2', 4, 'late', '2026-01-01 08:51:00', NULL)",
        "INSERT INTO v_fee VALUES (5, 'A2', 5, 'too late', '2026-01-01 08:49:00', NULL)",
        "UPDATE v_fee SET je = 99 WHERE id = 2",
    )
    found = {row["id"]: row for row in rows_in(pull(fees, position))}
    assert set(found) == {"2", "3", "4"}
    assert Decimal(found["2"]["je"]) == 99


@EVERY
def test_batches_are_bounded_and_each_says_how_far_it_is(fees):
    batches = pull(fees, batch=1)
    assert [batch.rows for batch in batches] == [1, 1, 1]
    assert [batch.place for batch in batches] == [0, 1, 2]
    assert batches[-1].position.text.replace("T", " ").startswith("2026-01-01 09:00:00")


@EVERY
def test_a_clock_that_runs_ahead_hides_nothing_after_it(fees):
    fees[2]("INSERT INTO v_fee VALUES (9, 'A9', 9, 'from the future', '2037-01-01 00:00:00', NULL)")
    batches = pull(fees)
    assert "9" in {row["id"] for row in rows_in(batches)}
    position = batches[-1].position
    assert not position.text.startswith("2037")
    fees[2](
        f"INSERT INTO v_fee VALUES (10, 'A9', 9, 'after it', '{position.text[:19].replace('T', ' ')}', NULL)"
    )
    assert "10" in {row["id"] for row in rows_in(pull(fees, position))}


@EVERY
def test_a_number_is_a_cursor_too_and_without_one_everything_is_read(fees):
    position = pull(fees, cursor="ID", overlap=1)[-1].position
    assert position == Position("number", "3")
    assert [row["id"] for row in rows_in(pull(fees, position, cursor="id", overlap=1))] == ["2", "3"]
    assert len(rows_in(pull(fees, None, cursor=""))) == 3


@EVERY
def test_a_statement_is_read_like_a_view(fees):
    quote = "`" if fees[0] == "mysql" else '"'
    statement = f"SELECT id, zyh, je, {quote}名称{quote}, gxsj FROM v_fee WHERE {quote}名称{quote} LIKE '%:%' ORDER BY je"
    assert [row["id"] for row in rows_in(pull(fees, view="", statement=statement))] == ["2"]


@EVERY
def test_what_is_missing_is_said_in_a_sentence(fees):
    with pytest.raises(FileRefused, match="没有游标列 nope"):
        pull(fees, cursor="nope")
    with pytest.raises(FileRefused, match="缺少列"):
        pull(fees, view="", statement="SELECT id, gxsj FROM v_fee")
    with pytest.raises(FileRefused, match="没有名为 x 的来源"):
        pull(fees, source="x")
    with pytest.raises(SourceFault, match="找不到") as caught:
        pull(fees, view="v_nothing")
    assert not caught.value.passing


@EVERY
def test_a_first_look_shows_columns_and_no_person(fees):
    kind, engine, _write = fees
    seen = sql.look(engine, kind, query(), MAPPING, zone=ZONE)
    assert ("zyh", "zyh") in seen.columns
    assert ("phone", "") in seen.columns
    assert seen.lacking == ("bz",)
    assert "13800000000" not in str(seen.rows)
    assert "A1" not in str(seen.rows)
    assert "床位费 50%" in str(seen.rows)


@EVERY
def test_the_server_itself_refuses_to_write(fees):
    kind, engine, _write = fees
    with pytest.raises(SourceFault, match="想要修改数据"), reading(engine, kind) as connection:
        connection.exec_driver_sql("DELETE FROM v_fee")
    assert len(rows_in(pull(fees))) == 3


@SERVERS
def test_a_statement_that_takes_too_long_is_ended_by_the_server(fees):
    kind, engine, _write = fees
    sleep = "SELECT pg_sleep(20)" if kind == "postgresql" else "SELECT SLEEP(20) FROM v_fee"
    with pytest.raises(SourceFault, match="时限") as caught, reading(engine, kind, seconds=1) as connection:
        connection.exec_driver_sql(sleep).fetchall()
    assert caught.value.passing


@SERVERS
def test_a_connection_that_breaks_in_mid_stream_keeps_what_was_given(fees):
    kind, engine, write = fees
    values = ", ".join(
        f"({n}, 'A', 1, '{'x' * 60}', '2026-02-01 00:00:00', NULL)" for n in range(100, 12_000)
    )
    write(f"INSERT INTO v_fee VALUES {values}")
    batches = sql.pull(engine, kind, query(cursor="id", batch=100), MAPPING, None, zone=ZONE)
    given = [next(batches), next(batches)]
    _kill_readers(kind, write)
    with pytest.raises(SourceFault) as caught:
        given.extend(batches)
    assert caught.value.passing
    position = given[-1].position
    rest = list(sql.pull(engine, kind, query(cursor="id", overlap=0), MAPPING, position, zone=ZONE))
    found = {row["id"] for row in rows_in([*given, *rest])}
    assert len(found) == 3 + 11_900


def _kill_readers(kind, write):
    if kind == "postgresql":
        write(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        return
    write(
        "BEGIN NOT ATOMIC DECLARE n INT; SELECT min(id) INTO n FROM information_schema.processlist"
        " WHERE db = DATABASE() AND id <> CONNECTION_ID(); EXECUTE IMMEDIATE CONCAT('KILL ', n); END"
    )


def test_nobody_at_home_is_a_passing_fault():
    engine = engine_of(
        Database("postgresql", host="127.0.0.1", port=1, name="x", user="x", password="secret")
    )
    with pytest.raises(SourceFault, match="连不上") as caught:
        list(sql.pull(engine, "postgresql", query(), MAPPING, None, zone=ZONE))
    assert caught.value.passing
    assert "secret" not in str(caught.value)


def test_a_driver_that_is_not_there_is_asked_for_in_a_sentence(monkeypatch):
    monkeypatch.setattr(sql_connections, "find_spec", lambda name: None)
    with pytest.raises(SourceFault, match=r"zhikong\[oracle\]") as caught:
        engine_of(Database("oracle", host="h", name="x"))
    assert not caught.value.passing


def test_parts_of_an_address_stay_parts():
    hostile = Database("mysql", host="h", port=3306, name="x?local_infile=1", user="a@evil", password="p/:@#")
    url = sa.make_url(sql_connections.url_of(hostile).render_as_string(hide_password=False))
    assert (url.host, url.username, url.password, dict(url.query)) == ("h", "a@evil", "p/:@#", {})


# ---- cursors -----------------------------------------------------------------------------------------------------------

NOW = datetime(2026, 3, 1, 12)  # noqa: DTZ001  a server's wall time
CLOCK = (NOW.replace(tzinfo=UTC), NOW)


@pytest.mark.parametrize(
    ("value", "overlap", "start"),
    [
        (NOW, 30, NOW - timedelta(minutes=30)),
        (NOW.replace(tzinfo=UTC), 30, (NOW - timedelta(minutes=30)).replace(tzinfo=UTC)),
        (NOW.date(), 30, NOW.date() - timedelta(days=1)),
        (NOW.date(), 0, NOW.date()),
        (17, 5, 12),
        (Decimal("17.5"), 5, Decimal("12.5")),
        ("20260301120000", 30, "20260301113000"),
        ("2026-03-01 12:00:00.123", 30, "2026-03-01 11:30:00.123"),
        ("A0042", 30, "A0042"),
    ],
)
def test_the_next_reading_begins_an_overlap_earlier(value, overlap, start):
    position = position_of(value)
    assert Position(position.kind, position.text).value() == value
    assert start_of(position, overlap) == start


def test_the_farthest_value_counts_but_never_the_future():
    assert latest([None, NOW + timedelta(days=1), NOW - timedelta(days=1)], None, CLOCK) == position_of(NOW)
    assert latest(["20990101000000"], None, CLOCK).text == "20260301120000"
    assert latest([3], Position("number", "7"), CLOCK) == Position("number", "7")
    assert latest([None], None, CLOCK) is None
    with pytest.raises(FileRefused, match="类型"):
        latest([3, "a"], None, CLOCK)
    with pytest.raises(FileRefused, match="比较"):
        latest([b"x"], None, CLOCK)


# each step: a row's number, its value, minutes by which its writer's clock is behind, whether a reading follows
steps = st.lists(
    st.tuples(st.integers(0, 6), st.integers(0, 9), st.integers(0, 10), st.booleans()), max_size=25
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps)
@pytest.mark.parametrize("his", ["sqlite"], indirect=True)
def test_many_small_readings_end_where_one_full_reading_ends(his, steps):
    """Inserts and updates by writers whose clocks are behind by at most the overlap, read at any moments."""
    _kind, _engine, write = his
    write(
        "DROP TABLE IF EXISTS v_fee",
        "CREATE TABLE v_fee (id int primary key, zyh text, je int, 名称 text, gxsj text)",
    )
    table, position, now = {}, None, datetime(2026, 1, 1)  # noqa: DTZ001
    for number, value, behind, read in [*steps, (0, 0, 0, True)]:
        now += timedelta(minutes=1)
        at = now - timedelta(minutes=behind)
        write(f"INSERT OR REPLACE INTO v_fee VALUES ({number}, 'A', {value}, 'n', '{at}')")
        if read:
            for batch in pull(his, position, overlap=10, batch=2):
                position = batch.position
                table |= {row["id"]: row for row in rows_in([batch])}
    assert table == {row["id"]: row for row in rows_in(pull(his, cursor=""))} or _same(table, pull(his))


def _same(table, batches):
    return table == {row["id"]: row for row in rows_in(batches)}

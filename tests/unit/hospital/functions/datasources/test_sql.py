"""A feed of database views: set up, tried, read turn by turn; and where it may not go."""

import sqlite3
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.conf import settings

from tests.loads import loading_hospital  # noqa: F401
from zhikong.hospital.functions.datasources.sql import rules
from zhikong.intake.formats.sql_connections import Database, SourceFault
from zhikong.intake.reasons import FileRefused

NOW = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
LINES = "charges | v_fee | changed | 10"


@pytest.fixture
def his():
    """run(sql, …) on the hospital's database, a file in the data folder's own place for them."""
    folder = Path(settings.ZHIKONG_HOME) / "sqlite"
    folder.mkdir(exist_ok=True)
    path = folder / "his.db"
    path.unlink(missing_ok=True)

    def run(*statements):
        connection = sqlite3.connect(path)
        with connection:
            for statement in statements:
                connection.execute(statement)
        connection.close()

    run(
        "CREATE TABLE v_fee (record_number text, admission_number int, charge_id text, amount int, changed text)",
        "INSERT INTO v_fee VALUES ('1001', 1, 'C1', 100, '2026-11-01 08:00:00')",
        "INSERT INTO v_fee VALUES ('1001', 1, 'C2', 200, '2026-11-01 09:00:00')",
    )
    yield run
    path.unlink(missing_ok=True)


@pytest.fixture
def feed(loading):
    from zhikong.hospital.functions.datasources import feed_actions

    def make(lines=LINES, name="his.db", **words):
        with loading.scoped():
            return feed_actions.create(
                by=None,
                now=NOW,
                code="his",
                title="HIS 收费",
                kind="sql",
                mapping="contract_rows",
                settings={
                    "database": "sqlite",
                    "name": name,
                    "queries": rules.parsed_lines(lines, "sqlite"),
                    **words,
                },
                secrets={"password": "geheim"},
            )

    return make


def notes(loading, feed):
    """What the feed's receipts say, in order, and the feed as it is now."""
    from zhikong.hospital.functions.datasources.models import Receipt

    with loading.scoped():
        feed.refresh_from_db()
        return list(Receipt.objects.filter(feed=feed).order_by("seq").values_list("note", "state"))


def in_scope(loading, function, *arguments):
    with loading.scoped():
        return function(*arguments)


@pytest.mark.proves("INT-01")
def test_each_turn_keeps_what_is_new_and_how_far_it_came(loading, feed, his):
    made = feed()
    in_scope(loading, made.refresh_from_db)
    _pull(loading, made)
    assert notes(loading, made) == [("charges 2 行", "waiting")]
    (state,) = made.cursor.values()
    assert state["position"] == ["text", "2026-11-01 09:00:00"]
    _pull(loading, made)  # from the overlap on: the last row alone, which is a content of its own
    _pull(loading, made)  # the same again: nothing new is kept
    assert notes(loading, made) == [("charges 2 行", "waiting"), ("charges 1 行", "waiting")]
    his("UPDATE v_fee SET amount = 5, changed = '2026-11-01 10:00:00' WHERE charge_id = 'C1'")
    _pull(loading, made)
    assert len(notes(loading, made)) == 3


def _pull(loading, feed):
    from zhikong.hospital.functions.datasources.sql.pulling import pull_feed

    in_scope(loading, feed.refresh_from_db)
    pull_feed(feed=feed, now=NOW)


def test_there_and_back_again_is_read_each_time(loading, feed, his):
    made = feed("charges | v_fee")
    for amount in (100, 5, 100):
        his(f"UPDATE v_fee SET amount = {amount} WHERE charge_id = 'C1'")
        _pull(loading, made)
    assert [state for _note, state in notes(loading, made)] == ["waiting"] * 3


def test_a_death_between_two_batches_loses_and_repeats_nothing(loading, feed, his, monkeypatch):
    from zhikong.hospital.functions.datasources.sql import pulling

    his(*(f"INSERT INTO v_fee VALUES ('1', 1, 'D{n}', 1, '2026-11-02 00:00:{n:02d}')" for n in range(6)))
    made = feed("charges | v_fee | changed | 0")
    with loading.scoped():
        made.settings["queries"][0]["batch"] = 3
        made.save()
    real, calls = pulling.receive, []

    def die(**words):
        calls.append(words)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return real(**words)

    monkeypatch.setattr(pulling, "receive", die)
    with pytest.raises(KeyboardInterrupt):
        _pull(loading, made)
    assert notes(loading, made) == [("charges 3 行", "waiting")]
    monkeypatch.setattr(pulling, "receive", real)
    _pull(loading, made)
    kept = b"".join(_contents(loading, made))
    assert all(
        f'"charge_id":"{name}"'.encode() in kept for name in ("C1", "C2", *(f"D{n}" for n in range(6)))
    )


def _contents(loading, feed):
    import io

    from zhikong.foundation.facts import raw
    from zhikong.hospital.functions.datasources.models import Receipt

    with loading.scoped():
        for receipt in Receipt.objects.filter(feed=feed).select_related("raw"):
            content = io.BytesIO()
            raw.copy_to(receipt.raw, content)
            yield content.getvalue()


def test_one_broken_view_does_not_hold_up_the_others(loading, feed, his):
    from zhikong.hospital.functions.datasources.feeds import PullFailed

    made = feed("orders | v_none | changed | 1\n" + LINES)
    with pytest.raises(PullFailed, match="orders：找不到"):
        _pull(loading, made)
    assert notes(loading, made) == [("charges 2 行", "waiting")]


def test_a_turn_that_fails_says_so_on_the_feed_and_waits_longer(loading, feed, his):
    from zhikong.hospital.functions.datasources import running
    from zhikong.hospital.functions.datasources.models import Feed

    made = feed("orders | v_none | changed | 1")
    with loading.scoped():
        Feed.objects.update(next_run_at=NOW)
    running.turn(institution_id=loading.id, feed_id=made.pk, now=NOW)
    in_scope(loading, made.refresh_from_db)
    assert made.failures == 1
    assert "找不到数据库、视图或列" in made.message
    assert made.next_run_at > NOW


def test_a_trial_shows_columns_and_no_person(loading, feed, his):
    from zhikong.hospital.functions.datasources.sql.pulling import tried

    made = feed(LINES + "\norders | v_none | changed | 1")
    (_query, seen, fault), (_other, nothing, other_fault) = in_scope(loading, tried, made)
    assert fault == ""
    assert ("amount", "amount") in seen.columns
    assert "1001" not in str(seen.rows)
    assert nothing is None
    assert "找不到" in other_fault
    assert notes(loading, made) == []


def test_the_password_is_sealed(loading, feed, his):
    from zhikong.hospital.functions.datasources import feeds

    made = feed()
    assert b"geheim" not in bytes(made.secret)
    assert in_scope(loading, feeds.secret_of, made) == {"password": "geheim"}
    assert "geheim" not in str(made.settings)


# ---- lines -------------------------------------------------------------------------------------------------------------


def test_lines_become_queries_and_lines_again():
    text = "stays | HIS.V_ZY_BRSY | GXSJ | 45\ncharges | SELECT a || b AS id FROM v WHERE c = 'x|y' | gxsj | 5\nstaff | V_RS\n"
    found = rules.parsed_lines(text, "oracle")
    assert found == [
        {"source": "stays", "view": "HIS.V_ZY_BRSY", "cursor": "GXSJ", "overlap": 45},
        {
            "source": "charges",
            "statement": "SELECT a || b AS id FROM v WHERE c = 'x|y'",
            "cursor": "gxsj",
            "overlap": 5,
        },
        {"source": "staff", "view": "V_RS", "overlap": rules.OVERLAP},
    ]
    assert rules.parsed_lines(rules.written_lines(found), "oracle")[:2] == found[:2]
    keys = {rules.key_of(query) for query in rules.queries_of({"queries": found})}
    assert len(keys) == 3


@pytest.mark.parametrize(
    "line",
    [
        "",
        "stays",
        "stays |",
        "stays | v | c | many",
        "stays | v; DROP TABLE x | c | 1",
        "stays | SELECT pg_sleep(1) | c | 1",
    ],
)
def test_lines_that_are_none_are_refused_with_their_number(line):
    with pytest.raises(FileRefused, match="第 1 行" if line else "没有写"):
        rules.parsed_lines(line, "postgresql")


# ---- addresses -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ({"host": ""}, "必须填写"),
        ({"host": "/var/run/postgresql"}, "必须填写"),
        ({"host": "127.0.0.1", "socket": "/tmp/x"}, "必须填写"),
        ({"host": "169.254.169.254"}, "不允许"),
        ({"host": "::ffff:169.254.169.254"}, "不允许"),
        ({"host": "0.0.0.0"}, "不允许"),
        ({"host": "224.0.0.1"}, "不允许"),
        ({"host": "localhost", "port": 5433}, "本系统自己"),
        ({"host": "\x00"}, "找不到主机"),
        ({"kind": "sqlite", "name": "../../etc/passwd"}, "没有文件"),
        ({"kind": "sqlite", "name": "/etc/passwd"}, "没有文件"),
        ({"kind": "sqlite", "name": "file:x?mode=rwc"}, "没有文件"),
    ],
)
def test_addresses_that_no_hospitals_database_has(words, said, tmp_path):
    database = Database(**{"kind": "postgresql", "port": 5432, "name": "x", **words})
    with pytest.raises(SourceFault, match=said):
        rules.refuse_address(database, ours=[("127.0.0.1", 5433)], local=False, folder=tmp_path)


def test_ordinary_addresses_are_free(tmp_path):
    for port in (5432, 3306):
        rules.refuse_address(
            Database("mysql", host="127.0.0.1", port=port, name="x"),
            ours=[("127.0.0.1", 5433), ("", 5432)],
            local=False,
            folder=tmp_path,
        )


def test_only_an_administrator_sets_up_a_connection(make_user, hospital):
    from django.core.exceptions import PermissionDenied

    from zhikong.hospital.functions.datasources import feed_actions

    words = {"now": NOW, "code": "x", "title": "x", "kind": "sql", "mapping": "contract_rows"}
    with pytest.raises(PermissionDenied):
        feed_actions.create(by=make_user("quality_office"), **words)
    made = feed_actions.create(by=make_user("administrator"), **words)
    with pytest.raises(PermissionDenied):
        feed_actions.change(
            made,
            by=make_user("quality_office"),
            now=NOW,
            title="y",
            mapping="contract_rows",
            settings={},
            schedule={},
            retention_days=30,
        )

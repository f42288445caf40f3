"""What administrators read of the installation on their home page: jobs, disk, backups."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
from django.db import connection

from zhikong.site.backup import state
from zhikong.site.monitoring import panel

pytestmark = pytest.mark.django_db
WHEN = datetime(2026, 11, 22, 18, 10, tzinfo=UTC)


@pytest.fixture
def installation(tmp_path, settings, monkeypatch):
    settings.ZHIKONG_HOME, settings.FILES_RESERVE_BYTES, settings.TRAINING = tmp_path, 1, False
    monkeypatch.setenv("ZHIKONG_HOME", str(tmp_path))
    monkeypatch.setattr(panel.timezone, "now", lambda: WHEN + timedelta(hours=8))
    return tmp_path


@pytest.fixture
def rows(installation, hospital, make_user):
    """What the card says to an administrator: state and text of each row."""
    asked = SimpleNamespace(user=make_user("administrator"))

    def read():
        (card,) = panel.home_cards(asked)
        return [(row.state, str(row.text), str(row.detail)) for row in card.rows]

    return read


def told(kind, moment, *, ok=True, reason=""):
    state.note(kind, state.Told("b1", moment.isoformat(), ok=ok, reason=reason))


def worker_seen(at):
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_workers")
        cursor.execute("INSERT INTO procrastinate_workers (last_heartbeat) VALUES (%s)", [at])


def test_all_is_well(rows):
    worker_seen(WHEN + timedelta(hours=8))
    told("last", WHEN)
    told("verified", WHEN)
    found = rows()
    assert [level for level, _text, _detail in found] == ["ok"] * 4
    assert found[2][1] == "最新的备份：2026-11-23 02:10"
    assert found[3][1] == "上次恢复验证：2026-11-23 02:10"


def test_nobody_works_the_disk_is_full_and_nothing_was_ever_backed_up(rows, settings):
    worker_seen(WHEN)
    settings.FILES_RESERVE_BYTES = 1 << 62
    found = rows()
    assert [(level, text.split(" ")[0]) for level, text, _detail in found] == [
        ("bad", "后台任务没有在运行"), ("bad", "数据盘还有"), ("bad", "还没有任何可用的备份"),
    ]  # fmt: skip
    assert all(detail for _level, _text, detail in found)


@pytest.mark.parametrize(
    ("days", "ok", "level"), [(1, True, "ok"), (3, True, "warn"), (8, True, "bad"), (1, False, "warn")]
)
def test_a_backup_that_is_old_or_failed_since_is_told(rows, days, ok, level):
    told("last", WHEN - timedelta(days=days - 1, hours=16))
    if not ok:
        told("last", WHEN, ok=False, reason="备份位置不见了。")
    backup, proof = rows()[2:]
    assert backup[0] == level
    assert ("备份位置不见了" in backup[2]) is not ok
    assert proof[:2] == ("warn", "备份还没有做过恢复验证")


def test_a_proof_is_good_for_a_month(rows):
    told("last", WHEN)
    told("verified", WHEN - timedelta(days=32))
    assert rows()[3][0] == "warn"


def test_the_demonstration_has_no_backups_and_others_have_no_card(rows, installation, make_user, settings):
    (installation / "site.json").write_text('{"demo": true}', "utf-8")
    assert len(rows()) == 2
    for role in ("nurse", "quality_office", "auditor"):
        assert panel.home_cards(SimpleNamespace(user=make_user(role))) == []

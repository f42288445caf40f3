"""/ready and /metrics: what they say when all is well, what when a part is missing, and to whom."""

import json
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone
from prometheus_client.parser import text_string_to_metric_families

from tests.published_stays import NOW, publish, stays
from zhikong.site.monitoring import measured, readiness

pytestmark = pytest.mark.django_db
READY, NUMBERS = "/ready", "/metrics"


@pytest.fixture
def home(tmp_path, settings):
    settings.ZHIKONG_HOME = tmp_path
    settings.FILES_RESERVE_BYTES = 1
    return tmp_path


def worker_seen(ago=timedelta()):
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_workers")
        cursor.execute(
            "INSERT INTO procrastinate_workers (last_heartbeat) VALUES (%s)", [timezone.now() - ago]
        )


def asked(path, **more):
    answer = Client().get(path, **more)
    return answer.status_code, answer.content.decode()


def numbers(**more):
    status, text = asked(NUMBERS, **more)
    assert status == 200
    return {
        (s.name, tuple(sorted(s.labels.items()))): s.value
        for f in text_string_to_metric_families(text)
        for s in f.samples
    }


def test_ready_when_everything_is_there_without_an_account(home, hospital):
    worker_seen()
    assert asked(READY) == (200, "ready")


def test_each_missing_part_is_a_code(home, hospital, settings):
    worker_seen(timedelta(minutes=5))
    settings.FILES_RESERVE_BYTES = 1 << 62
    (home / "lake/A/stays/_delta_log").mkdir(parents=True)
    assert asked(READY) == (503, "worker,disk,lake")


def test_a_migration_that_one_side_does_not_know_is_not_ready(home, hospital, monkeypatch):
    worker_seen()
    more = readiness.known_migrations() | {("facts", "9999_from_a_newer_release")}
    monkeypatch.setattr(readiness, "known_migrations", lambda: more)
    assert asked(READY) == (503, "migrations")


def test_a_database_that_does_not_answer_is_all_that_is_asked_of_it(home, monkeypatch):
    monkeypatch.setattr(readiness, "database_answers", lambda: False)
    assert asked(READY) == (503, "database")


def test_the_numbers_are_read_by_this_machine_and_by_allowed_addresses_only(home, settings):
    assert asked(NUMBERS)[0] == 200
    assert asked(NUMBERS, REMOTE_ADDR="10.1.2.3")[0] == 404
    settings.OPTIONS = {"metrics": {"allow": ["10.1.0.0/16"]}}
    assert asked(NUMBERS, REMOTE_ADDR="10.1.2.3")[0] == 200
    assert asked(NUMBERS, REMOTE_ADDR="10.1.2.3", HTTP_X_FORWARDED_FOR="9.9.9.9")[0] == 404
    assert asked(NUMBERS, REMOTE_ADDR="127.0.0.1", HTTP_X_FORWARDED_FOR="9.9.9.9")[0] == 404


def test_numbers_of_backups_jobs_and_loads(home, hospital):
    from zhikong.foundation.facts.models import Load

    now = timezone.now()
    state = {"last": {"at": (now - timedelta(hours=3)).isoformat(), "ok": True}}
    (home / "backup-state.json").write_text(json.dumps(state), encoding="utf-8")
    worker_seen(timedelta(seconds=3))
    Load.objects.create(
        institution_id=hospital.id, source_name="王秀英.xlsx", mapping="front_page", state="published",
        started_at=now, finished_at=now - timedelta(minutes=10),
    )  # fmt: skip
    found = numbers()
    assert found["zhikong_backup_age_seconds", (("kind", "last"),)] == pytest.approx(3 * 3600, abs=60)
    assert found["zhikong_last_load_age_seconds", (("institution", "A"),)] == pytest.approx(600, abs=60)
    assert found["zhikong_worker_seen_seconds", ()] == pytest.approx(3, abs=30)
    assert not [
        value for (name, _labels), value in found.items() if name == "zhikong_metrics_failed" and value
    ]
    assert "王秀英" not in str(found)


def test_the_newest_published_month_of_each_table(home, hospital, tmp_path):
    publish(stays(), tmp_path)
    found = numbers()
    assert found["zhikong_published_month", (("institution", "A"), ("table", "stays"))] == 202610
    assert found["zhikong_published_timestamp_seconds", (("institution", "A"),)] == NOW.timestamp()


def test_an_event_that_no_seal_holds_grows_old(home, hospital):
    from zhikong.foundation.audit.models import AuditEvent

    oldest = AuditEvent.objects.order_by("at").first()
    assert oldest is not None, "making the hospital was recorded"
    found = numbers()
    expected = (timezone.now() - oldest.at).total_seconds()
    assert found["zhikong_audit_unsealed_seconds", (("institution", "A"),)] == pytest.approx(expected, abs=60)


def test_a_source_that_fails_is_named_and_hides_no_other(home, monkeypatch):
    def broken(now):
        raise OSError("王秀英")

    monkeypatch.setattr(measured, "SOURCES", (broken, measured._disk))
    found = numbers()
    assert found["zhikong_metrics_failed", (("source", "broken"),)] == 1
    assert found["zhikong_disk_free_bytes", ()] > 0


def test_labels_hold_codes_only(home, hospital):
    Client().get("/nowhere/王秀英/510100194910010012/?name=王秀英")
    text = asked(NUMBERS)[1]
    assert "510100194910010012" not in text
    assert "王秀英" not in text
    names = {key for (_name, labels) in numbers() for key, _value in labels}
    allowed = {
        "view",
        "method",
        "status",
        "le",
        "task",
        "result",
        "version",
        "check",
        "source",
        "kind",
        "queue",
    }
    assert names <= allowed | {"state", "institution", "table", "process"}

"""The worker's jobs of files: queued once for each institution, and they do what they say."""

from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from zhikong.foundation.files import jobs
from zhikong.foundation.files.models import Blob, File, Sweep
from zhikong.foundation.files.rules import Scan

LONG_AGO = timezone.now() - timedelta(days=366 * 8)


@pytest.fixture(autouse=True)
def keep_the_tests_transaction(monkeypatch):
    """A worker's thread drops stale connections between jobs; here that would be the test's own."""
    monkeypatch.setattr("zhikong.foundation.access.jobs.close_old_connections", lambda: None)


def queued(task):
    with connection.cursor() as cursor:
        cursor.execute("SELECT args FROM procrastinate_jobs WHERE task_name = %s", [task])
        return [args for (args,) in cursor.fetchall()]


@pytest.mark.parametrize("task", ["files.nightly", "files.reseal"])
def test_the_night_queues_each_institution_once(hospital, other_hospital, task):
    jobs.every_night(timestamp=0)
    jobs.every_night(timestamp=60)
    assert len(queued(task)) == 2


def test_without_a_scanner_nothing_is_queued_for_it(hospital, other_hospital, settings):
    jobs.every_ten_minutes(timestamp=0)
    assert queued("files.rescan") == []
    settings.FILES_SCANNER = "/nobody.ctl"
    jobs.every_ten_minutes(timestamp=0)
    assert len(queued("files.rescan")) == 2


@pytest.mark.proves("F-25")
def test_the_nightly_job_destroys_and_compares(hospital, keep):
    goes, stays = keep(b"old", retention="training", now=LONG_AGO), keep(b"new", retention="training")
    jobs.nightly(institution_id=hospital.id)
    assert File.objects.get(pk=goes.pk).deleted_at is not None
    assert File.objects.get(pk=stays.pk).deleted_at is None
    assert Sweep.objects.get().missing == 0
    assert Blob.objects.get().checked_at is not None


def test_the_other_jobs_seal_and_scan(hospital, keep, settings, request, silent_clamd):
    file = keep()
    assert file.scan == Scan.WAITING
    settings.FILES_ENCRYPT = True
    jobs.reseal(institution_id=hospital.id)
    assert Blob.objects.get().sealed
    request.getfixturevalue("clamd")
    jobs.rescan(institution_id=hospital.id)
    assert File.objects.get().scan == Scan.CLEAN

"""The worker's jobs of outbox and findings: queued once for each institution, and they do what they say."""

from dataclasses import dataclass
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from zhikong.foundation.findings import actions as findings
from zhikong.foundation.findings import jobs as finding_jobs
from zhikong.foundation.findings.models import Finding, FindingStep
from zhikong.foundation.outbox import actions, registry
from zhikong.foundation.outbox import jobs as outbox_jobs
from zhikong.foundation.outbox.models import Delivery


@registry.fact("test_job_done")
@dataclass(frozen=True)
class JobDone(registry.Fact):
    number: int


@pytest.fixture(autouse=True)
def keep_the_tests_transaction(monkeypatch):
    """A worker's thread drops stale connections between jobs; here that would be the test's own."""
    monkeypatch.setattr("zhikong.foundation.access.jobs.close_old_connections", lambda: None)


def queued(task):
    with connection.cursor() as cursor:
        cursor.execute("SELECT args FROM procrastinate_jobs WHERE task_name = %s", [task])
        return [args for (args,) in cursor.fetchall()]


@pytest.mark.parametrize(
    ("periodic", "task"),
    [(outbox_jobs.every_minute, "outbox.deliver"), (finding_jobs.every_morning, "findings.review")],
)
def test_a_schedule_queues_each_institution_once(hospital, other_hospital, periodic, task):
    periodic(timestamp=0)
    periodic(timestamp=60)
    assert len(queued(task)) == 2


def test_the_delivery_job_delivers(hospital):
    heard = []
    registry.subscribe(JobDone, lambda fact, *, now: heard.append(fact.number), name="test")
    actions.announce(JobDone(7), now=timezone.now())
    outbox_jobs.deliver(institution_id=hospital.id)
    registry.unsubscribe(JobDone, "test")
    assert heard == [7]
    assert Delivery.objects.get(subscriber="test").delivered_at is not None


@pytest.mark.proves("CAP-03")
def test_the_morning_job_escalates(hospital, make_user):
    office = make_user("quality_office")
    finding = findings.raise_finding(
        by=office, now=timezone.now(), department=hospital.departments["CARD"], title="一项", detail="一项",
        severity="minor", source_kind="manual", source_key="",
    )  # fmt: skip
    Finding.objects.filter(pk=finding.pk).update(due_on=timezone.localdate() - timedelta(days=1))
    finding_jobs.review(institution_id=hospital.id)
    assert FindingStep.objects.filter(act="escalate").count() == 1

"""Several workers and several people at once: versions change at a job's boundary, and nobody publishes twice."""

import os
import subprocess
import sys
import threading
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from tests.unit.foundation.packstore.conftest import KIND, recipe
from zhikong.foundation.access.scope import job_scope, scoped
from zhikong.foundation.packstore import actions, kinds, queries, shelf
from zhikong.foundation.packstore.models import Content, Upgrade, Version, VersionStep
from zhikong.foundation.packstore.rules import State

PROJECT = Path(__file__).resolve().parents[2]
NOW = timezone.now()
TODAY = timezone.localdate(NOW)


@pytest.fixture
def kitchen(committed_hospital, tmp_path):
    """A packaged soup, and two people of the office who exist for every connection; all taken back at the end."""
    folder = tmp_path / "packs" / "national" / "recipes"
    folder.mkdir(parents=True)
    (folder.parent / "pack.yaml").write_text("id: national\nversion: '1'\n", "utf-8")
    (folder / "soup.yaml").write_text(recipe("soup", "国家的汤"), "utf-8")
    kinds.register(KIND)
    people = [_person(committed_hospital, role) for role in ("quality_office", "nursing")]
    with shelf.instead(tmp_path / "packs"):
        yield committed_hospital, *people, tmp_path / "packs"
    kinds.unregister("recipe")
    _forget(people)


def _person(hospital, role):
    from zhikong.foundation.access.models import RoleAssignment, User

    with scoped(hospital.scope()):
        user = User.objects.create(username=f"packstore-{role}", institution_id=hospital.id)
        RoleAssignment.objects.create(
            institution_id=hospital.id, user=user, role=role, valid_from=date(2020, 1, 1)
        )
    return user


def _forget(people):
    """Only the superuser, with triggers off, can delete what the house never deletes."""
    from django.db import connections

    ids = [person.pk for person in people]
    tables = [model._meta.db_table for model in (Upgrade, VersionStep, Version, Content)]
    tables += ["outbox_delivery", "outbox_announcement", "notices_receipt", "notices_notice"]
    tables += ["tasks_taskevent", "tasks_task"]
    with connections["superuser"].cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        for table in tables:
            cursor.execute(f'DELETE FROM "{table}"')
        cursor.execute("DELETE FROM access_roleassignment WHERE user_id = ANY(%s)", [ids])
        cursor.execute("DELETE FROM access_user WHERE id = ANY(%s)", [ids])
        cursor.execute("SET session_replication_role = origin")


def _reviewed(hospital, author, reviewer, title):
    with scoped(hospital.scope()):
        text = recipe("soup", title)
        version = actions.save_draft(
            by=author, now=NOW, kind="recipe", definition_id="soup", text=text, reason="会议决定"
        )
        actions.submit_for_review(version, by=author, now=NOW)
        actions.review(version, by=reviewer, now=NOW, passed=True)
    return version


def _publish(hospital, author, reviewer, title, on=TODAY):
    version = _reviewed(hospital, author, reviewer, title)
    with scoped(hospital.scope()):
        actions.publish(version, by=author, now=NOW, effective_from=on)
    return version


def _title(on=TODAY):
    found = queries.resolve("recipe", "soup", on=on)
    assert [d.hash for d in queries.resolve_all("recipe", on=on)] == [found.hash]
    return found.title


@contextmanager
def _threads(works):
    """Run functions in threads of their own connections; gives the list of what they returned or raised."""
    from django.db import connections

    results = []

    def run(work):
        try:
            results.append(work())
        except Exception as error:  # noqa: BLE001 (a thread's error would be lost)
            results.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    yield results
    for thread in threads:
        thread.join(60)


@pytest.mark.proves("F-09")
def test_a_job_that_runs_sees_one_moment(kitchen):
    hospital, author, reviewer, _root = kitchen
    asked, published, seen = threading.Event(), threading.Event(), []

    def job():
        with scoped(job_scope(hospital.id, job="tests.long")):
            seen.append(_title())
            asked.set()
            assert published.wait(30)
            seen.append(_title())
            seen.append(queries.resolve("recipe", "soup", on=TODAY + timedelta(days=9)).title)
        with scoped(job_scope(hospital.id, job="tests.next")):
            seen.append(_title())

    with _threads([job]) as results:
        assert asked.wait(30)
        _publish(hospital, author, reviewer, "本院的汤")
        published.set()
    assert results == [None]
    assert seen == ["国家的汤", "国家的汤", "国家的汤", "本院的汤"]


@pytest.mark.proves("F-09")
def test_many_jobs_while_versions_come_and_go(kitchen):
    hospital, author, reviewer, _root = kitchen
    stop = threading.Event()

    def worker():
        seen = set()
        while not stop.is_set():
            with scoped(job_scope(hospital.id, job="tests.worker")):
                titles = {_title() for _ in range(5)}
                assert len(titles) == 1
                assert (
                    queries.by_hash("recipe", queries.resolve("recipe", "soup", on=TODAY).hash).title
                    in titles
                )
                seen |= titles
        return seen

    with _threads([worker] * 4) as results:
        for number in range(6):
            version = _publish(hospital, author, reviewer, f"第{number}碗")
            with scoped(hospital.scope()):
                actions.withdraw(version, by=author, now=NOW, reason="换一碗")
        _publish(hospital, author, reviewer, "最后一碗")
        with scoped(hospital.scope()):
            assert _title() == "最后一碗"
        stop.set()
    assert len(results) == 4
    for seen in results:
        assert seen <= {"国家的汤", "最后一碗", *(f"第{n}碗" for n in range(6))}


@pytest.mark.proves("F-09")
def test_a_process_changes_versions_with_its_next_job(kitchen):
    hospital, author, reviewer, root = kitchen
    with _other_process(hospital, root) as ask:
        assert ask("hold") == "国家的汤"
        _publish(hospital, author, reviewer, "本院的汤")
        assert ask("hold") == "国家的汤"
        assert ask("next") == "本院的汤"


PROCESS = """
import sys
from pathlib import Path
import django
django.setup()
from tests.unit.foundation.packstore.conftest import KIND
from zhikong.foundation.access.scope import job_scope, scoped
from zhikong.foundation.packstore import kinds, queries, shelf
from zhikong.site import connection
from django.conf import settings
from django.utils import timezone
kinds.register(KIND)

def jobs():
    while True:
        with scoped(job_scope(int(sys.argv[1]), job="tests.other")):
            while True:
                word = sys.stdin.readline().strip()
                if word != "hold":
                    break
                tell()
        if not word:
            return
        with scoped(job_scope(int(sys.argv[1]), job="tests.other")):
            tell()

def tell():
    print(queries.resolve("recipe", "soup", on=timezone.localdate()).title, flush=True)

with shelf.instead(Path(sys.argv[2])):
    jobs()
"""


@contextmanager
def _other_process(hospital, root):
    process = subprocess.Popen(
        [sys.executable, "-c", PROCESS, str(hospital.id), str(root)],
        cwd=PROJECT, env={**os.environ, "PYTHONIOENCODING": "utf-8"}, text=True, encoding="utf-8",
        stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    )  # fmt: skip

    def ask(word):
        process.stdin.write(word + "\n")
        process.stdin.flush()
        return process.stdout.readline().strip()

    try:
        yield ask
    finally:
        process.stdin.close()
        process.wait(30)
        process.stdout.close()


@pytest.mark.proves("F-09")
def test_two_people_publish_at_once_and_one_does(kitchen):
    hospital, author, reviewer, _root = kitchen
    version, start = _reviewed(hospital, author, reviewer, "本院的汤"), threading.Barrier(2)

    def publish(person):
        mine = Version(pk=version.pk)
        with scoped(hospital.scope()):
            start.wait(30)
            actions.publish(mine, by=person, now=NOW, effective_from=TODAY)

    with _threads([lambda: publish(author), lambda: publish(reviewer)]) as results:
        pass
    assert sorted(type(r) for r in results if r is not None) == [ValidationError]
    assert "已发布" in str(next(r for r in results if r is not None))
    with scoped(hospital.scope()):
        assert Version.objects.get(pk=version.pk).state == State.PUBLISHED
        assert VersionStep.objects.filter(version=version, act="publish").count() == 1


def test_two_people_begin_a_draft_at_once_and_nothing_is_lost(kitchen):
    hospital, author, reviewer, _root = kitchen
    start = threading.Barrier(2)

    def write(person, title):
        with scoped(hospital.scope()):
            start.wait(30)
            text = recipe("soup", title)
            actions.save_draft(by=person, now=NOW, kind="recipe", definition_id="soup", text=text, revision=0)

    with _threads([lambda: write(author, "甲的汤"), lambda: write(reviewer, "乙的汤")]) as results:
        pass
    assert [type(r) for r in results if r is not None] == [ValidationError]
    with scoped(hospital.scope()):
        (draft,) = Version.objects.all()
        assert draft.editors == [draft.author_id]


def test_many_pin_the_same_text_at_once(kitchen):
    hospital, _author, _reviewer, _root = kitchen
    start = threading.Barrier(6)

    def pin():
        with scoped(hospital.scope()):
            start.wait(30)
            return actions.pin("recipe", "soup", on=TODAY, now=NOW).hash

    with _threads([pin] * 6) as results:
        pass
    assert len(set(results)) == 1
    with scoped(hospital.scope()):
        assert Content.objects.count() == 1


def test_upgrades_are_found_once_by_many(kitchen):
    hospital, author, reviewer, root = kitchen
    _publish(hospital, author, reviewer, "本院的汤")
    (root / "national" / "recipes" / "soup.yaml").write_text(recipe("soup", "国家的新汤", 2), "utf-8")
    shelf.forget()
    start = threading.Barrier(4)

    def detect():
        with scoped(hospital.scope()):
            start.wait(30)
            return len(actions.detect_upgrades(now=NOW))

    with _threads([detect] * 4) as results:
        pass
    assert sorted(results) == [0, 0, 0, 1]
    with scoped(hospital.scope()):
        assert Upgrade.objects.count() == 1

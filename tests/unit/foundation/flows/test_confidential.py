"""What is confidential is read by those who took part and the role whose turn it is, and by nobody else."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from tests.unit.foundation.flows.conftest import DESK, INTAKE, NOW
from zhikong.foundation.access.queries import scope_of
from zhikong.foundation.access.scope import scoped
from zhikong.foundation.files import actions as files
from zhikong.foundation.files import guards
from zhikong.foundation.files.models import File
from zhikong.foundation.flows import actions
from zhikong.foundation.flows.actions.steps import attach
from zhikong.foundation.flows.models import Branch, Case, CaseStep
from zhikong.foundation.notices.models import Notice
from zhikong.foundation.tasks.models import Task

READ = "SELECT count(*) FROM flows_case"


@pytest.fixture
def secret(packs, hospital, people):
    packs(forms__intake=INTAKE, desk=DESK.replace("demands_deadlines: true", "confidential: true"))
    return actions.open_case(
        by=people.nurse, now=NOW, flow_id="desk", title="张某的事", department_id=hospital.departments["CARD"].id,
        answers={"channel": "phone", "amount": 5},
    )  # fmt: skip


def seen_by(user):
    """(through the manager, past the manager by the database's own rule), for case, strand and story."""
    from django.db import connection

    with scoped(scope_of(user, NOW.date())):
        first = (Case.objects.count(), Branch.objects.count(), CaseStep.objects.count())
        with connection.cursor() as cursor:
            second = []
            for table in ("flows_case", "flows_branch", "flows_casestep"):
                cursor.execute(f"SELECT count(*) FROM {table}")
                second.append(cursor.fetchone()[0])
    assert first == tuple(second)
    return first[0]


@pytest.mark.proves("F-03")
def test_only_participants_and_the_owners_role_read_it(secret, people, make_user, hospital):
    readers = [people.nurse, people.officer, people.officer_two]
    others = [people.office, people.leader, people.medical, people.head, make_user("auditor")]
    assert [seen_by(user) for user in readers] == [1, 1, 1]
    assert [seen_by(user) for user in others] == [0, 0, 0, 0, 0]


def test_readers_change_with_the_turn_and_who_took_part_stays(secret, people, make_user, hospital):
    actions.act(secret, by=people.officer, now=NOW, transition="investigate")
    other_head = make_user("department_head", hospital.departments["GSUR"])
    assert [seen_by(user) for user in (people.head, people.medical, people.officer)] == [1, 1, 1]
    assert [seen_by(user) for user in (people.officer_two, other_head, people.office)] == [0, 0, 0]


def test_its_files_are_read_by_whoever_may_read_it(secret, people, hospital, settings, tmp_path):
    """Others of the department do not get at them by their number."""
    settings.FILES_FOLDER, settings.FILES_SCANNER = tmp_path / "files", "off"
    file = files.store(
        by=people.nurse, now=NOW, upload=SimpleUploadedFile("信.txt", b"letter"), purpose="flows.case",
        department_id=hospital.departments["GSUR"].id,
    )  # fmt: skip

    def may_read(user):
        with scoped(scope_of(user, NOW.date())):
            found = File.objects.filter(pk=file.pk).first()
            return found is not None and guards.may_read(user, found)

    assert [may_read(user) for user in (people.nurse, people.head, people.officer)] == [True, False, False]
    attach(secret, [file], by=people.nurse, now=NOW)
    assert [may_read(user) for user in (people.nurse, people.head, people.officer)] == [True, False, True]


def test_who_is_told_that_it_is_late_may_open_it(secret, people):
    from datetime import timedelta

    actions.sweep(now=NOW + timedelta(days=10))
    assert [seen_by(user) for user in (people.head, people.leader, people.medical)] == [1, 1, 0]


def test_tasks_and_notices_name_it_by_its_number_only(secret):
    assert not Task.objects.filter(title__contains="张某").exists()
    assert not Notice.objects.filter(title__contains="张某").exists()


def test_an_open_flow_is_read_by_department(open_desk, people, make_user, hospital):
    open_desk()
    other = make_user("department_head", hospital.departments["GSUR"])
    assert [seen_by(user) for user in (people.head, people.leader, other)] == [1, 1, 0]

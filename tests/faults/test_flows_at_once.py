"""Two people act on one case at the same moment: one wins, the other gets a sentence, and the case is whole."""

import threading
from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.exceptions import ValidationError

from tests.unit.foundation.flows.conftest import DESK, INTAKE, packs
from zhikong.foundation.access.queries import scope_of
from zhikong.foundation.access.scope import job_scope, scoped
from zhikong.foundation.flows import actions, queries
from zhikong.foundation.flows.models import Case

__all__ = ["packs"]

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
TABLES = (
    "flows_casefile", "flows_casestep", "flows_branch", "flows_case", "flows_series", "forms_sheetedit", "forms_sheetstep",
    "forms_sheet", "forms_series", "packstore_content", "outbox_delivery", "outbox_announcement", "notices_receipt",
    "notices_notice", "tasks_taskevent", "tasks_task",
)  # fmt: skip


@pytest.fixture
def desk(committed_hospital, packs):
    """A committed flow's people; everything is taken back at the end."""
    packs(forms__intake=INTAKE, desk=DESK)
    people = {
        role: _person(committed_hospital, role)
        for role in ("complaint_officer", "medical_affairs", "quality_office")
    }
    people["second"] = _person(committed_hospital, "complaint_officer", "second")
    yield committed_hospital, people
    _forget(people.values())


def _person(hospital, role, name=""):
    from zhikong.foundation.access.models import RoleAssignment, User

    with scoped(hospital.scope()):
        user = User.objects.create(username=f"flows-{name or role}", institution_id=hospital.id)
        RoleAssignment.objects.create(
            institution_id=hospital.id, user=user, role=role, valid_from=date(2020, 1, 1)
        )
    return user


def _forget(people):
    """Only the superuser, with triggers off, can delete what the house never deletes."""
    from django.db import connections

    ids = [person.pk for person in people]
    with connections["superuser"].cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        for table in TABLES:
            cursor.execute(f'DELETE FROM "{table}"')
        cursor.execute("DELETE FROM access_roleassignment WHERE user_id = ANY(%s)", [ids])
        cursor.execute("DELETE FROM access_user WHERE id = ANY(%s)", [ids])
        cursor.execute("SET session_replication_role = origin")


def _open(hospital, people):
    with scoped(scope_of_person(hospital, people["complaint_officer"])):
        return actions.open_case(
            by=people["complaint_officer"], now=NOW, flow_id="desk", title="等候时间过长",
            answers={"channel": "phone", "amount": 5},
        )  # fmt: skip


def scope_of_person(hospital, user):
    with scoped(hospital.scope()):
        return scope_of(user, NOW.date())


def at_once(*works):
    """Run each in a thread of its own, begun together; gives what each said, '' when it went through."""
    from django.db import connections

    ready, said = threading.Barrier(len(works)), [None] * len(works)

    def run(place, work):
        try:
            ready.wait(10)
            work()
            said[place] = ""
        except ValidationError as error:
            said[place] = "；".join(error.messages)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(place, work)) for place, work in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return said


@pytest.mark.proves("WF-10")
def test_one_wins_and_the_other_gets_a_sentence(desk):
    hospital, people = desk
    case = _open(hospital, people)

    def investigate(user):
        def work():
            with scoped(scope_of_person(hospital, user)):
                actions.act(Case.objects.get(pk=case.pk), by=user, now=NOW, transition="investigate")

        return work

    said = at_once(investigate(people["complaint_officer"]), investigate(people["second"]))
    assert sorted(bool(sentence) for sentence in said) == [False, True]
    assert "“调查”要在“已受理”时办理" in max(said)
    with scoped(hospital.scope()):
        assert case.steps.filter(act="fork").count() == 2
        assert [branch.state for branch in queries.open_branches(case)] == ["asking", "checking"]


def test_the_last_two_strands_arriving_together_join_once(desk):
    hospital, people = desk
    case = _open(hospital, people)
    with scoped(hospital.scope()):
        actions.act(
            Case.objects.get(pk=case.pk), by=people["complaint_officer"], now=NOW, transition="investigate"
        )

    def arrive(transition):
        def work():
            with scoped(job_scope(hospital.id, job="tests")):
                actions.act(
                    Case.objects.get(pk=case.pk), by=None, now=NOW, transition=transition, reason="已办"
                )

        return work

    assert at_once(arrive("stated"), arrive("checked")) == ["", ""]
    with scoped(hospital.scope()):
        assert case.steps.filter(act="join").count() == 1
        assert [branch.state for branch in queries.open_branches(case)] == ["replying"]


def test_two_sweeps_at_once_tell_everything_once(desk):
    hospital, people = desk
    for _ in range(20):
        _open(hospital, people)
    late = NOW + timedelta(days=10)

    def sweep():
        with scoped(job_scope(hospital.id, job="flows.sweep")):
            actions.sweep(now=late)

    assert at_once(sweep, sweep) == ["", ""]
    with scoped(hospital.scope()):
        sweep()  # what one of them left to the other because it was locked
        cases = list(Case.objects.filter(flow_id="desk"))
        assert [case.steps.filter(act="escalate").count() for case in cases] == [2] * 20

"""What goes wrong between a ward and the server: nothing is lost, nothing doubled, everything explained."""

import threading
from datetime import date, timedelta

import pytest
from django.db import InterfaceError, OperationalError, connections
from django.test import Client

from tests.unit.foundation.flows.conftest import HEAD, packs
from tests.visits import NOW, Phone, make_round, photo
from zhikong.foundation.access.scope import scoped
from zhikong.foundation.findings.models import Finding
from zhikong.hospital.functions.inspections.actions.planning.changing import reassign
from zhikong.hospital.functions.inspections.actions.visiting import ending, kinds
from zhikong.hospital.functions.inspections.models.visiting import Op
from zhikong.hospital.functions.inspections.queries.visiting import exchange, ops, packages
from zhikong.hospital.functions.inspections.rules_sync import Kind

__all__ = ["packs"]
ROUND = f"""\
id: ward_round
version: 1
kind: checklist
title: {{zh: 病区检查}}
{HEAD}checker: nursing
subject: department
sections:
  - id: main
    title: 检查
    items:
      - {{id: clean, type: yes_no, text: 环境整洁}}
      - {{id: locked, type: yes_no, text: 药柜上锁}}
"""
LATER = ROUND.replace("version: 1", "version: 2") + "      - {id: labelled, type: yes_no, text: 标签清楚}\n"


def statuses(results):
    return [str(one["status"]) for one in results]


@pytest.fixture
def visited(hospital, make_user):
    return make_round(hospital, make_user)


def test_a_form_that_changes_during_a_visit_leaves_the_visit_alone(packs, hospital, make_user):
    packs(forms__ward_round=ROUND)
    visited = make_round(hospital, make_user, form="ward_round")
    phone = Phone(visited.lead)
    visited.sends(phone, visited.answer(phone, "clean", "yes"))
    packs(forms__ward_round=LATER)
    result = visited.sends(
        phone, visited.answer(phone, "locked", "no"), visited.answer(phone, "labelled", "yes")
    )
    assert statuses(result) == ["stored", "refused"]
    assert "labelled" in result[1]["why"]
    assert visited.sheet.definition_version == 1
    assert visited.answers == {"clean": "yes", "locked": "no"}
    assert "第 2 版" in packages.superseded(visited.sheet, now=NOW)["why"]
    assert Op.objects.get(item="labelled").value == "yes"  # kept, though the sheet does not know the item


def test_a_department_merged_during_the_visit(visited):
    """Ops land in the visit that they belong to; the finding goes to who answers today, and says why."""
    from zhikong.foundation.organisation.actions import close_department

    phone, ward = Phone(visited.lead), visited.hospital.departments["CARD"]
    visited.sends(phone, *visited.all_yes(phone, but=("soap",)))
    surgery = visited.hospital.departments["GSUR"]
    close_department(by=None, department_id=ward.id, on=NOW.date(), successor_id=surgery.id)
    assert statuses(visited.sends(phone, visited.answer(phone, "soap", "no"))) == ["stored"]
    result = visited.sends(phone, phone.op("finish", value={}))
    assert statuses(result) == ["stored"], result
    visited.visit.refresh_from_db()
    with visited.as_user(visited.lead):
        ending.conclude(visited.visit, by=visited.lead, now=NOW, waive="合并交接中，电话告知护士长")
    found = Finding.objects.all()
    assert {one.department_id for one in found} == {surgery.id}
    assert all("现由普通外科整改" in one.detail for one in found)
    assert visited.sheet.department_id == ward.id  # what was found was found there


def test_who_left_the_visit_loses_nothing(visited):
    """Taken off the list, what is still on the phone comes in all the same and waits for the lead inspector."""
    phone, client = Phone(visited.member), Client()
    body = phone.body(visited.answer(phone, "towel", "no"))
    reassign(
        visited.visit, by=visited.lead, now=NOW, users=[visited.lead], lead=visited.lead, reason="调出本院"
    )
    client.force_login(visited.member, backend="allauth.account.auth_backends.AuthenticationBackend")
    address = f"/inspections/sync/visits/{visited.visit.pk}/ops/"
    result = client.post(address, body, content_type="application/json").json()["results"]
    assert statuses(result) == ["set_aside"]
    assert "不是这次检查的检查人" in result[0]["why"]
    assert "towel" not in visited.answers
    assert [one.value for one in ops.undecided(visited.visit)] == ["no"]


def test_a_visit_cancelled_meanwhile_keeps_what_was_seen(visited):
    from zhikong.hospital.functions.inspections.actions.planning.changing import cancel_visit

    phone = Phone(visited.lead)
    op = visited.answer(phone, "towel", "no")
    cancel_visit(visited.visit, by=visited.lead, now=NOW, reason="科室封闭管理")
    result = visited.sends(phone, op)
    assert statuses(result) == ["set_aside"]
    assert "已取消" in result[0]["why"]


def test_a_phone_that_was_off_for_three_days_with_a_wrong_clock(visited):
    phone = Phone(visited.lead, ahead=-86400)
    three_days_ago = NOW - timedelta(days=3)
    visited.sends(phone, visited.answer(phone, "towel", "no", at=three_days_ago))
    op = Op.objects.get()
    assert (op.at, op.received_at, op.drift) == (three_days_ago, NOW, -86400)


def test_ops_that_arrive_in_pieces_and_out_of_order(visited):
    phone = Phone(visited.lead)
    batch = [visited.answer(phone, item, "yes") for item in ("towel", "soap", "tap_ok", "cloth")]
    visited.sends(phone, batch[3], batch[0])
    visited.sends(phone, *batch)
    visited.sends(phone, batch[1])
    assert set(visited.answers) == {"towel", "soap", "tap_ok", "cloth"}
    assert Op.objects.count() == 4


def test_a_sheet_of_another_visit_is_not_written(visited, make_user):
    from zhikong.foundation.forms.actions import open_sheet

    other = open_sheet(
        by=visited.lead,
        now=NOW,
        form_id="infection_ward_check",
        department_id=visited.hospital.departments["GSUR"].id,
    )
    phone = Phone(visited.lead)
    result = visited.sends(phone, phone.answer(other, "towel", "no"))
    assert statuses(result) == ["refused"]
    assert "不属于这次检查" in result[0]["why"]
    other.refresh_from_db()
    assert other.answers == {}


def test_a_photo_refused_does_not_take_the_answer_with_it(visited):
    phone = Phone(visited.lead)
    media_id = visited.brings(phone, b"MZ" + b"\0" * 2000)
    result = visited.sends(
        phone,
        visited.answer(phone, "sterile_valid", "no"),
        visited.answer(phone, "sterile_valid__files", [media_id]),
    )
    assert statuses(result) == ["stored", "waiting"]
    visited.brings(phone, photo(), media_id=media_id)
    assert len(visited.answers["sterile_valid__files"]) == 1


# ---- really at once, and really killed: committed, and taken back by the superuser --------------------------------------

SCHEMA = """
SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND (tablename LIKE 'inspections\\_%%'
OR tablename LIKE 'forms\\_%%' OR tablename LIKE 'tasks\\_%%' OR tablename LIKE 'notices\\_%%'
OR tablename LIKE 'outbox\\_%%' OR tablename LIKE 'packstore\\_%%')
"""


@pytest.fixture
def at_work(committed_hospital):
    """A committed visit with two inspectors."""
    from zhikong.foundation.access.models import RoleAssignment, User

    made = []

    def make(role, department=None, *, name="测试员"):
        user = User.objects.create(
            username=f"faults-{role}-{len(made)}",
            institution_id=committed_hospital.id,
            last_name=name[:1],
            first_name=name[1:],
        )
        made.append(user.pk)
        RoleAssignment.objects.create(
            institution_id=committed_hospital.id,
            user=user,
            role=role,
            department_id=getattr(department, "id", None),
            valid_from=date(2020, 1, 1),
        )
        return user

    try:
        with scoped(committed_hospital.scope()):
            found = make_round(committed_hospital, make)
        yield found
    finally:
        _forget(made)


def _forget(people):
    connections["default"].close()
    with connections["superuser"].cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute(SCHEMA, [])
        for (table,) in cursor.fetchall():
            cursor.execute(f'DELETE FROM "{table}"')
        cursor.execute("DELETE FROM access_roleassignment WHERE user_id = ANY(%s)", [people])
        cursor.execute("DELETE FROM access_user WHERE id = ANY(%s)", [people])
        cursor.execute("SET session_replication_role = origin")


def test_a_server_that_dies_in_the_middle_of_a_batch_took_nothing(at_work, monkeypatch):
    phone = Phone(at_work.lead)
    with scoped(at_work.hospital.scope()):
        batch = [at_work.answer(phone, item, "no") for item in ("towel", "soap", "tap_ok")]

    def die(context):
        if context.one.item == "soap":
            connection = connections["default"]
            pid = connection.cursor().connection.info.backend_pid
            with connections["superuser"].cursor() as cursor:
                cursor.execute("SELECT pg_terminate_backend(%s)", [pid])
        return answer(context)

    answer = kinds.APPLY[Kind.ANSWER]
    monkeypatch.setitem(kinds.APPLY, Kind.ANSWER, die)
    with pytest.raises((OperationalError, InterfaceError)):
        at_work.sends(phone, *batch)
    connections["default"].close()
    monkeypatch.setitem(kinds.APPLY, Kind.ANSWER, answer)
    with scoped(at_work.hospital.scope()):
        assert not Op.objects.exists()
    assert statuses(at_work.sends(phone, *batch)) == ["stored"] * 3
    with scoped(at_work.hospital.scope()):
        assert set(at_work.answers) == {"towel", "soap", "tap_ok"}


def test_two_inspectors_and_one_phone_twice_at_the_same_moment(at_work):
    lead, member = Phone(at_work.lead), Phone(at_work.member)
    with scoped(at_work.hospital.scope()):
        first, second = at_work.answer(lead, "towel", "yes"), at_work.answer(member, "towel", "no")
    ready, said = threading.Barrier(3), []

    def sync(phone, op):
        from copy import copy

        visited = copy(at_work)
        visited.visit = type(at_work.visit)(pk=at_work.visit.pk)
        try:
            ready.wait(10)
            said.extend(statuses(visited.sends(phone, op)))
        finally:
            connections.close_all()

    threads = [
        threading.Thread(target=sync, args=one) for one in ((lead, first), (lead, first), (member, second))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(said) == ["again", "conflict", "stored"]
    with scoped(at_work.hospital.scope()):
        assert Op.objects.count() == 2
        assert len(ops.open_conflicts(at_work.visit)) == 1
        assert at_work.sheet.edits.count() == 1
        assert exchange.said(at_work.visit) == []

"""The only thing that crosses: a year's number of reports by department, and only while it is switched on (X-09)."""

from datetime import UTC, datetime

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DatabaseError, IntegrityError, connection, connections, transaction

from zhikong.foundation.access import firewall, protection
from zhikong.foundation.access.scope import job_scope, scoped
from zhikong.hospital.functions.event_quotas import actions, queries
from zhikong.hospital.functions.event_quotas.models import Plan, Settlement

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
AFTER = datetime(2027, 1, 5, 2, 0, tzinfo=UTC)


def granted(cursor) -> bool:
    cursor.execute("SELECT has_table_privilege(%s, 'event_quotas_counts', 'SELECT')", [firewall.PAY])
    return cursor.fetchone()[0]


def tell_incidents(cursor, hospital_id, department_id, *moments, state="reported"):
    """Rows of incidents by hand: only what the view counts matters here."""
    for number, at in enumerate(moments):
        cursor.execute(
            "INSERT INTO incidents_incident (id, institution_id, code, privacy, state, category, department_id,"
            " occurred_on, shift, place, harm, level, reported_at, once, confidential, readers, reader_roles)"
            " VALUES (%s, %s, %s, 'anonymous', %s, 'fall', %s, %s::date, 'unknown', '', '', '', %s, '', true, '{}', '{}')",
            [abs(hash((at, number, state))) % 10**15, hospital_id, f"T{abs(hash((at, number, state))) % 10**9}", state,
             department_id, at, at],
        )  # fmt: skip


@pytest.fixture
def people(hospital, make_user):
    from types import SimpleNamespace

    return SimpleNamespace(planner=make_user("medical_affairs"), leader=make_user("hospital_leader"))


@pytest.fixture
def plan(hospital, people):
    def make(year=2026, quota=3):
        card = hospital.departments["CARD"].id
        made = actions.save_plan(
            by=people.planner, now=NOW, year=year, quotas={card: ("major", quota)}, per_100_beds=20, short_fen=5000,
            over_fen=2000,
        )  # fmt: skip
        return made

    return make


def approved(plan, people):
    actions.simulate(plan, by=people.planner, now=NOW)
    actions.submit(plan, by=people.planner, now=NOW)
    actions.decide(plan, by=people.leader, now=NOW, approved=True)
    return plan


# ---- the grant follows the switch


@pytest.mark.proves("X-09")
def test_it_is_off_until_somebody_switches_it_on(committed):
    with connections["superuser"].cursor() as cursor:
        assert not granted(cursor)


def test_the_grant_comes_and_goes_with_the_switch(hospital, plan, people):
    approved(plan(), people)
    for on in (True, False, True):
        actions.set_switch(by=people.leader, now=NOW, on=on, reason="院长办公会决定")
        with connection.cursor() as cursor:
            assert granted(cursor) is on
    queries.switch().delete()
    with connection.cursor() as cursor:
        assert not granted(cursor)


def test_a_migration_gives_the_grant_back_only_where_it_is_on(committed):
    with transaction.atomic(using="owner"), connections["owner"].cursor() as cursor:
        cursor.execute(f"GRANT SELECT ON event_quotas_counts TO {firewall.PAY}")
        protection.apply()
        assert not granted(cursor)
        transaction.set_rollback(True, using="owner")


def test_pay_reads_the_view_only_while_it_is_on(committed_hospital):
    card = committed_hospital.departments["CARD"].id
    with transaction.atomic(using="superuser"), connections["superuser"].cursor() as cursor:
        tell_incidents(cursor, committed_hospital.id, card, "2025-03-01T08:00Z", "2025-05-01T08:00Z")
        switch = "INSERT INTO event_quotas_switch (institution_id, is_on, changed_at, reason) VALUES (%s, %s, now(), 'x')"
        cursor.execute(switch, [committed_hospital.id, True])
        for name, value in job_scope(committed_hospital.id, job="pay").as_settings().items():
            cursor.execute("SELECT set_config(%s, %s, true)", [f"zhikong.{name}", value])
        seen = "SELECT department_id, year, reports FROM event_quotas_counts"
        cursor.execute(f"SET LOCAL ROLE {firewall.PAY}")
        cursor.execute(seen)
        assert cursor.fetchall() == [(card, 2025, 2)]
        refused(cursor, "SELECT * FROM incidents_incident")
        cursor.execute("RESET ROLE")
        cursor.execute("UPDATE event_quotas_switch SET is_on = false")
        cursor.execute(f"SET LOCAL ROLE {firewall.PAY}")
        refused(cursor, seen)
        cursor.execute("RESET ROLE")
        # another hospital's switch gives the grant, and not this hospital's numbers
        cursor.execute(f"GRANT SELECT ON event_quotas_counts TO {firewall.PAY}")
        cursor.execute(f"SET LOCAL ROLE {firewall.PAY}")
        cursor.execute(seen)
        assert cursor.fetchall() == []
        cursor.execute("RESET ROLE")
        transaction.set_rollback(True, using="superuser")


def refused(cursor, statement):
    cursor.execute("SAVEPOINT before")
    with pytest.raises(DatabaseError, match="permission denied"):
        cursor.execute(statement)
    cursor.execute("ROLLBACK TO SAVEPOINT before")


def test_nobody_else_may_call_the_function_that_grants(hospital):
    with connection.cursor() as cursor:
        refused(cursor, "SELECT event_quotas_grant()")


def test_the_view_has_four_columns_of_numbers(hospital):
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM event_quotas_counts LIMIT 0")
        assert [column.name for column in cursor.description] == [
            "institution_id", "department_id", "year", "reports",
        ]  # fmt: skip


# ---- counts


def test_merged_reports_and_this_month_are_not_counted(hospital):
    card = hospital.departments["CARD"].id
    from django.utils import timezone

    with connection.cursor() as cursor:
        tell_incidents(
            cursor, hospital.id, card, "2025-03-01T08:00Z", "2025-12-31T15:59Z", "2025-12-31T16:01Z"
        )
        tell_incidents(cursor, hospital.id, card, "2025-04-01T08:00Z", state="merged")
        tell_incidents(cursor, hospital.id, None, "2025-06-01T08:00Z")
        tell_incidents(cursor, hospital.id, card, timezone.now().isoformat())
    assert queries.counts(2025) == {card: 2, None: 1}  # the year ends in Shanghai
    assert queries.counts(timezone.now().year + 1) == {}
    assert sum(queries.counts(2026).values()) == 1


def test_another_hospitals_reports_are_not_counted(hospital, other_hospital):
    with scoped(other_hospital.scope()), connection.cursor() as cursor:
        tell_incidents(cursor, other_hospital.id, None, "2025-03-01T08:00Z")
    assert queries.counts(2025) == {}


# ---- two people, simulated first, by counts alone


@pytest.mark.proves("WF-08")
def test_planned_simulated_approved_and_settled(hospital, people, plan):
    card = hospital.departments["CARD"].id
    made = approved(plan(year=2025), people)
    this_year = approved(plan(year=2026), people)
    assert this_year.state == Plan.State.APPROVED
    with connection.cursor() as cursor:
        tell_incidents(cursor, hospital.id, card, "2025-03-01T08:00Z")
    with pytest.raises(ValidationError, match="没有启用"):
        actions.settle(made, by=people.planner, now=NOW)
    actions.set_switch(by=people.leader, now=NOW, on=True, reason="院长办公会决定")
    settled = actions.settle(made, by=people.planner, now=NOW)
    [line] = settled.lines.all()
    assert (line.department_name, line.quota, line.reports, line.amount) == ("心血管内科", 3, 1, -10000)
    actions.approve_settlement(settled, by=people.leader, now=AFTER)
    assert settled.state == Settlement.State.APPROVED
    with pytest.raises(ValidationError, match="已经结算"):
        actions.settle(made, by=people.planner, now=AFTER)


def test_a_year_is_settled_when_it_is_over(people, plan):
    made = approved(plan(), people)
    actions.set_switch(by=people.leader, now=NOW, on=True, reason="院长办公会决定")
    with pytest.raises(ValidationError, match="还没有结束"):
        actions.settle(made, by=people.planner, now=NOW)


def test_nobody_submits_what_was_not_simulated(people, plan):
    made = plan()
    with pytest.raises(ValidationError, match="试算"):
        actions.submit(made, by=people.planner, now=NOW)
    with pytest.raises(IntegrityError), transaction.atomic():
        Plan.objects.filter(pk=made.pk).update(state="submitted")


def test_a_change_makes_the_simulation_and_the_approval_void(people, plan):
    approved(plan(), people)
    again = plan(quota=9)
    assert (again.state, again.simulated_at, again.decided_by) == (Plan.State.DRAFT, None, None)


def test_who_plans_does_not_approve(hospital, people, plan, make_user):
    from zhikong.foundation.access.models import RoleAssignment

    made = plan()
    actions.simulate(made, by=people.planner, now=NOW)
    actions.submit(made, by=people.planner, now=NOW)
    with pytest.raises(PermissionDenied):
        actions.decide(made, by=people.planner, now=NOW, approved=True)
    RoleAssignment.objects.create(
        institution_id=hospital.id, user=people.planner, role="hospital_leader", valid_from="2020-01-01"
    )
    people.planner.forget_grants()
    with pytest.raises(ValidationError, match="换一位"):
        actions.decide(made, by=people.planner, now=NOW, approved=True)
    with pytest.raises(IntegrityError), transaction.atomic():
        Plan.objects.filter(pk=made.pk).update(decided_by=people.planner, decided_at=NOW)


def test_it_is_not_switched_on_without_an_approved_plan(people, plan):
    plan()
    with pytest.raises(ValidationError, match="还没有批准"):
        actions.set_switch(by=people.leader, now=NOW, on=True, reason="院长办公会决定")
    with pytest.raises(PermissionDenied):
        actions.set_switch(by=people.planner, now=NOW, on=False, reason="停用")


def test_the_planner_sees_that_the_quotas_fall_short(hospital, people):
    found = queries.planner(plan=None, today=NOW.date())
    assert (found.beds, found.needed) == (150, 30)
    assert {row.department.code: (row.group, row.base) for row in found.rows} == {
        "CARD": ("major", 10), "GSUR": ("major", 10), "PAED": ("major", 10), "LAB": ("medtech", 2),
    }  # fmt: skip
    assert (found.base_total, found.base_covers, found.suffices) == (32, 160, True)

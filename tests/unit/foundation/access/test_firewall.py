"""Between pay and incidents stand a grant that is not given and a row policy behind it; each opening is noticed.

Every opening is made in the test's own transaction, by the owner of the tables, and rolled back.
"""

from dataclasses import replace

import pytest
from django.db import connections, transaction

from zhikong.foundation.access import firewall, policies, protection
from zhikong.foundation.access.base import Protection
from zhikong.foundation.access.scope import job_scope
from zhikong.foundation.findings.models import Finding
from zhikong.foundation.notices.models import Notice
from zhikong.foundation.opaque import FILE_PURPOSE, KIND
from zhikong.foundation.tasks.models import Task

DECLARED = [(m, protection.declared(m)) for m in protection.protected_models()]
OPAQUE = {"findings_finding", "tasks_task", "notices_notice", "files_file"}


@pytest.fixture
def owner(committed):
    """A cursor of the tables' owner in a transaction that is rolled back."""
    with transaction.atomic(using="owner"), connections["owner"].cursor() as cursor:
        yield cursor
        transaction.set_rollback(True, using="owner")


def problems(cursor):
    return firewall.problems(cursor, DECLARED)


def test_it_is_shut(owner):
    assert problems(owner) == []


@pytest.mark.parametrize("table", [*sorted(OPAQUE), "incidents_incident", "incidents_reporteridentity"])
def test_a_grant_is_noticed(owner, table):
    owner.execute(f"GRANT SELECT ON {table} TO {firewall.PAY}")
    assert problems(owner) == [f"{firewall.PAY} has a grant on {table}"]


def test_a_grant_on_one_column_is_noticed(owner):
    owner.execute(f"GRANT SELECT (category) ON incidents_incident TO {firewall.PAY}")
    assert problems(owner) == [f"{firewall.PAY} has a grant on incidents_incident"]


@pytest.mark.parametrize("table", [*sorted(OPAQUE), "incidents_incident"])
def test_a_missing_row_policy_is_noticed(owner, table):
    owner.execute(f"DROP POLICY zhikong_pay ON {table}")
    assert problems(owner) == [f"{table} has no row policy against {firewall.PAY}"]


def test_a_softened_row_policy_is_noticed(owner):
    owner.execute("ALTER POLICY zhikong_pay ON incidents_incident USING (true)")
    assert problems(owner) == [f"incidents_incident has no row policy against {firewall.PAY}"]


def test_rights_by_membership_are_noticed(committed):
    with transaction.atomic(using="superuser"), connections["superuser"].cursor() as cursor:
        cursor.execute(f"GRANT {protection.APP} TO {firewall.PAY}")
        said = problems(cursor)
        transaction.set_rollback(True, using="superuser")
    assert f"{firewall.PAY} has the rights of {protection.APP}" in said


def test_power_over_row_policies_is_noticed(committed):
    with transaction.atomic(using="superuser"), connections["superuser"].cursor() as cursor:
        cursor.execute(f"ALTER ROLE {firewall.PAY} BYPASSRLS")
        said = problems(cursor)
        transaction.set_rollback(True, using="superuser")
    assert said == [f"{firewall.PAY} goes around row policies"]


@pytest.mark.parametrize("label", firewall.NEVER_PAID)
def test_a_model_that_declares_itself_open_is_noticed(owner, label):
    found = next(((m, p) for m, p in DECLARED if m._meta.app_label == label), None)
    assert found, f"no table of {label}"
    opened = [(found[0], replace(found[1], performance=True, pay_never_sees=None))]
    assert firewall.problems(owner, opened) == [f"{found[0]._meta.label} may never be open to pay"]


# ---- the policy in fact: with the grant given, the rows stay away


def seen_with_a_grant(hospital, table, *, drop=False, policy=""):
    """How many rows pay reads of a table once somebody gave it the grant; what is written here is rolled back."""
    with transaction.atomic(using="superuser"), connections["superuser"].cursor() as cursor:
        settings = job_scope(hospital.id, job="tests").as_settings()
        cursor.execute(f"GRANT SELECT ON {table} TO {firewall.PAY}")
        if drop:
            cursor.execute(f"DROP POLICY zhikong_pay ON {table}")
        if policy:
            cursor.execute(f"ALTER POLICY zhikong_pay ON {table} USING ({policy})")
        make_rows(cursor, hospital, table)
        cursor.execute(f"SET LOCAL ROLE {firewall.PAY}")
        for name, value in settings.items():
            cursor.execute("SELECT set_config(%s, %s, true)", [f"zhikong.{name}", value])
        cursor.execute(f"SELECT count(*) FROM {table}")
        seen = cursor.fetchone()[0]
        cursor.execute("RESET ROLE")
        transaction.set_rollback(True, using="superuser")
    return seen


def make_rows(cursor, hospital, table):
    """One notice of an incident and one of something else."""
    assert table == "notices_notice"
    for kind, source, title, url in (
        (KIND, KIND, "不良事件办理", "/incidents/a/"),
        ("brief", "brief", "质量简报", "/reports/1/"),
    ):
        cursor.execute(
            "INSERT INTO notices_notice (institution_id, title, text, url, kind, source_kind, source_key, sent_at, sent_to)"
            " VALUES (%s, %s, '', %s, %s, %s, 'abcdef12', now(), '')",
            [hospital.id, title, url, kind, source],
        )


def test_behind_a_grant_stands_the_row_policy(committed_hospital):
    assert seen_with_a_grant(committed_hospital, "notices_notice") == 0
    assert (
        seen_with_a_grant(committed_hospital, "notices_notice", drop=True) >= 2
    )  # what the policy is there for


def test_if_pay_is_let_in_one_day_the_opaque_rows_stay_away(committed_hospital):
    condition = policies.hidden_from_pay(replace(Notice.protection, performance=True))
    everything = seen_with_a_grant(committed_hospital, "notices_notice", drop=True)
    assert seen_with_a_grant(committed_hospital, "notices_notice", policy=condition) == everything - 1


@pytest.mark.parametrize(
    ("model", "column"), [(Finding, "source_kind"), (Task, "source_kind"), (Notice, "kind")]
)
def test_tables_with_opaque_rows_say_which(model, column):
    assert model.protection.pay_never_sees == (column, KIND)


def test_files_of_incidents_are_named_by_their_purpose():
    from zhikong.foundation.files.models import File

    assert File.protection.pay_never_sees == ("purpose", FILE_PURPOSE)


def test_a_table_open_to_pay_has_no_such_policy():
    assert policies.hidden_from_pay(Protection(performance=True)) == ""

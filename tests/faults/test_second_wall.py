"""The database itself keeps scopes apart, whatever the code above it does (decision 2).

Everything here goes around the ORM: raw SQL with the rights of the application, the worker or the pay-related
role. Rows are read from what the test installation committed: two hospitals, A and B, with departments.
"""

import pytest
from django.db import DataError, ProgrammingError, connections, transaction
from django.test import Client

from zhikong.foundation.access import protection
from zhikong.foundation.access.models import RoleAssignment, User
from zhikong.foundation.access.scope import ScopeMissing, current_scope, job_scope, scoped
from zhikong.foundation.organisation.models import Department

ROLES = ("zhikong_owner", "zhikong_app", "zhikong_worker", "zhikong_performance")
SETTINGS = "SELECT current_setting('zhikong.institution', true), current_setting('zhikong.departments', true)"


def rows(alias, statement, parameters=None):
    with connections[alias].cursor() as cursor:
        cursor.execute(statement, parameters)
        return cursor.fetchall() if cursor.description else []


def count(alias, table, where="true"):
    return rows(alias, f"SELECT count(*) FROM {table} WHERE {where}")[0][0]


MODELS = protection.protected_models()
GUARDED = [m for m in MODELS if protection.declared(m).rows not in ("open", "account")]


@pytest.fixture
def hospitals(committed):
    """(A, B): ids of the two committed hospitals."""
    from zhikong.foundation.organisation.queries import institution_ids

    found = institution_ids()
    return found["A"], found["B"]


# ---- what is declared is there -----------------------------------------------------------------------------------


@pytest.mark.parametrize("model", MODELS, ids=lambda m: m._meta.label)
def test_every_table_has_its_policy_and_force(committed, model):
    table = model._meta.db_table
    protection.declared(model)
    [(enabled, forced)] = rows(
        "superuser",
        "SELECT relrowsecurity, relforcerowsecurity FROM pg_class WHERE oid = %s::regclass",
        [table],
    )
    assert enabled
    assert forced
    policies = rows("superuser", "SELECT qual FROM pg_policies WHERE tablename = %s", [table])
    assert policies
    if model in GUARDED:
        assert any("zhikong_institution" in (qual or "") for (qual,) in policies)


def test_no_table_is_forgotten(committed):
    tables = {
        row[0] for row in rows("superuser", "SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
    }
    ours = {m._meta.db_table for m in MODELS}
    assert {t for t in tables - ours if not protection._library_grant(t)} == set()


def test_a_model_without_protection_stops_the_migration():
    class Bare:
        class _meta:
            label = "bare.Bare"

    with pytest.raises(protection.Undeclared, match="declares no protection"):
        protection.declared(Bare)


def test_a_table_that_nobody_declares_stops_the_migration(committed):
    with transaction.atomic(using="owner"):
        rows("owner", "CREATE TABLE stray (id int)")
        with pytest.raises(protection.Undeclared, match="stray"):
            protection.apply("owner")
        transaction.set_rollback(True, using="owner")


def test_applying_again_changes_nothing(committed):
    question = "SELECT tablename, policyname, qual, with_check FROM pg_policies ORDER BY 1, 2"
    grants = "SELECT grantee, table_name, privilege_type FROM information_schema.role_table_grants ORDER BY 1, 2, 3"
    before = rows("owner", question), rows("owner", grants)
    protection.apply("owner")
    assert (rows("owner", question), rows("owner", grants)) == before


def test_no_role_is_a_superuser_or_bypasses(committed):
    found = rows(
        "superuser",
        "SELECT rolname, rolsuper, rolbypassrls, rolcreaterole, rolcreatedb, rolreplication FROM pg_roles"
        " WHERE rolname LIKE 'zhikong%%' AND rolname <> 'zhikong_admin'",
    )
    assert {row[0] for row in found} == set(ROLES)
    assert not any(any(row[1:]) for row in found)


def test_tests_connect_as_the_applications_role(committed):
    assert rows("default", "SELECT current_user, session_user") == [("zhikong_app", "zhikong_app")]
    assert rows("default", "SELECT pg_has_role('zhikong_app', 'zhikong_owner', 'member')") == [(False,)]


# ---- no scope, no rows -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("alias", ["default", "worker", "owner"])
@pytest.mark.parametrize("model", GUARDED, ids=lambda m: m._meta.label)
def test_raw_sql_without_a_scope_sees_nothing(committed, alias, model):
    if (alias, model._meta.label) in {("owner", "organisation.Institution")} or (
        protection.declared(model).rows == "trail" and alias != "default"
    ):
        return  # stated exceptions: finding institutions at start, sealing all events
    assert count(alias, model._meta.db_table) == 0


def test_there_is_something_to_see(hospitals):
    assert count("superuser", "organisation_department") >= 12
    with scoped(job_scope(hospitals[0], job="tests")):
        assert count("default", "organisation_department") == Department.objects.count() > 0


def test_the_scope_ends_with_its_transaction_on_a_reused_connection(hospitals):
    pid = rows("default", "SELECT pg_backend_pid()")
    with scoped(job_scope(hospitals[0], job="tests")):
        assert count("default", "organisation_department") > 0
    assert rows("default", "SELECT pg_backend_pid()") == pid
    assert all(not value for value in rows("default", SETTINGS)[0])
    assert count("default", "organisation_department") == 0


def test_the_scope_ends_when_the_block_fails(hospitals):
    with pytest.raises(ZeroDivisionError), scoped(job_scope(hospitals[0], job="tests")):
        raise ZeroDivisionError
    assert count("default", "organisation_department") == 0
    with pytest.raises(ScopeMissing):
        current_scope()


def test_an_inner_scope_gives_way_to_the_outer_one_also_after_an_error(hospitals):
    a, b = hospitals
    with scoped(job_scope(a, job="outer")):
        with pytest.raises(ProgrammingError), scoped(job_scope(b, job="inner")):
            rows("default", "SELECT * FROM there_is_no_such_table")
        assert current_scope().actor == "job:outer"
        assert count("default", "organisation_department", f"institution_id <> {a}") == 0
        with scoped(job_scope(b, job="inner")):
            assert count("default", "organisation_department", f"institution_id <> {b}") == 0
        assert count("default", "organisation_department", f"institution_id = {a}") > 0


@pytest.mark.parametrize("setting", ["-1", ""])
def test_an_unknown_institution_setting_shows_nothing(committed, setting):
    with transaction.atomic():
        forge(setting)
        assert count("default", "organisation_department") == 0


@pytest.mark.parametrize("setting", ["1 OR true", "*", "1,2"])
def test_a_forged_institution_setting_is_an_error(committed, setting):
    with transaction.atomic():
        forge(setting)
        with pytest.raises(DataError, match="bigint"):
            count("default", "organisation_department")
        transaction.set_rollback(True)


def forge(institution):
    rows("default", "SELECT set_config('zhikong.institution', %s, true)", [institution])
    rows("default", "SELECT set_config('zhikong.departments', '*', true)")


# ---- a request leaves nothing behind -------------------------------------------------------------------------------


@pytest.fixture
def signed_in(hospitals):
    """A committed account of hospital A and a client that is signed in; taken back afterwards."""
    with scoped(job_scope(hospitals[0], job="tests")):
        user = User.objects.create(username="second-wall", institution_id=hospitals[0])
        RoleAssignment.objects.create(
            institution_id=hospitals[0], user=user, role="quality_office", valid_from="2020-01-01"
        )
    client = Client()
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    yield client
    client.logout()
    rows("superuser", "DELETE FROM access_roleassignment WHERE user_id = %s", [user.pk])
    rows("superuser", "DELETE FROM access_user WHERE id = %s", [user.pk])


def test_after_a_request_the_same_connection_sees_nothing(signed_in):
    answer = signed_in.get("/organisation/")
    assert answer.status_code == 200
    assert "心血管内科" in answer.content.decode()
    assert answer["X-Request-ID"]
    assert all(not value for value in rows("default", SETTINGS)[0])
    assert count("default", "organisation_department") == 0


def test_a_failing_view_rolls_everything_back(signed_in, hospitals, monkeypatch):
    from zhikong.foundation.calendar import actions

    real = actions.set_day

    def half_done(**kwargs):
        real(**kwargs)
        assert count("default", "calendar_calendarday") == 1
        raise RuntimeError("after the write")

    monkeypatch.setattr(actions, "set_day", half_done)
    signed_in.raise_request_exception = False
    form = {"day": "2027-03-03", "working": "False", "note": "院庆"}
    assert signed_in.post("/calendar/2027/", form).status_code == 500
    with scoped(job_scope(hospitals[0], job="tests")):
        assert count("default", "calendar_calendarday") == 0


# ---- other hospitals, other departments ------------------------------------------------------------------------------


def test_another_hospital_is_invisible_and_unwritable(hospitals):
    a, b = hospitals
    with scoped(job_scope(a, job="tests")):
        assert count("default", "organisation_department", f"institution_id = {b}") == 0
        assert rows("default", "SELECT count(*) FROM organisation_institution") == [(1,)]
        for statement in (
            f"INSERT INTO organisation_department (institution_id, code) VALUES ({b}, 'SPY')",
            f"UPDATE organisation_department SET institution_id = {b}",
        ):
            with pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
                rows("default", statement)
        with connections["default"].cursor() as cursor:
            cursor.execute(f"UPDATE organisation_department SET code = 'X' WHERE institution_id = {b}")
            assert cursor.rowcount == 0


def test_accounts_of_another_hospital_are_invisible_within_a_scope(hospitals, signed_in):
    with scoped(job_scope(hospitals[1], job="tests")):
        assert count("default", "access_user", "username = 'second-wall'") == 0
    with scoped(job_scope(hospitals[0], job="tests")):
        assert count("default", "access_user", "username = 'second-wall'") == 1


DEPARTMENTAL = [m for m in MODELS if protection.declared(m).rows == "department"]


def test_there_are_departmental_tables():
    assert DEPARTMENTAL


@pytest.mark.parametrize("model", DEPARTMENTAL, ids=lambda m: m._meta.label)
def test_policies_of_departmental_tables_compare_the_department(committed, model):
    column = protection.declared(model).department_column
    [(qual, check)] = rows(
        "superuser",
        "SELECT qual, with_check FROM pg_policies WHERE tablename = %s AND policyname = 'zhikong_rows'",
        [model._meta.db_table],
    )
    for condition in (qual, check):
        assert f"{column} = ANY" in condition
        assert "zhikong_departments" in condition


def test_another_department_is_invisible_and_unwritable(committed, hospitals):
    """With the departmental policy on a table of our own making, so that it does not depend on any function."""
    from zhikong.foundation.access import policies
    from zhikong.foundation.access.base import Protection

    a, b = hospitals
    with transaction.atomic(using="owner"):
        rows("owner", "CREATE TABLE wall (institution_id bigint, department_id bigint)")
        rows("owner", f"INSERT INTO wall VALUES ({a}, 1), ({a}, 2), ({a}, NULL), ({b}, 1)")
        rows("owner", policies.row_policy("wall", Protection(rows="department")))

        def seen(departments):
            with scoped(job_scope(a, job="tests", departments=departments), using="owner"):
                return sorted(rows("owner", "SELECT institution_id, department_id FROM wall"), key=str)

        assert seen(frozenset({1})) == [(a, 1)]
        assert seen(frozenset({1, 2})) == [(a, 1), (a, 2)]
        assert seen(frozenset()) == []
        assert len(seen(None)) == 3
        with scoped(job_scope(a, job="tests", departments=frozenset({1})), using="owner"):
            for values in (f"({a}, 2)", f"({a}, NULL)", f"({b}, 1)"):
                with pytest.raises(ProgrammingError, match="row-level"), transaction.atomic(using="owner"):
                    rows("owner", f"INSERT INTO wall VALUES {values}")
            rows("owner", f"INSERT INTO wall VALUES ({a}, 1)")
        transaction.set_rollback(True, using="owner")


# ---- the pay-related role ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("model", MODELS, ids=lambda m: m._meta.label)
def test_the_performance_role_reads_only_what_is_declared_for_it(committed, model):
    table = model._meta.db_table
    declared = protection.declared(model).performance
    granted = rows(
        "superuser",
        "SELECT has_table_privilege('zhikong_performance', %s, 'SELECT'),"
        " has_table_privilege('zhikong_performance', %s, 'INSERT, UPDATE, DELETE, TRUNCATE')",
        [table, table],
    )
    assert granted == [(declared, False)]


def test_the_performance_role_is_refused_in_fact(committed):
    for table in (
        "access_user",
        "organisation_person",
        "audit_auditevent",
        "django_session",
        "findings_finding",
    ):
        with pytest.raises(ProgrammingError, match="permission denied"):
            count("performance", table)


def test_the_performance_role_has_a_scope_too(hospitals):
    assert count("performance", "organisation_department") == 0
    with scoped(job_scope(hospitals[0], job="tests"), using="performance"):
        assert count("performance", "organisation_department", f"institution_id <> {hospitals[0]}") == 0
        assert count("performance", "organisation_department") > 0


# ---- the two walls say the same ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("model", GUARDED, ids=lambda m: m._meta.label)
def test_the_managers_filter_equals_the_policy(hospitals, model):
    """What the first wall shows a superuser is what the second shows the application."""
    from zhikong.foundation.access.scope import Scope
    from zhikong.foundation.access.scoping import visible

    a, _ = hospitals
    for scope in (Scope(a, None), Scope(a, frozenset()), Scope(a, frozenset({1, 2}))):
        with scoped(scope):
            first = set(visible(model._base_manager.using("superuser")).values_list("pk", flat=True))
            second = set(model._base_manager.values_list("pk", flat=True))
        assert first == second


def test_every_protected_model_has_the_first_wall(committed):
    from zhikong.foundation.access.base import Protected
    from zhikong.foundation.access.scoping import ScopedManager

    without = [m._meta.label for m in MODELS if issubclass(m, Protected)
               and not isinstance(m._default_manager, ScopedManager)]  # fmt: skip
    assert without == []


# ---- nobody widens his own rights --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "attempt",
    [
        "ALTER TABLE organisation_department DISABLE ROW LEVEL SECURITY",
        "DROP POLICY zhikong_rows ON organisation_department",
        "CREATE TABLE loot AS SELECT * FROM organisation_department",
        "CREATE OR REPLACE FUNCTION zhikong_whole_hospital() RETURNS boolean LANGUAGE sql AS 'SELECT true'",
        "SET ROLE zhikong_owner",
        "SET SESSION AUTHORIZATION zhikong_owner",
        "SET session_replication_role = replica",
        "TRUNCATE organisation_department CASCADE",
        "COPY organisation_department TO PROGRAM 'cat'",
        "SELECT pg_read_file('/etc/passwd')",
        "ALTER ROLE zhikong_app BYPASSRLS",
    ],
)
@pytest.mark.parametrize("alias", ["default", "worker", "performance"])
def test_nobody_widens_his_rights(committed, alias, attempt):
    with (
        pytest.raises(ProgrammingError, match=r"denied|must be owner|permission|must be"),
        transaction.atomic(using=alias),
    ):
        rows(alias, attempt)


@pytest.mark.parametrize("alias", ["default", "worker"])
def test_nobody_passes_his_grants_on(committed, alias):
    """PostgreSQL answers with a warning and grants nothing."""
    with transaction.atomic(using=alias):
        rows(alias, "GRANT ALL ON organisation_person TO zhikong_performance")
        question = "SELECT has_table_privilege('zhikong_performance', 'organisation_person', 'SELECT')"
        assert rows(alias, question) == [(False,)]
        transaction.set_rollback(True, using=alias)


def test_row_security_cannot_be_switched_off(committed):
    with transaction.atomic():
        rows("default", "SET LOCAL row_security = off")
        with pytest.raises(ProgrammingError, match="would be affected by row-level security"):
            count("default", "organisation_department")
        transaction.set_rollback(True)

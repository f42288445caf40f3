"""What separates pay from incidents in the database, and the check that says when it is open (decision 2).

Three walls stand one behind the other: no grant, a restrictive row policy behind every grant that is not given, and
views that show counts only. The check reads the database's own catalogue; it runs after each migration and in tests.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from zhikong.foundation.access import policies
from zhikong.foundation.access.base import Protection

PAY = "zhikong_performance"
NEVER_PAID = ("incidents", "complaints", "findings", "tasks", "notices", "files", "audit")
"""Apps whose tables the pay-related role never reads, whatever a model declares."""


@dataclass(frozen=True)
class View:
    """A view over tables that its reader may not read. Web server and worker read it.

    after: SQL that gives the pay-related role what it may have at the moment, or nothing.
    """

    name: str
    after: str = ""


_views: dict[str, View] = {}


def declare_view(view: View) -> None:
    """Called in an app's ready(): a view that nobody declares stops the migration."""
    _views[view.name] = view


def views() -> tuple[View, ...]:
    return tuple(_views.values())


def problems(cursor, models: Iterable[tuple[type, Protection]]) -> list[str]:
    """Sentences about every opening between pay and what it must not see; empty when all is shut."""
    models = list(models)
    found = [f"{m._meta.label} may never be open to pay" for m, p in models if _declared_open(m, p)]
    found += _role_problems(cursor)
    closed = {m._meta.db_table: p for m, p in models if policies.hidden_from_pay(p)}
    return found + _grant_problems(cursor, closed) + _policy_problems(cursor, closed)


def _declared_open(model, protection: Protection) -> bool:
    return protection.performance and model._meta.app_label in NEVER_PAID


def _role_problems(cursor) -> list[str]:
    cursor.execute("SELECT rolsuper, rolbypassrls FROM pg_roles WHERE rolname = %s", [PAY])
    power = "" if cursor.fetchone() == (False, False) else f"{PAY} goes around row policies"
    cursor.execute(
        "SELECT r.rolname FROM pg_auth_members m JOIN pg_roles r ON r.oid = m.roleid JOIN pg_roles p ON p.oid = m.member"
        " WHERE p.rolname = %s",
        [PAY],
    )
    joined = [f"{PAY} has the rights of {name}" for (name,) in cursor.fetchall()]
    return [power, *joined] if power else joined


def _grant_problems(cursor, closed: dict[str, Protection]) -> list[str]:
    shut = [table for table, protection in closed.items() if not protection.performance]
    cursor.execute(
        "SELECT c.relname FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relname = ANY (%s)"
        " AND (has_any_column_privilege(%s, c.oid, 'SELECT, INSERT, UPDATE') OR has_table_privilege(%s, c.oid, 'DELETE'))"
        " ORDER BY 1",
        [shut, PAY, PAY],
    )
    return [f"{PAY} has a grant on {table}" for (table,) in cursor.fetchall()]


def _policy_problems(cursor, closed: dict[str, Protection]) -> list[str]:
    cursor.execute(
        "SELECT tablename, qual FROM pg_policies WHERE policyname = 'zhikong_pay' AND permissive = 'RESTRICTIVE'"
        " AND roles = ARRAY[%s]::name[] AND cmd = 'ALL'",
        [PAY],
    )
    standing = dict(cursor.fetchall())
    return [
        f"{table} has no row policy against {PAY}"
        for table, protection in sorted(closed.items())
        if not _says(standing.get(table), protection)
    ]


def _says(condition: str | None, protection: Protection) -> bool:
    """Whether the policy in the catalogue is the declared one; PostgreSQL writes it in its own spelling."""
    if condition is None or not protection.performance:
        return condition == "false"
    column, value = protection.pay_never_sees
    return "IS DISTINCT FROM" in condition and column in condition and f"'{value}'" in condition

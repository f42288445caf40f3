"""The second wall: row policies, grants and audit triggers, made from each model's ``protection`` after migrate.

Runs on the connection ``owner`` only, in one transaction, and may run as often as one likes: it takes everything
away and gives exactly what is declared. A model of ours without a protection, or a table that nobody declares,
stops the migration: an unguarded table is never served.
"""

from django.apps import apps
from django.db import connections, transaction
from django.db.models import Model

from zhikong.foundation.access import firewall, policies
from zhikong.foundation.access.base import Protection
from zhikong.foundation.audit import triggers

OWNER, APP, WORKER, PERFORMANCE = "zhikong_owner", "zhikong_app", "zhikong_worker", "zhikong_performance"

# Tables of libraries: no institution, no row policy; the grants that they need and no more.
LIBRARY_GRANTS = {
    "django_migrations": "SELECT",
    "django_content_type": "SELECT",
    "auth_": "SELECT",
    "access_user_": "SELECT",  # Django's own group links of an account; roles are RoleAssignment
    "django_session": "SELECT, INSERT, UPDATE, DELETE",
    "account_": "SELECT, INSERT, UPDATE, DELETE",
    "mfa_": "SELECT, INSERT, UPDATE, DELETE",
    "procrastinate_": "SELECT, INSERT, UPDATE, DELETE",
}
LIBRARY_AUDITED = {"mfa_authenticator": ("data",)}


class Undeclared(RuntimeError):
    """Raised when a table would be left without a declared protection."""


def protected_models() -> list[type[Model]]:
    """Our own models that have a table, in a stable order."""
    ours = [m for m in apps.get_models() if m.__module__.startswith("zhikong.") and m._meta.managed]
    return sorted((m for m in ours if not m._meta.proxy), key=lambda m: m._meta.db_table)


def declared(model: type[Model]) -> Protection:
    """The protection of a model, or Undeclared with the remedy."""
    protection = getattr(model, "protection", None)
    if not isinstance(protection, Protection):
        raise Undeclared(
            f"{model._meta.label} declares no protection: subclass Protected or set protection = Protection(...)"
        )
    if protection.rows == "open" and not protection.reason:
        raise Undeclared(f"{model._meta.label} is open to every scope and gives no reason")
    columns = {f.column for f in model._meta.local_fields}
    needed = _columns_needed(protection)
    if missing := (needed | set(protection.sensitive)) - columns:
        raise Undeclared(
            f"{model._meta.label}: protection names columns that do not exist: {sorted(missing)}"
        )
    return protection


def _columns_needed(protection: Protection) -> set[str]:
    hidden = {protection.pay_never_sees[0]} if protection.pay_never_sees else set()
    return hidden | {
        "department": {protection.department_column},
        "participants": {protection.department_column, "confidential", "readers", "reader_roles"},
        "parent": {protection.parent_column},
    }.get(protection.rows, set())


def apply(using: str = "owner") -> int:
    """Bring policies, grants and triggers of all tables to what is declared; returns the number of our tables."""
    models = [(m, declared(m)) for m in protected_models()]
    with transaction.atomic(using=using), connections[using].cursor() as cursor:
        existing = set(_tables(cursor))  # a model whose migration is still to come has no table to guard
        models = [(m, p) for m, p in models if m._meta.db_table in existing]
        _refuse_undeclared_tables(existing, {m._meta.db_table for m, _ in models})
        cursor.execute(policies.FUNCTIONS)
        cursor.execute(triggers.functions())
        cursor.execute(_clean_slate())
        for model, protection in models:
            cursor.execute("".join(_statements(model, protection)))
        cursor.execute("".join(_library_statements(cursor)))
        for view in firewall.views():
            if view.name in existing:
                cursor.execute(f'GRANT SELECT ON "{view.name}" TO {APP}, {WORKER};\n{view.after}')
        if problems := firewall.problems(cursor, models):
            raise Undeclared("; ".join(problems))
    return len(models)


def after_migrate(using: str, **_) -> None:
    """Signal receiver; ``sender`` is the access app, so it runs once, after all tables exist."""
    if using == "owner":
        apply(using)


def _clean_slate() -> str:
    roles = f"{APP}, {WORKER}, {PERFORMANCE}"
    return f"""
        REVOKE ALL ON SCHEMA public FROM PUBLIC;
        REVOKE ALL ON ALL TABLES IN SCHEMA public FROM PUBLIC, {roles};
        REVOKE ALL ON ALL SEQUENCES IN SCHEMA public FROM PUBLIC, {roles};
        GRANT USAGE ON SCHEMA public TO {roles};
        GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {APP}, {WORKER};
    """


def _statements(model: type[Model], protection: Protection) -> list[str]:
    table = model._meta.db_table
    return [
        policies.row_policy(table, protection),
        _grants(table, protection),
        triggers.for_model(model, protection),
    ]


def _grants(table: str, protection: Protection) -> str:
    writing = "SELECT"
    if protection.rows != "trail":
        writing += ", INSERT" if protection.append_only else ", INSERT, UPDATE, DELETE"
    granted = {
        WORKER: writing,
        APP: {"write": writing, "read": "SELECT", "nothing": ""}[protection.web],
        PERFORMANCE: "SELECT" if protection.performance else "",
    }
    return "".join(f'GRANT {what} ON "{table}" TO {role};\n' for role, what in granted.items() if what)


def _library_statements(cursor) -> list[str]:
    statements = [
        f'GRANT {_library_grant(table)} ON "{table}" TO {APP}, {WORKER};\n'
        for table in _tables(cursor)
        if _library_grant(table)
    ]
    for table, sensitive in LIBRARY_AUDITED.items():
        statements.append(triggers.for_table(table, key="id", institution="", sensitive=sensitive))
    return statements


def _library_grant(table: str) -> str | None:
    return next((grant for start, grant in LIBRARY_GRANTS.items() if table.startswith(start)), None)


def _refuse_undeclared_tables(existing: set[str], ours: set[str]) -> None:
    ours = ours | {view.name for view in firewall.views()}
    unknown = sorted(t for t in existing if t not in ours and not _library_grant(t))
    if unknown:
        raise Undeclared(f"Tables without a declared protection: {', '.join(unknown)}")


def _tables(cursor) -> list[str]:
    cursor.execute(
        "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r','p','v','m')"
        " ORDER BY relname"
    )
    return [row[0] for row in cursor.fetchall()]

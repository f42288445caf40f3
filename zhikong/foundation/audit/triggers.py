"""The triggers that fill the audit trail, as SQL made from each model's protection.

Statement triggers with transition tables: one bulk write of 100,000 rows costs one INSERT … SELECT, not 100,000
calls, and nothing can pass them by, be it ORM, bulk, raw SQL or a job. The function runs as the owner
(SECURITY DEFINER), so that no other role needs, or has, the right to write the trail.
"""

from pathlib import Path

from django.db.models import Model

from zhikong.foundation.access.base import Protection

MASK = "■"
_SQL = Path(__file__).parent / "sql"


def functions() -> str:
    """The functions that the triggers call; safe to run again and again."""
    record = (_SQL / "record.sql").read_text(encoding="utf-8").strip()
    trail = (_SQL / "trail.sql").read_text(encoding="utf-8")
    return trail.replace("{record}", record).replace("{mask}", MASK)


_EVENTS = {
    "insert": "INSERT ON {table} REFERENCING NEW TABLE AS new_rows",
    "update": "UPDATE ON {table} REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows",
    "delete": "DELETE ON {table} REFERENCING OLD TABLE AS old_rows",
    "truncate": "TRUNCATE ON {table}",
}


def for_model(model: type[Model], protection: Protection) -> str:
    """Statements that put exactly the declared triggers on a model's table."""
    meta = model._meta
    sql = _append_only(meta.db_table, protection.append_only)
    if not protection.audited:
        return sql + _drop(meta.db_table)
    columns = {field.column for field in meta.local_fields}
    institution = "institution_id" if "institution_id" in columns else ""
    if protection.rows == "institution_itself":
        institution = meta.pk.column
    return sql + for_table(
        meta.db_table, key=meta.pk.column, institution=institution, sensitive=protection.sensitive
    )


def for_table(table: str, *, key: str, institution: str, sensitive: tuple[str, ...]) -> str:
    """Audit triggers of one table. institution: the column with the institution's id, '' for that of the scope."""
    arguments = f"'{key}', '{institution}', '{','.join(sensitive)}'"
    created = (
        f"CREATE TRIGGER zhikong_audit_{name} AFTER {event.format(table=_quoted(table))}"
        f" FOR EACH STATEMENT EXECUTE FUNCTION zhikong_audit({arguments});\n"
        for name, event in _EVENTS.items()
    )
    return _drop(table) + "".join(created)


def _drop(table: str) -> str:
    return "".join(f"DROP TRIGGER IF EXISTS zhikong_audit_{name} ON {_quoted(table)};\n" for name in _EVENTS)


def _append_only(table: str, wanted: bool) -> str:
    """Refuses edits to everybody, the owner included; grants refuse them to app and worker already."""
    sql = f"DROP TRIGGER IF EXISTS zhikong_append_only ON {_quoted(table)};\n"
    if wanted:
        sql += (
            f"CREATE TRIGGER zhikong_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {_quoted(table)}"
            " FOR EACH STATEMENT EXECUTE FUNCTION zhikong_append_only();\n"
        )
    return sql


def _quoted(table: str) -> str:
    return f'"{table}"'

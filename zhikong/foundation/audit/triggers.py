"""The triggers that fill the audit trail, as SQL made from each model's protection.

Statement triggers with transition tables: one bulk write of 100,000 rows costs one INSERT … SELECT, not 100,000
calls, and nothing can pass them by, be it ORM, bulk, raw SQL or a job. The function runs as the owner
(SECURITY DEFINER), so that no other role needs, or has, the right to write the trail.
"""

from django.db.models import Model

from zhikong.foundation.access.base import Protection

MASK = "■"

_WHO = """
    NULLIF(current_setting('zhikong.institution', true), '')::bigint"""

_ACTOR = """COALESCE(current_setting('zhikong.actor', true), ''),
    NULLIF(current_setting('zhikong.user', true), '')::bigint,
    COALESCE(current_setting('zhikong.request', true), ''), session_user"""

_COLUMNS = (
    """at, institution_id, subject, row_key, action, before, after, actor, user_id, request, database_role"""
)

FUNCTIONS = f"""
-- Values of sensitive columns are replaced: the trail says that they changed, not what they were.
CREATE OR REPLACE FUNCTION zhikong_masked(data jsonb, sensitive text[]) RETURNS jsonb
LANGUAGE sql IMMUTABLE AS
$$ SELECT CASE WHEN cardinality(sensitive) = 0 OR data IS NULL THEN data ELSE
     (SELECT jsonb_object_agg(key, CASE WHEN key = ANY (sensitive) AND value <> 'null' THEN '"{MASK}"' ELSE value END)
        FROM jsonb_each(data)) END $$;

CREATE OR REPLACE FUNCTION zhikong_differing(data jsonb, other jsonb) RETURNS jsonb
LANGUAGE sql IMMUTABLE AS
$$ SELECT jsonb_object_agg(key, value) FROM jsonb_each(data) WHERE other -> key IS DISTINCT FROM value $$;

-- Arguments: key column, institution column ('' = of the scope), sensitive columns separated by commas.
CREATE OR REPLACE FUNCTION zhikong_audit() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  key_column text := TG_ARGV[0];
  institution text := TG_ARGV[1];
  sensitive text[] := COALESCE(string_to_array(NULLIF(TG_ARGV[2], ''), ','), '{{}}');
BEGIN
  IF TG_OP = 'INSERT' THEN
    WITH changed AS (SELECT NULL::jsonb AS was, to_jsonb(n) AS became FROM new_rows n),
    {{record}};
  ELSIF TG_OP = 'UPDATE' THEN
    WITH o AS (SELECT to_jsonb(t) AS was FROM old_rows t), n AS (SELECT to_jsonb(t) AS became FROM new_rows t),
    changed AS (SELECT was, became FROM o FULL JOIN n ON was -> key_column = became -> key_column
                WHERE was IS DISTINCT FROM became),
    {{record}};
  ELSIF TG_OP = 'DELETE' THEN
    WITH changed AS (SELECT to_jsonb(o) AS was, NULL::jsonb AS became FROM old_rows o),
    {{record}};
  ELSE
    WITH written AS (
      INSERT INTO audit_auditevent ({_COLUMNS})
      SELECT clock_timestamp(), {_WHO}, TG_TABLE_NAME, '', 'truncate', NULL, NULL, {_ACTOR} RETURNING id)
    INSERT INTO audit_auditpending (event_id) SELECT id FROM written;
  END IF;
  RETURN NULL;
END $$;

-- For acts that change no row: a look at sensitive data, signing in.
CREATE OR REPLACE FUNCTION zhikong_record(what text, about text, details jsonb, who text, user_number bigint,
                                          institution bigint) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF what NOT IN ('read', 'login', 'login_failed', 'logout') THEN
    RAISE EXCEPTION 'zhikong_record: % is not an act that can be recorded', what;
  END IF;
  WITH written AS (
    INSERT INTO audit_auditevent ({_COLUMNS})
    VALUES (clock_timestamp(), COALESCE(NULLIF(current_setting('zhikong.institution', true), '')::bigint, institution),
            about, '', what, NULL, details, COALESCE(NULLIF(current_setting('zhikong.actor', true), ''), who),
            COALESCE(NULLIF(current_setting('zhikong.user', true), '')::bigint, user_number),
            COALESCE(current_setting('zhikong.request', true), ''), session_user)
    RETURNING id)
  INSERT INTO audit_auditpending (event_id) SELECT id FROM written;
END $$;

-- The trail itself: nobody but a superuser, who can switch triggers off, edits or empties it.
CREATE OR REPLACE FUNCTION zhikong_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% is append-only: % is refused', TG_TABLE_NAME, TG_OP USING ERRCODE = 'insufficient_privilege';
END $$;

REVOKE ALL ON FUNCTION zhikong_record(text, text, jsonb, text, bigint, bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION zhikong_record(text, text, jsonb, text, bigint, bigint) TO zhikong_app, zhikong_worker;
"""

_RECORD = f"""
    kept AS (
      SELECT COALESCE(became, was) AS whole,
             CASE WHEN became IS NULL OR was IS NULL THEN was ELSE zhikong_differing(was, became) END AS before,
             CASE WHEN became IS NULL OR was IS NULL THEN became ELSE zhikong_differing(became, was) END AS after,
             CASE WHEN was IS NULL THEN 'insert' WHEN became IS NULL THEN 'delete' ELSE 'update' END AS action
      FROM changed),
    written AS (
      INSERT INTO audit_auditevent ({_COLUMNS})
      SELECT clock_timestamp(),
             CASE WHEN institution = '' THEN {_WHO} ELSE (whole ->> institution)::bigint END,
             TG_TABLE_NAME, whole ->> key_column, action,
             zhikong_masked(before, sensitive), zhikong_masked(after, sensitive), {_ACTOR}
      FROM kept RETURNING id)
    INSERT INTO audit_auditpending (event_id) SELECT id FROM written"""

FUNCTIONS = FUNCTIONS.replace("{record}", _RECORD.strip())

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

"""Row policies as SQL. The settings that they read are set in scope.py and end with the transaction.

The functions stand in sub-selects, so that PostgreSQL evaluates them once per query and not once per row.
"""

from zhikong.foundation.access.base import Protection

FUNCTIONS = """
CREATE OR REPLACE FUNCTION zhikong_institution() RETURNS bigint LANGUAGE sql STABLE PARALLEL SAFE AS
$$ SELECT NULLIF(current_setting('zhikong.institution', true), '')::bigint $$;

CREATE OR REPLACE FUNCTION zhikong_user() RETURNS bigint LANGUAGE sql STABLE PARALLEL SAFE AS
$$ SELECT NULLIF(current_setting('zhikong.user', true), '')::bigint $$;

CREATE OR REPLACE FUNCTION zhikong_roles() RETURNS text[] LANGUAGE sql STABLE PARALLEL SAFE AS
$$ SELECT string_to_array(COALESCE(current_setting('zhikong.roles', true), ''), ',') $$;

CREATE OR REPLACE FUNCTION zhikong_whole_hospital() RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE AS
$$ SELECT COALESCE(current_setting('zhikong.departments', true) = '*', false) $$;

CREATE OR REPLACE FUNCTION zhikong_departments() RETURNS bigint[] LANGUAGE sql STABLE PARALLEL SAFE AS
$$ SELECT CASE WHEN COALESCE(current_setting('zhikong.departments', true), '') IN ('', '*') THEN '{}'::bigint[]
          ELSE string_to_array(current_setting('zhikong.departments', true), ',')::bigint[] END $$;

-- Jobs and commands must find the institutions before they have a scope: code and id, nothing else.
CREATE OR REPLACE FUNCTION zhikong_institutions() RETURNS TABLE (id bigint, code varchar)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS
$$ SELECT i.id, i.code FROM organisation_institution i ORDER BY i.id $$;
"""

SAME_INSTITUTION = "institution_id = (SELECT zhikong_institution())"


def conditions(protection: Protection, table: str) -> tuple[str, str]:
    """(rows of a table that are seen, rows that may be written) as SQL conditions."""
    if protection.rows == "department":
        column = f'"{protection.department_column}"'
        in_scope = (
            f"{SAME_INSTITUTION} AND ((SELECT zhikong_whole_hospital())"
            f" OR {column} = ANY ((SELECT zhikong_departments())::bigint[]))"
        )
        return in_scope, in_scope
    if protection.rows in ("participants", "parent"):
        shown = _participants(protection) if protection.rows == "participants" else _parent(protection, table)
        return shown, shown
    seen = {
        "institution": SAME_INSTITUTION,
        "own": f"{SAME_INSTITUTION} OR user_id = (SELECT zhikong_user())",
        "institution_itself": "id = (SELECT zhikong_institution())",
        "account": f"(SELECT zhikong_institution()) IS NULL OR {SAME_INSTITUTION}",
        "trail": f"{SAME_INSTITUTION} AND (SELECT zhikong_whole_hospital())",
        "open": "true",
    }[protection.rows]
    written = SAME_INSTITUTION if protection.rows == "own" else seen
    return seen, written


def _participants(protection: Protection) -> str:
    """Jobs and participants; others by department, and into what is confidential by role."""
    whole, column = "(SELECT zhikong_whole_hospital())", f'"{protection.department_column}"'
    reached = f"({whole} OR {column} = ANY ((SELECT zhikong_departments())::bigint[]))"
    admitted = "(NOT confidential OR reader_roles::text[] && (SELECT zhikong_roles())::text[])"
    return (
        f"{SAME_INSTITUTION} AND (((SELECT zhikong_user()) IS NULL AND {whole})"
        f" OR (SELECT zhikong_user()) = ANY (readers) OR ({admitted} AND {reached}))"
    )


def _parent(protection: Protection, table: str) -> str:
    """The parent's own policy answers inside the sub-select; the child's column is named with its table, because the
    parent may have one of the same name."""
    parent, column = f'"{protection.parent_table}"', f'"{table}"."{protection.parent_column}"'
    return f"{SAME_INSTITUTION} AND EXISTS (SELECT 1 FROM {parent} parent WHERE parent.id = {column})"  # noqa: S608  names from code


def row_policy(table: str, protection: Protection) -> str:
    """Statements that put exactly the declared policy on a table."""
    seen, written = conditions(protection, table)
    sql = (
        f'ALTER TABLE "{table}" ENABLE ROW LEVEL SECURITY;\n'
        f'ALTER TABLE "{table}" FORCE ROW LEVEL SECURITY;\n'
        f'DROP POLICY IF EXISTS zhikong_rows ON "{table}";\n'
        f'DROP POLICY IF EXISTS zhikong_owner ON "{table}";\n'
        f'DROP POLICY IF EXISTS zhikong_worker ON "{table}";\n'
        f'DROP POLICY IF EXISTS zhikong_pay ON "{table}";\n'
    )
    if hidden := hidden_from_pay(protection):
        sql += f'CREATE POLICY zhikong_pay ON "{table}" AS RESTRICTIVE TO zhikong_performance USING ({hidden});\n'
    if protection.rows == "trail":
        return sql + _trail_policies(table, seen)
    sql += f'CREATE POLICY zhikong_rows ON "{table}" USING ({seen}) WITH CHECK ({written});\n'
    if protection.rows == "institution_itself" or protection.owner_reads:
        sql += f'CREATE POLICY zhikong_owner ON "{table}" FOR SELECT TO zhikong_owner USING (true);\n'
    return sql


def hidden_from_pay(protection: Protection) -> str:
    """The condition that holds besides all others for the pay-related role; empty when it may see every row.

    It stands behind the grants: a grant that somebody gives by hand shows nothing more.
    """
    if not protection.performance:
        return "false"
    if protection.pay_never_sees is None:
        return ""
    column, value = protection.pay_never_sees
    return f"""("{column}" IS DISTINCT FROM '{value}')"""


def _trail_policies(table: str, seen: str) -> str:
    """Triggers write as owner; the worker reads all of it, because one chain seals every institution's events."""
    return (
        f'CREATE POLICY zhikong_rows ON "{table}" FOR SELECT USING ({seen});\n'
        f'CREATE POLICY zhikong_owner ON "{table}" TO zhikong_owner USING (true) WITH CHECK (true);\n'
        f'CREATE POLICY zhikong_worker ON "{table}" FOR SELECT TO zhikong_worker USING (true);\n'
    )

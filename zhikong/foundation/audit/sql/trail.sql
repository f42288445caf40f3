-- Functions behind the audit triggers; the placeholders are filled in by triggers.py (record.sql, the mark of a
-- hidden value). zhikong_institution() and zhikong_user() are those of the row policies.

-- Values of sensitive columns are replaced: the trail says that they changed, not what they were.
CREATE OR REPLACE FUNCTION zhikong_masked(data jsonb, sensitive text[]) RETURNS jsonb
LANGUAGE sql IMMUTABLE AS $$
  SELECT CASE WHEN cardinality(sensitive) = 0 OR data IS NULL THEN data ELSE (
    SELECT jsonb_object_agg(key, CASE WHEN key = ANY (sensitive) AND value <> 'null' THEN '"{mask}"' ELSE value END)
      FROM jsonb_each(data)) END
$$;

CREATE OR REPLACE FUNCTION zhikong_differing(data jsonb, other jsonb) RETURNS jsonb
LANGUAGE sql IMMUTABLE AS $$
  SELECT jsonb_object_agg(key, value) FROM jsonb_each(data) WHERE other -> key IS DISTINCT FROM value
$$;

-- Arguments: key column, institution column ('' = that of the scope), sensitive columns separated by commas.
CREATE OR REPLACE FUNCTION zhikong_audit() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  key_column text := TG_ARGV[0];
  institution text := TG_ARGV[1];
  sensitive text[] := COALESCE(string_to_array(NULLIF(TG_ARGV[2], ''), ','), '{}');
BEGIN
  IF TG_OP = 'INSERT' THEN
    WITH changed AS (SELECT NULL::jsonb AS was, to_jsonb(n) AS became FROM new_rows n),
    {record};
  ELSIF TG_OP = 'UPDATE' THEN
    WITH o AS (SELECT to_jsonb(t) AS was FROM old_rows t),
    n AS (SELECT to_jsonb(t) AS became FROM new_rows t),
    changed AS (SELECT was, became FROM o FULL JOIN n ON was -> key_column = became -> key_column
                WHERE was IS DISTINCT FROM became),
    {record};
  ELSIF TG_OP = 'DELETE' THEN
    WITH changed AS (SELECT to_jsonb(o) AS was, NULL::jsonb AS became FROM old_rows o),
    {record};
  ELSE
    PERFORM zhikong_write('truncate', TG_TABLE_NAME, NULL, zhikong_institution(), '', zhikong_user());
  END IF;
  RETURN NULL;
END $$;

-- One event that is no row's change. Not callable by app or worker.
CREATE OR REPLACE FUNCTION zhikong_write(what text, about text, details jsonb, institution bigint, who text,
                                         user_number bigint) RETURNS void
LANGUAGE sql AS $$
  WITH written AS (
    INSERT INTO audit_auditevent (at, institution_id, subject, row_key, action, before, after,
                                  actor, user_id, request, database_role)
    VALUES (clock_timestamp(), institution, about, '', what, NULL, details,
            COALESCE(NULLIF(current_setting('zhikong.actor', true), ''), who), user_number,
            COALESCE(current_setting('zhikong.request', true), ''), session_user)
    RETURNING id)
  INSERT INTO audit_auditpending (event_id) SELECT id FROM written
$$;

-- For acts that change no row: a look at sensitive data, signing in. A scope, when there is one, says who.
CREATE OR REPLACE FUNCTION zhikong_record(what text, about text, details jsonb, who text, user_number bigint,
                                          institution bigint) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF what NOT IN ('read', 'login', 'login_failed', 'logout') THEN
    RAISE EXCEPTION 'zhikong_record: % is not an act that can be recorded', what;
  END IF;
  PERFORM zhikong_write(what, about, details, COALESCE(zhikong_institution(), institution), who,
                        COALESCE(zhikong_user(), user_number));
END $$;

-- The trail itself: nobody but a superuser, who can switch triggers off, edits or empties it.
CREATE OR REPLACE FUNCTION zhikong_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% is append-only: % is refused', TG_TABLE_NAME, TG_OP USING ERRCODE = 'insufficient_privilege';
END $$;

REVOKE ALL ON FUNCTION zhikong_write(text, text, jsonb, bigint, text, bigint) FROM PUBLIC;
REVOKE ALL ON FUNCTION zhikong_record(text, text, jsonb, text, bigint, bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION zhikong_record(text, text, jsonb, text, bigint, bigint) TO zhikong_app, zhikong_worker;

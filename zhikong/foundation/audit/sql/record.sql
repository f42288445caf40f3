kept AS (
      SELECT COALESCE(became, was) AS whole,
             CASE WHEN was IS NULL THEN 'insert' WHEN became IS NULL THEN 'delete' ELSE 'update' END AS action,
             CASE WHEN was IS NULL OR became IS NULL THEN was ELSE zhikong_differing(was, became) END AS before,
             CASE WHEN was IS NULL OR became IS NULL THEN became ELSE zhikong_differing(became, was) END AS after
        FROM changed),
    written AS (
      INSERT INTO audit_auditevent (at, institution_id, subject, row_key, action, before, after,
                                    actor, user_id, request, database_role)
      SELECT clock_timestamp(),
             CASE WHEN institution = '' THEN zhikong_institution() ELSE (whole ->> institution)::bigint END,
             TG_TABLE_NAME, whole ->> key_column, action,
             zhikong_masked(before, sensitive), zhikong_masked(after, sensitive),
             COALESCE(current_setting('zhikong.actor', true), ''), zhikong_user(),
             COALESCE(current_setting('zhikong.request', true), ''), session_user
        FROM kept RETURNING id)
    INSERT INTO audit_auditpending (event_id) SELECT id FROM written

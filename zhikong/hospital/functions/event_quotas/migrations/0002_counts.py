"""The one view of decision 2: a year's reports by department, as numbers, up to the end of last month.

It reads with the rights of its owner and within the scope that is set. The pay-related role gets it when a hospital
switches the settlement on, sees the numbers of such hospitals only, and loses it when the last one switches it off.
"""

from django.db import migrations

VIEW = """
CREATE VIEW event_quotas_counts AS
SELECT i.institution_id, i.department_id,
       extract(year FROM i.reported_at AT TIME ZONE o.time_zone)::int AS year, count(*)::int AS reports
FROM incidents_incident i JOIN organisation_institution o ON o.id = i.institution_id
WHERE i.state <> 'merged'
  AND i.reported_at < date_trunc('month', now() AT TIME ZONE o.time_zone) AT TIME ZONE o.time_zone
  AND (current_user <> 'zhikong_performance'
       OR EXISTS (SELECT 1 FROM event_quotas_switch s WHERE s.institution_id = i.institution_id AND s.is_on))
GROUP BY 1, 2, 3;
"""
GRANT = """
CREATE FUNCTION event_quotas_grant() RETURNS void LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM event_quotas_switch WHERE is_on) THEN
        GRANT SELECT ON event_quotas_counts TO zhikong_performance;
    ELSE
        REVOKE ALL ON event_quotas_counts FROM zhikong_performance;
    END IF;
END $$;
REVOKE ALL ON FUNCTION event_quotas_grant() FROM PUBLIC;

CREATE FUNCTION event_quotas_follow() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM event_quotas_grant();
    RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION event_quotas_follow() FROM PUBLIC;
CREATE TRIGGER event_quotas_follow AFTER INSERT OR UPDATE OR DELETE ON event_quotas_switch
    FOR EACH STATEMENT EXECUTE FUNCTION event_quotas_follow();
"""
NO_GRANT = """
DROP TRIGGER event_quotas_follow ON event_quotas_switch;
DROP FUNCTION event_quotas_follow();
DROP FUNCTION event_quotas_grant();
"""


class Migration(migrations.Migration):
    dependencies = [("event_quotas", "0001_initial"), ("incidents", "0001_reporting")]

    operations = [
        migrations.RunSQL(VIEW, "DROP VIEW event_quotas_counts;"),
        migrations.RunSQL(GRANT, NO_GRANT),
    ]

"""Kills workers inside every handler of the outbox; prints a line of JSON about what was left.

Run as a process of its own on a data folder whose server runs: ``python -m tests.faults.handler_driver before after committed``. It never
opens a connection itself: every step is a forked process, and those that are to die do so inside the real job's code.
"""

import json
import sys
from contextlib import suppress
from datetime import timedelta

from django.db import connection, transaction

from tests.faults.forked import NOW, die, in_process, institution, scope
from zhikong.foundation.outbox import actions, registry
from zhikong.foundation.outbox import jobs as outbox_jobs
from zhikong.foundation.outbox.models import Announcement, Delivery

LATER = NOW + timedelta(hours=2)
NOT_EFFECTS = ("outbox_", "audit_", "procrastinate_", "django_", "zhikong_")
INDICATOR = "average_length_of_stay"
MONTHS = {
    "before": "2026-08",
    "after": "2026-09",
    "committed": "2026-10",
}  # so that each case has its own effect


class RolledBack(Exception):
    """Takes back a trial run."""


def made_up(fact_type, point, finding):
    """A fact of this type that a hospital with one department could announce; finding: a real one's number."""
    month = MONTHS[point]
    samples = {
        "month": month,
        "period": month,
        "months": (month,),
        "indicator_id": INDICATOR,
        "finding_id": finding,
    }
    values = {}
    for name, field in fact_type.__dataclass_fields__.items():
        kind = str(field.type)
        values[name] = samples.get(name, 1 if "int" in kind else () if "tuple" in kind else "made-up")
    return fact_type(**values)


def alerted():
    """A finding about an indicator of a department that has an open alert; gives the finding's number."""
    from datetime import date

    from zhikong.foundation.findings import actions as findings
    from zhikong.foundation.organisation import actions as organisation
    from zhikong.foundation.organisation.queries import departments
    from zhikong.hospital.functions.indicators.models import Alert

    with scope():
        if not departments(on=NOW.date()):
            organisation.open_department(
                by=None, code="CARD", name="内科", kind="clinical", valid_from=date(2020, 1, 1)
            )
        place = departments(on=NOW.date())[0]
        Alert.objects.all().delete()
        Alert.objects.create(
            institution_id=institution(), indicator_id=INDICATOR, department_id=place.id, tier=Alert.Tier.RED,
            first_month="2026-08", last_month="2026-10", sentence="演练", opened_at=NOW, updated_at=NOW,
        )  # fmt: skip
        made = findings.raise_finding(
            by=None, now=NOW, department=place, title="演练", detail="演练", severity="minor",
            source_kind="indicator", source_key=f"{INDICATOR}@2026-10", indicator_id=INDICATOR, month="2026-10",
        )  # fmt: skip
        return made.pk


def rows():
    """Number and fingerprint of the rows of every table that a handler could have an effect on."""
    with scope(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
        )
        tables = [name for (name,) in cursor.fetchall() if not name.startswith(NOT_EFFECTS)]
        counted = {}
        for name in tables:
            cursor.execute("SELECT has_table_privilege(%s, 'SELECT')", [name])
            if cursor.fetchone()[0]:
                cursor.execute(
                    f"SELECT count(*), md5(string_agg(t::text, '' ORDER BY t::text)) FROM \"{name}\" t"
                )
                counted[name] = cursor.fetchone()
        return counted


def trial(fact_type, name, point, finding):
    """What the handler does when nothing disturbs it: changes by table, or the error; nothing stays."""
    before, said = rows(), {}
    with suppress(RolledBack), scope():
        try:
            with transaction.atomic():
                more = {"key": "trial"} if registry.is_outside(fact_type.fact_name, name) else {}
                registry.subscribers(fact_type.fact_name)[name](
                    made_up(fact_type, point, finding), now=LATER, **more
                )
        except Exception as error:  # noqa: BLE001 — what a handler refuses is recorded
            said["error"] = type(error).__name__
        said["added"] = difference(before, rows())
        raise RolledBack
    return said


def difference(before, after):
    """Table → how many rows more, for every table whose rows are not what they were."""
    before = {name: list(known) for name, known in before.items()}
    return {name: found[0] - before[name][0] for name, found in after.items() if list(found) != before[name]}


def announced(fact_type, name, point, finding):
    """Announce to this subscriber alone; gives the delivery's number."""
    with scope():
        Delivery.objects.filter(delivered_at=None).delete()
        made = actions.announce(made_up(fact_type, point, finding), now=NOW)
        made.deliveries.exclude(subscriber=name).delete()
        return made.deliveries.get().pk


def mark(fact_type, name, pk, point):
    """Let the real handler leave a mark in its own transaction, and die at the point, if there is one."""
    handler = registry.subscribers(fact_type.fact_name)[name]
    handler = getattr(handler, "unmarked", handler)

    def marked(fact, *, now, **more):
        if point == "before":
            die()
        handler(fact, now=now, **more)
        Announcement.objects.create(
            institution_id=institution(), fact="mark", payload={"of": pk}, announced_at=now
        )
        if point == "after":
            die()

    marked.unmarked = handler
    registry._subscribers[fact_type.fact_name][name] = marked


def deliver(fact_type, name, pk, point, now):
    """The worker's own job; it dies at the point, if there is one."""
    mark(fact_type, name, pk, point)
    if point == "committed":
        deliver_and_die(now)
    else:
        outbox_jobs.deliver_due(institution(), now=now, limit=1)


def deliver_and_die(now):
    """Dies between the commit of the handler and whatever the job does next."""
    opened = outbox_jobs._scope

    class Scope:
        count = 0

        def __init__(self, institution_id):
            self.inner = opened(institution_id)

        def __enter__(self):
            return self.inner.__enter__()

        def __exit__(self, *error):
            done = self.inner.__exit__(*error)
            Scope.count += 1
            if Scope.count == 2:  # the first is the claim, the second the handler
                die()
            return done

    outbox_jobs._scope = Scope
    outbox_jobs.deliver_due(institution(), now=now, limit=1)


def left(pk):
    with scope():
        delivery = Delivery.objects.get(pk=pk)
        marks = Announcement.objects.filter(fact="mark", payload__of=pk).count()
        return {
            "delivered": delivery.delivered_at is not None,
            "attempts": delivery.attempts,
            "error": delivery.last_error,
            "marks": marks,
            "rows": rows(),
        }


def prepared(fact_type, name, point):
    """What the handler would do undisturbed, the rows before, and the number of a delivery that waits for it."""
    finding = alerted()
    return trial(fact_type, name, point, finding), rows(), announced(fact_type, name, point, finding)


def restarted(fact_type, name, pk):
    """What the dead worker left, and what is there after the next one has run the job twice."""
    dead = left(pk)
    for hours in (2, 3):  # the second run must find nothing to do
        deliver(fact_type, name, pk, "", NOW + timedelta(hours=hours))
    return dead, left(pk)


def handlers(points):
    """One record for every subscription and every point."""
    for fact_type, name in registry.subscriptions():
        for point in points:
            _signal, (undisturbed, before, pk) = in_process(prepared, fact_type, name, point)
            killed, _none = in_process(deliver, fact_type, name, pk, point, NOW)
            ended, (dead, after) = in_process(restarted, fact_type, name, pk)
            record = {
                "fact": fact_type.fact_name,
                "subscriber": name,
                "point": point,
                "undisturbed": undisturbed,
                "killed_by": killed,
                "ended_by": ended,
                "added_by_the_dead": difference(before, dead.pop("rows")),
                "added_in_all": difference(before, after.pop("rows")),
                "dead": dead,
                "after": after,
            }
            sys.stdout.write(json.dumps(record) + "\n")


if __name__ == "__main__":
    handlers(sys.argv[1:])

"""One sweep over 100,000 open cases: CPU of worker and PostgreSQL when nothing, a tenth, or everything is due.

    python benchmarks/flows.py [--cases 100000] [--json FILE]

Starts a database of its own in a temporary folder, migrates it, opens the cases with one statement under the packaged
flow 质控结论申诉, and sweeps as the worker does, with row policies and the audit trail in force. Afterwards it checks
that every due case was escalated exactly once and that a second sweep finds nothing; otherwise it fails.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import tempfile
import time
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import psutil

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from table import Row, show, write

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
FLOW = "quality_appeal"
GOALS = {"nothing": 0.5, "tenth": 5.0, "all": 30.0}  # CPU seconds

CASES = """
    INSERT INTO flows_case (institution_id, flow_id, flow_version, flow_hash, number, title, department_id,
        department_name, state, state_title, owner_id, due_at, due_on, due_reason, opened_at, opened_by_id, values,
        source_kind, source_key, returned, strands, revision, confidential, readers, reader_roles)
    SELECT %(institution)s, %(flow)s, 1, %(hash)s, 'SS-2026-' || n, '对结论有异议 ' || n, %(department)s, '心血管内科',
        'submitted', '待受理', %(owner)s, due, due::date, '医院规定：申诉在 2 个工作日内受理。', due - interval '3 days',
        %(owner)s, '{}', '', '', 0, 0, 1, false, ARRAY[%(owner)s]::bigint[], '{}'
      FROM (SELECT n, CASE WHEN n %% 10 = 0 THEN %(now)s::timestamptz - interval '1 hour'
                           ELSE %(now)s::timestamptz + interval '30 days' END AS due
              FROM generate_series(1, %(count)s) n) given;
    INSERT INTO flows_branch (institution_id, case_id, number, state, owner_id, entered_at, due_at, due_on, due_reason,
        warned, level, next_sweep_at, "join", arrived)
    SELECT institution_id, id, 0, state, owner_id, opened_at, due_at, due_on, due_reason, true, 0, due_at, '', false
      FROM flows_case
"""


@contextmanager
def database(folder: Path):
    """A server of its own, migrated, with Django speaking as the worker."""
    os.environ |= {
        "ZHIKONG_HOME": str(folder),
        "ZHIKONG_ROLE": "operator",
        "DJANGO_SETTINGS_MODULE": "zhikong.site.settings",
    }
    (folder / "static").mkdir()
    from zhikong.site import supervisor

    server = supervisor.start(folder)
    try:
        supervisor.prepare(server.admin_dsn, database="zhikong", home=folder)
        import django

        django.setup()
        from django.core.management import call_command

        call_command("migrate", database="owner", verbosity=0, interactive=False)
        yield
    finally:
        server.stop()


def hospital() -> tuple[int, int, int]:
    """(institution, department, owner) of a hospital with the people whom the ladder names."""
    from zhikong.foundation.access.models import RoleAssignment, User
    from zhikong.foundation.access.scope import job_scope, scoped
    from zhikong.foundation.organisation import actions

    made = actions.create_institution(
        code="A", name="人民医院", level="tertiary", kind="general", open_beds=900
    )
    with scoped(job_scope(made.pk, job="benchmark")):
        place = actions.open_department(
            by=None,
            code="CARD",
            name="心血管内科",
            kind="clinical",
            open_beds=60,
            valid_from=date(2020, 1, 1),
        )
        users = []
        for role in ("quality_office", "medical_affairs", "hospital_leader"):
            users.append(User.objects.create(username=role, institution_id=made.pk))
            RoleAssignment.objects.create(
                institution_id=made.pk, user=users[-1], role=role, valid_from=date(2020, 1, 1)
            )
    return made.pk, getattr(place, "id", place), users[0].pk


def fill(institution: int, department: int, owner: int, count: int) -> None:
    from django.db import connection

    from zhikong.foundation.access.scope import job_scope, scoped
    from zhikong.foundation.flows import library

    with scoped(job_scope(institution, job="benchmark")), connection.cursor() as cursor:
        pinned = library.pin(FLOW, on=NOW.date(), now=NOW)
        values = {"institution": institution, "department": department, "owner": owner, "flow": FLOW}
        for statement in filter(str.strip, CASES.split(";")):
            cursor.execute(statement, values | {"hash": pinned.hash, "now": NOW, "count": count})
    _analyse()


def _analyse() -> None:
    """What autovacuum would have done by the time that so many cases are open."""
    from django.db import connections

    with connections["owner"].cursor() as cursor:
        cursor.execute("ANALYZE flows_case")
        cursor.execute("ANALYZE flows_branch")


@dataclass(frozen=True)
class Took:
    """CPU seconds of the worker and of PostgreSQL, and wall seconds, of one sweep; and what it did."""

    cpu: float
    wall: float
    done: Any

    def row(self, name: str, goal: float, count: int) -> Row:
        return Row(
            f"flows: {name}", self.cpu, "s CPU", goal, f"{count} open cases; {self.wall:.1f} s by the clock"
        )


def database_cpu(folder: Path) -> float:
    """User and system time of the server that keeps its data in the folder, ended backends included."""
    found = (p for p in psutil.process_iter(["name", "cmdline"]) if p.info["name"] == "postgres")
    postmasters = [p for p in found if any(str(folder) in part for part in p.info["cmdline"] or ())]
    every = [child for p in postmasters for child in (p, *p.children(recursive=True))]
    return sum(sum(p.cpu_times()[:4]) if p in postmasters else sum(p.cpu_times()[:2]) for p in every)


def sweep(institution: int, now: datetime, folder: Path) -> Took:
    """One sweep in a transaction of its own, as the job runs it."""
    from zhikong.foundation.access.scope import job_scope, scoped
    from zhikong.foundation.flows import actions

    wall, cpu, database = time.perf_counter(), time.process_time(), database_cpu(folder)
    with scoped(job_scope(institution, job="flows.sweep")):
        done = actions.sweep(now=now)
    spent = time.process_time() - cpu + database_cpu(folder) - database
    return Took(spent, time.perf_counter() - wall, done)


def measure(count: int, folder: Path) -> list[Row]:
    institution, department, owner = hospital()
    fill(institution, department, owner, count)
    month = NOW + timedelta(days=31)
    sweep(institution, NOW - timedelta(days=2), folder)  # loads what a worker has loaded long ago
    moments = (NOW - timedelta(days=1), NOW, NOW, month, month)
    none, tenth, again, most, over = (sweep(institution, moment, folder) for moment in moments)
    if (
        none.done
        or again.done
        or over.done
        or (tenth.done.escalated, most.done.escalated) != (count // 10, count)
    ):
        raise SystemExit(f"the sweep found other numbers: {none} {tenth} {again} {most} {over}")
    return [
        none.row("sweep, nothing due", GOALS["nothing"], count),
        tenth.row("sweep, a tenth due", GOALS["tenth"], count),
        most.row("sweep, all due", GOALS["all"], count),
    ]


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--cases", type=int, default=100_000)
    parser.add_argument("--json", type=Path)
    given = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="zhikong-flows-"))
    folder.chmod(0o755)  # as root, the database server runs under another account and must get in
    try:
        with database(folder):
            rows = measure(given.cases, folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    print(show(rows))
    if given.json:
        write(given.json, rows)


if __name__ == "__main__":
    main()

"""Millions of record defects: CPU of the process and of PostgreSQL for pages of the defects list.

    python benchmarks/record_findings.py [--rows 10000000] [--json FILE]

Starts a database of its own in a temporary folder, migrates it, fills the table of verdicts with one statement (a rule,
a department and a doctor each have their share; a tenth could not be assessed), and asks for pages as the website does,
with row policies in force: the first page of the hospital, of a department head, of one rule, of rules of one stage,
of one doctor, and a page far behind, by key. Afterwards it checks that two neighbouring pages share no row and that
their order is right; otherwise it fails.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path

import psutil

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from table import Row, show, write

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
GOAL = 1.0  # CPU seconds of web process and database together
PLACES, RULES, DAYS = 40, 200, 1500

FILL = """
    INSERT INTO records_recordverdict (institution_id, stay_id, rule, version, verdict, reason, anchor, subject,
        responsible, department_id, place, month, day, span_document, span_section, screening_id)
    SELECT %(institution)s, 's' || (n / 8), 'rule-' || (n %% %(rules)s), 1,
           CASE WHEN n %% 10 = 0 THEN 'not_assessable' ELSE 'fail' END, '首次病程记录应于入院后 8 小时内完成，实际晚了 ' || n %% 600 || ' 分钟',
           '', '', 'D' || n %% 700, (%(places)s::bigint[])[1 + (n / 8) %% %(many)s], 'P' || (n / 8) %% %(many)s,
           to_char(day, 'YYYY-MM'), day, '', '', %(screening)s
      FROM (SELECT n, date '2022-11-01' + (n / (%(count)s / %(days)s + 1))::int AS day
              FROM generate_series(1, %(count)s) n) given
"""


@contextmanager
def database(folder: Path):
    """A server of its own, migrated, with Django under row policies."""
    os.environ |= {
        "ZHIKONG_HOME": str(folder),
        "ZHIKONG_ROLE": "operator",
        "DJANGO_SETTINGS_MODULE": "zhikong.site.settings",
    }
    (folder / "static").mkdir()
    from zhikong.site import supervisor

    server = supervisor.start(folder, durable=False)
    try:
        supervisor.prepare(server.admin_dsn, database="zhikong", home=folder)
        import django

        django.setup()
        from django.core.management import call_command

        call_command("migrate", database="owner", verbosity=0, interactive=False)
        yield
    finally:
        server.stop()


def fill(count: int) -> tuple[int, list[int]]:
    """(institution, departments) of a hospital with so many verdicts."""
    from django.db import connection, connections

    from zhikong.foundation.access.scope import job_scope, scoped
    from zhikong.foundation.organisation import actions
    from zhikong.hospital.functions.records.models import Screening

    made = actions.create_institution(
        code="A", name="人民医院", level="tertiary", kind="general", open_beds=900
    )
    with scoped(job_scope(made.pk, job="benchmark")), connection.cursor() as cursor:
        opened = [
            actions.open_department(
                by=None, code=f"P{n}", name=f"科室 {n}", kind="clinical", open_beds=60, valid_from=date(2020, 1, 1)
            )
            for n in range(PLACES)
        ]  # fmt: skip
        places = [getattr(place, "id", place) for place in opened]
        run = Screening.objects.create(
            institution_id=made.pk, month="2026-10", key="k", publication=1, data_version="v1", ruled_on=NOW.date(),
            judged_at=NOW, started_at=NOW, finished_at=NOW,
        )  # fmt: skip
        values = {"institution": made.pk, "places": places, "many": PLACES, "rules": RULES, "days": DAYS}
        cursor.execute(FILL, values | {"count": count, "screening": run.pk})
    with connections["owner"].cursor() as cursor:
        cursor.execute("ANALYZE records_recordverdict")
    return made.pk, places


def database_cpu(folder: Path) -> float:
    """User and system time of the server that keeps its data in the folder, ended backends included."""
    found = (p for p in psutil.process_iter(["name", "cmdline"]) if p.info["name"] == "postgres")
    postmasters = [p for p in found if any(str(folder) in part for part in p.info["cmdline"] or ())]
    every = [child for p in postmasters for child in (p, *p.children(recursive=True))]
    return sum(sum(p.cpu_times()[:4]) if p in postmasters else sum(p.cpu_times()[:2]) for p in every)


def took(ask: Callable[[], object], folder: Path) -> tuple[float, float, object]:
    """(CPU seconds, wall seconds, answer) of one question."""
    wall, cpu, server = time.perf_counter(), time.process_time(), database_cpu(folder)
    answer = ask()
    spent = time.process_time() - cpu + database_cpu(folder) - server
    return spent, time.perf_counter() - wall, answer


def measure(count: int, folder: Path) -> list[Row]:
    institution, places = fill(count)
    from zhikong.foundation.access.scope import Scope, scoped
    from zhikong.hospital.functions.records.queries.results.defects import Filters, narrowed, page

    stage = type("Rule", (), {"stage": "surgery", "kind": "clock", "systems": ()})
    other = type("Rule", (), {"stage": "ward", "kind": "clock", "systems": ()})
    known = {f"rule-{n}": (stage if n % 9 == 0 else other)() for n in range(RULES)}
    whole = Scope(institution_id=institution, departments=None, actor="benchmark")
    head = Scope(institution_id=institution, departments=frozenset(places[:1]), actor="benchmark")
    asked = (
        ("first page, whole hospital", whole, Filters()),
        ("first page, one department's head", head, Filters()),
        ("first page, one rule", whole, Filters(rule="rule-7")),
        ("first page, rules of one stage", whole, Filters(stage="surgery")),
        ("first page, one doctor", whole, Filters(responsible="D99")),
        ("first page, not assessable, one month", whole, Filters(verdict="not_assessable", month="2023-05")),
    )
    with scoped(whole):
        page(Filters(), known)  # loads what a website has loaded long ago
    rows = []
    for name, scope, filters in asked:
        with scoped(scope):
            cpu, wall, found = took(lambda filters=filters: page(filters, known), folder)
        if len(found.rows) != 50:
            raise SystemExit(f"{name}: {len(found.rows)} rows")
        rows.append(
            Row(f"defects: {name}", cpu, "s CPU", GOAL, f"{count} verdicts; {wall:.2f} s by the clock")
        )
    with scoped(whole):
        deep = narrowed(Filters(), known).filter(day=date(2024, 1, 1)).first()
        from zhikong.hospital.functions.records.queries.results.defects import _key

        cpu, wall, found = took(lambda: page(Filters(), known, after=_key(deep)), folder)
        after = page(Filters(), known, after=found.after)
    keys = [(row.day, row.pk) for row in (*found.rows, *after.rows)]
    if len(set(keys)) != 100 or keys != sorted(keys, reverse=True):
        raise SystemExit("neighbouring pages overlap or are out of order")
    rows.append(Row("defects: a page far behind", cpu, "s CPU", GOAL, f"{wall:.2f} s by the clock"))
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rows", type=int, default=10_000_000)
    parser.add_argument("--json", type=Path)
    given = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="zhikong-records-"))
    folder.chmod(0o755)  # as root, the database server runs under another account and must get in
    try:
        with database(folder):
            rows = measure(given.rows, folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    print(show(rows))
    if given.json:
        write(given.json, rows)


if __name__ == "__main__":
    main()

"""The running check of a 600-bed hospital: every rule over all open stays, one event, and a draft of the record system.

    python benchmarks/records_running.py [--json FILE]

Starts a database of its own in a temporary folder and fills its live store with the simulator's open stays, told as
feeds tell. CPU is that of this process; PostgreSQL's is told beside it. The second check of all stays must change
nothing, otherwise the benchmark fails.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psutil
import pyarrow as pa

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
sys.path.insert(0, str(Path(__file__).resolve().parent))

from flows import database, database_cpu, hospital
from table import Row, show, write

NOW = datetime(2026, 11, 22, 8, tzinfo=UTC)  # 16:00 in the hospital
BEDS = 600
GOALS = {"rules": 1.0, "event": 0.25, "draft": 0.1}  # CPU seconds


class Measured:
    """CPU seconds of this process and of PostgreSQL while a block runs."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.own, self.database = folder, 0.0, 0.0

    def __enter__(self) -> Measured:
        self._own = sum(psutil.Process().cpu_times()[:2])
        self._database = database_cpu(self.folder)
        return self

    def __exit__(self, *_error: object) -> None:
        self.own = sum(psutil.Process().cpu_times()[:2]) - self._own
        self.database = database_cpu(self.folder) - self._database

    @property
    def note(self) -> str:
        return f"and {self.database:.2f} s of PostgreSQL"


def open_stays(folder: Path) -> dict[str, Path]:
    """Live tables of the simulator's open stays as files, as the demo's feed brings them."""
    from zhikong.engine.tables import TABLES
    from zhikong.simulator import simulate
    from zhikong.simulator.living import living
    from zhikong.site.demo import records_story

    made = simulate(months=2, first_month="2026-09", events_from="2026-10")
    tables = living(made, datetime(2026, 11, 22, 16))  # noqa: DTZ001  local wall time
    here = tables["open_stays"]
    place = pa.array(["CARD"] * here.num_rows, pa.string())
    here = here.set_column(here.column_names.index("department"), "department", place)
    given = {"stays": records_story.renamed(here)} | {
        name: rows for name, rows in tables.items() if name in TABLES and TABLES[name].child_of == "stays"
    }
    return {
        name: records_story.written(folder / f"{name}.parquet", name, rows)
        for name, rows in given.items()
        if rows.num_rows
    }


def run(folder: Path) -> list[Row]:
    from zhikong.foundation.access.scope import job_scope, scoped
    from zhikong.foundation.patients import live
    from zhikong.foundation.patients.models import LiveRow
    from zhikong.hospital.functions.records.actions.running import refreshing
    from zhikong.hospital.functions.records.draft_rules import draft_of
    from zhikong.hospital.functions.records.models import Obligation
    from zhikong.hospital.functions.records.queries.running.drafts import answer_of
    from zhikong.hospital.functions.records.queries.running.judged import judged, running_rules
    from zhikong.hospital.functions.records.queries.running.rule_prints import fingerprint

    institution, _department, _owner = hospital()
    scope = job_scope(institution, job="benchmark")
    files = open_stays(folder)
    with scoped(scope):
        live.apply(by=None, now=NOW, tables=files, feed="emr", received_at=NOW)
    with scoped(scope):
        stays = list(LiveRow.objects.filter(table="stays").values_list("stay_id", flat=True))
        rows = LiveRow.objects.count()
        clock, content = running_rules(on=NOW.date())
        mark = fingerprint(now=NOW)
        with Measured(folder) as once:
            found = judged(stays, now=NOW)
    note = f"{len(stays)} stays, {rows} rows, {len(clock)} clock and {len(content)} content rules"
    with Measured(folder) as first, scoped(scope):
        refreshing.refresh_all(by=None, now=NOW, fingerprint=mark)
    with Measured(folder) as again, scoped(scope):
        done = refreshing.refresh_all(by=None, now=NOW, fingerprint=mark)
    if done.obligations or done.defects:
        raise SystemExit(f"the same check changed {done.obligations} obligations and {done.defects} defects")
    later = NOW + timedelta(minutes=1)
    with scoped(scope):
        refreshing.touch([stays[0]], now=later)
    with Measured(folder) as event, scoped(scope):
        refreshing.refresh_due(by=None, now=later, fingerprint=mark)
    draft = draft_of(
        {"stay_id": stays[0], "type": "37", "sections": [{"section": "诊疗计划", "text": "对症治疗，观察病情。" * 40}]},
        lambda record, times: record,
    )  # fmt: skip
    with scoped(scope):
        answer_of(draft, now=NOW)
        with Measured(folder) as drafts:
            for _ in range(10):
                answer_of(draft, now=NOW)
    with scoped(scope):
        kept = Obligation.objects.count()
    share = BEDS / len(stays)
    return [
        Row("running: all rules over 600 open stays", once.own * share, "s CPU", GOALS["rules"], f"{note}; {len(found.obligations)} obligations; {once.note}"),
        Row("running: first check with writing", first.own, "s CPU", None, f"{kept} obligations written; {first.note}"),
        Row("running: the same check again", again.own, "s CPU", None, again.note),
        Row("running: one event of one stay", event.own, "s CPU", GOALS["event"], event.note),
        Row("running: a draft is checked", drafts.own / 10, "s CPU", GOALS["draft"], f"{drafts.database / 10:.3f} s of PostgreSQL"),
    ]  # fmt: skip


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="zhikong-running-"))
    folder.chmod(0o755)
    try:
        with database(folder):
            rows = run(folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    print(show(rows))
    if options.json:
        write(options.json, rows)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())

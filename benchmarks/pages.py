"""Server CPU and waiting time of every main page, on a demo hospital of its own.

    python benchmarks/pages.py [--single 40] [--rounds 3] [--folder DIR] [--only WORD] [--json FILE]

CPU is what the web server's worker processes used, user and system, divided by the number of requests;
PostgreSQL and the process that draws charts are told separately. Requests come over the loopback, signed in:
first some that are not counted, then --single in sequence, then --rounds times 20 at the same moment.
Timings are told against their goals; only an error makes the run fail.
"""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import mean

from site_running import Site, Used, demo
from table import Row, write
from visitor import Visitor, at_once, in_sequence

CPU, ALONE, TOGETHER = 0.040, 0.200, 1.0  # goals in seconds: CPU a page, p95 alone, p95 of 20 at once
READERS = 20
UNCOUNTED = 3  # rounds of parallel requests until every process and thread of the server has seen a page
OFFICE = "zhikong"
INDICATORS = (
    "grade_a_records",
    "average_length_of_stay",
    "bed_occupancy",
    "rescue_success",
    "inpatient_mortality",
    "diagnosis_within_three_days",
)


@dataclass(frozen=True)
class Page:
    """A page as one person opens it."""

    name: str
    path: str
    reader: str = OFFICE


@dataclass(frozen=True)
class Measured:
    """Means per request in CPU seconds, and the 95th percentiles of the wall seconds."""

    page: str
    requests: int
    cpu: float
    drawing: float
    database: float
    alone: float
    together: float | None = None
    cpu_together: float | None = None


def pages(office: Visitor) -> list[Page]:
    """The main pages; numbers and months are those that the demo links to."""
    detail = f"/indicators/{INDICATORS[0]}/"
    brief = office.find("/reports/", r'"(/reports/brief/\d{4}-\d\d/)')
    office.post(f"{brief}draft/")
    return [
        Page("home, quality office", "/"),
        Page("home, department head", "/", "keshi"),
        Page("home, physician", "/", "yishi"),
        Page("home, leader", "/", "yuanzhang"),
        Page("indicators", "/indicators/"),
        Page("indicator", detail),
        Page("cases", f"{detail}cases/"),
        Page("months", "/indicators/months/"),
        Page("month close", office.find("/indicators/months/", r'"(/indicators/months/\d{4}-\d\d/)')),
        Page("findings", "/findings/"),
        Page("finding", office.find("/findings/", r'"(/findings/\d+/)')),
        Page("tasks", "/tasks/"),
        Page("notices", "/notices/"),
        Page("briefs", "/reports/"),
        Page("brief, drafted", brief),
        Page("data sources", "/datasources/"),
        Page("data quality", "/data_quality/"),
        Page("data quality, one table", "/data_quality/tables/stays/?all=1"),
        Page("data quality, issues", "/data_quality/issues/"),
        Page("data quality, front pages", "/data_quality/front_pages/"),
        Page("organisation", "/organisation/"),
        Page("calendar", f"/calendar/{time.localtime().tm_year}/"),
        Page("audit", "/audit/"),
    ]


def measure(site: Site, visitor: Visitor, page: Page, single: int, rounds: int) -> Measured:
    """One page: uncounted rounds, then in sequence, then at once."""
    for _round in range(UNCOUNTED):
        at_once(visitor, page.path, READERS)
    before = site.used()
    alone = in_sequence(visitor, [page.path] * single)
    between = site.used()
    together = [second for _round in range(rounds) for second in at_once(visitor, page.path, READERS)]
    parallel = site.used().since(between).web / len(together) if together else None
    measured = _measured(page.name, between.since(before), alone)
    return replace(measured, together=p95(together) if together else None, cpu_together=parallel)


def charts(site: Site, office: Visitor, single: int) -> Iterator[Measured]:
    """The chart of indicator pages as SVG: never drawn before, and from the cache."""
    pattern = r'"(/indicators/[a-z_]+/chart\.svg[^"]+)'
    found = [office.find(f"/indicators/{name}/", pattern).replace("&amp;", "&") for name in INDICATORS]
    in_sequence(office, found)  # the drawing process has started
    site.forget_charts()
    before = site.used()
    cold = in_sequence(office, found)
    yield _measured("chart, cold", site.used().since(before), cold)
    before = site.used()
    warm = in_sequence(office, [found[i % len(found)] for i in range(single)])
    yield _measured("chart, warm", site.used().since(before), warm)


def _measured(name: str, used: Used, alone: Sequence[float]) -> Measured:
    n = len(alone)
    return Measured(name, n, used.web / n, used.drawing / n, used.database / n, p95(alone))


def p95(seconds: Sequence[float]) -> float:
    """The 95th percentile: the smallest value that at least 95 of 100 do not pass."""
    return sorted(seconds)[-(-95 * len(seconds) // 100) - 1]


def run(site: Site, single: int, rounds: int, only: str) -> Iterator[Measured]:
    """Every page, then the charts; each is given as soon as it is known."""
    visitors: dict[str, Visitor] = {}

    def visitor(name: str) -> Visitor:
        if name not in visitors:
            visitors[name] = Visitor(site.port)
            visitors[name].sign_in(name, site.password)
        return visitors[name]

    for page in pages(visitor(OFFICE)):
        if only in page.name:
            yield measure(site, visitor(page.reader), page, single, rounds)
    if only in "chart":
        yield from charts(site, visitor(OFFICE), single)


HEAD = f"{'':22} {'CPU ms':>7} {'at once':>8} {'chart ms':>9} {'SQL ms':>7} {'p95 ms':>7} {'p95 of 20':>10}"


def line(m: Measured) -> str:
    """One page as a line of the table, in milliseconds; ! marks what passes its goal."""
    cells = (
        (m.cpu, CPU, 6),
        (m.cpu_together, CPU, 7),
        (m.drawing, None, 8),
        (m.database, None, 6),
        (m.alone, ALONE, 6),
        (m.together, TOGETHER, 9),
    )
    return f"{m.page:22} " + " ".join(_cell(*cell) for cell in cells)


def _cell(seconds: float | None, goal: float | None, width: int) -> str:
    if seconds is None:
        return " " * (width + 1)
    return f"{1000 * seconds:{width}.1f}" + ("!" if goal is not None and seconds > goal else " ")


def rows(measured: Sequence[Measured]) -> list[Row]:
    """The figures for the common table: the dearest page of each kind, and the charts."""
    sites = [m for m in measured if m.together is not None]
    dearest, slowest = max(sites, key=lambda m: m.cpu), max(sites, key=lambda m: m.alone)
    crowded = max(sites, key=lambda m: m.together or 0)
    drawn = [m for m in measured if m.together is None]
    return [
        Row("pages: mean server CPU", 1000 * mean(m.cpu for m in sites), "ms", 1000 * CPU),
        Row("pages: most server CPU", 1000 * dearest.cpu, "ms", 1000 * CPU, dearest.page),
        Row("pages: most PostgreSQL CPU", 1000 * max(m.database for m in sites), "ms"),
        Row("pages: slowest p95, alone", 1000 * slowest.alone, "ms", 1000 * ALONE, slowest.page),
        Row("pages: slowest p95, 20 at once", 1000 * crowded.together, "ms", 1000 * TOGETHER, crowded.page),
        *(Row(f"{m.page}: p95", 1000 * m.alone, "ms", 1000 * ALONE) for m in drawn),
        *(Row(f"{m.page}: CPU with drawing", 1000 * (m.cpu + m.drawing), "ms") for m in drawn),
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--single", type=int, default=40, help="requests in sequence (40)")
    parser.add_argument("--rounds", type=int, default=3, help=f"rounds of {READERS} requests at once (3)")
    parser.add_argument("--folder", type=Path, help="data folder that is kept for the next time")
    parser.add_argument("--only", default="", help="pages whose name has this word")
    parser.add_argument("--json", type=Path, help="write the rows of the common table here")
    chosen = parser.parse_args()
    os.environ.setdefault("NO_PROXY", "127.0.0.1")
    measured = []
    with demo(chosen.folder) as site:
        print(HEAD, flush=True)
        for each in run(site, chosen.single, chosen.rounds, chosen.only):
            print(line(each), flush=True)
            measured.append(each)
    print(
        f"goals: {1000 * CPU:.0f} ms CPU, p95 {1000 * ALONE:.0f} ms alone, {1000 * TOGETHER:.0f} ms of {READERS}; "
        "! passes it"
    )
    if chosen.json:
        write(chosen.json, rows(measured))


if __name__ == "__main__":
    main()

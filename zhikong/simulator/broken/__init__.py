"""Which stays of a simulated hospital break which rules, counted by the planter in plain Python on its own tables.

Written without a look at any definition: the hand that plants says what it planted, a checker says what it finds.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date

import pyarrow as pa

from zhikong.simulator.broken.care import CARE
from zhikong.simulator.broken.facts import DAY, late, stays_of, workdays
from zhikong.simulator.broken.house import HOUSE, LIMITS
from zhikong.simulator.broken.papers import PAPERS
from zhikong.simulator.broken.treatment import TREATMENT
from zhikong.simulator.broken.visits import VISITS, broken_visits
from zhikong.simulator.broken.writing import WRITING, Truth

RULES: dict[str, Truth] = WRITING | CARE | TREATMENT | HOUSE | PAPERS
"""Rules of stays that need no calendar."""


def broken(
    tables: Mapping[str, pa.Table],
    names: Iterable[str] | None = None,
    *,
    working: Callable[[date], bool] | None = None,
) -> dict[str, set[str]]:
    """Planter's rule -> the stays (or visits) that break it. `working` tells working days; without it Monday to Friday."""
    wanted = {*RULES, *VISITS, *_of_workdays(working)} if names is None else set(names)
    truths = {name: truth for name, truth in (RULES | _of_workdays(working)).items() if name in wanted}
    found: dict[str, set[str]] = {name: set() for name in truths}
    for stay in stays_of(tables):
        for name, truth in truths.items():
            if truth(stay):
                found[name].add(stay.row["stay_id"])
    return found | broken_visits(tables, wanted)


def _of_workdays(working: Callable[[date], bool] | None) -> dict[str, Truth]:
    """Rules whose limits count working days."""
    five = workdays(5, working or (lambda day: day.weekday() < 5))
    return {
        "death_discussion_1_week": lambda s: s.died
        and s.front.get("autopsy") != "1"
        and late(s.leaving, s.papers("51"), 7 * DAY),
        "death_discussion_5_workdays": lambda s: s.died
        and s.front.get("autopsy") != "1"
        and late(s.leaving, s.papers("51"), five),
        "pathology_report_5_workdays": lambda s: late(
            s.events("results", "collected_at", lambda r: r["kind"] == "pathology"),
            s.events("results", "at", lambda r: r["kind"] == "pathology"), five, same=True,
        ),
    }  # fmt: skip


__all__ = ["LIMITS", "RULES", "VISITS", "broken"]

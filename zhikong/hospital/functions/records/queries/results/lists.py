"""Special checks: named lists of rules with what they found, and the theme of the month (REC-18, 20, 28, 36, 37).

A list is a file of a pack, ``record_lists/<id>.yaml``: it chooses rules by their row in the registers, their core
systems, stages, or words of their titles, so that a new rule joins without a change here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from zhikong import packs
from zhikong.engine import months as calendar
from zhikong.hospital.functions.records import facets
from zhikong.hospital.functions.records.facets import Tally
from zhikong.hospital.functions.records.models import RecordVerdict
from zhikong.hospital.functions.records.queries.results.compliance import tallies

FOLDER = "record_lists"
STAYS = 200
"""Records listed on a page; the whole list is in the workbook."""


@dataclass(frozen=True)
class RecordList:
    """A special check. months: of the year in which it is the theme; period: month or quarter."""

    id: str
    title: str
    why: str
    document: str
    clause: str
    mark: str
    months: tuple[int, ...]
    period: str
    choose: Mapping[str, tuple[str, ...]]
    notes: str = ""

    def rules(self, known: Mapping[str, Any]) -> list[str]:
        """The rules that the list chooses, by id; those of the front page only where their stage is asked for."""
        return [key for key, rule in known.items() if self._takes(rule)]

    def _takes(self, rule: Any) -> bool:
        choose = self.choose
        if facets.stage_of(rule) in choose.get("stages", ()) or rule.id in choose.get("rules", ()):
            return True
        if set(facets.rows_of(rule)) & set(choose.get("rows", ())):
            return True
        if set(facets.systems_of(rule)) & set(choose.get("systems", ())):
            return True
        return not facets.is_front_page(rule) and any(word in rule.title for word in choose.get("words", ()))


@cache
def lists() -> dict[str, RecordList]:
    """Every special check of the installed packs: standing ones first, then the themes by month."""
    files = sorted(Path(packs.__path__[0]).glob(f"*/{FOLDER}/*.yaml"))
    found = [_list(yaml.safe_load(file.read_text("utf-8-sig"))) for file in files]
    ordered = sorted(found, key=lambda one: (bool(one.months), one.months, one.id))
    return {one.id: one for one in ordered}


def _list(data: Mapping[str, Any]) -> RecordList:
    source = data["source"]
    choose = {name: tuple(str(x) for x in said) for name, said in data["choose"].items()}
    return RecordList(
        data["id"], data["title"], data["why"], source["document"], source.get("clause", ""), source["mark"],
        tuple(data.get("months") or ()), data.get("period", "month"), choose, data.get("notes") or "",
    )  # fmt: skip


def theme_of(month: str) -> RecordList | None:
    """The theme of a month of the year."""
    number = int(month[5:7])
    return next((one for one in lists().values() if number in one.months), None)


def span(one: RecordList, month: str) -> list[str]:
    """The months that a list looks at: the month, or its quarter up to it."""
    if one.period != "quarter":
        return [month]
    number = calendar.number(month)
    first = number - (int(month[5:7]) - 1) % 3
    return [calendar.named(n) for n in range(first, number + 1)]


@dataclass(frozen=True)
class RuleResult:
    """A rule of a list with its counts."""

    rule: Any
    tally: Tally
    why: str = ""


def results(one: RecordList, known: Mapping[str, Any], *, months: list[str], department: str | None, unmet: Mapping[str, str]) -> list[RuleResult]:  # fmt: skip
    """Every rule of the list with its counts, the lowest compliance first; those that judged nothing come last."""
    keys = one.rules(known)
    counts = {
        key: tally
        for (key,), tally in tallies("rule", months=months, department=department, rules=keys).items()
    }
    found = [RuleResult(known[key], counts.get(key, Tally()), unmet.get(key, "")) for key in keys]
    return sorted(found, key=lambda x: (x.tally.rate is None, x.tally.rate or 0, x.rule.id))


def by_aspect(found: Iterable[RuleResult]) -> list[tuple[str, Any, Tally]]:
    """(aspect, word, counts): whether it is there, in time, and well written."""
    sums: dict[str, Tally] = {}
    for one in found:
        aspect = facets.aspect_of(one.rule)
        sums[aspect] = sums.get(aspect, Tally()) + one.tally
    return [(code, word, sums[code]) for code, word in facets.ASPECTS.items() if code in sums]


@dataclass(frozen=True)
class StayLine:
    """A record with what it lacks in the sense of the list."""

    stay_id: str
    place: str
    day: Any
    failed: tuple[RecordVerdict, ...]
    unknown: int


def stays(
    one: RecordList,
    known: Mapping[str, Any],
    *,
    months: list[str],
    department: str | None,
    most: int | None = STAYS,
) -> tuple[list[StayLine], int]:
    """Records that fail a rule of the list, those that lack most first (at most `most`), and how many there are."""
    rows = RecordVerdict.objects.filter(rule__in=one.rules(known), month__in=months)
    if department is not None:
        rows = rows.filter(place=department)
    by_stay: dict[str, list[RecordVerdict]] = {}
    for row in rows.order_by("day", "stay_id", "rule"):
        by_stay.setdefault(row.stay_id, []).append(row)
    fail = RecordVerdict.Verdict.FAIL
    lines = []
    for stay, own in by_stay.items():
        failed = tuple(row for row in own if row.verdict == fail)
        if failed:
            lines.append(StayLine(stay, failed[0].place, failed[0].day, failed, len(own) - len(failed)))
    lines.sort(key=lambda line: (-len(line.failed), line.day, line.stay_id))
    return lines[:most], len(lines)

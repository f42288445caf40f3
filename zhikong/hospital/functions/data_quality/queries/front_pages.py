"""Front pages by rule, by department and by record, from the verdicts that the last inspection kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import pyarrow as pa
import pyarrow.compute as pc

from zhikong.engine import months as calendar
from zhikong.engine.record_rules import RecordRule
from zhikong.engine.tables import TABLES
from zhikong.foundation.facts import gateway, record_verdicts
from zhikong.foundation.facts.record_verdicts import Verdicts
from zhikong.foundation.findings.models import Finding
from zhikong.hospital.functions.data_quality.front_page_rules import Tally, mean, mean_scores, rules, tallies
from zhikong.hospital.functions.data_quality.models import Run
from zhikong.hospital.functions.data_quality.rules import field_name

SOURCE = "data_quality"


def verdicts(run: Run | None, month: str, *, by) -> Verdicts | None:
    """The month's verdicts in the scope, or None when the month was not judged."""
    name = run.verdicts.get(month) if run else None
    return (
        None if name is None else record_verdicts.verdicts(name, by=by, purpose=f"查看病案首页质量 {month}")
    )


@dataclass(frozen=True)
class DepartmentScore:
    """A department's mean score of the month, and by how much it changed from the month before."""

    code: str
    name: str
    score: Decimal
    records: int
    change: Decimal | None
    failing: int


@dataclass(frozen=True)
class RuleLine:
    """A rule and what it found; why: a sentence when no record could be judged or the rule crashed."""

    rule: RecordRule
    tally: Tally
    why: str
    broken: str


@dataclass(frozen=True)
class Pages:
    """The front-page page of a month."""

    score: Decimal | None
    records: int
    departments: list[DepartmentScore]
    rules: list[RuleLine]
    errors: int


def pages(
    found: Verdicts, before: Verdicts | None, *, names: Mapping[str, str], department: str | None
) -> Pages:
    """Scores by department, verdicts by rule; of one department when one is asked."""
    scores, earlier = mean_scores(found.scores), mean_scores(before.scores) if before else {}
    by_department = tallies(found.counts, by="department")
    shown = {code: pair for code, pair in scores.items() if department in (None, code)}
    by_rule = tallies(found.counts, by="rule", department=department)
    lines = [
        RuleLine(rule, by_rule.get(key, Tally()), found.unmet.get(key, ""), found.errors.get(key, ""))
        for key, rule in rules().items()
    ]
    return Pages(
        score=mean(shown.values()),
        records=sum(n for _, n in shown.values()),
        departments=sorted(
            (_score(code, pair, earlier, names, by_department) for code, pair in shown.items()),
            key=lambda one: (one.score, one.name),
        ),
        rules=lines,
        errors=sum(1 for line in lines if line.tally.error or line.broken),
    )


def _score(code: str, pair, earlier, names: Mapping[str, str], found: Mapping[str, Tally]) -> DepartmentScore:
    score, records = pair
    change = score - earlier[code][0] if code in earlier else None
    failing = found[code].failed if code in found else 0
    return DepartmentScore(code, names.get(code, code), score, records, change, failing)


def month_before(month: str) -> str:
    return calendar.named(calendar.number(month) - 1)


@dataclass(frozen=True)
class Record:
    """A record that failed a rule, or for which the rule crashed, with what the rule looked at."""

    stay: str
    department: str
    day: date
    verdict: str
    values: tuple[tuple[str, str], ...]


def failing(found: Verdicts, rule: str, *, department: str | None) -> list[dict]:
    """The records of a rule, by department and day; no cap."""
    table = found.failures.filter(pc.equal(found.failures["rule"], rule))
    if department is not None:
        table = table.filter(pc.equal(table["department"], department))
    return sorted(table.to_pylist(), key=lambda row: (row["department"] or "", row["day"], row["stay_id"]))


def records(rows: list[dict], run: Run, rule: RecordRule, *, month: str, by) -> list[Record]:
    """Rows of a page with the values that failed, pseudonymous; the look is logged."""
    snapshot = gateway.published(data_version=run.data_version)
    ids = [row["stay_id"] for row in rows]
    purpose = f"核对病案首页规则 {rule.id} {month}"
    values = record_verdicts.values(snapshot, rule, month=month, stays=ids, by=by, purpose=purpose)
    return [
        Record(
            row["stay_id"], row["department"] or "", row["day"], row["verdict"],
            tuple((_head(key), "、".join(said) or "—") for key, said in values.get(row["stay_id"], {}).items()),
        )
        for row in rows
    ]  # fmt: skip


def _head(key: str) -> str:
    table, dot, column = key.rpartition(".")
    name = field_name((table or "stays", column))
    return f"{TABLES[table].meaning.split('：')[0]}·{name}" if dot and table in TABLES else name


@dataclass(frozen=True)
class RecordScore:
    """A record's score with the rules that it failed, or that crashed on it."""

    stay: str
    department: str
    day: date
    score: Decimal
    failed: int
    not_assessable: int
    errors: int
    rules: tuple[str, ...] = ()


def scores(found: Verdicts, *, department: str | None) -> list[dict]:
    """Every record of the month, the lowest score first; no cap."""
    table = found.scores
    if department is not None:
        table = table.filter(pc.equal(table["department"], department))
    return table.sort_by([("score", "ascending"), ("stay_id", "ascending")]).to_pylist()


def record_scores(rows: list[dict], found: Verdicts) -> list[RecordScore]:
    """A page of them, with the titles of the rules that failed."""
    ids = pa.array([row["stay_id"] for row in rows], pa.string())
    failures = found.failures.filter(pc.is_in(found.failures["stay_id"], ids)).to_pylist()
    titles: dict[str, list[str]] = {}
    for failure in failures:
        rule = rules().get(failure["rule"])
        titles.setdefault(failure["stay_id"], []).append(rule.title if rule else failure["rule"])
    return [
        RecordScore(
            row["stay_id"], row["department"] or "", row["day"], Decimal(str(row["score"])), row["fail"],
            row["not_assessable"], row["error"], tuple(titles.get(row["stay_id"], ())),
        )
        for row in rows
    ]  # fmt: skip


def key_of(month: str, rule: str) -> str:
    """The source key of a finding that came from a rule of a month."""
    return f"front_pages@{month}@{rule}"


def findings_of(month: str, rule: str) -> dict[int, Finding]:
    """Department -> the finding that was already made of the rule's failures of the month."""
    found = Finding.objects.filter(source_kind=SOURCE, source_key=key_of(month, rule))
    return {finding.department_id: finding for finding in found}

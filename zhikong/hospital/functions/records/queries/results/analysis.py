"""The month's record-quality analysis (REC-11): every figure with where it comes from, for page and Word alike."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Count
from django.utils.translation import gettext as _

from zhikong.foundation.facts import review_grades
from zhikong.foundation.findings.models import Finding
from zhikong.hospital.functions.records import facets
from zhikong.hospital.functions.records.facets import Tally
from zhikong.hospital.functions.records.models import AnalysisNote, RecordVerdict, Screening
from zhikong.hospital.functions.records.queries.results.compliance import tallies
from zhikong.hospital.functions.records.queries.results.trends import (
    Frequent,
    PlaceLine,
    clock_rules,
    most_frequent,
    places,
)

WORST = 10
SOURCE = "records"


@dataclass(frozen=True)
class Worst:
    """A rule with a low compliance; only rules that judged enough records to say something."""

    rule: str
    title: str
    tally: Tally
    message: str


ENOUGH = 10


@dataclass(frozen=True)
class Analysis:
    """Everything that the month's analysis says."""

    month: str
    run: Screening
    records: int
    flawless: int
    whole: Tally
    on_time: Tally
    before: Tally | None
    defects: int
    places: Sequence[PlaceLine]
    grades: Sequence[tuple[str, int]]
    frequent: Sequence[Frequent]
    worst: Sequence[Worst]
    aspects: Sequence[tuple[str, Tally]]
    trend: Sequence[tuple[str, Tally]]
    unmet: Sequence[tuple[str, str]]
    broken: Sequence[tuple[str, str]]
    unknown: int
    findings: Sequence[Finding]
    note: AnalysisNote | None

    @property
    def per_hundred(self) -> Decimal | None:
        """Defects for each hundred records, one decimal."""
        return (Decimal(100 * self.defects) / self.records).quantize(Decimal("0.1")) if self.records else None

    @property
    def change(self) -> Decimal | None:
        """Percentage points of compliance against the month before; None when that month was not judged."""
        if self.before is None or self.before.rate is None or self.whole.rate is None:
            return None
        return self.whole.rate - self.before.rate

    @property
    def graded(self) -> int:
        return sum(n for _grade, n in self.grades)

    def sentences(self) -> list[str]:
        """The month in plain sentences, only what the figures say."""
        said = [
            _("本月筛查病历 %(n)d 份，执行规则 %(rules)d 条，发现缺陷 %(defects)d 处，平均每百份 %(per)s 处；没有发现缺陷的 %(clean)d 份。")
            % {"n": self.records, "rules": len(self.run.rules), "defects": self.defects, "per": self.per_hundred, "clean": self.flawless},
            _("规则符合率 %(rate)s%%（%(passed)d / %(judged)d），按时完成率 %(time)s%%（%(ontime)d / %(of)d）。")
            % {"rate": self.whole.rate, "passed": self.whole.passed, "judged": self.whole.judged, "time": self.on_time.rate,
               "ontime": self.on_time.passed, "of": self.on_time.judged},
        ]  # fmt: skip
        if self.change is not None:
            way = _("上升") if self.change > 0 else _("下降") if self.change < 0 else _("持平")
            said.append(
                _("符合率比上月%(way)s %(points)s 个百分点。") % {"way": way, "points": abs(self.change)}
            )
        if self.frequent:
            few = self.frequent[:3]
            said.append(_("最常见的是%(names)s，合计占全部缺陷的 %(share)s%%。") % {
                "names": "、".join(f"“{one.title}”（{one.count}）" for one in few), "share": few[-1].reached})  # fmt: skip
        if self.unmet or self.broken or self.unknown:
            said.append(
                _("有 %(unmet)d 条规则因缺数据没能检查，%(broken)d 条规则执行出错，另有 %(unknown)d 份次无法评估；这些都不算通过。")
                % {"unmet": len(self.unmet), "broken": len(self.broken), "unknown": self.unknown}
            )  # fmt: skip
        return said


def analysis(
    run: Screening, known: Mapping[str, Any], names: Mapping[str, str], *, months: Sequence[str], department: str | None = None
) -> Analysis:  # fmt: skip
    """The analysis of a screened month; months: the last twelve, oldest first, the month itself last."""
    month = run.month
    frequent, defects = most_frequent(known, month=month, department=department)
    by_rule = {key: one for (key,), one in tallies("rule", months=[month], department=department).items()}
    by_month = {key: one for (key,), one in tallies("month", months=months, department=department).items()}
    records, flawless = _records(run, known, department)
    return Analysis(
        month=month,
        run=run,
        records=records,
        flawless=flawless,
        whole=by_month.get(month, Tally()),
        on_time=facets.total(one for key, one in by_rule.items() if key in clock_rules(known)),
        before=by_month.get(months[-2]) if len(months) > 1 else None,
        defects=defects,
        places=places(known, names, month=month, months=months, department=department),
        grades=_grades(month, department),
        frequent=frequent,
        worst=_worst(by_rule, known),
        aspects=_aspects(by_rule, known),
        trend=[(one, by_month.get(one, Tally())) for one in months],
        unmet=_told(run.unmet, known),
        broken=_told(run.broken, known),
        unknown=sum(one.not_assessable for key, one in by_rule.items() if key not in run.unmet),
        findings=list(_findings(month, department)),
        note=AnalysisNote.objects.filter(month=month).select_related("by").order_by("-pk").first(),
    )


def _records(run: Screening, known: Mapping[str, Any], department: str | None) -> tuple[int, int]:
    """(records judged, those without any defect): stays and visits, of a department where one is asked."""
    failed = RecordVerdict.objects.filter(month=run.month, verdict=RecordVerdict.Verdict.FAIL)
    whole = run.stays + run.visits
    if department is not None:
        failed = failed.filter(place=department)
        whole = _of_department(run.month, known, department)
    bad = failed.aggregate(n=Count("stay_id", distinct=True))["n"]
    return max(whole, bad), max(whole - bad, 0)


def _of_department(month: str, known: Mapping[str, Any], department: str) -> int:
    """A department's records: every rule looks at each of its stays, or at each of its visits."""
    most = {False: 0, True: 0}
    for (key,), one in tallies("rule", months=[month], department=department).items():
        visits = getattr(known.get(key), "table", "stays") != "stays"
        seen = one.judged + one.not_applicable + one.not_assessable + one.error
        most[visits] = max(most[visits], seen)
    return sum(most.values())


def _grades(month: str, department: str | None) -> list[tuple[str, int]]:
    sums: dict[str, int] = {}
    for one in review_grades.grades_of(month):
        if department in (None, one.department):
            sums[one.grade] = sums.get(one.grade, 0) + one.records
    order = "甲乙丙"
    return sorted(sums.items(), key=lambda pair: (order.find(pair[0][:1]), pair[0]))


def _worst(by_rule: Mapping[str, Tally], known: Mapping[str, Any]) -> list[Worst]:
    found = [
        Worst(key, known[key].title, one, known[key].message)
        for key, one in by_rule.items()
        if key in known and one.failed and one.judged >= ENOUGH
    ]
    return sorted(found, key=lambda one: (one.tally.rate, -one.tally.failed, one.rule))[:WORST]


def _aspects(by_rule: Mapping[str, Tally], known: Mapping[str, Any]) -> list[tuple[str, Tally]]:
    return [
        (str(word), facets.total(one for key, one in by_rule.items() if key in known and facets.aspect_of(known[key]) == code))
        for code, word in facets.ASPECTS.items()
    ]  # fmt: skip


def _told(said: Mapping[str, str], known: Mapping[str, Any]) -> list[tuple[str, str]]:
    return sorted((known[key].title if key in known else key, why) for key, why in said.items())


def _findings(month: str, department: str | None):
    found = Finding.objects.filter(source_kind=SOURCE, month=month).order_by("pk")
    return found if department is None else found.filter(department__code=department)

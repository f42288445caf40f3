"""What the reviewer's page shows: the sheet with its marks, machine findings on the items they belong to, the score."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from zhikong.foundation.facts.chart_findings import ChartFinding
from zhikong.foundation.facts.charts import Chart
from zhikong.foundation.forms import deductions, ranges, scoring
from zhikong.foundation.forms import queries as sheets
from zhikong.foundation.forms.definition.model import YES_NO, FormDefinition, Item, Section
from zhikong.hospital.functions.record_reviews.models import ReviewAssignment, ReviewMark
from zhikong.hospital.functions.record_reviews.queries.reviewing.marks import as_deductions, marks_of

UNKNOWN_VERDICTS = ("not_assessable", "error")
SENTENCE = re.compile(r"[^。；！？\n]*[。；！？\n]|[^。；！？\n]+$")


@dataclass(slots=True)
class FindingView:
    """A machine finding, the item that it is proposed on ('' when no item names its rule), and what was said of it."""

    finding: ChartFinding
    item: str
    points: Decimal
    mark: ReviewMark | None = None

    @property
    def is_failure(self) -> bool:
        return self.finding.verdict == "fail"


@dataclass(slots=True)
class MarkView:
    """A mark, and whether it costs nothing because the same fault counts elsewhere."""

    mark: ReviewMark
    free: bool = False


@dataclass(slots=True)
class ItemView:
    """One item of the sheet as it stands. state: open, ok, na, fault or unknown; lost: points it has lost."""

    item: Item
    number: int
    state: str
    lost: Decimal
    veto: str = ""
    why: str = ""
    marks: list[MarkView] = field(default_factory=list)
    proposals: int = 0

    @property
    def is_yes_no(self) -> bool:
        return self.item.type in YES_NO


@dataclass(slots=True)
class SectionView:
    section: Section
    items: list[ItemView]
    points: Decimal | None
    full: Decimal


@dataclass(slots=True)
class Board:
    """Everything of one review. unknown: item -> why a machine cannot tell; judged: items that have an answer."""

    review: ReviewAssignment
    form: FormDefinition
    sections: list[SectionView]
    findings: list[FindingView]
    span: ranges.Range | None
    vetoes: tuple[scoring.VetoHit, ...]
    unknown: dict[str, str]
    judged: int
    total: int
    parts: list[tuple[str, Decimal, Decimal]]

    @property
    def waiting(self) -> int:
        """Failures that nobody has accepted or refuted yet."""
        return sum(one.is_failure and one.mark is None for one in self.findings)

    @property
    def left(self) -> int:
        return self.total - self.judged


def board(review: ReviewAssignment, findings: Iterable[ChartFinding]) -> Board:
    """The board of a review whose sheet is open or handed in."""
    form, answers = sheets.definition(review.sheet), review.sheet.answers
    policy = sheets.policy_of(review.sheet)
    views = _findings(form, findings, review)
    unknown = unknown_of(form, findings)
    marks = _marks(review, form)
    span = ranges.score_range(form, answers, unknown=unknown | review.unknown, policy=policy)
    best = ranges.at_best(form, answers, policy)
    points = {one.id: one.points for one in best.sections} if best else {}
    sections, number = [], 0
    for section in form.sections:
        items = []
        for item in section.items:
            if deductions.markable(item):
                number += 1
                items.append(_item(item, number, answers, marks, views, unknown | review.unknown, policy))
        if items:
            sections.append(SectionView(section, items, points.get(section.id), section.full))
    every = [one for section in sections for one in section.items]
    return Board(
        review=review,
        form=form,
        sections=sections,
        findings=views,
        span=span,
        vetoes=scoring.vetoes(form, answers, policy),
        unknown=unknown,
        judged=sum(one.state not in ("open", "unknown") for one in every),
        total=len(every),
        parts=_parts(sections),
    )


def unknown_of(form: FormDefinition, findings: Iterable[ChartFinding]) -> dict[str, str]:
    """Item -> why it is not known: a rule that belongs to it could not be judged, or broke."""
    told = {one.rule: f"{one.title}：{one.reason}" for one in findings if one.verdict in UNKNOWN_VERDICTS}
    return {item.id: told[rule] for item in form.items() for rule in item.rules if rule in told}


def _findings(
    form: FormDefinition, findings: Iterable[ChartFinding], review: ReviewAssignment
) -> list[FindingView]:
    belongs = {rule: item for item in reversed(list(form.items())) for rule in item.rules}
    judged = {one.rule: one for one in marks_of(review).filter(kind=ReviewMark.Kind.MACHINE)}
    found = []
    for one in findings:
        item = belongs.get(one.rule)
        found.append(FindingView(one, item.id if item else "", _proposed(item, one), judged.get(one.rule)))
    return found


def _proposed(item: Item | None, finding: ChartFinding) -> Decimal:
    """The rule's own points, within the item; a yes/no item costs what it costs."""
    if item is None:
        return finding.points or Decimal(1)
    if item.type in YES_NO:
        return deductions.weight(item, Decimal(0))
    wanted = finding.points or Decimal(1)
    return min(wanted, item.full).quantize(Decimal(1).scaleb(-item.decimals))


def _marks(review: ReviewAssignment, form: FormDefinition) -> dict[str, list[MarkView]]:
    free = deductions.repeated(form, as_deductions(review))
    found: dict[str, list[MarkView]] = {}
    for one in marks_of(review):
        if one.item:
            found.setdefault(one.item, []).append(MarkView(one, one.pk in free))
    return found


def _item(
    item: Item, number: int, answers: Mapping, marks, views, unknown: Mapping[str, str], policy
) -> ItemView:
    answer, own = answers.get(item.id), marks.get(item.id, [])
    won = scoring.won(item, answers)
    lost = item.full - won if won is not None else Decimal(0)
    faulty = answer == "no" or lost > 0
    state = "fault" if faulty else "na" if answer == "na" else "ok" if answer is not None else "open"
    if state == "open" and item.id in unknown:
        state = "unknown"
    return ItemView(
        item=item,
        number=number,
        state=state,
        lost=lost,
        veto=scoring.veto_sentence(item, policy) if item.veto else "",
        why=unknown.get(item.id, "") if state == "unknown" else "",
        marks=own,
        proposals=sum(one.item == item.id and one.is_failure and one.mark is None for one in views),
    )


def _parts(sections: list[SectionView]) -> list[tuple[str, Decimal, Decimal]]:
    """(part, points, full) of sheets that tell form and content apart; nothing for others."""
    found: dict[str, tuple[Decimal, Decimal]] = {}
    for one in sections:
        if one.section.part is not None and one.points is not None:
            points, full = found.get(one.section.part, (Decimal(0), Decimal(0)))
            found[one.section.part] = points + one.points, full + one.full
    return [(part, points, full) for part, (points, full) in found.items()]


@dataclass(frozen=True, slots=True)
class Sentence:
    """A stretch of a section's text; start and end count characters of the whole text."""

    start: int
    end: int
    text: str


def sentences(text: str) -> list[Sentence]:
    """A text cut after each full stop, so that evidence can be picked by keyboard; joined they are the text again."""
    return [Sentence(m.start(), m.end(), m.group()) for m in SENTENCE.finditer(text) if m.group()]


def read_documents(chart: Chart) -> list[tuple]:
    """(document, [(section, its sentences)]) in the order of the chart."""
    return [(one, [(part, sentences(part.text)) for part in one.sections]) for one in chart.documents]

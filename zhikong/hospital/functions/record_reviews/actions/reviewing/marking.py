"""Fill a review: each fault with its evidence, each machine finding accepted or refuted, each item that is in order.

Every act is stored at once; nothing is lost when the page is closed. The sheet's answers always follow from the marks.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction

from zhikong.foundation.access.permissions import Permission, can
from zhikong.foundation.facts.chart_findings import ChartFinding
from zhikong.foundation.facts.charts import Chart
from zhikong.foundation.forms import actions as forms
from zhikong.foundation.forms import deductions
from zhikong.foundation.forms import queries as sheets
from zhikong.foundation.forms.definition import FormDefinition
from zhikong.foundation.forms.definition.model import YES_NO, ItemType
from zhikong.hospital.functions.record_reviews.actions.reviewing.common import lock, required, wide
from zhikong.hospital.functions.record_reviews.models import ReviewAssignment, ReviewMark, Stage
from zhikong.hospital.functions.record_reviews.queries.reviewing.marks import as_deductions, marks_of

State = ReviewAssignment.State
Kind, Verdict = ReviewMark.Kind, ReviewMark.Verdict


@dataclass(frozen=True, slots=True)
class Evidence:
    """Where a fault stands in the chart: a span of a section's text, or a whole document."""

    document: str = ""
    section: str = ""
    start: int | None = None
    end: int | None = None


NOWHERE = Evidence()


def may_review(user, review: ReviewAssignment) -> bool:
    """Whether this person may fill the review: who it was given to, or for the pool whoever reviews the department."""
    if review.reviewer_id is not None:
        return user is not None and user.pk == review.reviewer_id
    return can(user, Permission.REVIEW_RECORDS, review.department_id)


def require_review(user, review: ReviewAssignment) -> None:
    """Raise PermissionDenied with the reason in words."""
    if not may_review(user, review):
        who = f"这份评审已分给{review.reviewer}" if review.reviewer_id else "您没有权限：按评分表评审病历"
        raise PermissionDenied(f"{who}，您可以看，但不能填写。")


@transaction.atomic
def begin(review: ReviewAssignment, *, by, now: datetime) -> ReviewAssignment:
    """Open the sheet for whoever starts the review; a review of the pool becomes theirs. Doing it again is harmless."""
    review = lock(review)
    require_review(by, review)
    _refuse_unless_open(review)
    if review.sheet_id is not None:
        return review
    _refuse_own(review, by)
    with wide():
        review.sheet = forms.open_sheet(
            by=by, now=now, form_id=review.form_id, department_id=review.department_id, subject=review.case.patient_key,
            period=review.case.month, source_kind="record_review", source_key=str(review.pk), filler=by,
        )  # fmt: skip
        review.reviewer, review.readers = by, sorted({*review.readers, by.pk})
        review.state, review.started_at, review.last_saved_at = State.DOING, now, now
        review.save()
    return review


@transaction.atomic
def mark(
    review: ReviewAssignment, *, by, now: datetime, item: str, points: Decimal, text: str,
    evidence: Evidence = NOWHERE, chart: Chart | None = None, aspect: str = "", defect: str = "",
) -> ReviewMark:  # fmt: skip
    """A fault on an item. text: what is wrong; the quote is cut from the chart, so that it is what was read.

    defect: equal for what is one and the same fault on several items; it costs once.
    """
    review = _mine(review, by)
    points = _points(sheets.definition(review.sheet), item, points)
    text, place = required(text, "请写明缺陷是什么，书写医师要据此修改。"), _place(evidence, chart)
    same = marks_of(review).filter(item=item, points=points, text=text, kind=Kind.PERSON, **place).first()
    if same is not None:  # sent once more because the first answer was lost on its way
        return same
    made = ReviewMark.objects.create(
        institution_id=review.institution_id, assignment=review, item=item, points=points, text=text, aspect=aspect,
        defect=defect[:160], created_at=now, created_by=by, **place,
    )  # fmt: skip
    _follow(review, by=by, now=now, touched={item})
    return made


@transaction.atomic
def unmark(found: ReviewMark, *, by, now: datetime) -> None:
    """Take a mark back while the review is open; the item is then not judged any more."""
    review = _mine(found.assignment, by)
    found.withdrawn_at, found.withdrawn_by = now, by
    found.save(update_fields=["withdrawn_at", "withdrawn_by"])
    _follow(review, by=by, now=now, touched={found.item})


@transaction.atomic
def reword(found: ReviewMark, *, by, now: datetime, text: str) -> None:
    """Other words for a fault, as the writer will read them."""
    review = _mine(found.assignment, by)
    found.text = required(text, "请写明缺陷是什么，书写医师要据此修改。")
    found.save(update_fields=["text"])
    review.last_saved_at = now
    review.save(update_fields=["last_saved_at"])


@transaction.atomic
def judge_finding(
    review: ReviewAssignment, finding: ChartFinding, *, by, now: datetime, accepted: bool, item: str = "",
    points: Decimal | None = None, text: str = "", chart: Chart | None = None,
) -> ReviewMark:  # fmt: skip
    """Accept a machine finding as a deduction on an item, or refute it with a reason. Judging it again replaces that."""
    review = _mine(review, by)
    form = sheets.definition(review.sheet)
    old = list(marks_of(review).filter(kind=Kind.MACHINE, rule=finding.rule))
    for one in old:
        one.withdrawn_at, one.withdrawn_by = now, by
        one.save(update_fields=["withdrawn_at", "withdrawn_by"])
    if accepted:
        cost, said = _points(form, item, points if points is not None else finding.points or Decimal(0)), text
    else:
        cost, said = Decimal(0), required(text, "请写明为什么不是缺陷：规则靠这些理由变得更准。")
    place = Evidence(finding.span_document, finding.span_section, finding.span_start, finding.span_end)
    made = ReviewMark.objects.create(
        institution_id=review.institution_id, assignment=review, item=item if accepted else "", points=cost,
        text=said.strip() or finding.reason, kind=Kind.MACHINE,
        verdict=Verdict.ACCEPTED if accepted else Verdict.REFUTED, rule=finding.rule, rule_version=finding.version,
        aspect=finding.aspect, defect=f"rule:{finding.rule}", created_at=now, created_by=by, **_place(place, chart),
    )  # fmt: skip
    _follow(review, by=by, now=now, touched={item, *(one.item for one in old)} - {""})
    return made


@transaction.atomic
def settle(review: ReviewAssignment, *, by, now: datetime, item: str, answer: str) -> None:
    """Say of one item that it is in order (`yes`), does not apply (`na`), or is not judged after all (``)."""
    review = _mine(review, by)
    form = sheets.definition(review.sheet)
    if marks_of(review).filter(item=item, verdict=Verdict.ACCEPTED).exists():
        raise ValidationError("这个条目有扣分。要改为无缺陷，请先撤销它的扣分。")
    _store(review, form, {item: _answer(form, item, answer)}, by=by, now=now)


@transaction.atomic
def settle_rest(review: ReviewAssignment, *, by, now: datetime, unknown: Collection[str]) -> int:
    """Everything that was not judged yet is in order, except what no machine could tell; gives how many items.

    unknown: items on which a rule said that it cannot tell; each wants the reviewer's own look.
    """
    review = _mine(review, by)
    form = sheets.definition(review.sheet)
    rest = [
        item.id for item in form.items()
        if deductions.markable(item) and item.id not in review.sheet.answers and item.id not in unknown
    ]  # fmt: skip
    _store(review, form, {item: _answer(form, item, "yes") for item in rest}, by=by, now=now)
    return len(rest)


@transaction.atomic
def leave_unknown(review: ReviewAssignment, *, by, now: datetime, item: str, why: str) -> None:
    """Say that an item cannot be judged, and why: its points make the score a range instead of counting as full."""
    review = _mine(review, by)
    settle_item = _answer(sheets.definition(review.sheet), item, "yes")
    if settle_item is None or marks_of(review).filter(item=item, verdict=Verdict.ACCEPTED).exists():
        raise ValidationError("这个条目有扣分。要改为无法判断，请先撤销它的扣分。")
    review.unknown = review.unknown | {item: required(why, "请写明缺少什么，例如：没有导入同意书扫描件。")}
    review.save(update_fields=["unknown"])
    _store(review, sheets.definition(review.sheet), {item: None}, by=by, now=now)


@transaction.atomic
def note_remark(review: ReviewAssignment, *, by, now: datetime, text: str) -> None:
    """The reviewer's words on the whole record."""
    review = _mine(review, by)
    review.remark, review.last_saved_at = text.strip(), now
    review.save(update_fields=["remark", "last_saved_at"])


def _mine(review: ReviewAssignment, by) -> ReviewAssignment:
    review = lock(review)
    require_review(by, review)
    _refuse_unless_open(review)
    if review.sheet_id is None:
        raise ValidationError("请先打开这份评审。")
    return review


def _refuse_unless_open(review: ReviewAssignment) -> None:
    if review.state in (State.DONE, State.WITHDRAWN):
        raise ValidationError(f"这份评审{review.get_state_display()}，不能再改。对结果有异议请走申诉。")


def _refuse_own(review: ReviewAssignment, by) -> None:
    person = getattr(by, "person", None)
    own = person is not None and person.staff_number in (review.case.writer, review.case.attending)
    if own and review.stage != Stage.SELF:
        raise PermissionDenied("这是您书写或主治的病历，请由科室里另一位质控人员评审。")


def _points(form: FormDefinition, item_id: str, points: Decimal) -> Decimal:
    item = form.item(item_id)
    if item is None or not deductions.markable(item):
        raise ValidationError("请选择扣分的条目。")
    if item.type in YES_NO:
        return deductions.weight(item, points)
    step = Decimal(1).scaleb(-item.decimals)
    if not 0 < points <= item.full:
        raise ValidationError(f"“{item.text}”的扣分应大于 0，不超过 {item.full.normalize():f} 分。")
    if points != points.quantize(step):
        raise ValidationError(f"扣分最多 {item.decimals} 位小数。" if item.decimals else "扣分请填整数。")
    return points


def _place(evidence: Evidence, chart: Chart | None) -> dict:
    """The evidence as columns; a span that is not in the chart is refused, because nobody could check it."""
    found = {"document": evidence.document, "section": evidence.section}
    if not evidence.document or chart is None:
        return found
    document = chart.document(evidence.document)
    section = document.section(evidence.section) if document and evidence.section else None
    if evidence.start is None or evidence.end is None:
        return found
    if section is None or not 0 <= evidence.start < evidence.end <= len(section.text):
        raise ValidationError("所选的证据不在这份病历里，请重新选择。")
    quote = section.text[evidence.start : evidence.end]
    return found | {"span_start": evidence.start, "span_end": evidence.end, "quote": quote}


def _follow(review: ReviewAssignment, *, by, now: datetime, touched: Iterable[str]) -> None:
    """The answers of items whose marks changed, and of those whose fault now counts elsewhere."""
    form, marks = sheets.definition(review.sheet), as_deductions(review)
    answers = review.sheet.answers
    held = {one.item for one in marks}
    checked = {name for name, value in answers.items() if value in ("yes", 0, 0.0)} | held
    wanted = deductions.answers(form, marks, checked=checked - set(touched) | held)
    changed = {name: wanted.get(name) for name in held | set(touched)}
    _store(review, form, changed, by=by, now=now)


def _answer(form: FormDefinition, item_id: str, answer: str) -> str | None:
    item = form.item(item_id)
    if item is None or not deductions.markable(item):
        raise ValidationError("这个条目不能这样评。")
    if answer == "na" and item.type is not ItemType.YES_NO_NA and item.type in YES_NO:
        raise ValidationError("这个条目没有“不适用”。")
    if not answer:
        return None
    if item.type in YES_NO:
        return answer if answer == "na" else "yes"
    return "0"


def _store(review: ReviewAssignment, form: FormDefinition, raw: dict, *, by, now: datetime) -> None:
    saved = forms.save_answers(review.sheet, by=by, now=now, raw=raw)
    if saved.errors:
        raise ValidationError(list(saved.errors.values()))
    review.last_saved_at = now
    review.unknown = {
        name: why for name, why in review.unknown.items() if review.sheet.answers.get(name) is None
    }
    review.save(update_fields=["last_saved_at", "unknown"])

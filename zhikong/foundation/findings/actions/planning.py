"""The plan of a finding: chains of causes to the root, and measures in 5W2H, each with its own person and date."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from zhikong.foundation.findings import policy
from zhikong.foundation.findings.actions.department import answer_cause, propose_measure
from zhikong.foundation.findings.actions.steps import (
    MEASURE,
    account_of,
    address,
    begin,
    record,
    required,
    tell,
)
from zhikong.foundation.findings.models import Cause, Finding, Measure
from zhikong.foundation.findings.rules import Act
from zhikong.foundation.tasks import actions as tasks

DEEPEST = 5


@dataclass(frozen=True)
class Chain:
    """One bone of the fishbone: a category and the answers to why after why, the last of them the deepest.

    root: which answer is the root cause (1 …), 0 when none is proven; proof: by what.
    """

    category: str
    whys: Sequence[str]
    root: int = 0
    proof: str = ""


@dataclass(frozen=True)
class Planned:
    """One measure as it is planned. who: a Person; cost: yuan."""

    what: str
    due_on: date
    who: object | None = None
    why: str = ""
    where: str = ""
    how: str = ""
    cost: Decimal | None = None


@transaction.atomic
def save_plan(
    finding: Finding, *, by, now: datetime, chains: Sequence[Chain], measures: Sequence[Planned]
) -> Finding:
    """Keep causes and measures as they stand now; nothing is handed in yet. Measures already done stay."""
    begin(finding, Act.PLAN, by=by)
    _keep_causes(finding, chains)
    _keep_measures(finding, measures)
    said = _("原因 %(causes)d 条，措施 %(measures)d 项") % {"causes": len(chains), "measures": len(measures)}
    record(finding, Act.PLAN, by=by, now=now, text=said)
    return finding


@transaction.atomic
def submit_plan(finding: Finding, *, by, now: datetime) -> Finding:
    """Hand in the plan as it was saved: the causes and measures in words are the department's answer."""
    causes, measures = list(finding.causes.all()), list(finding.measures.filter(done_at=None))
    if not any(cause.is_root for cause in causes):
        raise ValidationError(_("请至少写出一条原因，并标明真因。"))
    if not measures:
        raise ValidationError(_("请至少写一项整改措施。"))
    answer_cause(finding, by=by, now=now, cause=causes_in_words(finding))
    last = max(measure.due_on for measure in measures)
    return propose_measure(
        finding, by=by, now=now, measure=measures_in_words(finding), responsible=measures[0].who, measure_due_on=last
    )  # fmt: skip


def causes_in_words(finding: Finding) -> str:
    """One line a chain: 人员：A ← B ← C（真因）."""
    names, chains = policy.in_force().categories, {}
    for cause in finding.causes.all():
        root = "（真因" + (f"，依据：{cause.proof}" if cause.proof else "") + "）" if cause.is_root else ""
        chains.setdefault((cause.chain, cause.category), []).append(cause.text + root)
    return "\n".join(f"{names.get(of, of)}：{' ← '.join(said)}" for (_n, of), said in chains.items())


def measures_in_words(finding: Finding) -> str:
    """One numbered line a measure, with who, by when, where, how and the cost."""
    return "\n".join(
        f"{n}. {measure_in_words(measure)}" for n, measure in enumerate(finding.measures.all(), 1)
    )


def measure_in_words(measure: Measure) -> str:
    parts = [
        measure.what,
        f"负责人：{measure.who}" if measure.who else "",
        f"完成日期：{measure.due_on}",
        f"地点：{measure.where}" if measure.where else "",
        f"方法：{measure.how}" if measure.how else "",
        f"费用：{measure.cost:.2f} 元" if measure.cost is not None else "",
    ]
    return "；".join(part for part in parts if part)


def _keep_causes(finding: Finding, chains: Sequence[Chain]) -> None:
    known = policy.in_force().categories
    finding.causes.all().delete()
    rows = []
    for number, chain in enumerate(chains, 1):
        whys = [text.strip() for text in chain.whys if text.strip()]
        if chain.category not in known:
            raise ValidationError(_("请为第 %(n)d 条原因选择类别。") % {"n": number})
        if not whys or len(whys) > DEEPEST:
            raise ValidationError(_("第 %(n)d 条原因应有 1～5 个“为什么”。") % {"n": number})
        if chain.root > len(whys):
            raise ValidationError(_("第 %(n)d 条原因标明的真因没有填写内容。") % {"n": number})
        rows += [
            Cause(
                institution_id=finding.institution_id, department_id=finding.department_id, finding=finding,
                chain=number, depth=depth, category=chain.category, text=text[:200],
                is_root=depth == chain.root, proof=chain.proof[:200] if depth == chain.root else "",
            )
            for depth, text in enumerate(whys, 1)
        ]  # fmt: skip
    Cause.objects.bulk_create(rows)


def _keep_measures(finding: Finding, measures: Sequence[Planned]) -> None:
    finding.measures.filter(done_at=None, from_decision=False).delete()
    start = finding.measures.count()
    for number, planned in enumerate(measures, 1):
        if planned.due_on > finding.due_on:
            raise ValidationError(
                _("第 %(n)d 项措施的完成日期不能晚于整改期限 %(due)s；确实来不及，请先申请延期。")
                % {"n": number, "due": finding.due_on}
            )
        if planned.cost is not None and planned.cost < 0:
            raise ValidationError(_("费用不能是负数。"))
        Measure.objects.create(
            institution_id=finding.institution_id, department_id=finding.department_id, finding=finding,
            order=start + number, what=required(planned.what, _("请写明做什么。"))[:300], why=planned.why[:200],
            who=planned.who, due_on=planned.due_on, where=planned.where[:80], how=planned.how[:300], cost=planned.cost,
        )  # fmt: skip


def give_measures(finding: Finding, *, by, now: datetime, except_to) -> None:
    """Each measure's own person gets its own task, but whoever has the finding's task already."""
    for measure in finding.measures.filter(done_at=None).select_related("who"):
        user = account_of(measure.who_id, finding.department_id)
        if user is None or user == except_to:
            continue
        tasks.assign(
            by=by, now=now, owner=user, title=f"落实措施：{measure.what}"[:160], url=address(finding),
            due_on=measure.due_on, due_reason=f"整改方案 {finding.number} 的完成日期", source_kind=MEASURE,
            source_key=str(measure.pk), department_id=finding.department_id,
        )  # fmt: skip


@transaction.atomic
def complete_measure(finding: Finding, measure: Measure, *, by, now: datetime, text: str) -> Measure:
    """One measure is carried out; the finding itself waits until all are and evidence is handed in."""
    begin(finding, Act.MEASURE_DONE, by=by)
    measure.refresh_from_db(from_queryset=Measure.objects.select_for_update(of=("self",)))
    if measure.finding_id != finding.pk:
        raise ValueError("The measure belongs to another finding.")
    if measure.done_at is not None:
        raise ValidationError(_("这项措施已由%(who)s标为完成。") % {"who": measure.done_by})
    measure.done_at, measure.done_by = now, by
    measure.done_text = required(text, _("请写明完成情况。"))[:300]
    measure.save()
    record(finding, Act.MEASURE_DONE, by=by, now=now, text=f"{measure.what}\n{measure.done_text}")
    tasks.complete_for(source_kind=MEASURE, source_key=str(measure.pk), by=by, now=now)
    if not finding.measures.filter(done_at=None).exists():
        others = [user for user in (finding.owner,) if user is not None and user != by]
        tell(finding, by=by, now=now, title="整改措施已全部完成，请提交证据", users=others)
    return measure

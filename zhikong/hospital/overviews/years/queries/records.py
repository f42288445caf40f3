"""Counts of what was done in a period, as known at a moment: findings, inspections, improvements, meetings, duties,
training, complaints. Each count keeps the keys of its rows; no words of theirs."""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone
from django.utils.translation import gettext as _

from zhikong.foundation.duties.models import Occurrence, Proof
from zhikong.foundation.findings.models import Finding, FindingStep, Verification
from zhikong.hospital.functions.campaigns.models import Campaign, Item
from zhikong.hospital.functions.complaints.models.intake import Complaint
from zhikong.hospital.functions.complaints.models.intake_parts import ComplaintStep
from zhikong.hospital.functions.improvements.models.projects import Project
from zhikong.hospital.functions.inspections.models.visits import Visit
from zhikong.hospital.functions.meetings.models import Meeting

RULES_VERSION = 1  # of the sentences in RULES: a changed sentence is a new version
KEPT = 2000  # keys of rows that stay with a figure; its checksum covers all


@dataclass(frozen=True)
class Window:
    """Days of a period, both included, seen at a moment; `end` is the first moment after what counts."""

    first: date
    last: date
    moment: datetime

    @property
    def start(self) -> datetime:
        return _midnight(self.first)

    @property
    def end(self) -> datetime:
        return min(_midnight(self.last + timedelta(days=1)), self.moment)

    @property
    def day(self) -> date:
        """The last day that has been seen."""
        return min(self.last, timezone.localdate(self.moment))


@dataclass(frozen=True)
class Counted:
    """A count with the rows behind it. rule: how it is counted, in words."""

    key: str
    title: str
    rule: str
    unit: str
    source: str
    rows: Sequence[int]

    @property
    def value(self) -> int:
        return len(self.rows)

    @property
    def digest(self) -> str:
        """Of all rows, in order of their keys: the same rows give the same."""
        said = f"{self.source}:{','.join(str(row) for row in self.rows)}"
        return hashlib.sha256(said.encode()).hexdigest()[:10]


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=timezone.get_current_timezone())


def counts(window: Window) -> list[Counted]:
    """Every count of the period, in the order of the summary."""
    return [
        *_findings(window), *_inspections(window), *_improvements(window), *_meetings(window), *_duties(window),
        *_training(window), *_campaigns(window), *_complaints(window),
    ]  # fmt: skip


def _counted(key: str, title: str, rule: str, unit: str, source: str, rows: Iterable[int]) -> Counted:
    return Counted(key, title, rule, unit, source, sorted(set(rows)))


def _keys(rows: QuerySet) -> QuerySet:
    return rows.order_by().values_list("pk", flat=True)


def _within(window: Window, field: str) -> Q:
    return Q(**{f"{field}__gte": window.start, f"{field}__lt": window.end})


def _findings(window: Window) -> Iterator[Counted]:
    """By their story, which is only ever added: a later step does not change what was known."""
    last = FindingStep.objects.filter(finding=OuterRef("pk"), at__lt=window.end).order_by("-at", "-pk")
    known = Finding.objects.filter(raised_at__lt=window.end).annotate(
        then=Subquery(last.values("state")[:1]), since=Subquery(last.values("at")[:1])
    )
    whole = known.exclude(then="merged")
    raised = whole.filter(raised_at__gte=window.start)
    closed = whole.filter(then="closed", since__gte=window.start)
    effective = Verification.objects.filter(finding__in=closed, passed=True, at__lt=window.end)
    reopened = FindingStep.objects.filter(_within(window, "at"), state="reopened")
    running = whole.exclude(then="closed")
    said = (
        ("findings_raised", _("提出问题"), _("期内提出、未并入其他问题的"), _keys(raised)),
        ("findings_closed", _("关闭问题"), _("期内关闭、期末仍为关闭的"), _keys(closed)),
        ("findings_effective", _("核实有效"), _("期内关闭的问题中，至少一次核实通过的"), effective.values_list("finding_id", flat=True)),
        ("findings_reopened", _("重新打开"), _("期内因复发或核实未通过而重新打开的"), reopened.values_list("finding_id", flat=True)),
        ("findings_open", _("期末未关闭"), _("期末尚未关闭、未并入其他问题的"), _keys(running)),
        ("findings_overdue", _("期末逾期"), _("期末未关闭且已过整改期限的"), _keys(running.filter(due_on__lt=window.day))),
    )  # fmt: skip
    for key, title, rule, rows in said:
        yield _counted(key, title, rule, _("个"), "findings", rows)


def _inspections(window: Window) -> Iterator[Counted]:
    done = Visit.objects.filter(_within(window, "started_at"))
    yield _counted("visits", _("督导检查"), _("期内已开始的检查"), _("次"), "visits", _keys(done))
    places = done.exclude(department=None).values_list("department_id", flat=True)
    rule = _("期内检查到的科室，一个科室只计一次")
    yield _counted("visited_departments", _("覆盖科室"), rule, _("个"), "departments", places)


def _improvements(window: Window) -> Iterator[Counted]:
    begun = Project.objects.filter(_within(window, "approved_at"))
    closed = Project.objects.filter(_within(window, "closed_at"), state=Project.State.CLOSED)
    reached = closed.filter(success=Project.Success.REACHED)
    yield _counted(
        "projects_begun", _("改进项目立项"), _("期内批准立项的"), _("项"), "projects", _keys(begun)
    )
    yield _counted("projects_closed", _("改进项目结题"), _("期内结题的"), _("项"), "projects", _keys(closed))
    rule = _("期内结题、评定为达到目标的")
    yield _counted("projects_reached", _("达到目标"), rule, _("项"), "projects", _keys(reached))


def _meetings(window: Window) -> Iterator[Counted]:
    held = Meeting.objects.filter(
        state=Meeting.State.HELD, on__gte=window.first, on__lte=window.last, held_at__lt=window.moment
    )
    rule = _("会议日期在期内、已召开的委员会会议")
    yield _counted("meetings", _("委员会会议"), rule, _("次"), "meetings", _keys(held))


def proven(window: Window, rows: QuerySet[Occurrence]) -> QuerySet[Occurrence]:
    """With as many proofs as needed, as known at the moment."""
    valid = Q(proofs__at__lt=window.moment) & (
        Q(proofs__withdrawn_at=None) | Q(proofs__withdrawn_at__gte=window.moment)
    )
    return rows.annotate(given=Count("proofs", filter=valid)).filter(given__gte=F("needed"))


def _duties(window: Window) -> Iterator[Counted]:
    excused = Q(excused_at__lt=window.moment)
    due = Occurrence.objects.filter(
        due_on__gte=window.first, due_on__lte=window.day, opened_at__lt=window.moment
    ).exclude(excused)
    shown = set(_keys(proven(window, due)))
    everything = set(_keys(due))
    yield _counted(
        "duties_due", _("到期职责"), _("期内到期、未免报的周期职责"), _("项"), "occurrences", everything
    )
    rule = _("到期职责中有足够证据的")
    yield _counted("duties_proven", _("有证据"), rule, _("项"), "occurrences", shown)
    rule = _("到期职责中没有足够证据的")
    yield _counted("duties_missing", _("没有证据"), rule, _("项"), "occurrences", everything - shown)


def _training(window: Window) -> Iterator[Counted]:
    valid = Q(withdrawn_at=None) | Q(withdrawn_at__gte=window.moment)
    found = Proof.objects.filter(
        valid, kind="training", dated_on__gte=window.first, dated_on__lte=window.last, at__lt=window.moment
    )
    rule = _("登记日期在期内、作为职责证据的培训记录")
    yield _counted("trainings", _("培训"), rule, _("次"), "proofs", _keys(found))


def _campaigns(window: Window) -> Iterator[Counted]:
    """Campaigns that ran in the period, and their items that were done in it."""
    running = Campaign.objects.filter(made_at__lt=window.moment).exclude(withdrawn_at__lt=window.moment)
    inside = Q(starts_on__lte=window.last) & (Q(ends_on__gte=window.first) | Q(ends_on=None))
    rule = _("起止日期与期间有重合、未撤销的专项活动")
    yield _counted("campaigns", _("专项活动"), rule, _("项"), "campaigns", _keys(running.filter(inside)))
    done = Item.objects.filter(_within(window, "done_at"), state=Item.State.DONE)
    rule = _("期内完成的活动事项")
    yield _counted("campaign_items", _("完成活动事项"), rule, _("个"), "campaign_items", _keys(done))


def _complaints(window: Window) -> Iterator[Counted]:
    """Numbers only: neither words nor people; each case stays behind its own permissions."""
    steps = ComplaintStep.objects.filter(at__lt=window.end)
    ended = steps.filter(step__in=("refused", "withdrawn")).values("complaint_id")
    last = steps.filter(complaint=OuterRef("pk"), step__in=("closed", "review")).order_by("-at", "-pk")
    told = Complaint.objects.filter(_within(window, "received_at")).exclude(pk__in=ended)
    closed = told.annotate(then=Subquery(last.values("step")[:1])).filter(then="closed")
    yield _counted(
        "complaints", _("接到投诉"), _("期内接到、未撤回且受理的投诉"), _("件"), "complaints", _keys(told)
    )
    rule = _("期内接到的投诉中，期末已办结的")
    yield _counted("complaints_closed", _("已办结"), rule, _("件"), "complaints", _keys(closed))


def note(one: Counted, window: Window) -> str:
    """How it is counted, how many rows with their checksum, and the moment that stands for the data version."""
    return _(
        "%(title)s：口径 %(key)s 第 %(version)d 版，%(rule)s；依据 %(n)d 条记录（校验码 %(hash)s）；业务数据截至 %(moment)s。"
    ) % {
        "title": one.title, "key": one.key, "version": RULES_VERSION, "rule": one.rule, "n": one.value,
        "hash": one.digest, "moment": f"{timezone.localtime(window.moment):%Y-%m-%d %H:%M}",
    }  # fmt: skip

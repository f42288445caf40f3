"""A department's record book (REP-11, REP-15): what it met about, studied, was checked for, and counts of what happened.

Read in the reader's own scope. Of complaints there are numbers only; of events a column that the department fills in.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.db.models import Count
from django.utils import timezone
from django.utils.translation import gettext as _

from zhikong.foundation.duties.models import Proof
from zhikong.foundation.findings.models import Finding
from zhikong.foundation.organisation.queries import DepartmentOn
from zhikong.hospital.functions.complaints.models.intake import Complaint
from zhikong.hospital.functions.indicators import months as calendar
from zhikong.hospital.functions.inspections.models.visits import Visit
from zhikong.hospital.functions.meetings.models import Meeting

PARTS = ("meetings", "studies", "checks", "problems", "counts")
SPARE = 3  # empty entries after each part, to be filled in by hand


@dataclass(frozen=True)
class Entry:
    """One thing that was done: day, title, words, and who stands for it (empty: to be signed by hand)."""

    on: date
    title: str
    text: str = ""
    who: str = ""


@dataclass(frozen=True)
class Part:
    """One section of the book. heads and rows: of a table instead of entries."""

    key: str
    title: str
    entries: Sequence[Entry] = ()
    heads: Sequence[str] = ()
    rows: Sequence[Sequence[str]] = ()
    columns: Sequence[str] = field(default_factory=tuple)

    @property
    def size(self) -> int:
        return len(self.entries) or len(self.rows)


@dataclass(frozen=True)
class Book:
    """A department's book of some months."""

    department: DepartmentOn
    first: str
    last: str
    parts: Sequence[Part]


def book(place: DepartmentOn, *, first: str, last: str, wanted: Iterable[str] = PARTS) -> Book:
    """The parts asked for, in the house's order. first, last: months, both included."""
    begin, end = calendar.first_day(first), calendar.first_day(calendar.shifted(last, 1)) - timedelta(days=1)
    made = {
        "meetings": lambda: Part("meetings", _("会议记录"), [*_held(place, begin, end), *_proofs(place, "meeting", begin, end)]),
        "studies": lambda: Part("studies", _("业务学习与培训记录"), _proofs(place, "training", begin, end)),
        "checks": lambda: Part("checks", _("质量检查记录"), _visits(place, begin, end)),
        "problems": lambda: _problems(place, begin, end),
        "counts": lambda: _counts(place, first, last),
    }  # fmt: skip
    return Book(place, first, last, [made[key]() for key in PARTS if key in set(wanted)])


def _held(place: DepartmentOn, begin: date, end: date) -> list[Entry]:
    """Meetings of the department's own group."""
    rows = Meeting.objects.filter(
        body__department_id=place.id, state=Meeting.State.HELD, on__gte=begin, on__lte=end
    ).select_related("body")
    return [Entry(m.on, m.body.name, m.notes, m.chaired_by) for m in rows.order_by("on", "pk")]


def _proofs(place: DepartmentOn, kind: str, begin: date, end: date) -> list[Entry]:
    """What was handed in as evidence of duties, under the name of who did."""
    rows = Proof.objects.filter(
        department_id=place.id, kind=kind, withdrawn_at=None, dated_on__gte=begin, dated_on__lte=end
    ).select_related("by", "occurrence")
    return [
        Entry(one.dated_on, one.title, one.text or one.occurrence.title, str(one.by or ""))
        for one in rows.order_by("dated_on", "pk")
    ]


def _visits(place: DepartmentOn, begin: date, end: date) -> list[Entry]:
    rows = Visit.objects.filter(
        department_id=place.id, started_at__isnull=False, planned_on__gte=begin, planned_on__lte=end
    ).select_related("lead")
    return [
        Entry(v.planned_on, v.title, _("%(number)s，%(state)s") % {"number": v.number, "state": v.get_state_display()}, str(v.lead or ""))
        for v in rows.order_by("planned_on", "pk")
    ]  # fmt: skip


def _problems(place: DepartmentOn, begin: date, end: date) -> Part:
    """Every problem with the person who answers for it: traceable to a person (004-P2)."""
    rows = Finding.objects.filter(
        department_id=place.id, raised_at__date__gte=begin, raised_at__date__lte=end
    ).select_related("owner", "responsible")
    heads = (_("日期"), _("编号"), _("问题"), _("责任人"), _("期限"), _("结果"))
    cells = [
        (
            f"{timezone.localdate(f.raised_at):%m-%d}", f.number, f.title, str(f.responsible or f.owner or ""),
            f"{f.due_on:%m-%d}", f.get_state_display(),
        )
        for f in rows.order_by("raised_at", "pk")
    ]  # fmt: skip
    return Part(
        "problems",
        _("问题与整改追踪"),
        heads=heads,
        rows=cells,
        columns=("auto", "auto", "1fr", "auto", "auto", "auto"),
    )


def _counts(place: DepartmentOn, first: str, last: str) -> Part:
    """Numbers by month; events are filled in by hand, for nothing of them is read here."""
    months = calendar.span(first, last)
    begin, end = calendar.first_day(first), calendar.first_day(calendar.shifted(last, 1))
    raised = Counter(
        f"{timezone.localtime(at):%Y-%m}"
        for at in Finding.objects.filter(
            department_id=place.id, raised_at__date__gte=begin, raised_at__date__lt=end
        ).values_list("raised_at", flat=True)
    )
    told = Counter(
        f"{timezone.localtime(at):%Y-%m}"
        for at in Complaint.objects.filter(
            department_id=place.id, received_at__date__gte=begin, received_at__date__lt=end
        ).values_list("received_at", flat=True)
    )
    heads = (_("月份"), _("问题（个）"), _("投诉（件）"), _("不良事件（例，科室填写）"), _("科主任签名"))
    rows = [(month, str(raised[month]), str(told[month]), "", "") for month in months]
    return Part(
        "counts",
        _("事件登记（只记件数）"),
        heads=heads,
        rows=rows,
        columns=("auto", "auto", "auto", "1fr", "1fr"),
    )


def sizes(places: Sequence[DepartmentOn], *, first: str, last: str) -> dict[int, int]:
    """How many records each department's book has to go by, for the list: problems and proofs."""
    begin, end = calendar.first_day(first), calendar.first_day(calendar.shifted(last, 1))
    wanted = [place.id for place in places]
    found: Counter = Counter()
    for rows in (
        Finding.objects.filter(department_id__in=wanted, raised_at__date__gte=begin, raised_at__date__lt=end),
        Proof.objects.filter(
            department_id__in=wanted, withdrawn_at=None, kind__in=("meeting", "training"), dated_on__gte=begin,
            dated_on__lt=end,
        ),
        Visit.objects.filter(
            department_id__in=wanted, started_at__isnull=False, planned_on__gte=begin, planned_on__lt=end
        ),
    ):  # fmt: skip
        found.update(dict(rows.order_by().values_list("department_id").annotate(n=Count("pk"))))
    return dict(found)

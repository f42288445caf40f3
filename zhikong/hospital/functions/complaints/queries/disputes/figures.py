"""A year of disputes in figures, within the scope in force, with where each number comes from."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, Q, Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from zhikong.foundation.facts import reported
from zhikong.hospital.functions.complaints import rules_disputes_figures as formulas
from zhikong.hospital.functions.complaints.models.disputes import Dispute
from zhikong.hospital.functions.complaints.models.disputes_money import DisputePayment, DisputeYear
from zhikong.hospital.functions.complaints.models.intake import Complaint
from zhikong.hospital.functions.complaints.queries.disputes.rules import rules
from zhikong.hospital.functions.complaints.rules_disputes_figures import Figure
from zhikong.hospital.functions.complaints.rules_intake import State

REFUSED = (State.REFUSED,)
CLOSED = (State.CLOSED,)


@dataclass(frozen=True)
class Row:
    """A department's year: disputes received, closed, per grade or class; compensation paid in fen."""

    department: str
    received: int
    closed: int
    communication: int
    paid_fen: int
    by_class: tuple[int, ...]
    by_grade: tuple[int, ...]


@dataclass(frozen=True)
class Year:
    """figures: in the order of the page; rows: by department; grades: those that occur; sources: where the denominators come from."""

    year: int
    figures: tuple[Figure, ...]
    rows: tuple[Row, ...]
    total: Row
    classes: tuple[str, ...]
    grades: tuple[str, ...]
    causes: tuple[tuple[str, int], ...]
    outcomes: tuple[tuple[str, int], ...]
    sources: tuple[str, ...]
    given: DisputeYear | None


def span(year: int) -> tuple[datetime, datetime]:
    """From the first moment of a local year to that of the next."""
    zone = timezone.get_current_timezone()
    return datetime(year, 1, 1, tzinfo=zone), datetime(year + 1, 1, 1, tzinfo=zone)


def year_of(year: int, *, today: date, by=None) -> Year:
    begin, end = span(year)
    known = rules()
    found = Dispute.objects.filter(known_at__gte=begin, known_at__lt=end)
    given = DisputeYear.objects.filter(year=year).first()
    (times, times_from), (income, income_from) = _denominators(year, given, today, by)
    paid = _paid(year)
    complaints, closed_complaints = _complaints(begin, end)
    own, own_closed = found.filter(complaint=None).count(), _closed(found.filter(complaint=None))
    of_complaints = found.filter(complaint__isnull=False)
    received = complaints + own
    # a complaint that became a dispute is closed when the dispute is
    closed = closed_complaints + own_closed + _closed(of_complaints)
    figures = (
        formulas.incidence(received, times, why="" if times else times_from),
        formulas.compensation_share(sum(paid.values()), income, why="" if income else income_from),
        formulas.closure(min(closed, received), received),
        formulas.communication_share(
            found.filter(cause__in=known.communication).count(), found.exclude(cause="").count()
        ),
    )
    given_grades = set(found.exclude(grade="").values_list("grade", flat=True))
    grades = [one for one in known.grades if one.code in given_grades]
    rows = _rows(found, paid, known, [one.code for one in grades])
    return Year(
        year, figures, rows, _total(rows), tuple(one.title for one in known.classes),
        tuple(one.title for one in grades), _tally(found, "cause", known),
        _outcomes(found), (times_from, income_from), given,
    )  # fmt: skip


def _closed(found) -> int:
    return found.filter(state=Dispute.State.CLOSED).count()


def _complaints(begin: datetime, end: datetime) -> tuple[int, int]:
    """Complaints received and not refused, and how many of them are closed."""
    found = Complaint.objects.filter(received_at__gte=begin, received_at__lt=end).exclude(state__in=REFUSED)
    numbers = found.aggregate(all=Count("pk"), closed=Count("pk", filter=Q(state__in=CLOSED)))
    return numbers["all"], numbers["closed"]


def _paid(year: int) -> dict[int, int]:
    """Fen that went to patients in the year, by department, payments less reversals, by the day of payment."""
    found = DisputePayment.objects.filter(paid_on__year=year).values_list("dispute__department_id")
    return dict(found.annotate(total=Sum("amount_fen")).order_by())


def _denominators(year: int, given: DisputeYear | None, today: date, by):
    """((person-times, from where), (income in fen, from where)): told by the office, else summed from monthly reports."""
    result = []
    for item, value, title in (
        ("complaints", given.person_times if given else None, _("门诊住院总人次")),
        ("compensation", given.income_fen if given else None, _("医疗收入")),
    ):
        if value:
            result.append((value, _("%(what)s：%(source)s") % {"what": title, "source": given.source}))
        else:
            result.append(_from_reports(year, item, title, today, by))
    return result


def _from_reports(year: int, item: str, title: str, today: date, by) -> tuple[int | None, str]:
    """The sum of a year's monthly reports, only when no month that is over is missing."""
    last = 12 if year < today.year else today.month - 1
    months = [f"{year}-{n:02d}" for n in range(1, last + 1)]
    found = [one for one in reported.counts(months=months, by=by) if one.item == item] if months else []
    told = {one.month for one in found if one.denominator}
    if not months or set(months) - told:
        said = _("%(what)s：每月填报有 %(n)d 个月，需要 %(m)d 个月；可以在下面填写全年数。")
        return None, said % {"what": title, "n": len(told), "m": max(last, 1)}
    total = sum(one.denominator or 0 for one in found)
    return total, _("%(what)s：%(n)d 个月的填报合计") % {"what": title, "n": len(told)}


def _rows(found, paid: dict[int, int], known, grades: list[str]) -> tuple[Row, ...]:
    classes = [one.code for one in known.classes]
    by_place: dict[int, list[Dispute]] = {}
    for one in found.only("department_id", "department_name", "state", "cause", "report_class", "grade"):
        by_place.setdefault(one.department_id, []).append(one)
    names = {pk: rows[0].department_name for pk, rows in by_place.items()}
    for pk, name in Dispute.objects.filter(department_id__in=set(paid) - set(names)).values_list(
        "department_id", "department_name"
    ):
        names[pk] = name
    rows = [
        Row(
            names[pk], len(here := by_place.get(pk, [])), sum(one.state == Dispute.State.CLOSED for one in here),
            sum(one.cause in known.communication for one in here), paid.get(pk, 0),
            tuple(sum(one.report_class == code for one in here) for code in classes),
            tuple(sum(one.grade == code for one in here) for code in grades),
        )
        for pk in names
    ]  # fmt: skip
    return tuple(sorted(rows, key=lambda row: (-row.received, row.department)))


def _total(rows: tuple[Row, ...]) -> Row:
    def add(values):
        return tuple(sum(column) for column in zip(*values, strict=True)) if rows else ()

    return Row(
        _("合计"), sum(r.received for r in rows), sum(r.closed for r in rows), sum(r.communication for r in rows),
        sum(r.paid_fen for r in rows), add([r.by_class for r in rows]), add([r.by_grade for r in rows]),
    )  # fmt: skip


def _tally(found, name: str, known) -> tuple[tuple[str, int], ...]:
    counted = found.exclude(**{name: ""}).values_list(name).annotate(n=Count("pk")).order_by("-n", name)
    return tuple((known.word("causes", code), n) for code, n in counted)


def _outcomes(found) -> tuple[tuple[str, int], ...]:
    counted = (
        found.exclude(outcome="").values_list("outcome").annotate(n=Count("pk")).order_by("-n", "outcome")
    )
    return tuple((str(Dispute.Outcome(code).label), n) for code, n in counted)

"""Reads of responsibility letters: what a department's letter would say, who signs it, how its lines stand."""

from datetime import date, datetime

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from zhikong.foundation.access.permissions import Permission, can
from zhikong.foundation.duties.models import Occurrence
from zhikong.foundation.organisation.queries import DepartmentOn, departments
from zhikong.hospital.functions.event_quotas.models import Plan, Quota
from zhikong.hospital.functions.indicators import months as calendar
from zhikong.hospital.overviews.years import rules_letters as rules
from zhikong.hospital.overviews.years.models import Letter, LetterTemplate
from zhikong.hospital.overviews.years.queries import records, results
from zhikong.hospital.overviews.years.queries.as_of import Then
from zhikong.hospital.overviews.years.queries.carrying import bounds, year_months

PEOPLE = ("made_by", "issued_by", "leader_by", "head_by", "refused_by")
KINDS = ("clinical", "medtech")
Side = Letter.Side


def letters(year: int | None = None) -> QuerySet[Letter]:
    """Letters in scope with their people; drafts and what was taken back only for who keeps the year."""
    rows = Letter.objects.select_related(*PEOPLE).prefetch_related("checks")
    return rows if year is None else rows.filter(year=year)


def visible(user, year: int | None = None) -> QuerySet[Letter]:
    rows = letters(year)
    return rows if keeps(user) else rows.filter(state__in=["issued", "signed", "refused"])


def letter(pk: int, user) -> Letter | None:
    return visible(user).filter(pk=pk).first()


def keeps(user) -> bool:
    return can(user, Permission.KEEP_YEAR, whole_hospital=True)


def side_of(user, found: Letter) -> str:
    """Which side a person signs for: the hospital with a role over all of it, the department with its own; else ''."""
    if can(user, Permission.SIGN_LETTERS, whole_hospital=True):
        return Side.LEADER
    return Side.HEAD if can(user, Permission.SIGN_LETTERS, found.department_id) else ""


def waits_for(user, found: Letter) -> str:
    """The side whose signature of this person is missing; '' when there is nothing to sign."""
    side = side_of(user, found)
    if found.state != Letter.State.ISSUED or not side:
        return ""
    signed = found.leader_at if side == Side.LEADER else found.head_at
    return "" if signed is not None else side


def years() -> list[int]:
    return list(Letter.objects.order_by("-year").values_list("year", flat=True).distinct())


def template() -> LetterTemplate | None:
    """The hospital's own template in use; None: the product's."""
    return LetterTemplate.objects.filter(ended_at=None).order_by("-kept_at", "-pk").first()


def places(on: date) -> list[DepartmentOn]:
    return departments(on=on, kinds=KINDS)


def content(seen: Then, place: DepartmentOn, *, year: int, found: results.Mapping, months: list[str]) -> dict:
    """What a department's letter says: targets in force in the year, duties, quotas, the head's tasks."""
    lines = [
        *_targets(seen, place, year, found, months), *_duties(place, seen.moment), *_quotas(place, year),
        *({"kind": rules.TASK, "text": str(text)} for text in rules.TASKS),
    ]  # fmt: skip
    return {
        "year": year,
        "department": place.name,
        "from": f"{year}-01-01",
        "until": f"{year}-12-31",
        "lines": rules.numbered(lines),
    }


def before(seen: Then, year: int, on: date) -> tuple[list[str], results.Mapping]:
    """The months of the year before, and the figures of all departments in them."""
    months = year_months(year, on)
    wanted = [definition.id for definition in seen.definitions.values()]
    return months, results.read(seen, months, indicators=wanted, places=[place.id for place in places(on)])


def _targets(seen: Then, place: DepartmentOn, year: int, found, months: list[str]) -> list[dict]:
    """Indicators that are judged in the department and had figures there."""
    made = []
    for definition in seen.definitions.values():
        in_force = seen.book.of(definition, place.id, f"{year}-01")
        if in_force.target.empty:
            continue
        past = results.outcome(definition, place.id, months, found)
        if not past.known and in_force.origin != "department":
            continue
        text = _("%(name)s %(target)s") % {
            "name": definition.title(),
            "target": in_force.target.text(definition.unit),
        }
        made.append(
            {"kind": rules.TARGET, "text": text, "indicator": definition.id, "name": definition.title(),
             "unit": definition.unit, "target": in_force.target.text(definition.unit), "past": past.shown,
             "version": definition.version, "hash": definition.hash[:10]} | bounds(in_force.target)
        )  # fmt: skip
    return made


def _duties(place: DepartmentOn, moment: datetime) -> list[dict]:
    """Duties that came round for the department within the last twelve months."""
    since = timezone.localdate(moment).replace(day=1)
    since = since.replace(year=since.year - 1)
    rows = Occurrence.objects.filter(department_id=place.id, starts_on__gte=since, opened_at__lte=moment)
    found = rows.order_by("duty_id", "-starts_on").distinct("duty_id").values("duty_id", "title", "every")
    words = {
        "month": _("每月"),
        "quarter": _("每季度"),
        "half_year": _("每半年"),
        "year": _("每年"),
        "week": _("每周"),
    }
    return [
        {
            "kind": rules.DUTY,
            "duty": one["duty_id"],
            "text": f"{words.get(one['every'], '')}：{one['title']}".lstrip("："),
        }
        for one in found
    ]


def _quotas(place: DepartmentOn, year: int) -> list[dict]:
    plan = Plan.objects.filter(year=year, state=Plan.State.APPROVED).first()
    quota = Quota.objects.filter(plan=plan, department_id=place.id, quota__gt=0).first() if plan else None
    if quota is None:
        return []
    text = _("不良事件报告不少于 %(n)d 例（只计件数，善意报告受保护）") % {"n": quota.quota}
    return [{"kind": rules.QUOTA, "text": text, "quota": quota.quota, "unit": _("例")}]


def checked(found: Letter, seen: Then, last_month: str) -> list[dict]:
    """Each line of a letter: verdict, what was reached, and the trail of the figure."""
    months = calendar.span(f"{found.year}-01", last_month)
    wanted = [line["indicator"] for line in found.content["lines"] if line["kind"] == rules.TARGET]
    figures = results.read(seen, months, indicators=wanted, places=[found.department_id])
    return [_line(line, found, seen, months, figures) for line in found.content["lines"]]


def _line(line: dict, found: Letter, seen: Then, months: list[str], figures) -> dict:
    kept = {"number": line["number"], "kind": line["kind"], "text": line["text"]}
    if line["kind"] == rules.TARGET:
        return kept | _target_line(line, found, seen, months, figures)
    if line["kind"] == rules.DUTY:
        return kept | _duty_line(line, found, seen.moment)
    reason = (
        _("件数由医务科年终结算，这里不读取。")
        if line["kind"] == rules.QUOTA
        else _("没有可以计算的依据，由双方评议。")
    )
    return kept | {"verdict": rules.UNKNOWN, "reached": "—", "reason": reason}


def _target_line(line: dict, found: Letter, seen: Then, months: list[str], figures) -> dict:
    definition = seen.definitions.get(line["indicator"])
    if definition is None:
        return {"verdict": rules.UNKNOWN, "reached": "—", "reason": _("这个指标已经停用。")}
    one = results.outcome(definition, found.department_id, months, figures)
    verdict, reason = rules.judged(line, one.number, one.reason, one.enough)
    trail = _("口径第 %(version)s 版（%(hash)s），分子 %(top)s，分母 %(bottom)s，数据版本 %(data)s") % {
        "version": one.version, "hash": one.hash, "top": "—" if one.numerator is None else one.numerator,
        "bottom": "—" if one.denominator is None else one.denominator, "data": one.data_version or "—",
    }  # fmt: skip
    return {"verdict": verdict, "reached": one.shown, "reason": reason, "trail": trail, "url": one.url}


def _duty_line(line: dict, found: Letter, moment: datetime) -> dict:
    """Kept when every occurrence that fell due in the year has its evidence."""
    window = records.Window(date(found.year, 1, 1), date(found.year, 12, 31), moment)
    due = Occurrence.objects.filter(
        duty_id=line["duty"], department_id=found.department_id, due_on__gte=window.first, due_on__lte=window.day,
        opened_at__lt=moment,
    ).exclude(Q(excused_at__lt=moment))  # fmt: skip
    total, proven = due.count(), records.proven(window, due).count()
    if not total:
        return {"verdict": rules.UNKNOWN, "reached": "—", "reason": _("期内没有到期的这项职责。")}
    reached = _("%(n)d 次到期，%(proven)d 次有证据") % {"n": total, "proven": proven}
    return {"verdict": rules.KEPT if proven == total else rules.BROKEN, "reached": reached, "reason": ""}


def waiting_count(user) -> int:
    """How many issued letters wait for this person's signature. One query."""
    if not can(user, Permission.SIGN_LETTERS):
        return 0
    issued = Letter.objects.filter(state=Letter.State.ISSUED)
    if can(user, Permission.SIGN_LETTERS, whole_hospital=True):
        return issued.filter(leader_at=None).count()
    places = issued.filter(head_at=None).values_list("department_id", flat=True)
    return sum(can(user, Permission.SIGN_LETTERS, place) for place in places)

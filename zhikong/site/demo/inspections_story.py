"""The demo's inspections: programmes that run, places with codes, what is watched closely, visits of this and next week."""

from datetime import date, datetime, timedelta

from django.utils import timezone

from zhikong.foundation.access.models import RoleAssignment, User
from zhikong.foundation.access.scope import current_scope
from zhikong.foundation.calendar.queries import working_calendar
from zhikong.foundation.organisation import queries as organisation
from zhikong.foundation.organisation.models import Appointment
from zhikong.hospital.functions.inspections.actions.planning import opening, places, programmes, rounds
from zhikong.hospital.functions.inspections.models.planning import Programme
from zhikong.hospital.functions.inspections.queries.planning.proposing import Setup
from zhikong.site.demo import visits_story

OFFICE = "zhikong"
RUN = (
    "core_systems_monthly",
    "quarterly_safety_inspection",
    "department_weekly_self_check",
    "weekly_functional_supervision",
    "pre_holiday_inspection",
    "night_round",
    "cross_department",
    "patient_tracer",
    "medication_system_tracer",
    "monthly_theme",
    "key_infection_departments",
    "nursing_quality",
    "drug_storage_round",
)
CROSS = ("CARD", "ORTH", "GAST", "GSUR", "NEUR", "OBST")
"""Departments that inspect each other next week; those without an account get one for their quality officer."""
ACCOUNTS = ("GAST", "GSUR", "NEUR", "OBST", "PEDI", "UROL")
PLACES = (  # department, name, kind, building, floor, order, weight
    ("CARD", "一病区治疗室", "room", "内科楼", 8, 10, 2),
    ("CARD", "一病区急救车", "cart", "内科楼", 8, 11, 3),
    ("CARD", "导管室耗材柜", "store", "内科楼", 7, 9, 2),
    ("GAST", "治疗室", "room", "内科楼", 6, 10, 1),
    ("NEUR", "治疗室", "room", "内科楼", 10, 10, 1),
    ("ORTH", "一病区治疗室", "room", "外科楼", 9, 20, 1),
    ("ORTH", "换药室", "room", "外科楼", 9, 21, 2),
    ("GSUR", "换药室", "room", "外科楼", 7, 20, 1),
    ("OBST", "产房", "room", "妇儿楼", 3, 30, 3),
    ("ICUD", "急救车", "cart", "外科楼", 4, 20, 3),
    ("PHAR", "高警示药品柜", "store", "门诊楼", 1, 40, 3),
    ("EMER", "抢救室", "room", "门诊楼", 1, 41, 3),
)
KEY = (  # what, department, item, weight, source
    ("department", "EMER", "急诊医学科", 3, "000-P3 L102；000-P5 L250"),
    ("department", "ICUD", "重症医学科", 3, "000-P3 L102；000-P5 L250"),
    ("department", "ANES", "麻醉科（手术室）", 3, "004-P1 L18"),
    ("department", "OBST", "产科（产房）", 2, "004-P1 L18"),
    ("post", None, "护士长", 2, "000-P1 L34"),
    ("link", None, "有创操作", 3, "000-P3 L102"),
    ("link", None, "病历书写", 2, "000-P3 L102"),
    ("link", None, "危重患者处置", 3, "000-P5 L250"),
)


def tell(*, now: datetime) -> bool:
    """The story, once; False when it has been told."""
    if Programme.objects.exists():
        return False
    today = timezone.localdate(now)
    of = {one.code: one.id for one in organisation.departments(on=today)}
    office = User.objects.get(username=OFFICE)
    _accounts(of, today)
    _places(of, now)
    running = {one: programmes.adopt(by=office, now=now, definition_id=one, starts_on=today) for one in RUN}
    _cross(running["cross_department"], of, office, now)
    _supervision(running["weekly_functional_supervision"], of, office, now)
    opening.open_due(now=now)
    visits_story.tell(now=now)
    return True


def _accounts(of: dict[str, int], today: date) -> None:
    """The quality officers who inspect elsewhere: accounts zkry_<department>, with the demo's password."""
    password = User.objects.get(username=OFFICE).password
    for code in ACCOUNTS:
        post = (
            Appointment.objects.filter(organisation.in_force(today), department_id=of[code], post="physician")
            .select_related("person")
            .order_by("person__staff_number")
            .first()
        )
        if post is None or User.objects.filter(username=f"zkry_{code.lower()}").exists():
            continue
        name = post.person.name
        user = User.objects.create(
            username=f"zkry_{code.lower()}", institution_id=current_scope().institution_id, password=password,
            person=post.person, last_name=name[:1], first_name=name[1:],
        )  # fmt: skip
        RoleAssignment.objects.create(
            institution_id=user.institution_id, user=user, role="qc_officer", department_id=of[code],
            valid_from=today - timedelta(days=365),
        )  # fmt: skip


def _places(of: dict[str, int], now: datetime) -> None:
    for code, name, kind, building, floor, order, weight in PLACES:
        if code in of:
            places.add_place(
                by=None, now=now, department_id=of[code], name=name, kind=kind, building=building, floor=floor,
                route_order=order, weight=weight,
            )  # fmt: skip
    for what, code, item, weight, source in KEY:
        places.watch(
            by=None, now=now, what=what, department_id=of.get(code) if code else None, item=item, weight=weight,
            source=source,
        )  # fmt: skip


def _monday(today: date) -> date:
    return today + timedelta(days=7 - today.weekday())


def _cross(programme: Programme, of: dict[str, int], office: User, now: datetime) -> None:
    """Next week's cross inspection of six departments, planned and told."""
    monday = _monday(timezone.localdate(now))
    setup = Setup(monday, monday + timedelta(days=4), tuple(of[code] for code in CROSS))
    made = rounds.draft_round(programme, by=office, now=now, setup=setup, note="本季度第一轮")
    if rounds.can_confirm(made):
        rounds.confirm_round(made, by=office, now=now)


def _supervision(programme: Programme, of: dict[str, int], office: User, now: datetime) -> None:
    """This week's supervision: from today on, two departments, one of them the demo's own."""
    today = working_calendar().add_working_days(timezone.localdate(now), 0)
    setup = Setup(today, today + timedelta(days=1), (of["CARD"], of["ORTH"]))
    made = rounds.draft_round(programme, by=office, now=now, setup=setup, note="本周督查")
    if rounds.can_confirm(made):
        rounds.confirm_round(made, by=office, now=now)

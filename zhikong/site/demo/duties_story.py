"""What the demo hospital did for its recurring duties in the last three weeks: rounds, meetings, and what is missing.

Told by ordinary actions: occurrences are opened as the worker would have, the head nurse of cardiology fills and signs
her rounds, the office links what the other wards handed in on paper.
"""

from datetime import datetime, timedelta

from django.utils import timezone

from zhikong.foundation.calendar.queries import working_calendar
from zhikong.foundation.duties import actions, queries
from zhikong.foundation.duties.models import Occurrence
from zhikong.foundation.forms import actions as forms
from zhikong.foundation.organisation.queries import resolve
from zhikong.foundation.outbox.actions import deliver_pending
from zhikong.site.demo import PASSWORD
from zhikong.site.demo.acting import acting, at

WEEKS, MONTHS = 3, 5
SLOW = ("month", "quarter")
OFFICE, HEAD_NURSE, CARDIOLOGY = "zhikong", "hushizhang", "CARD"
WITHOUT_PAPER = 7  # every so-many-th ward handed in nothing
CART = {
    "sealed": "yes",
    "in_place": "yes",
    "clean": "yes",
    "defibrillator": "yes",
    "suction": "yes",
    "laryngoscope": "yes",
    "bag_valve_mask": "yes",
    "oxygen": "12.5",
    "drugs_complete": "yes",
    "drugs_in_date": "yes",
}
DEVICES = {
    "in_order": {"n": 10, "m": 10},
    "defibrillator": "yes",
    "ventilator": "yes",
    "monitor_alarm": "yes",
    "infusion_pump": "yes",
    "label": "yes",
    "metrology": "yes",
    "log": "yes",
}
WRONG = ({}, {"laryngoscope": "no"}, {"suction": "no", "bag_valve_mask": "no"})  # the newest round fails
DRUGS = 8


def tell(*, now: datetime) -> bool:
    """Tell the story once, in the scope of a whole hospital; False when it was told before."""
    if Occurrence.objects.exists():
        return False
    _months(now)
    monday = -timezone.localdate(now).weekday()
    for week in reversed(range(WEEKS)):
        actions.open_occurrences(now=at(now, monday - 7 * week, 8))
        _papers(at(now, monday - 7 * week + 4, 16))
    for week, wrong in zip(reversed(range(WEEKS)), WRONG, strict=True):
        _round(at(now, monday - 7 * week + 2), "crash_cart_round", {**CART, **wrong})
    _round(at(now, monday - 7), "equipment_round", DEVICES)
    _committee(at(now, -9, 15))
    deliver_pending(now=now)
    actions.open_occurrences(now=now)
    return True


def _months(now: datetime) -> None:
    """The months before: what the hospital and its committees owed, with the papers that were kept; not all were."""
    today, calendar = timezone.localdate(now), working_calendar()
    yearly = [
        one for one in queries.duties(on=today) if one.obj.body != "department" and one.obj.every in SLOW
    ]
    for back in reversed(range(1, MONTHS + 1)):
        first = (today.replace(day=1) - timedelta(days=30 * back)).replace(day=1)
        then = at(now, (first - today).days, 8)
        for resolved in yearly:
            actions.open_duty(resolved, today=first, calendar=calendar, now=then)
    with acting(OFFICE, now) as office:
        rows = (
            queries.open_occurrences().filter(ends_on__lt=today.replace(day=1)).order_by("due_on", "duty_id")
        )
        for number, occurrence in enumerate(rows):
            if occurrence.due_on < today and number % WITHOUT_PAPER:
                _kept(occurrence, office, now)


def _kept(occurrence: Occurrence, office, now: datetime) -> None:
    """The paper of a month ago, noted on its day."""
    duty = queries.definition(occurrence)
    when = at(now, (occurrence.due_on - timezone.localdate(now)).days - 1, 15)
    actions.add_proof(
        occurrence, by=office, now=when, kind=_paper(duty),
        title=f"{occurrence.period} {occurrence.title}", dated_on=timezone.localdate(when),
    )  # fmt: skip


def _paper(duty) -> str:
    """A report where one will do, else what the duty names first."""
    hands = duty.evidence.hands if duty else ("report",)
    return "report" if "report" in hands else hands[0]


def _papers(now: datetime) -> None:
    """Wards without the product link nothing themselves: the office notes the paper sheets it received on Friday."""
    today = timezone.localdate(now)
    with acting(OFFICE, now) as office:
        rows = queries.open_occurrences().filter(
            duty_id="crash_cart_weekly", starts_on__gte=today - timedelta(days=6)
        )
        rows = rows.exclude(department_id=_cardiology(now)).order_by("place_name")
        for number, occurrence in enumerate(rows):
            if (number + today.isocalendar()[1]) % WITHOUT_PAPER:
                actions.add_proof(
                    occurrence,
                    by=office,
                    now=now,
                    kind="document",
                    title=f"{occurrence.place_name}急救车检查表（纸质）",
                    dated_on=today,
                )


def _cardiology(now: datetime) -> int:
    return resolve(name_or_code=CARDIOLOGY, on=timezone.localdate(now)).id


def _round(now: datetime, form_id: str, answers: dict) -> None:
    """The head nurse fills a round on her phone, signs and hands it in."""
    with acting(HEAD_NURSE, now) as nurse:
        sheet = forms.open_sheet(by=nurse, now=now, form_id=form_id, department_id=_cardiology(now))
        expires = (timezone.localdate(now) + timedelta(days=400)).isoformat()
        checked = {"checked_at": timezone.localtime(now).strftime("%Y-%m-%dT%H:%M")}
        drugs = [{"par": 5, "count": 5, "expires": expires} for _n in range(DRUGS)]
        own = {"drugs": drugs} if form_id == "crash_cart_round" else {}
        forms.save_answers(sheet, by=nurse, now=now, raw={**answers, **checked, **own})
        forms.sign(sheet, by=nurse, now=now, item="signature", password=PASSWORD)
        forms.submit(sheet, by=nurse, now=now)


def _committee(now: datetime) -> None:
    """The quality committee met this quarter; its notification is still due."""
    proofs = {
        "committee_quarterly_meeting": ("meeting", "第四季度医疗质量管理委员会会议纪要"),
        "committee_department_quality": ("meeting", "第四季度会议议题二：各科室质量分析"),
        "committee_major_problems": ("decision", "关于切口感染聚集的鉴定意见和整改要求"),
    }
    today = timezone.localdate(now)
    with acting(OFFICE, now) as office:
        for duty_id, (kind, title) in proofs.items():
            for occurrence in queries.open_occurrences().filter(duty_id=duty_id, starts_on__lte=today)[:1]:
                actions.add_proof(occurrence, by=office, now=now, kind=kind, title=title, dated_on=today)

"""What every step on a sheet does: lock it, ask whether its state allows it, write the story, hand the task on."""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from zhikong.foundation.access.queries import users_with_role
from zhikong.foundation.calendar.queries import working_calendar
from zhikong.foundation.notices import actions as notices
from zhikong.foundation.tasks import actions as tasks
from zhikong.hospital.functions.reporting import rules
from zhikong.hospital.functions.reporting.library import set_of
from zhikong.hospital.functions.reporting.models import FigureSheet, SheetStep
from zhikong.hospital.functions.reporting.rules import Act, State

KIND = "figure_sheet"
DAYS_TO_ACCEPT = (
    3  # working days for the office to accept or return; the hospital's own rule, WF-04 names none
)


def begin(sheet: FigureSheet, act: Act) -> State:
    """Lock the sheet and give the state after the act; refuses what its state forbids."""
    sheet.refresh_from_db(from_queryset=FigureSheet.objects.select_for_update(of=("self",)))
    try:
        return rules.next_state(sheet.state, act)
    except rules.NotAllowedNow as refused:
        raise ValidationError(str(refused)) from refused


def required(text: str, sentence: str) -> str:
    """The text without spaces around it; refuses one that says nothing."""
    text = (text or "").strip()
    if len(text) < 2:
        raise ValidationError(sentence)
    return text


def record(sheet: FigureSheet, act: Act, *, by, now: datetime, text: str = "") -> None:
    """Add one line to the sheet's story."""
    SheetStep.objects.create(
        institution_id=sheet.institution_id,
        department_id=sheet.department_id,
        sheet=sheet,
        act=act,
        state=sheet.state,
        version=sheet.version,
        at=now,
        by=by,
        text=text,
    )


def address(sheet: FigureSheet) -> str:
    return reverse("reporting:sheet", args=[sheet.pk])


def title(sheet: FigureSheet) -> str:
    return f"{set_of(sheet).title} {sheet.month}（{sheet.department_name}）"


def filler_of(sheet: FigureSheet, now: datetime):
    """Whose task the sheet is: the department's first account among the roles that fill, in their order."""
    return _first(set_of(sheet).fill, sheet.department_id, now)


def accepter_of(sheet: FigureSheet, now: datetime, *, besides=None):
    """Who accepts: the first account among the roles that accept, but not whoever submitted."""
    return _first(set_of(sheet).accept, sheet.department_id, now, besides=besides)


def _first(roles, department_id: int, now: datetime, *, besides=None):
    for role in roles:
        for user in users_with_role(role=role, department_id=department_id, on=timezone.localdate(now)):
            if besides is None or user.pk != besides.pk:
                return user
    return None


def ask_to_fill(sheet: FigureSheet, *, by, now: datetime) -> None:
    """Give the department its task, with the sentence that explains the date."""
    finish(sheet, by=by, now=now)
    owner = filler_of(sheet, now)
    if owner is None:
        return
    doing = "修改填报单" if sheet.state == State.RETURNED else "填报"
    tasks.assign(
        by=by, now=now, owner=owner, title=f"{doing}：{title(sheet)}", url=address(sheet),
        due_on=sheet.due_on, due_reason=sheet.due_reason, due_from=sheet.due_from,
        working_days=sheet.due_working_days, source_kind=KIND, source_key=str(sheet.pk),
        department_id=sheet.department_id,
    )  # fmt: skip


def ask_to_accept(sheet: FigureSheet, *, by, now: datetime) -> None:
    """Give the office its task, due some working days after the sheet came in."""
    finish(sheet, by=by, now=now)
    owner = accepter_of(sheet, now, besides=by)
    if owner is None:
        return
    start = timezone.localdate(now)
    tasks.assign(
        by=by, now=now, owner=owner, title=f"审核填报：{title(sheet)}", url=address(sheet),
        due_on=working_calendar().add_working_days(start, DAYS_TO_ACCEPT),
        due_reason=f"收到填报后 {DAYS_TO_ACCEPT} 个工作日内接收或退回", due_from=start,
        working_days=DAYS_TO_ACCEPT, source_kind=KIND, source_key=str(sheet.pk),
        department_id=sheet.department_id,
    )  # fmt: skip


def finish(sheet: FigureSheet, *, by, now: datetime) -> None:
    tasks.complete_for(source_kind=KIND, source_key=str(sheet.pk), by=by, now=now)


def tell(sheet: FigureSheet, *, by, now: datetime, title: str, text: str = "", users=(), group=False) -> None:
    """Send a notice to people, and to the department's QC group when asked."""
    notices.send(
        by=by, now=now, title=title, text=text, url=address(sheet), kind=KIND, source_kind=KIND,
        source_key=str(sheet.pk), users=users, departments=[sheet.department_id] if group else [],
        sent_to=sheet.department_name if group else "",
    )  # fmt: skip

"""Monthly quality records: opened for every department, last measures answered, signed, handed in, decided on.

The form's sheet carries the state. Whoever moves it, here or on the form's own page, `settle` draws the
consequences once: facts are kept, measures become tasks, the next person gets theirs.
"""

from datetime import date, datetime

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone

from zhikong.foundation.access.permissions import Permission, can, require
from zhikong.foundation.access.scope import current_scope
from zhikong.foundation.calendar.queries import working_calendar
from zhikong.foundation.forms import actions as forms
from zhikong.foundation.organisation.queries import DepartmentOn, department_on, departments
from zhikong.hospital.functions.reporting import deadlines, record_queries, record_rules
from zhikong.hospital.functions.reporting.actions import measures, record_tasks
from zhikong.hospital.functions.reporting.library import month_end
from zhikong.hospital.functions.reporting.models import Measure, MonthlyRecord
from zhikong.hospital.functions.reporting.record_rules import Outcome

FORM, SOURCE, SIGNATURE = "monthly_quality_record", "monthly_record", "head_signature"
KINDS = ("clinical", "medtech")
WORKING_DAY = 5
SAYS = "每月对本科室医疗质量工作自查、总结、上报：次月第 5 个工作日前交上月记录"


@transaction.atomic
def open_record(*, by, now: datetime, department_id: int, month: str) -> MonthlyRecord:
    """One department's record of a month; opened if it does not exist yet."""
    known = record_queries.record_of(department_id=department_id, month=month)
    if known is not None:
        return known
    require(by, Permission.REPORT_FIGURES, department_id)
    _check_over(month, now)
    found = department_on(department_id=department_id, on=month_end(month))
    if found is None or found.kind not in KINDS:
        raise ValidationError("这个科室这个月不用写质控活动记录。")
    return _open(found, month=month, by=by, now=now)


def _check_over(month: str, now: datetime) -> None:
    if month_end(month) >= timezone.localdate(now):
        raise ValidationError("这个月还没有结束，下月 1 日起才能写当月的质控活动记录。")


@transaction.atomic
def open_records(*, by, now: datetime, month: str) -> list[MonthlyRecord]:
    """A record for every clinical and diagnostic department; what exists stays. Gives the new ones."""
    require(by, Permission.ACCEPT_FIGURES, whole_hospital=True)
    _check_over(month, now)
    known = set(MonthlyRecord.objects.filter(month=month).values_list("department_id", flat=True))
    owed = [d for d in departments(on=month_end(month), kinds=KINDS) if d.id not in known]
    return [_open(d, month=month, by=by, now=now) for d in owed if _exists(d, now)]


def _exists(department: DepartmentOn, now: datetime) -> bool:
    """A department that was closed meanwhile owes nothing any more."""
    return department_on(department_id=department.id, on=timezone.localdate(now)) is not None


def _open(department: DepartmentOn, *, month: str, by, now: datetime) -> MonthlyRecord:
    sheet = forms.open_sheet(
        by=by, now=now, form_id=FORM, department_id=department.id, period=month,
        source_kind=SOURCE, source_key=f"{department.id}@{month}",
    )  # fmt: skip
    due = deadlines.due(
        month_end(month), WORKING_DAY, SAYS, today=timezone.localdate(now), calendar=working_calendar()
    )
    record = MonthlyRecord.objects.create(
        institution_id=current_scope().institution_id, department_id=department.id,
        department_name=department.name, month=month, sheet=sheet, due_on=due.on, due_reason=due.reason,
        due_from=due.start, due_working_days=due.working_days, opened_at=now,
    )  # fmt: skip
    record_tasks.ask_to_write(record, by=by, now=now)
    return record


# ---- last month's measures ------------------------------------------------------------------------------------------


@transaction.atomic
def answer_measure(
    record: MonthlyRecord, *, by, now: datetime, measure: Measure, outcome: str, note: str = ""
) -> Measure:
    """Say what became of an earlier measure; 继续 takes it over into this month's measures."""
    require(by, Permission.REPORT_FIGURES, record.department_id)
    _lock(record)
    if not record.is_open:
        raise ValidationError("这份记录已经提交，不能再改上月措施的答复。")
    if problem := record_rules.answer_problem(outcome, note):
        raise ValidationError(problem)
    measure = Measure.objects.select_for_update().get(pk=measure.pk, department_id=record.department_id)
    if measure.record.month >= record.month or measure.dropped_at:
        raise ValidationError("只能答复以前月份的措施。")
    before = measure.outcome
    measure.outcome, measure.note = outcome, note.strip()[:500]
    measure.answered_in, measure.answered_at, measure.answered_by = record, now, by
    measure.save()
    measures.finish(measure, by=by, now=now)
    if outcome == Outcome.CONTINUED and before != Outcome.CONTINUED:
        _carry_over(record, measure, by=by, now=now)
    return measure


def _carry_over(record: MonthlyRecord, measure: Measure, *, by, now: datetime) -> None:
    """The measure stands again in this month's table, with the same person and a month more; it can be changed there."""
    rows = list(record.sheet.answers.get("measures") or [])
    if any(row.get("measure") == measure.text for row in rows):
        return
    due = max(measure.due_on, timezone.localdate(now)).replace(day=28)
    row = {"measure": measure.text, "due": due.isoformat()}
    if measure.person_id:
        row["owner"] = measure.person_id
    forms.save_answers(record.sheet, by=by, now=now, raw={"measures": [*rows, row]})
    record.sheet.refresh_from_db()


# ---- signing, deciding ------------------------------------------------------------------------------------------------


@transaction.atomic
def sign_and_submit(record: MonthlyRecord, *, by, now: datetime, password: str) -> None:
    """The department's head signs with the password and hands the record in. The caller limits the tries."""
    _lock(record)
    if not leads(by, record.department_id):
        raise PermissionDenied(record_rules.refusal(0, signer_is_head=False))
    if problem := record_rules.refusal(len(record_queries.unanswered(record)), signer_is_head=True):
        raise ValidationError(problem)
    forms.sign(record.sheet, by=by, now=now, item=SIGNATURE, password=password)
    forms.submit(record.sheet, by=by, now=now)
    settle(record, by=by, now=now)


def leads(user, department_id: int) -> bool:
    """The department's head, its first responsible person (ORG-07)."""
    return any(
        grant.role.code == "department_head"
        and (grant.departments is None or department_id in grant.departments)
        for grant in user.grants()
    )


@transaction.atomic
def return_record(record: MonthlyRecord, *, by, now: datetime, reason: str) -> None:
    """Give it back with the reason; the form sends the notice."""
    _lock(record)
    forms.return_sheet(record.sheet, by=by, now=now, reason=reason)
    settle(record, by=by, now=now)


@transaction.atomic
def accept_record(record: MonthlyRecord, *, by, now: datetime, text: str = "") -> None:
    _lock(record)
    if not can(by, Permission.ACCEPT_FIGURES, record.department_id):
        raise PermissionDenied("您没有权限：审核科室填报与质控记录。如需开通，请联系系统管理员。")
    forms.accept(record.sheet, by=by, now=now, text=text)
    settle(record, by=by, now=now)


@transaction.atomic
def remind_records(*, by, now: datetime, month: str) -> int:
    """Press every department that owes the month's record past its date (催交); gives how many."""
    require(by, Permission.ACCEPT_FIGURES, whole_hospital=True)
    today = timezone.localdate(now)
    late = [record for record in record_queries.records(month=month) if record.is_late(today)]
    for record in late:
        record_tasks.press(record, by=by, now=now)
    return len(late)


@transaction.atomic
def settle(record: MonthlyRecord, *, by, now: datetime) -> None:
    """Draw the consequences of the sheet's state, once for each change; harmless when it runs again."""
    _lock(record)
    state = record.sheet.state
    if state == record.settled:
        return
    if state == "submitted" and not _handed_in(record, by=by, now=now):
        state = record.sheet.state
    elif state == "returned":
        record_tasks.ask_to_write(record, by=by, now=now, again=True)
    elif state in ("accepted", "withdrawn"):
        record_tasks.finish(record, by=by, now=now)
    record.settled = state
    record.save()


def _handed_in(record: MonthlyRecord, *, by, now: datetime) -> bool:
    """Keep the facts, make the measures tasks. A sheet sent past the rules on the form's own page goes back at once."""
    signer = record_queries.signer(record.sheet)
    missing = len(record_queries.unanswered(record))
    if problem := record_rules.refusal(missing, signer is not None and leads(signer, record.department_id)):
        forms.return_sheet(record.sheet, by=None, now=now, reason=problem)
        record.sheet.refresh_from_db()
        record_tasks.ask_to_write(record, by=by, now=now, again=True)
        return False
    record.facts, record.facts_at = record_queries.facts_now(record, now=now), now
    measures.agree(record, by=by, now=now)
    record_tasks.ask_to_decide(record, by=by, now=now)
    return True


def _lock(record: MonthlyRecord) -> None:
    rows = MonthlyRecord.objects.select_for_update(of=("self",)).select_related("sheet")
    record.refresh_from_db(from_queryset=rows)


def recalculate(calendar, years: frozenset[int]) -> list:
    """Move the deadlines of records that are still owed to what the new calendar says."""
    from zhikong.foundation.calendar.registry import Moved

    found = MonthlyRecord.objects.filter(
        sheet__state__in=["draft", "returned"], due_working_days__isnull=False, due_on__year__in=years
    )
    moved = []
    for record in found:
        before: date = record.due_on
        after = calendar.add_working_days(record.due_from, record.due_working_days)
        if before != after:
            MonthlyRecord.objects.filter(pk=record.pk).update(due_on=after)
            moved.append(Moved(f"质控活动记录“{record}”", before, after))
    return moved

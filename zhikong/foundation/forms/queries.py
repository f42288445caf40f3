"""Reads of forms and sheets. Row policies narrow every one of them to the departments in scope."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db.models import Count, Max, Q, QuerySet
from django.utils import timezone

from zhikong.foundation.forms import answers as judging
from zhikong.foundation.forms.answers import Cleaned
from zhikong.foundation.forms.definition import FormDefinition
from zhikong.foundation.forms.models import GradeChoice, Sheet, SheetEdit
from zhikong.foundation.forms.permissions import may_decide, may_fill
from zhikong.foundation.forms.policies import GradePolicy
from zhikong.foundation.forms.policies.kind import POLICY
from zhikong.foundation.forms.rules import EDITABLE, FORM, HANDED_IN, State
from zhikong.foundation.packstore import queries as packstore
from zhikong.foundation.packstore.queries import Resolved

SHOWN_AS_HANDED_IN = "handed_in"


def form(form_id: str, *, on: date) -> Resolved | None:
    """The version of a form in force on a day, or None. `.obj` is the FormDefinition."""
    return packstore.resolve(FORM, form_id, on=on)


def forms(*, on: date) -> list[Resolved]:
    """All forms in force on a day, by id."""
    return packstore.resolve_all(FORM, on=on)


def forms_to_fill(user, *, on: date) -> list[Resolved]:
    """The forms that this person may fill somewhere, by title."""
    found = [one for one in forms(on=on) if may_fill(user, one.obj, anywhere=True)]
    return sorted(found, key=lambda one: one.title)


def forms_to_see(user, *, on: date) -> list[Resolved]:
    """The forms whose register concerns this person: filled or decided on by them."""
    found = [
        one for one in forms(on=on) if may_fill(user, one.obj, anywhere=True) or may_decide(user, one.obj)
    ]
    return sorted(found, key=lambda one: one.title)


def definition(sheet: Sheet) -> FormDefinition:
    """The form on which the sheet was opened, whatever is in force today."""
    return packstore.by_hash(FORM, sheet.definition_hash).obj


def policy_of(sheet: Sheet) -> GradePolicy | None:
    """The grade policy with which the sheet was opened; None when the form grades by itself."""
    return packstore.by_hash(POLICY, sheet.policy_hash).obj if sheet.policy_hash else None


def policies(*, on: date) -> list[Resolved]:
    """All grade policies in force on a day, by id."""
    return packstore.resolve_all(POLICY, on=on)


def chosen_policy(form_id: str) -> str:
    """Id of the policy that the hospital chose for a form, or ''."""
    found = GradeChoice.objects.filter(definition_id=form_id).first()
    return found.policy_id if found else ""


def sheets(
    *,
    form_id: str = "",
    department_id: int | None = None,
    period: str = "",
    state: str = "",
    text: str = "",
    source_kind: str = "",
    source_key: str = "",
) -> QuerySet[Sheet]:
    """Sheets in scope, the newest first. state: a State, `handed_in`, or empty for all but the withdrawn ones.

    text: looked for in the number, the names and the answers.
    """
    rows = Sheet.objects.select_related("opened_by", "submitted_by").order_by("-opened_at", "-pk")
    given = {"definition_id": form_id, "department_id": department_id, "source_kind": source_kind}
    rows = rows.filter(**{name: value for name, value in given.items() if value})
    if source_key:
        rows = rows.filter(source_key=source_key)
    if period:
        rows = rows.filter(_in_period(period))
    return _with_text(_with_state(rows, state), text)


def numbered(text: str) -> QuerySet[Sheet]:
    """Sheets whose number or title holds the text, the newest first."""
    rows = Sheet.objects.exclude(state=State.WITHDRAWN)
    return rows.filter(Q(number__icontains=text) | Q(title__icontains=text)).order_by("-opened_at")


def _with_state(rows: QuerySet[Sheet], state: str) -> QuerySet[Sheet]:
    if state == SHOWN_AS_HANDED_IN:
        return rows.filter(state__in=list(HANDED_IN))
    return rows.filter(state=state) if state else rows.exclude(state=State.WITHDRAWN)


def _in_period(period: str) -> Q:
    """A sheet without a period belongs to the month in which it was opened."""
    if len(period) != 7 or not period[5:].isdigit():
        return Q(period=period)
    year, month = int(period[:4]), int(period[5:])
    return Q(period=period) | Q(period="", opened_at__year=year, opened_at__month=month)


def _with_text(rows: QuerySet[Sheet], text: str) -> QuerySet[Sheet]:
    if not text.strip():
        return rows
    wanted = text.strip()
    return rows.filter(
        Q(number__icontains=wanted)
        | Q(department_name__icontains=wanted)
        | Q(person__name__icontains=wanted)
        | Q(answers__icontains=_as_in_json(wanted))
    )


def _as_in_json(text: str) -> str:
    """PostgreSQL prints jsonb with real characters; only quotes and backslashes are escaped in it."""
    return text.replace("\\", "\\\\").replace('"', '\\"')


def sheet(pk: int) -> Sheet | None:
    """One sheet in scope, or None."""
    related = ("opened_by", "submitted_by", "decided_by", "person", "department")
    return Sheet.objects.select_related(*related).filter(pk=pk).first()


def my_open_sheets(user) -> QuerySet[Sheet]:
    """What this person began and has not handed in, what was returned first."""
    rows = Sheet.objects.filter(opened_by=user, state__in=list(EDITABLE))
    return rows.order_by("-state", "-changed_at")


def answers(sheet: Sheet) -> dict[str, Any]:
    """Clean answers by item id (answers.py says which values); files of an item under `<item>__files`."""
    return dict(sheet.answers)


def judged(sheet: Sheet, *, final: bool = False, today: date | None = None) -> Cleaned:
    """The sheet's answers judged again: what is visible now, and with `final` what is still missing."""
    day = today or timezone.localdate()
    return judging.clean(definition(sheet), sheet.answers, final=final, today=day)


def latest_edits(sheet: Sheet, items: Iterable[str] | None = None) -> dict[str, SheetEdit]:
    """The last change of each answer (of the given items)."""
    rows = SheetEdit.objects.filter(sheet=sheet)
    if items is not None:
        rows = rows.filter(item__in=list(items))
    newest = rows.values("item").annotate(last=Max("pk")).values("last")
    return {edit.item: edit for edit in SheetEdit.objects.select_related("by").filter(pk__in=newest)}


def story(sheet: Sheet):
    """The steps of a sheet, the newest first."""
    return sheet.steps.select_related("by").order_by("-at", "-pk")


def returned_with(sheet: Sheet) -> str:
    """Why a returned sheet came back, in the words of who returned it."""
    last = sheet.steps.filter(act="return").order_by("-pk").first()
    return last.text if last else ""


def counts() -> dict[str, Counter[str]]:
    """Form id → how many of its sheets in scope stand in each state."""
    found: dict[str, Counter[str]] = defaultdict(Counter)
    rows = Sheet.objects.order_by().values_list("definition_id", "state").annotate(n=Count("pk"))
    for form_id, state, number in rows:
        found[form_id][state] = number
    return found


def sheet_of_source(*, source_kind: str, source_key: str, form_id: str = "") -> Sheet | None:
    """The newest sheet that was opened for something, or None; withdrawn ones do not count."""
    return sheets(source_kind=source_kind, source_key=source_key, form_id=form_id).first()

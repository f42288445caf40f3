"""What I may fill, what lies with me, and the register of each form."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db import transaction
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from zhikong.foundation.forms import actions, presenting, queries, references
from zhikong.foundation.forms.definition import FormDefinition, Item, ItemType
from zhikong.foundation.forms.definition.model import FormKind, Subject
from zhikong.foundation.forms.forms import FilterForm, NewSheetForm
from zhikong.foundation.forms.models import Sheet
from zhikong.foundation.forms.permissions import may_fill, role_names
from zhikong.foundation.forms.rules import EDITABLE, HANDED_IN
from zhikong.foundation.organisation.queries import departments
from zhikong.foundation.packstore.queries import Resolved

PAGE = 30
COLUMNS = 5
KIND_NAMES = {
    FormKind.CHECKLIST: gettext_lazy("检查表"),
    FormKind.REGISTER: gettext_lazy("登记本"),
    FormKind.SCORE_SHEET: gettext_lazy("评分表"),
    FormKind.SURVEY: gettext_lazy("问卷"),
    FormKind.REPORT: gettext_lazy("报表"),
}
IN_COLUMNS = frozenset(ItemType) - {
    ItemType.LONG_TEXT, ItemType.PHOTO, ItemType.SIGNATURE, ItemType.TABLE, ItemType.NOTE,
}  # fmt: skip


@dataclass(frozen=True)
class FormCard:
    form: Resolved
    kind: str
    may_fill: bool
    drafts: int
    handed_in: int


@login_required
@require_GET
def index(request):
    """Forms that concern the reader, and what he or she began and has not handed in."""
    today, text = timezone.localdate(), request.GET.get("q", "").strip()
    found = [f for f in queries.forms_to_see(request.user, on=today) if text in f.title or text == f.id]
    counted = queries.counts()
    context = {
        "cards": [_card(request.user, form, counted[form.id]) for form in found],
        "mine": queries.my_open_sheets(request.user)[:20],
        "q": text,
    }
    return render(request, "forms/index.html", context)


def _card(user, form: Resolved, counted: Counter[str]) -> FormCard:
    drafts = sum(counted[state] for state in EDITABLE)
    handed_in = sum(counted[state] for state in HANDED_IN)
    return FormCard(
        form, KIND_NAMES[form.obj.kind], may_fill(user, form.obj, anywhere=True), drafts, handed_in
    )


def resolved(form_id: str) -> Resolved:
    """The form in force today, or 404."""
    found = queries.form(form_id, on=timezone.localdate())
    if found is None:
        raise Http404
    return found


@dataclass(frozen=True)
class Line:
    sheet: Sheet
    cells: list[str]
    subject: str


@login_required
@require_GET
def register(request, form_id: str):
    """The sheets of one form that are in scope, by department, month, state and text."""
    found = resolved(form_id)
    form = FilterForm(request.GET or None, departments=departments_in_scope(request))
    rows = chosen(request, form_id, form)
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    columns = columns_of(found.obj)
    context = {
        "form_id": form_id,
        "found": found,
        "definition": found.obj,
        "filter": form,
        "page": page,
        "columns": columns,
        "lines": lines(request, found.obj, columns, list(page.object_list)),
        "is_filtered": bool(request.GET),
        "may_fill": may_fill(request.user, found.obj, anywhere=True),
        "who_fills": role_names(found.obj.fill),
    }
    return render(request, "forms/register.html", context)


def chosen(request, form_id: str, form: FilterForm):
    """The sheets that the query asks for; a query that makes no sense asks for everything."""
    said = form.cleaned_data if form.is_bound and form.is_valid() else {}
    return queries.sheets(
        form_id=form_id,
        department_id=said.get("department"),
        period=said.get("period", ""),
        state=said.get("state", ""),
        text=said.get("q", ""),
    ).select_related("person")


def departments_in_scope(request) -> list[tuple[int, str]]:
    return [(d.id, d.name) for d in departments(on=timezone.localdate()) if request.scope.covers(d.id)]


def columns_of(form: FormDefinition) -> list[Item]:
    """A register shows what was registered; other forms show their score and state only."""
    if form.kind is not FormKind.REGISTER:
        return []
    return [item for item in form.items() if item.type in IN_COLUMNS and item.required][:COLUMNS]


def fillable(request, form: FormDefinition) -> list[tuple[int, str]]:
    """Departments for which this person may fill the form."""
    return [(pk, name) for pk, name in departments_in_scope(request) if may_fill(request.user, form, pk)]


def lines(request, form: FormDefinition, columns: list[Item], sheets: list[Sheet]) -> list[Line]:
    now = timezone.now()
    labels = references.labels(form, [sheet.answers for sheet in sheets], by=request.user, now=now)
    subjects = references.patients_of([s.patient_key for s in sheets], by=request.user, now=now)
    return [
        Line(
            sheet,
            [presenting.words(item, _answer(item, sheet), labels) for item in columns],
            str(sheet.person or "") or subjects.get(sheet.patient_key, ""),
        )
        for sheet in sheets
    ]


def _answer(item: Item, sheet: Sheet) -> Any:
    """An older version of the form may have held something else under this id: then nothing is shown."""
    value = sheet.answers.get(item.id)
    own = queries.definition(sheet).item(item.id)
    return value if own is not None and own.type is item.type else None


@login_required
@require_http_methods(["GET", "POST"])
def new(request, form_id: str):
    """About which department and whom; at once when there is nothing to choose."""
    found = resolved(form_id)
    choices = fillable(request, found.obj)
    form = NewSheetForm(
        request.POST or None,
        departments=choices,
        needs_department=found.obj.subject is Subject.DEPARTMENT or not request.scope.whole_hospital,
        initial=_initial(request, choices),
        **_subjects(request, found.obj, choices),
    )
    if request.method == "POST" and form.is_valid():
        try:
            with transaction.atomic():
                sheet = _open(request, form_id, form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            return redirect("forms:fill", sheet.pk)
    context = {"form_id": form_id, "found": found, "definition": found.obj, "form": form}
    return render(request, "forms/new.html", context)


def _open(request, form_id: str, said: dict[str, Any]) -> Sheet:
    return actions.open_sheet(
        by=request.user,
        now=timezone.now(),
        form_id=form_id,
        department_id=said["department"],
        subject=said.get("subject"),
        period=said["period"],
        source_kind=said["source_kind"],
        source_key=said["source_key"],
    )


def _initial(request, choices: list[tuple[int, str]]) -> dict[str, Any]:
    """?department=…&period=…: duties and other pages lead here with what they know."""
    names = ("department", "subject", "period", "source_kind", "source_key")
    given = {name: request.GET[name] for name in names if name in request.GET}
    if own := own_department(request.user, choices):
        given.setdefault("department", own)
    return given


def own_department(user, choices: list[tuple[int, str]]) -> int | None:
    """The department that the person's role is tied to, not the wards that come along with it."""
    offered = [pk for pk, _name in choices]
    tied = [a.department_id for a in user.role_assignments.on(timezone.localdate()).order_by("pk")]
    return next((pk for pk in tied if pk in offered), offered[0] if len(offered) == 1 else None)


def _subjects(request, form: FormDefinition, choices: list[tuple[int, str]]) -> dict[str, Any]:
    if form.subject not in (Subject.PERSON, Subject.PATIENT):
        return {}
    kind = ItemType(str(form.subject))
    department = own_department(request.user, choices)
    said = request.POST.get("department") or request.GET.get("department") or department
    found = references.choices(
        kind,
        text=request.GET.get("q", ""),
        department_id=int(said) if str(said or "").isdigit() else None,
        by=request.user,
        now=timezone.now(),
        most=200,
    )
    label = _("患者") if kind is ItemType.PATIENT else _("人员")
    return {"subjects": [(c.value, f"{c.label}　{c.note}".strip()) for c in found], "subject_label": label}

"""A sheet to read: answers, score, story; and what the reader may decide on it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.db import transaction
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from zhikong.foundation.files.queries import files
from zhikong.foundation.forms import actions, defects, presenting, queries, references, scoring
from zhikong.foundation.forms.answers import files_of
from zhikong.foundation.forms.definition import FormDefinition, Item, ItemType, Section
from zhikong.foundation.forms.forms import AcceptForm, ReasonForm
from zhikong.foundation.forms.models import Sheet
from zhikong.foundation.forms.permissions import may_decide, may_fill_sheet
from zhikong.foundation.forms.rules import FROM, Act, State
from zhikong.foundation.forms.views import page


@dataclass(slots=True)
class Answer:
    """One line: the item's number and text, the answer in words, its table, its files, what was lost."""

    item: Item
    number: str
    words: str
    rows: list[tuple[str, list[str]]] = field(default_factory=list)
    files: list[Any] = field(default_factory=list)
    lost: str = ""
    why: str = ""
    veto: str = ""


@dataclass(slots=True)
class Part:
    section: Section
    answers: list[Answer]
    score: scoring.SectionScore | None


def parts(sheet: Sheet, form: FormDefinition, *, by, now) -> list[Part]:
    """The visible items of a sheet with their answers in words; used by the page and the print."""
    labels = references.labels(form, [sheet.answers], by=by, now=now)
    cleaned = queries.judged(sheet)
    policy = queries.policy_of(sheet)
    result = scoring.score(form, sheet.answers, policy)
    scores = {s.id: s for s in result.sections} if result else {}
    numbers = page.numbers(form)
    found = []
    for section in form.sections:
        shown = [item for item in section.items if item.id in cleaned.visible]
        lines = [_answer(item, numbers[item.id], sheet.answers, labels, policy) for item in shown]
        if lines:
            found.append(Part(section, lines, scores.get(section.id)))
    return found


def _answer(item: Item, number: str, values: dict[str, Any], labels, policy) -> Answer:
    found = Answer(
        item, number, presenting.words(item, values.get(item.id), labels) if item.has_answer else ""
    )
    if item.type is ItemType.TABLE:
        found.rows = table_rows(item, values.get(item.id) or [], labels)
    found.files = files(files_of(item, values))
    if loss := scoring.loss_of(item, values):
        found.lost, found.why = presenting.points(loss.points), loss.why
    if item.veto and values.get(item.id) == "no":
        found.veto = scoring.veto_sentence(item, policy)
    return found


def table_rows(item: Item, value: list[dict[str, Any]], labels) -> list[tuple[str, list[str]]]:
    """(heading, cells in words) of each row; rows with given headings are there even when empty."""
    return [
        (
            item.fixed[n] if n < len(item.fixed) else str(n + 1),
            [presenting.words(column, row.get(column.id), labels) for column in item.columns],
        )
        for n, row in enumerate(value)
    ]


def subject_of(sheet: Sheet, *, by, now) -> str:
    """The person or patient that the sheet is about, as this reader may see the name."""
    if sheet.person_id:
        return str(sheet.person)
    return references.patients_of([sheet.patient_key], by=by, now=now).get(sheet.patient_key, "")


@login_required
@require_GET
def view(request, pk: int):
    return render_view(request, page.find(pk))


def render_view(request, sheet: Sheet, *, failed: str = "", bound=None, status: int = 200):
    """The reading page; with the key of a decision whose form had errors."""
    form, now = queries.definition(sheet), timezone.now()
    policy = queries.policy_of(sheet)
    result = scoring.score(form, sheet.answers, policy)
    context = {
        "sheet": sheet,
        "form": form,
        "parts": parts(sheet, form, by=request.user, now=now),
        "score": result,
        "vetoes": scoring.vetoes(form, sheet.answers, policy),
        "losses": result.losses if result else (),
        "story": queries.story(sheet),
        "subject": subject_of(sheet, by=request.user, now=now),
        "may_edit": sheet.is_editable and may_fill_sheet(request.user, form, sheet),
        "decisions": [
            d if d.key != failed else d.with_form(bound) for d in offered(request.user, sheet, form)
        ],
        "failed": failed,
        "defects": defects.proposal(request.user, sheet, form),
    }
    return render(request, "forms/view.html", context, status=status)


@dataclass(slots=True)
class Decision:
    key: str
    title: str
    form: Any
    danger: bool = False

    def with_form(self, form) -> Decision:
        return Decision(self.key, self.title, form, self.danger)


def offered(user, sheet: Sheet, form: FormDefinition) -> list[Decision]:
    """What this reader may do now: accept, return, withdraw."""
    state, decides = State(sheet.state), may_decide(user, form, sheet.department_id)
    found = []
    if decides and state in FROM[Act.ACCEPT] and user.pk != sheet.submitted_by_id:
        found.append(Decision("accept", _("接受"), AcceptForm(prefix="accept")))
    if decides and state in FROM[Act.RETURN]:
        found.append(Decision("return", _("退回修改"), ReasonForm(prefix="return")))
    if state in FROM[Act.WITHDRAW] and (decides or user.pk == sheet.opened_by_id):
        found.append(Decision("withdraw", _("作废"), ReasonForm(prefix="withdraw"), danger=True))
    return found


FORMS = {"accept": AcceptForm, "return": ReasonForm, "withdraw": ReasonForm}
ACTIONS = {"accept": actions.accept, "return": actions.return_sheet, "withdraw": actions.withdraw}
DONE = {
    "accept": gettext_lazy("已接受。"),
    "return": gettext_lazy("已退回，并通知了填表人。"),
    "withdraw": gettext_lazy("已作废。"),
}


@login_required
@require_POST
def decide(request, pk: int, key: str):
    """Accept, return or withdraw; the actions judge who may."""
    sheet = page.find(pk)
    if key not in FORMS:
        return redirect("forms:view", pk)
    form = FORMS[key](request.POST, prefix=key)
    if form.is_valid():
        try:
            with transaction.atomic():
                ACTIONS[key](sheet, by=request.user, now=timezone.now(), **form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, DONE[key])
            return redirect("forms:view", pk)
    return render_view(request, page.find(pk), failed=key, bound=form, status=422)

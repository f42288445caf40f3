"""Monthly quality records: the list with who is late, one record from last month's measures to the decision, print."""

from urllib.parse import quote

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from zhikong.foundation.access.permissions import Permission, can
from zhikong.foundation.forms import queries as forms
from zhikong.foundation.forms.permissions import may_decide, may_fill, role_names
from zhikong.foundation.forms.views import signing
from zhikong.foundation.forms.views.reading import parts
from zhikong.foundation.organisation.queries import institution
from zhikong.hospital.functions.reporting import actions, printing, queries, record_queries, words
from zhikong.hospital.functions.reporting.actions.records import leads
from zhikong.hospital.functions.reporting.forms import MeasureForm, ReasonForm, SignForm
from zhikong.hospital.functions.reporting.models import MonthlyRecord
from zhikong.hospital.functions.reporting.views.overview import check_look

CARDS = (("draft", "none"), ("submitted", "info"), ("returned", "warn"), ("accepted", "ok"))
STATES = {
    "draft": gettext_lazy("填写中"),
    "submitted": gettext_lazy("待审核"),
    "returned": gettext_lazy("已退回"),
    "accepted": gettext_lazy("已接收"),
}
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@require_GET
def overview(request: HttpRequest) -> HttpResponse:
    check_look(request.user)
    today = timezone.localdate()
    month = queries.shifted(f"{today:%Y-%m}", -1)
    asked = request.GET.get("month", "")
    known = list(MonthlyRecord.objects.order_by("-month").values_list("month", flat=True).distinct())
    chosen = asked if asked in known else month
    found = record_queries.overview(month=chosen, today=today)
    context = {
        "today": today,
        "month": chosen,
        "months": sorted({month, *known}, reverse=True),
        "overview": found,
        "cards": [(STATES[code], found.counts[code], tone) for code, tone in CARDS],
        "office": can(request.user, Permission.ACCEPT_FIGURES, whole_hospital=True),
    }
    return render(request, "reporting/records.html", context)


@require_POST
def open_records(request: HttpRequest) -> HttpResponse:
    """The office opens the records of a month that the nightly job has not opened."""
    month = request.POST.get("month", "")
    try:
        made = actions.open_records(by=request.user, now=timezone.now(), month=month)
    except (ValidationError, ValueError) as error:
        messages.error(request, " ".join(getattr(error, "messages", [_("月份不对。")])))
    else:
        messages.success(request, _("已建立 %(n)d 份质控活动记录，并通知各科室。") % {"n": len(made)})
    return redirect(f"{reverse('reporting:records')}?month={month}")


@require_POST
def remind(request: HttpRequest) -> HttpResponse:
    """Press every department that is late with the month's record."""
    month = request.POST.get("month", "")
    count = actions.remind_records(by=request.user, now=timezone.now(), month=month)
    messages.success(request, _("已催交 %(n)d 个科室。") % {"n": count})
    return redirect(f"{reverse('reporting:records')}?month={month}")


def find(request: HttpRequest, pk: int) -> MonthlyRecord:
    """The record, or 404 when it is not in scope."""
    check_look(request.user)
    return get_object_or_404(record_queries.record(pk))


@require_GET
def page(request: HttpRequest, pk: int) -> HttpResponse:
    return show(request, find(request, pk))


def show(request: HttpRequest, record: MonthlyRecord, *, bound=None, failed: str = "", status: int = 200):
    """The record's page; with a step's bound form when it had errors."""
    now, user = timezone.now(), request.user
    form, sheet = forms.definition(record.sheet), record.sheet
    asked = record_queries.to_answer(record)
    open_ones = [m for m in asked if not m.outcome]
    writes = record.is_open and may_fill(user, form, record.department_id)
    decides = sheet.state == "submitted" and may_decide(user, form, record.department_id)
    context = {
        "record": record,
        "sheet": sheet,
        "today": timezone.localdate(now),
        "state": STATES.get(sheet.state, sheet.get_state_display()),
        "steps": _progress(record, bool(open_ones)),
        "facts": record_queries.facts(record, now=now),
        "measures": [
            (m, MeasureForm(prefix=f"m{m.pk}", initial={"outcome": m.outcome, "note": m.note})) for m in asked
        ],
        "open_measures": len(open_ones),
        "own_measures": record.measures.filter(dropped_at=None).select_related("person"),
        "parts": [
            p for p in parts(sheet, form, by=user, now=now) if p.section.id != "signing" or not record.is_open
        ],
        "returned_with": forms.returned_with(sheet) if sheet.state == "returned" else "",
        "writes": writes,
        "signs": writes and leads(user, record.department_id),
        "decides": decides and user.pk != sheet.submitted_by_id,
        "sign_form": bound if failed == "sign" else SignForm(),
        "return_form": bound if failed == "return" else ReasonForm(prefix="return"),
        "recipient": role_names((form.owner, form.checker)),
        "story": forms.story(sheet),
        "missing": forms.judged(sheet, final=True).errors if writes else {},
        "failed": failed,
    }
    return render(request, "reporting/record.html", context, status=status)


def _progress(record: MonthlyRecord, measures_open: bool) -> list[tuple[str, str]]:
    """The steps of the way with done, now or to come."""
    reached = {"submitted": 3, "accepted": 4}.get(record.state, 0 if measures_open else 1)
    names = (_("答复上月措施"), _("填写记录"), _("科主任签名提交"), _("职能部门审核"))
    return [(n, "done" if i < reached else "now" if i == reached else "") for i, n in enumerate(names)]


@require_POST
def answer(request: HttpRequest, pk: int, measure: int) -> HttpResponse:
    """What became of one earlier measure."""
    record = find(request, pk)
    asked = next((m for m in record_queries.to_answer(record) if m.pk == measure), None)
    if asked is None:
        raise Http404
    form = MeasureForm(request.POST, prefix=f"m{measure}")
    try:
        if not form.is_valid():
            raise ValidationError([error for errors in form.errors.values() for error in errors])
        actions.answer_measure(
            record, by=request.user, now=timezone.now(), measure=asked, **form.cleaned_data
        )
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    return redirect(reverse("reporting:record", args=[pk]) + "#measures")


@require_POST
def sign(request: HttpRequest, pk: int) -> HttpResponse:
    """The head signs with the password and hands the record in; the tries are limited as on the form's own page."""
    record, form = find(request, pk), SignForm(request.POST)
    if not form.is_valid():
        return show(request, record, bound=form, failed="sign", status=422)
    if not signing.ratelimit.consume(request, action="reauthenticate", user=request.user):
        form.add_error("password", _(signing.TOO_OFTEN))
        return show(request, record, bound=form, failed="sign", status=422)
    try:
        with transaction.atomic():
            actions.sign_and_submit(
                record, by=request.user, now=timezone.now(), password=form.cleaned_data["password"]
            )
    except ValidationError as error:
        form.add_error(None, error.messages[0])
        return show(request, find(request, pk), bound=form, failed="sign", status=422)
    messages.success(request, _("已签名提交，改进措施已成为负责人的待办。"))
    return redirect("reporting:record", pk=pk)


@require_POST
def decide(request: HttpRequest, pk: int, step: str) -> HttpResponse:
    """The office accepts or returns."""
    record = find(request, pk)
    form = ReasonForm(request.POST, prefix="return")
    if step == "return" and not form.is_valid():
        return show(request, record, bound=form, failed="return", status=422)
    try:
        if step == "accept":
            actions.accept_record(record, by=request.user, now=timezone.now())
        elif step == "return":
            actions.return_record(
                record, by=request.user, now=timezone.now(), reason=form.cleaned_data["reason"]
            )
        else:
            raise Http404
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, _("已接收。") if step == "accept" else _("已退回科室。"))
    return redirect("reporting:record", pk=pk)


@require_GET
def document(request: HttpRequest, pk: int, kind: str) -> HttpResponse:
    """科室质控活动记录本 of the month on A4, as PDF or Word."""
    record, now = find(request, pk), timezone.now()
    form = forms.definition(record.sheet)
    shown = parts(record.sheet, form, by=request.user, now=now)
    data = printing.data(
        record, shown, record_queries.facts(record, now=now), record_queries.to_answer(record),
        hospital=institution().name, by=request.user, now=now,
    )  # fmt: skip
    made, mime = (words.docx(data), WORD) if kind == "docx" else (printing.pdf(data), "application/pdf")
    answer = HttpResponse(made, content_type=mime)
    name = quote(f"科室质控活动记录本-{record.department_name}-{record.month}.{kind}")
    place = "inline" if kind == "pdf" else "attachment"
    answer["Content-Disposition"] = f"{place}; filename*=UTF-8''{name}"
    return answer

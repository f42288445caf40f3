"""One obligation and one defect: why, since when, by which rule and version, what happened, and what can be done."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from zhikong.foundation.access.permissions import Permission
from zhikong.foundation.access.views_support import needs
from zhikong.foundation.facts.charts import Chart, NoSuchChart, chart_of
from zhikong.foundation.facts.sealing import sealed_since
from zhikong.hospital.functions.records.actions.running import appealing, mending, reminding
from zhikong.hospital.functions.records.forms_running import (
    AppealForm,
    ExcuseForm,
    MendedForm,
    ReasonForm,
    RecheckForm,
)
from zhikong.hospital.functions.records.models import Defect, Obligation
from zhikong.hospital.functions.records.queries.results.in_force import all_rules, setting_of
from zhikong.hospital.functions.records.queries.running import lists
from zhikong.hospital.functions.records.queries.running.policy import policy, precision_of
from zhikong.hospital.functions.records.views.running.listed import reminded_words
from zhikong.hospital.functions.records.views.running.support import attempt, back, first_error, may

BEFORE, AFTER = 6, 6
"""How many moments of the stay are shown before the anchor and after it."""


@dataclass(frozen=True)
class Moment:
    """One line of the timeline. mark: anchor, done, due or now, empty for what just happened."""

    at: datetime
    title: str
    detail: str = ""
    mark: str = ""


@require_GET
@needs(Permission.VIEW_RECORD_CHECKS)
def obligation(request: HttpRequest, pk: int) -> HttpResponse:
    """The explanation of an obligation: rule, source, version, anchor, due time, the stay's timeline around it."""
    row = get_object_or_404(Obligation.objects.select_related("user", "excused_by", "case"), pk=pk)
    now = timezone.now()
    (line,) = lists.lines([row], by=request.user, now=now, purpose=_("应完成事项的说明"))
    chart = _chart(request, row.stay_id)
    context = {
        "row": row,
        "line": line,
        "rule": _rule(row, now),
        "moments": _moments(chart, row, now),
        "events": row.events.select_related("by"),
        "may": may(request, row),
        "appealable": row.state in (Obligation.State.OVERDUE, Obligation.State.LATE)
        and not (row.case_id and row.case.is_open),
        "open": row.state in Obligation.OPEN and row.ended_at is None,
        "excuse_form": ExcuseForm(),
        "appeal_form": AppealForm(prefix="appeal"),
    }
    return render(request, "records/running/obligation.html", context)


def _chart(request: HttpRequest, stay_id: str) -> Chart | None:
    try:
        return chart_of(stay_id, by=request.user, purpose=_("运行病历的说明"))
    except NoSuchChart:
        return None


@dataclass(frozen=True)
class RuleWords:
    """What a page says of a rule: its source and clause, its setting, how precise it proved to be."""

    id: str
    title: str
    why: str
    document: str
    clause: str
    version: int
    current: int | None
    message: str
    precision: Any
    too_imprecise: bool
    hard_stop: bool


def _rule(row, now: datetime) -> RuleWords | None:
    """None for a defect that a person found."""
    if not row.rule:
        return None
    on = timezone.localdate(now)
    rule, precision, limits = all_rules(on=on).get(row.rule), precision_of(row.rule), policy()
    source = getattr(rule, "source", None)
    return RuleWords(
        id=row.rule,
        title=row.title,
        why=getattr(rule, "why", ""),
        document=getattr(source, "document", ""),
        clause=getattr(source, "clause", ""),
        version=row.version,
        current=getattr(rule, "version", None),
        message=getattr(rule, "message", ""),
        precision=precision,
        too_imprecise=precision.below(least=limits.least_judged, floor=limits.least_precision),
        hard_stop=bool(setting_of(row.rule, on=on).hard_stop),
    )


def _moments(chart: Chart | None, row: Obligation, now: datetime) -> list[Moment]:
    """What happened in the stay around the anchor, with the anchor, the due time and the present marked."""
    if chart is None:
        return []
    zone = timezone.get_current_timezone()
    found = [_moment(event, event.at.replace(tzinfo=zone), row) for event in chart.events]
    start = row.anchor_at or row.due_at or now
    before = [one for one in found if one.at < start and not one.mark][-BEFORE:]
    after = [one for one in found if one.at >= start and not one.mark][:AFTER]
    marked = [one for one in found if one.mark]
    if row.due_at:
        marked.append(Moment(row.due_at, _("应完成时间"), mark="due"))
    if row.state in Obligation.OPEN:
        marked.append(Moment(now, _("现在"), mark="now"))
    return sorted([*before, *after, *marked], key=lambda one: one.at)


def _moment(event, at: datetime, row: Obligation) -> Moment:
    """The anchor and what fulfilled it are known by their table and their minute."""
    mark = ""
    if at == row.anchor_at and event.table == row.anchor.partition(":")[0]:
        mark = "anchor"
    elif at == row.done_at and event.table == row.subject.partition(":")[0]:
        mark = "done"
    return Moment(at, event.title, event.detail, mark)


@require_GET
@needs(Permission.VIEW_RECORD_CHECKS)
def running_defect(request: HttpRequest, pk: int) -> HttpResponse:
    """A defect with the words it stands on, the rule behind it, and what can be done."""
    row = get_object_or_404(Defect.objects.select_related("user", "found_by", "checked_by", "case"), pk=pk)
    now = timezone.now()
    (line,) = lists.lines([row], by=request.user, now=now, purpose=_("病历缺陷"))
    context = {
        "row": row,
        "line": line,
        "rule": _rule(row, now),
        "quote": _quote(_chart(request, row.stay_id) if row.document else None, row),
        "events": row.events.select_related("by"),
        "may": may(request, row),
        "sealed": sealed_since(row.stay_id),
        "to_mend": row.state in Defect.TO_MEND,
        "appealable": row.state in (*Defect.TO_MEND, Defect.State.MENDED),
        "waiting": row.state == Defect.State.MENDED,
        "mended_form": MendedForm(),
        "appeal_form": AppealForm(prefix="appeal"),
        "recheck_form": RecheckForm(prefix="recheck"),
    }
    return render(request, "records/running/defect.html", context)


@dataclass(frozen=True)
class Quote:
    """The words around a defect, the faulty ones apart."""

    document: str
    section: str
    before: str
    said: str
    after: str


_AROUND = 60


def _quote(chart: Chart | None, row: Defect) -> Quote | None:
    document = chart.document(row.document) if chart is not None else None
    if document is None:
        return None
    section = document.section(row.section)
    text = section.text if section else ""
    start, end = row.span_start, row.span_end
    if start is None or end is None or not text[start:end]:
        return Quote(document.title, row.section, "", text[: 2 * _AROUND], "")
    left, right = max(0, start - _AROUND), min(len(text), end + _AROUND)
    head, tail = ("…" if left else ""), ("…" if right < len(text) else "")
    return Quote(
        document.title, row.section, head + text[left:start], text[start:end], text[end:right] + tail
    )


# ---- acts ---------------------------------------------------------------------------------------------------------------


@require_POST
@needs(Permission.REMIND_WRITERS)
def remind(request: HttpRequest, pk: int) -> HttpResponse:
    row = get_object_or_404(Obligation.objects.select_related("user"), pk=pk)
    attempt(
        request, lambda: reminding.remind([row], by=request.user, now=timezone.now()), done=reminded_words
    )
    return back(request, "records:obligation", pk)


@require_POST
@needs(Permission.REMIND_WRITERS)
def excuse(request: HttpRequest, pk: int) -> HttpResponse:
    """Note that it does not apply to this patient; the reason is asked for."""
    row, form = get_object_or_404(Obligation, pk=pk), ExcuseForm(request.POST)
    if not form.is_valid():
        messages.error(request, first_error(form).messages[0])
        return redirect("records:obligation", pk)
    attempt(
        request,
        lambda: reminding.excuse(row, by=request.user, now=timezone.now(), **form.cleaned_data),
        done=_("已登记不适用，理由已记录。"),
    )
    return back(request, "records:obligation", pk)


@require_POST
@needs(Permission.REMIND_WRITERS)
def require_again(request: HttpRequest, pk: int) -> HttpResponse:
    row, form = get_object_or_404(Obligation, pk=pk), ReasonForm(request.POST)
    reason = form.cleaned_data["reason"] if form.is_valid() else ""
    attempt(
        request,
        lambda: reminding.take_back_excuse(row, by=request.user, now=timezone.now(), reason=reason),
        done=_("已重新要求完成。"),
    )
    return redirect("records:obligation", pk)


@require_POST
@needs(Permission.ANSWER_RECORD_CHECKS)
def appeal(request: HttpRequest, kind: str, pk: int) -> HttpResponse:
    """Open the appeal of an obligation or a defect; the number is shown."""
    model: Any = {"obligations": Obligation, "running-defects": Defect}[kind]
    row, form = get_object_or_404(model, pk=pk), AppealForm(request.POST, prefix="appeal")
    reason = form.cleaned_data["reason"] if form.is_valid() else ""
    attempt(
        request,
        lambda: appealing.appeal(row, by=request.user, now=timezone.now(), reason=reason),
        done=lambda case: _("已提出申诉，编号 %(number)s，两个工作日内裁定。") % {"number": case.number},
    )
    return redirect(_page_of(row))


def _page_of(row) -> str:
    name = "records:obligation" if isinstance(row, Obligation) else "records:running_defect"
    return reverse(name, args=[row.pk])


@require_POST
@needs(Permission.ANSWER_RECORD_CHECKS)
def mended(request: HttpRequest, pk: int) -> HttpResponse:
    """The writer says that the defect is mended."""
    row, form = (
        get_object_or_404(Defect.objects.select_related("found_by", "user"), pk=pk),
        MendedForm(request.POST),
    )
    said = form.cleaned_data["note"] if form.is_valid() else ""
    attempt(
        request,
        lambda: mending.report_mended(row, by=request.user, now=timezone.now(), note_text=said),
        done=_("已提交复核。新内容一到，机器会自动复核；人工检查的由检查人复核。"),
    )
    return back(request, "records:running_defect", pk)


@require_POST
@needs(Permission.REMIND_WRITERS)
def recheck(request: HttpRequest, pk: int) -> HttpResponse:
    """A person says whether it is mended."""
    row, form = (
        get_object_or_404(Defect.objects.select_related("user"), pk=pk),
        RecheckForm(request.POST, prefix="recheck"),
    )
    reason = form.cleaned_data["reason"] if form.is_valid() else ""
    passed = request.POST.get("result") == "passed"
    attempt(
        request,
        lambda: mending.recheck(row, by=request.user, now=timezone.now(), mended=passed, reason=reason),
        done=_("复核通过，已记录。") if passed else _("已退回书写医师，并通知本人。"),
    )
    return redirect("records:running_defect", pk)

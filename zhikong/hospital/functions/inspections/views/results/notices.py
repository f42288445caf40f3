"""The register of notices; one notice: read, edited, issued, confirmed, withdrawn, as Word."""

from __future__ import annotations

from datetime import date

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from zhikong.foundation.access.permissions import Permission, can
from zhikong.foundation.access.views_support import needs
from zhikong.foundation.audit.actions import log_read
from zhikong.foundation.organisation.queries import institution
from zhikong.hospital.functions.inspections import notice_word
from zhikong.hospital.functions.inspections.actions.results import drafting, issuing
from zhikong.hospital.functions.inspections.models.planning import Visit
from zhikong.hospital.functions.inspections.models.results import InspectionNotice
from zhikong.hospital.functions.inspections.permissions_results import (
    may_compare_inspectors,
    may_confirm,
    may_draft,
)
from zhikong.hospital.functions.inspections.queries.results import notices as queries
from zhikong.hospital.functions.inspections.queries.results.photos import pictures
from zhikong.hospital.functions.inspections.rules_planning import FINISHED
from zhikong.hospital.functions.inspections.rules_results import PARTS
from zhikong.hospital.functions.inspections.sheets_results import response
from zhikong.web.paper import WORD

ON_A_PAGE = 30


def _found(request: HttpRequest, pk: int) -> InspectionNotice:
    notice = queries.notice(request.user, pk)
    if notice is None:
        raise Http404
    return notice


@require_GET
@needs(Permission.VIEW_INSPECTIONS)
def listing(request: HttpRequest) -> HttpResponse:
    """Every notice that the reader may see, the newest first."""
    state, text = request.GET.get("state", ""), request.GET.get("q", "").strip()[:40]
    page = Paginator(queries.listed(request.user, state=state, text=text), ON_A_PAGE).get_page(
        request.GET.get("page")
    )
    today = timezone.localdate()
    context = {
        "page": page, "state": state, "text": text, "states": InspectionNotice.State.choices, "tab": "notices",
        "may_draft": may_draft(request.user), "first": f"{today:%Y-%m}-01", "last": f"{today}",
        "may_issue": can(request.user, Permission.ISSUE_INSPECTION_NOTICES),
        "may_see_inspectors": may_compare_inspectors(request.user),
    }  # fmt: skip
    return render(request, "inspections/results/notices.html", context)


@require_GET
@needs(Permission.VIEW_INSPECTIONS)
def page(request: HttpRequest, pk: int) -> HttpResponse:
    """Read, edit (a draft), confirm."""
    notice = _found(request, pk)
    draft = notice.state == InspectionNotice.State.DRAFT
    reading = queries.to_confirm(notice)
    may_edit = draft and may_draft(request.user)
    problems = queries.told(notice) if not may_edit else notice.figures.get("problems", [])
    context = {
        "notice": notice, "parts": [(part, notice.words.get(part.code, "")) for part in PARTS],
        "problems": problems, "readings": queries.readings(notice), "may_edit": may_edit,
        "may_issue": draft and can(request.user, Permission.ISSUE_INSPECTION_NOTICES),
        "may_withdraw": notice.state == InspectionNotice.State.ISSUED
        and can(request.user, Permission.ISSUE_INSPECTION_NOTICES),
        "reading": reading if reading and may_confirm(request.user, reading.department_id) else None,
    }  # fmt: skip
    return render(request, "inspections/results/notice.html", context)


def _done(request: HttpRequest, notice: InspectionNotice, act, said: str) -> HttpResponse:
    try:
        act()
    except ValidationError as error:
        messages.error(request, error.messages[0])
    else:
        messages.success(request, said)
    return redirect("inspections:notice", notice.pk)


@require_POST
@needs(Permission.VIEW_INSPECTIONS)
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Save the words; with 「issue」 they are saved and signed in one go."""
    notice, now = _found(request, pk), timezone.now()

    def act() -> None:
        drafting.edit(
            notice, by=request.user, now=now, title=request.POST.get("title", ""),
            words={part.code: request.POST.get(part.code, "") for part in PARTS},
            left_out=_left_out(request, notice), names_people=request.POST.get("names_people") == "1",
        )  # fmt: skip
        if "issue" in request.POST:
            issuing.issue(notice, by=request.user, now=now, to_all=request.POST.get("to_all") == "1")

    said = _("已印发，各科室会收到签收任务。") if "issue" in request.POST else _("已保存。")
    return _done(request, notice, act, said)


def _left_out(request: HttpRequest, notice: InspectionNotice) -> list[int]:
    told = {int(value) for value in request.POST.getlist("tell") if value.isdigit()}
    return [one["finding"] for one in notice.figures.get("problems", []) if one["finding"] not in told]


@require_POST
@needs(Permission.VIEW_INSPECTIONS)
def renew(request: HttpRequest, pk: int) -> HttpResponse:
    """Gather the figures anew."""
    notice = _found(request, pk)
    return _done(
        request, notice, lambda: drafting.renew(notice, by=request.user, now=timezone.now()),
        _("数据已重新汇总，您写过的文字没有变。"),
    )  # fmt: skip


@require_POST
@needs(Permission.VIEW_INSPECTIONS)
def confirm(request: HttpRequest, pk: int) -> HttpResponse:
    """The reader's department has read it."""
    notice = _found(request, pk)
    place = request.POST.get("department", "")
    if not place.isdigit():
        raise Http404
    note = request.POST.get("note", "")
    return _done(
        request, notice,
        lambda: issuing.confirm(notice, by=request.user, now=timezone.now(), department_id=int(place), note=note),
        _("已签收。"),
    )  # fmt: skip


@require_POST
@needs(Permission.ISSUE_INSPECTION_NOTICES)
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    notice = _found(request, pk)
    reason = request.POST.get("reason", "")
    return _done(
        request, notice, lambda: issuing.withdraw(notice, by=request.user, now=timezone.now(), reason=reason),
        _("已撤回，各科室会收到通知。"),
    )  # fmt: skip


@require_POST
@needs(Permission.ISSUE_INSPECTION_NOTICES)
def collect(request: HttpRequest) -> HttpResponse:
    """A draft of all visits that were concluded between two days."""
    try:
        first, last = (date.fromisoformat(request.POST.get(name, "")) for name in ("first", "last"))
    except ValueError:
        messages.error(request, _("请填写起止日期。"))
        return redirect("inspections:notices")
    visits = Visit.objects.filter(planned_on__range=(first, last), state__in=FINISHED).order_by(
        "planned_on", "pk"
    )
    title = request.POST.get("title", "").strip() or _("%(first)s至%(last)s现场检查情况通报") % {"first": first, "last": last}  # fmt: skip
    try:
        made = drafting.draft_of_visits(visits, by=request.user, now=timezone.now(), title=title)
    except ValidationError as error:
        messages.error(request, error.messages[0])
        return redirect("inspections:notices")
    return redirect("inspections:notice", made.pk)


@require_GET
@needs(Permission.VIEW_INSPECTIONS)
def word(request: HttpRequest, pk: int) -> HttpResponse:
    """The notice as Word, a draft too."""
    notice, now = _found(request, pk), timezone.now()
    problems = queries.told(notice)
    shown = pictures(problems, by=request.user, now=now)
    content = notice_word.make(notice, problems, institution=institution().name, photos=shown)
    log_read(by=request.user, subject="inspections.notice", purpose=_("下载督查通报"), count=1)
    return response(content, f"{notice.title}.docx", WORD)

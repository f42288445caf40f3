"""The month at a glance: a department's own sheets, and for the offices who has reported and who is late."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from zhikong.foundation.access.permissions import Permission, can
from zhikong.hospital.functions.reporting import actions, queries, rules
from zhikong.hospital.functions.reporting.forms import RemindForm

CARDS = (("draft", "none"), ("submitted", "info"), ("returned", "warn"), ("accepted", "ok"))


def may_look(user) -> bool:
    """Who reports, who accepts, and who reads indicators may see what was reported in their scope."""
    wanted = (Permission.REPORT_FIGURES, Permission.ACCEPT_FIGURES, Permission.VIEW_INDICATORS)
    return any(can(user, permission) for permission in wanted)


def check_look(user) -> None:
    if not may_look(user):
        raise PermissionDenied("您没有权限：查看科室填报。如需开通，请联系系统管理员。")


@require_GET
def overview(request: HttpRequest) -> HttpResponse:
    check_look(request.user)
    today = timezone.localdate()
    known, month = queries.months_with_sheets(), queries.shifted(f"{today:%Y-%m}", -1)
    asked = request.GET.get("month", "")
    chosen = asked if asked in known or asked == month else month
    found = queries.matrix(month=chosen, today=today)
    context = {
        "today": today,
        "month": chosen,
        "months": sorted({month, *known}, reverse=True),
        "matrix": found,
        "cards": [(rules.STATE_NAMES[rules.State(code)], found.counts[code], tone) for code, tone in CARDS],
        "single": len(found.rows) == 1,
        "office": can(request.user, Permission.ACCEPT_FIGURES, whole_hospital=True),
        "remind_form": RemindForm(),
        "tones": rules.TONES,
    }
    return render(request, "reporting/list.html", context)


@require_POST
def open_month(request: HttpRequest) -> HttpResponse:
    """The office opens the sheets of a month that the nightly job has not opened."""
    month = request.POST.get("month", "")
    try:
        made = actions.open_month(by=request.user, now=timezone.now(), month=month)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, _("已建立 %(n)d 张填报单，并通知各科室。") % {"n": len(made)})
    return redirect(f"{reverse('reporting:list')}?month={month}")


@require_POST
def remind_late(request: HttpRequest) -> HttpResponse:
    form, month = RemindForm(request.POST), request.POST.get("month", "")
    text = form.cleaned_data["text"] if form.is_valid() else ""
    count = actions.remind_late(by=request.user, now=timezone.now(), month=month, text=text)
    if count:
        messages.success(request, _("已催报 %(n)d 个科室。") % {"n": count})
    else:
        messages.info(request, _("没有逾期的填报单，不用催。"))
    return redirect(f"{reverse('reporting:list')}?month={month}")

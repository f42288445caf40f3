"""科室清单: obligations of open stays with filters, reminders in batch, export; defects; overrides."""

from urllib.parse import urlencode

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from zhikong.foundation.access.permissions import Permission, can
from zhikong.foundation.access.views_support import needs
from zhikong.hospital.functions.records import facets
from zhikong.hospital.functions.records.actions.running import reminding
from zhikong.hospital.functions.records.models import Defect, Obligation, Override
from zhikong.hospital.functions.records.queries.running import lists
from zhikong.hospital.functions.records.sheets_results import response
from zhikong.hospital.functions.records.sheets_running import defect_book, obligation_book
from zhikong.hospital.functions.records.views.running.support import attempt, back, filters_of

PAGE = 50
MOST_EXPORTED = 20_000
FILTERS = ("show", "department", "doctor", "rule", "stage", "key", "stay")
DEFECT_FILTERS = ("state", "department", "doctor", "rule", "source", "stay")
SHOWS = (
    ("due", gettext_lazy("逾期和今天到期")),
    ("overdue", gettext_lazy("逾期")),
    ("today", gettext_lazy("今天到期")),
    ("soon", gettext_lazy("即将到期")),
    ("open", gettext_lazy("全部未完成")),
    ("done", gettext_lazy("已完成")),
    ("late", gettext_lazy("逾期完成")),
    ("excused", gettext_lazy("不适用")),
    ("unknown", gettext_lazy("无法判断")),
)
DEFECT_STATES = (("alive", gettext_lazy("未结")), ("to_mend", gettext_lazy("待修改")), *Defect.State.choices)


@require_GET
@needs(Permission.VIEW_RECORD_CHECKS)
def running_list(request: HttpRequest) -> HttpResponse:
    """Obligations that fit the filter, the most urgent first, a page at a time."""
    now, filters = timezone.now(), filters_of(request, FILTERS)
    filters["show"] = filters["show"] or "due"
    found = lists.obligations(filters, now=now)
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    here = lists.obligations({**filters, "show": "open"}, now=now)
    done, all_done = lists.punctuality(lists.obligations({**filters, "show": "done"}, now=now))
    context = {
        "tab": "list",
        "filters": filters,
        "query": urlencode({name: value for name, value in filters.items() if value}),
        "shows": SHOWS,
        "stages": facets.STAGES.items(),
        "counts": lists.counts(here, now=now),
        "done": done,
        "all_done": all_done,
        "choices": lists.choices(lists.running(), now=now),
        "page": page,
        "lines": lists.lines(page.object_list, by=request.user, now=now, purpose=_("运行病历清单")),
        "may_remind": can(request.user, Permission.REMIND_WRITERS),
    }
    return render(request, "records/running/list.html", context)


@require_GET
@needs(Permission.VIEW_RECORD_CHECKS)
def export(request: HttpRequest) -> HttpResponse:
    """All obligations that fit the filter as a workbook; patients as on the screen, the look is logged."""
    now, filters = timezone.now(), filters_of(request, FILTERS)
    found = lists.obligations(filters, now=now)[:MOST_EXPORTED]
    rows = lists.lines(found, by=request.user, now=now, purpose=_("导出运行病历清单"))
    return response(obligation_book(rows, now=now), _("运行病历清单") + ".xlsx")


@require_POST
@needs(Permission.REMIND_WRITERS)
def remind(request: HttpRequest) -> HttpResponse:
    """Remind the writers of the ticked obligations: one notice to each of them, a task for each thing."""
    numbers = [one for one in request.POST.getlist("rows") if one.isdecimal()]
    rows = list(Obligation.objects.filter(pk__in=numbers).select_related("user"))
    if not rows:
        messages.error(request, _("请先勾选要提醒的事项。"))
        return back(request, "records:running_list")
    attempt(request, lambda: reminding.remind(rows, by=request.user, now=timezone.now()), done=reminded_words)
    return back(request, "records:running_list")


def reminded_words(done: reminding.Reminded) -> str:
    said = [_("%(who)s %(n)d 项") % {"who": who, "n": n} for who, n in done.people.items()]
    told = _("已提醒：%(list)s。") % {"list": "，".join(said)} if said else _("没有发出提醒。")
    return " ".join([told, *done.refused[:3]])


@require_GET
@needs(Permission.VIEW_RECORD_CHECKS)
def running_defects(request: HttpRequest) -> HttpResponse:
    """Defects of open records, those that wait for a recheck first."""
    now, filters = timezone.now(), filters_of(request, DEFECT_FILTERS)
    filters["state"] = filters["state"] or "alive"
    page = Paginator(lists.defects(filters), PAGE).get_page(request.GET.get("page"))
    context = {
        "tab": "defects",
        "filters": filters,
        "query": urlencode({name: value for name, value in filters.items() if value}),
        "states": DEFECT_STATES,
        "sources": Defect.Source.choices,
        "choices": lists.choices(Defect.objects.filter(state__in=Defect.ALIVE), now=now),
        "page": page,
        "lines": lists.lines(page.object_list, by=request.user, now=now, purpose=_("运行病历缺陷")),
    }
    return render(request, "records/running/defects.html", context)


@require_GET
@needs(Permission.VIEW_RECORD_CHECKS)
def export_defects(request: HttpRequest) -> HttpResponse:
    """All defects that fit the filter as a workbook."""
    now, filters = timezone.now(), filters_of(request, DEFECT_FILTERS)
    found = lists.defects(filters)[:MOST_EXPORTED]
    rows = lists.lines(found, by=request.user, now=now, purpose=_("导出运行病历缺陷"))
    return response(defect_book(rows), _("运行病历缺陷") + ".xlsx")


@require_GET
@needs(Permission.REMIND_WRITERS)
def overrides(request: HttpRequest) -> HttpResponse:
    """Who went past a hard stop, of what rule, and why."""
    found = Override.objects.select_related("user")
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    context = {"tab": "overrides", "page": page}
    return render(request, "records/running/overrides.html", context)

"""我的病历: what a doctor still has to write, what is overdue, what to mend, and how it went lately."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from zhikong.foundation.access.permissions import Permission, can
from zhikong.foundation.access.views_support import needs
from zhikong.hospital.functions.records.models import Defect
from zhikong.hospital.functions.records.queries.running import lists
from zhikong.hospital.functions.records.views.running.support import filters_of

PAGE = 30


@require_GET
@needs(Permission.VIEW_RECORD_CHECKS)
def my_records(request: HttpRequest) -> HttpResponse:
    """The reader's own obligations and defects; `who=department` shows the whole department's."""
    now, filters = timezone.now(), filters_of(request, ("show", "who"))
    show = filters["show"] if filters["show"] in lists.SHOWS else "open"
    mine = filters["who"] != "department"
    own, defects = lists.running(), lists.defects({"state": "alive"})
    if mine:
        own, defects = (
            own.filter(lists.of_doctor(request.user)),
            defects.filter(lists.of_doctor(request.user)),
        )
    found = lists.obligations({"show": show}, now=now)
    found = found.filter(lists.of_doctor(request.user)) if mine else found
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    purpose = _("我的病历")
    listed = list(defects[:PAGE])
    context = {
        "counts": lists.counts(own, now=now) | {"defects": defects.filter(state__in=Defect.TO_MEND).count()},
        "show": show,
        "mine": mine,
        "page": page,
        "lines": lists.lines(page.object_list, by=request.user, now=now, purpose=purpose),
        "defects": lists.lines(listed, by=request.user, now=now, purpose=purpose),
        "more_defects": len(listed) == PAGE,
        "recent": lists.lines(
            lists.recently_done(request.user, now=now)[:8], by=request.user, now=now, purpose=purpose
        )
        if mine
        else [],
        "may_list": can(request.user, Permission.REMIND_WRITERS),
    }
    return render(request, "records/running/my_records.html", context)

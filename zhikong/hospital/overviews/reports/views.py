"""Pages and downloads of the monthly brief."""

from urllib.parse import quote

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from zhikong.foundation.access.permissions import Permission, can
from zhikong.foundation.access.views_support import needs
from zhikong.foundation.organisation.queries import names
from zhikong.hospital.functions.indicators.months import first_day, is_month, shifted
from zhikong.hospital.functions.indicators.queries.revisions import latest_revision, revised_values
from zhikong.hospital.overviews.reports import actions, queries
from zhikong.hospital.overviews.reports.documents import DOCUMENTS
from zhikong.hospital.overviews.reports.forms import SectionsForm
from zhikong.hospital.overviews.reports.models import Brief


@needs(Permission.VIEW_INDICATORS)
def briefs(request: HttpRequest) -> HttpResponse:
    """All months, newest first; without the right to edit only what is published."""
    known, editor = queries.briefs(), can(request.user, Permission.EDIT_BRIEF)
    rows = [(month, known.get(month)) for month in queries.months_with_figures()]
    if not editor:
        rows = [(month, brief) for month, brief in rows if brief and brief.published]
    return render(request, "reports/list.html", {"rows": rows, "may_edit": editor})


@needs(Permission.VIEW_INDICATORS)
def brief(request: HttpRequest, month: str) -> HttpResponse:
    return _page(request, month)


@require_POST
@needs(Permission.EDIT_BRIEF)
def draft(request: HttpRequest, month: str) -> HttpResponse:
    act = {"by": request.user, "now": timezone.now(), "month": _checked(month)}
    return _act(request, month, actions.draft, act, _("已按最新数据起草，请核对文字后发布。"))


@require_POST
@needs(Permission.EDIT_BRIEF)
def edit(request: HttpRequest, month: str) -> HttpResponse:
    form = SectionsForm(request.POST)
    if not form.is_valid():
        return _page(request, _checked(month), form=form)
    try:
        actions.edit(by=request.user, now=timezone.now(), month=_checked(month), sections=form.cleaned_data)
    except ValidationError as error:
        form.add_error(None, error)
        return _page(request, month, form=form)
    messages.success(request, _("已保存。"))
    return redirect("reports:brief", month)


@require_POST
@needs(Permission.PUBLISH_BRIEF)
def publish(request: HttpRequest, month: str) -> HttpResponse:
    act = {"by": request.user, "now": timezone.now(), "month": _checked(month)}
    return _act(request, month, actions.publish, act, _("已发布，并已通知全院各科室。"))


@needs(Permission.VIEW_INDICATORS)
def document(request: HttpRequest, month: str, kind: str) -> HttpResponse:
    """The brief as Word (docx) or PDF; a draft only for those who may edit it."""
    found = _visible(request, _checked(month))
    if found is None or kind not in DOCUMENTS:
        raise Http404
    made = DOCUMENTS[kind]
    answer = HttpResponse(made.make(found), content_type=made.content_type)
    name = f"{found.figures['institution']}医疗质量简报{month}.{kind}"
    answer["Content-Disposition"] = (
        f"attachment; filename=\"brief-{month}.{kind}\"; filename*=UTF-8''{quote(name)}"
    )
    return answer


def _checked(month: str) -> str:
    if not is_month(month):
        raise Http404
    return month


def _visible(request: HttpRequest, month: str) -> Brief | None:
    found = queries.brief_of(month)
    if found is not None and not found.published and not can(request.user, Permission.EDIT_BRIEF):
        return None
    return found


def _act(request: HttpRequest, month: str, action, arguments: dict, done: str) -> HttpResponse:
    try:
        action(**arguments)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, done)
    return redirect("reports:brief", month)


def _page(request: HttpRequest, month: str, *, form: SectionsForm | None = None) -> HttpResponse:
    found, editor = _visible(request, _checked(month)), can(request.user, Permission.EDIT_BRIEF)
    if found is None and not editor:
        raise Http404
    revision = latest_revision(month) if found is not None and found.published else None
    found_values = [one for one in revised_values(revision) if one.differs]
    of_hospital = [one for one in found_values if one.place is None]
    context = {
        "month": month,
        "revision": revision,
        "names": names(on=first_day(shifted(month, 1))),
        "revised": of_hospital or found_values,  # a department reads its own
        "brief": found,
        "form": form or (SectionsForm(initial=found.sections) if found else None),
        "editing": editor and found is not None and not found.published,
        "may_edit": editor,
        "may_publish": can(request.user, Permission.PUBLISH_BRIEF),
    }
    return render(request, "reports/brief.html", context, status=422 if form is not None else 200)

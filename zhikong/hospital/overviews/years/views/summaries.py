"""Written summaries: the list, one with its editor and figures, what stands behind a figure, documents."""

from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from zhikong.foundation.access.permissions import Permission
from zhikong.foundation.access.views_support import needs
from zhikong.hospital.overviews.years import rules_quoting as quoting
from zhikong.hospital.overviews.years.actions import summaries as actions
from zhikong.hospital.overviews.years.documents.summary import MAKERS
from zhikong.hospital.overviews.years.forms import SectionsForm, SummaryForm
from zhikong.hospital.overviews.years.models import Summary
from zhikong.hospital.overviews.years.queries import summaries as queries
from zhikong.hospital.overviews.years.queries.letters import keeps
from zhikong.hospital.overviews.years.views.pages import file, tabs, tried


@require_http_methods(["GET", "POST"])
@needs(Permission.VIEW_PLANS)
def summaries(request: HttpRequest) -> HttpResponse:
    """All summaries in sight, and drafting one."""
    now = timezone.now()
    form = SummaryForm(request.POST or None, today=timezone.localdate(now))
    if request.method == "POST" and form.is_valid():
        kind, month = form.said_period()
        made = tried(
            request, _("已按所选时点起草，请核对文字后发布。"),
            lambda: actions.draft(by=request.user, now=now, kind=kind, last_month=month, as_of=form.moment(now)),
        )  # fmt: skip
        return redirect("years:summary", made.pk) if made else redirect("years:summaries")
    context = {"rows": queries.visible(request.user).defer("figures", "sections"), "form": form}
    return render(request, "years/summaries.html", context | tabs(request, "summaries"))


@require_GET
@needs(Permission.VIEW_PLANS)
def summary(request: HttpRequest, pk: int) -> HttpResponse:
    return _page(request, _found(request, pk))


def _page(request: HttpRequest, found: Summary, form: SectionsForm | None = None) -> HttpResponse:
    entries = found.figures["entries"]
    editing = keeps(request.user) and not found.published
    context = {
        "summary": found,
        "editing": editing,
        "form": form or (SectionsForm(summary=found) if editing else None),
        "indicators": [one for one in entries if one["what"] == "indicator"],
        "counts": [one for one in entries if one["what"] != "indicator"],
        "unsourced": _unsourced(found) if editing else [],
    } | tabs(request, "summaries")
    return render(request, "years/summary.html", context, status=422 if form is not None else 200)


def _unsourced(found: Summary) -> list[tuple[str, str]]:
    """(section, numbers without a figure behind them); the list of gaps quotes the plan and is left out."""
    rows = [
        (one["title"], "、".join(quoting.unsourced(one["text"], found.figures["entries"])))
        for one in found.sections
        if one["key"] != "gaps"
    ]
    return [(title, numbers) for title, numbers in rows if numbers]


@require_POST
@needs(Permission.KEEP_YEAR)
def act(request: HttpRequest, pk: int, act: str) -> HttpResponse:
    """edit, publish, or draft again with what is known now."""
    found, who = _found(request, pk), {"by": request.user, "now": timezone.now()}
    if act == "edit":
        return _edit(request, found, who)
    if act == "publish":
        tried(request, _("已发布。"), lambda: actions.publish(**who, found=found))
    elif act == "again":
        tried(
            request, _("已按最新数据重新起草。"),
            lambda: actions.draft(**who, kind=found.kind, last_month=found.last_month),
        )  # fmt: skip
    else:
        raise Http404
    return redirect("years:summary", pk)


def _edit(request: HttpRequest, found: Summary, who: dict) -> HttpResponse:
    form = SectionsForm(request.POST, summary=found)
    if not form.is_valid():
        return _page(request, found, form)
    try:
        actions.edit(**who, found=found, texts=form.cleaned_data)
    except ValidationError as error:
        form.add_error(None, error)
        return _page(request, found, form)
    return redirect("years:summary", found.pk)


@require_GET
@needs(Permission.VIEW_PLANS)
def figure(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """What stands behind one figure: definition version, rows, data version."""
    found = _found(request, pk)
    one = queries.entry(found, number)
    if one is None:
        raise Http404
    context = {"summary": found, "entry": one, "rows": queries.rows_of(one)} | tabs(request, "summaries")
    return render(request, "years/figure.html", context)


@require_GET
@needs(Permission.VIEW_PLANS)
def document(request: HttpRequest, pk: int, kind: str) -> HttpResponse:
    found = _found(request, pk)
    if kind not in MAKERS:
        raise Http404
    make, content_type = MAKERS[kind]
    return file(
        make(found), content_type, f"{found.title}.{kind}", f"summary-{found.kind}-{found.last_month}.{kind}"
    )


def _found(request: HttpRequest, pk: int) -> Summary:
    found = queries.summary(pk, request.user)
    if found is None:
        raise Http404
    return found

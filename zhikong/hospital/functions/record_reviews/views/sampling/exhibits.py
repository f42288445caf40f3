"""The board of exhibited records, and how one comes to hang there."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from zhikong.foundation.access.permissions import Permission, can
from zhikong.foundation.access.views_support import needs
from zhikong.foundation.facts.charts import NoSuchChart, chart_of
from zhikong.foundation.flows.queries import cases_of_source
from zhikong.hospital.functions.record_reviews.actions.sampling import contests as objections
from zhikong.hospital.functions.record_reviews.actions.sampling import exhibits as actions
from zhikong.hospital.functions.record_reviews.forms_sampling import ExhibitForm, FindChartForm, ReasonForm
from zhikong.hospital.functions.record_reviews.models import Contest, Exhibit
from zhikong.hospital.functions.record_reviews.queries.sampling import exhibits as queries
from zhikong.hospital.functions.record_reviews.views.sampling import common
from zhikong.hospital.functions.record_reviews.views.sampling.contests import own_department

SIGN = "\x1f"


@require_GET
@needs(Permission.VIEW_RECORD_CHECKS)
def board(request: HttpRequest) -> HttpResponse:
    """What hangs; ?kind= narrows."""
    kind = request.GET.get("kind", "")
    kind = kind if kind in Exhibit.Kind.values else ""
    names = common.department_names()
    keeps = can(request.user, Permission.ASSIGN_REVIEWS) or can(request.user, Permission.ARBITRATE_REVIEWS)
    context = {
        "cards": [
            (one, names.get(one.department_id, "") if one.show_department else "")
            for one in queries.board(kind=kind)[:60]
        ],
        "kind": kind,
        "kinds": Exhibit.Kind.choices,
        "drafts": queries.drafts() if keeps else (),
        "may_assign": can(request.user, Permission.ASSIGN_REVIEWS),
        "tab": "exhibits",
    }
    return render(request, "record_reviews/sampling/exhibits.html", context)


@require_http_methods(["GET", "POST"])
@needs(Permission.ASSIGN_REVIEWS)
def new(request: HttpRequest) -> HttpResponse:
    """Which record, then which parts of it. ?stay_id= and ?contest= come from a contest's page."""
    stay_id = request.GET.get("stay_id", "").strip()
    if not stay_id:
        return render(request, "record_reviews/sampling/exhibit_find.html", {"form": FindChartForm()})
    try:
        chart = chart_of(stay_id, by=request.user, purpose="准备病历展示")
    except NoSuchChart as missing:
        messages.error(request, str(missing))
        return redirect("record_reviews:exhibit_new")
    choices = [
        (f"{document.id}{SIGN}{section.name}", f"{document.title} · {section.name}")
        for document in chart.documents
        for section in document.sections
    ]
    contest = _contest(request.GET.get("contest", ""))
    form = ExhibitForm(
        request.POST or None, sections=choices, initial={"kind": request.GET.get("kind", "good")}
    )
    if request.method == "POST" and form.is_valid():
        made = common.attempt(
            request, lambda: _make(request, form, chart, contest), _("草稿已建立，请核对后送审。")
        )
        if made:
            return redirect("record_reviews:exhibit", made.pk)
    context = {"form": form, "chart": chart, "contest": contest}
    return render(request, "record_reviews/sampling/exhibit_form.html", context)


def _contest(raw: str) -> Contest | None:
    return Contest.objects.filter(pk=int(raw)).first() if raw.isdigit() else None


def _make(request: HttpRequest, form: ExhibitForm, chart, contest: Contest | None) -> Exhibit:
    told = form.cleaned_data
    return actions.make_exhibit(
        by=request.user, now=timezone.now(), kind=told["kind"], stay_id=chart.stay_id, month=chart.month,
        title=told["title"], remark=told["remark"], contest=contest, show_department=told["show_department"],
        sections=[tuple(one.split(SIGN, 1)) for one in told["sections"]],
    )  # fmt: skip


@require_GET
@needs(Permission.VIEW_RECORD_CHECKS)
def page(request: HttpRequest, pk: int) -> HttpResponse:
    """One exhibit: for everybody once it hangs, before that for who makes and who approves it."""
    one = common.found_or_404(queries.exhibit(pk))
    may_assign = can(request.user, Permission.ASSIGN_REVIEWS)
    may_judge = can(request.user, Permission.ARBITRATE_REVIEWS)
    if one.state != Exhibit.State.PUBLISHED and not (may_assign or may_judge):
        raise Http404
    names = common.department_names()
    unpublished = one.state in (Exhibit.State.DRAFT, Exhibit.State.SUBMITTED)
    context = {
        "one": one,
        "place": names.get(one.department_id, "") if one.show_department or unpublished else "",
        "comments": queries.comments(one),
        "leaks": queries.leaks_of(one, by=request.user) if unpublished else (),
        "may_assign": may_assign,
        "may_approve": may_judge and one.submitted_by_id != request.user.pk,
        "objectable": one.state == Exhibit.State.PUBLISHED
        and queries.open_for_objection(one.objection_until, timezone.localdate()),
        "objections": cases_of_source(source_kind=actions.SOURCE, source_key=str(one.pk)),
        "reason_form": ReasonForm(),
        "tab": "exhibits",
    }
    return render(request, "record_reviews/sampling/exhibit.html", context)


@require_POST
@needs(Permission.ASSIGN_REVIEWS)
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Save the words of a draft."""
    one = common.found_or_404(queries.exhibit(pk))
    parts = [
        {"title": part["title"], "text": request.POST.get(f"part_{number}", part["text"])}
        for number, part in enumerate(one.parts)
    ]
    common.attempt(
        request,
        lambda: actions.edit(
            one, by=request.user, title=request.POST.get("title", one.title),
            remark=request.POST.get("remark", ""), parts=parts,
        ),
        _("已保存。"),
    )  # fmt: skip
    return redirect("record_reviews:exhibit", one.pk)


@require_POST
@needs(Permission.VIEW_RECORD_CHECKS)
def act(request: HttpRequest, pk: int, act: str) -> HttpResponse:
    """clear, submit, approve, return, withdraw, object: each asks for its own permission."""
    one = common.found_or_404(queries.exhibit(pk))
    by, now, reason = request.user, timezone.now(), request.POST.get("reason", "")
    steps = {
        "clear": (lambda: actions.clear_again(one, by=by), _("已再次去标识。")),
        "submit": (lambda: actions.submit(one, by=by, now=now), _("已送审。")),
        "approve": (lambda: actions.approve(one, by=by, now=now), _("已批准展示，异议期开始。")),
        "return": (lambda: actions.send_back(one, by=by, now=now, reason=reason), _("已退回修改。")),
        "withdraw": (lambda: actions.withdraw(one, by=by, now=now, reason=reason), _("已撤下。")),
        "object": (lambda: _object(one, by=by, now=now, reason=reason), _("异议已登记，请等待受理。")),
    }
    if act not in steps:
        raise Http404
    step, done = steps[act]
    try:
        common.attempt(request, step, done)
    except PermissionDenied as refused:
        if act != "object":
            raise
        messages.error(request, str(refused))
    return redirect(reverse("record_reviews:exhibit", args=[one.pk]))


def _object(one: Exhibit, *, by, now, reason: str):
    return objections.object_to(
        by=by, now=now, source=actions.SOURCE, key=one.pk, until=one.objection_until, title=one.title,
        reason=reason, department_id=own_department(by),
    )  # fmt: skip


@require_POST
@needs(Permission.VIEW_RECORD_CHECKS)
def comment(request: HttpRequest, pk: int) -> HttpResponse:
    """Say something of it, or (hide=) take a comment away."""
    one = common.found_or_404(queries.exhibit(pk))
    hide = request.POST.get("hide", "")
    if hide.isdigit():
        said = common.found_or_404(one.comments.filter(pk=int(hide)).first())
        actions.hide_comment(said, by=request.user, now=timezone.now())
    else:
        common.attempt(
            request,
            lambda: actions.comment(
                one, by=request.user, now=timezone.now(), text=request.POST.get("text", "")
            ),
            _("点评已发布。"),
        )
    return redirect(f"{reverse('record_reviews:exhibit', args=[one.pk])}#comments")

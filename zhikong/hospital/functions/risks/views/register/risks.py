"""The risk register: the matrix and the list, one risk, and what is done to it."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from zhikong.foundation.access.permissions import Permission, can
from zhikong.foundation.access.views_support import needs
from zhikong.foundation.findings.models import Finding
from zhikong.hospital.functions.risks import forms
from zhikong.hospital.functions.risks.actions.register import writing
from zhikong.hospital.functions.risks.models.register import Control, Risk
from zhikong.hospital.functions.risks.queries.register import people
from zhikong.hospital.functions.risks.queries.register import risks as queries
from zhikong.hospital.functions.risks.queries.register.scale import scale
from zhikong.hospital.functions.risks.views.common import (
    attempt,
    departments_for,
    first_error,
    found_or_404,
    with_scale,
)

SHOWN = 200


@require_GET
@needs(Permission.VIEW_RISKS)
@with_scale
def listed(request: HttpRequest) -> HttpResponse:
    """The matrix of all open risks in scope, what asks to be written down, and the list."""
    today, asked = timezone.localdate(), request.GET
    department = asked.get("department", "")
    show = asked.get("show", "open")
    found = queries.risks(
        today=today,
        show=show,
        category=asked.get("category", ""),
        text=asked.get("q", "").strip(),
        department_id=int(department) if department.isascii() and department.isdigit() else None,
    )
    rows = queries.ranked(found, today=today)
    context = {
        "rows": rows[:SHOWN],
        "more": max(len(rows) - SHOWN, 0),
        "matrix": queries.matrix([row.risk for row in rows if row.risk.state != Risk.State.CLOSED]),
        "scale": scale(),
        "categories": dict(scale().categories),
        "warnings": queries.warnings(today=today),
        "late": queries.late_controls(today=today)[:20],
        "show": show,
        "category": asked.get("category", ""),
        "q": asked.get("q", ""),
        "may_write": can(request.user, Permission.MANAGE_RISKS),
        "tab": "register",
    }
    return render(request, "risks/register/list.html", context)


@require_http_methods(["GET", "POST"])
@needs(Permission.MANAGE_RISKS)
@with_scale
def new(request: HttpRequest) -> HttpResponse:
    """Write a risk down, by hand or from a warning (?finding=)."""
    cause = _cause(request)
    form = forms.RiskForm(
        request.POST or None,
        departments=departments_for(request.user, Permission.MANAGE_RISKS),
        whole=can(request.user, Permission.MANAGE_RISKS, whole_hospital=True),
        people=people.owners(),
        initial=_proposed(request, cause),
    )
    if request.method == "POST" and form.is_valid():
        told = dict(form.cleaned_data)
        if cause is not None:
            told |= {
                "source_kind": "finding",
                "source_key": str(cause.pk),
                "clause_key": cause.clause_key,
            }
        made = attempt(
            request,
            lambda: writing.write_risk(by=request.user, now=timezone.now(), **told),
            _("已登记。"),
        )
        if made:
            _link_cause(request, made, cause)
            return redirect("risks:risk", made.pk)
    return render(request, "risks/register/form.html", {"form": form, "scale": scale(), "cause": cause})


def _cause(request: HttpRequest) -> Finding | None:
    asked = request.GET.get("finding", "")
    return Finding.objects.filter(pk=asked).first() if asked.isascii() and asked.isdigit() else None


def _proposed(request: HttpRequest, cause: Finding | None) -> dict:
    if cause is None:
        return {"owner": request.user.pk}
    return {
        "title": cause.title,
        "scenario": cause.detail,
        "department_id": cause.department_id,
        "owner": request.user.pk,
    }


def _link_cause(request: HttpRequest, made: Risk, cause: Finding | None) -> None:
    if cause is not None:
        writing.link(
            made, by=request.user, now=timezone.now(), kind="finding", key=str(cause.pk), label=str(cause)
        )


@require_GET
@needs(Permission.VIEW_RISKS)
@with_scale
def page(request: HttpRequest, pk: int) -> HttpResponse:
    """One risk: where it stands, what holds it down, its story."""
    risk = found_or_404(queries.risk(pk))
    return render(request, "risks/register/risk.html", _context(request, risk))


def _context(request: HttpRequest, risk: Risk) -> dict:
    may_write = can(
        request.user, Permission.MANAGE_RISKS, risk.department_id, whole_hospital=risk.department_id is None
    )
    found, level = scale(), scale().level(*risk.now_at)
    return {
        "risk": risk,
        "level": level,
        "inherent": found.level(*risk.inherent),
        "residual": found.level(risk.residual_likelihood, risk.residual_severity),
        "category": dict(found.categories).get(risk.category, risk.category),
        "controls": risk.controls.select_related("responsible", "in_effect_by").order_by("kind", "pk"),
        "steps": risk.risksteps.select_related("by").order_by("-at", "-pk"),
        "links": risk.risklinks.order_by("pk"),
        "open": risk.state != Risk.State.CLOSED,
        "overdue": risk.state != Risk.State.CLOSED and risk.review_on < timezone.localdate(),
        "may_write": may_write,
        "may_accept": level is not None and _may_accept(request.user, level, may_write),
        "review_form": forms.ReviewForm(risk=risk, auto_id="review_%s"),
        "control_form": forms.ControlForm(people=people.doers(risk.department_id), auto_id="control_%s"),
        "owners": people.owners(risk.department_id),
        "tab": "register",
    }


def _may_accept(user, level, may_write: bool) -> bool:
    if level.accept == "leader":
        return can(user, Permission.ACCEPT_RISKS, whole_hospital=True)
    return may_write


@require_POST
@needs(Permission.VIEW_RISKS)
@with_scale
def act(request: HttpRequest, pk: int, act: str) -> HttpResponse:
    """One act on a risk; the actions ask for the permission that each needs."""
    risk = found_or_404(queries.risk(pk))
    do = found_or_404(ACTS.get(act))
    do(request, risk)
    return redirect("risks:risk", pk)


def _review(request: HttpRequest, risk: Risk) -> None:
    form = forms.ReviewForm(request.POST, risk=risk)
    _if_valid(
        request,
        form,
        lambda told: writing.review(risk, by=request.user, now=timezone.now(), **told),
        _("已复评。"),
    )


def _control(request: HttpRequest, risk: Risk) -> None:
    form = forms.ControlForm(request.POST, people=people.doers(risk.department_id))
    _if_valid(
        request,
        form,
        lambda told: writing.add_control(risk, by=request.user, now=timezone.now(), **told),
        _("已登记，责任人会收到待办。"),
    )


def _if_valid(request: HttpRequest, form, do, done: str) -> None:
    if form.is_valid():
        attempt(request, lambda: do(form.cleaned_data), done)
    else:
        messages.error(request, first_error(form))


def _with_reason(action, done):
    def do(request: HttpRequest, risk: Risk) -> None:
        attempt(
            request,
            lambda: action(risk, by=request.user, now=timezone.now(), reason=request.POST.get("reason", "")),
            done,
        )

    return do


def _owner(request: HttpRequest, risk: Risk) -> None:
    chosen = request.POST.get("owner", "")
    owner = next((one for one in people.owners(risk.department_id) if str(one.pk) == chosen), None)
    owner = found_or_404(owner)
    attempt(
        request,
        lambda: writing.hand_over(
            risk, by=request.user, now=timezone.now(), owner=owner, reason=request.POST.get("reason", "")
        ),
        _("已更换负责人。"),
    )


ACTS = {
    "review": _review,
    "control": _control,
    "accept": _with_reason(writing.accept, _("已批准接受。")),
    "close": _with_reason(writing.close, _("已关闭。")),
    "owner": _owner,
}


@require_POST
@needs(Permission.VIEW_RISKS)
@with_scale
def control(request: HttpRequest, pk: int, control: int) -> HttpResponse:
    """A measure works from now on, or no longer."""
    found = found_or_404(
        Control.objects.select_related("risk", "responsible").filter(pk=control, risk_id=pk).first()
    )
    by, now, said = request.user, timezone.now(), request.POST.get("text", "")
    if request.POST.get("act") == "withdraw":
        attempt(request, lambda: writing.withdraw_control(found, by=by, now=now, reason=said), _("已停用。"))
    else:
        attempt(request, lambda: writing.put_in_effect(found, by=by, now=now, proof=said), _("已登记落实。"))
    return redirect("risks:risk", pk)

"""Sealings: the register, what is to be sealed, both sides' signatures on the spot, and the opening."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from zhikong.foundation.access.permissions import Permission, can
from zhikong.foundation.access.views_support import needs
from zhikong.hospital.functions.complaints import forms_disputes_sealing as forms
from zhikong.hospital.functions.complaints import rules_disputes_clocks as timing
from zhikong.hospital.functions.complaints.actions.disputes import sealing as actions
from zhikong.hospital.functions.complaints.models.disputes_sealing import Sealing, SealSignature
from zhikong.hospital.functions.complaints.queries.disputes import people, reading
from zhikong.hospital.functions.complaints.queries.disputes.rules import rules
from zhikong.hospital.functions.complaints.rules_disputes_sealing import missing_sides, paths_of
from zhikong.hospital.functions.complaints.views.disputes.acts import attempt, first_error
from zhikong.hospital.functions.complaints.views.disputes.board import departments, looked


@require_GET
def listed(request: HttpRequest) -> HttpResponse:
    """What lies sealed, and since when."""
    looked(request)
    show = request.GET.get("show", "sealed")
    zone, years = timezone.get_current_timezone(), rules().seal_years
    rows = [
        (one, timing.seal_over(one.sealed_at, years, zone=zone) if one.sealed_at else None)
        for one in reading.sealings(show=show)[:300]
    ]
    context = {
        "rows": rows, "show": show, "states": Sealing.State.choices, "tab": "sealings",
        "may_seal": can(request.user, Permission.HANDLE_DISPUTES),
    }  # fmt: skip
    return render(request, "complaints/disputes/sealings.html", context)


@require_http_methods(["GET", "POST"])
@needs(Permission.HANDLE_DISPUTES)
def new(request: HttpRequest) -> HttpResponse:
    """Write down what will be sealed; ?dispute= and ?continues= fill in what is known."""
    dispute = _named(request, "dispute", reading.dispute)
    before = _named(request, "continues", lambda pk: Sealing.objects.filter(pk=pk).first())
    form = forms.SealingForm(
        request.POST or None, departments=departments(), officers=people.officers(),
        initial=_proposed(request, dispute, before),
    )  # fmt: skip
    if request.method == "POST" and form.is_valid():
        made = attempt(
            request,
            lambda: actions.prepare(
                by=request.user,
                now=timezone.now(),
                dispute=dispute or (before.dispute if before else None),
                continues=before,
                **form.cleaned_data,
            ),
            _("已登记，请双方当场签名。"),
        )
        if made:
            return redirect("complaints:sealing", made.pk)
    context = {"form": form, "rows": form.rows(), "kinds": rules().items, "dispute": dispute, "before": before,
               "tab": "sealings"}  # fmt: skip
    return render(request, "complaints/disputes/sealing_new.html", context)


def _named(request: HttpRequest, name: str, find):
    asked = request.GET.get(name, "")
    return find(int(asked)) if asked.isascii() and asked.isdigit() and len(asked) < 12 else None


def _proposed(request: HttpRequest, dispute, before) -> dict:
    told = {"custodian": request.user.pk, "kept_at": _("医务科"), "stay_id": request.GET.get("stay", "")[:64]}
    if dispute is not None:
        told |= {"department_id": dispute.department_id, "stay_id": dispute.stay_id, "reason": dispute.number}
    if before is not None:
        told |= {"department_id": before.department_id, "stay_id": before.stay_id, "patient": before.patient,
                 "reason": _("补封后完成的病历（先前封存 %(n)s）") % {"n": before.number}, "place": before.place}  # fmt: skip
    return told


def found_or_404(request: HttpRequest, pk: int) -> Sealing:
    looked(request)
    found = Sealing.objects.select_related("custodian", "dispute", "continues").filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


@require_GET
def page(request: HttpRequest, pk: int) -> HttpResponse:
    """One sealing: the list, the signatures, the lock, the opening."""
    found = found_or_404(request, pk)
    act = "seal" if found.state == Sealing.State.DRAFT else "open"
    signatures = list(found.signatures.select_related("account").order_by("pk"))
    signed = {one.side for one in signatures if one.act == act}
    zone, years = timezone.get_current_timezone(), rules().seal_years
    context = {
        "sealing": found, "items": found.items.order_by("pk"), "act": act, "tab": "sealings",
        "kinds": {one.code: one.title for one in rules().items},
        "signatures": [(one, paths_of(one.strokes)) for one in signatures],
        "missing": [SealSignature.Side(side).label for side in missing_sides(signed)],
        "may": can(request.user, Permission.HANDLE_DISPUTES, found.department_id),
        "sign_form": forms.SignForm(auto_id="sign_%s"), "open_form": forms.OpenSealForm(auto_id="open_%s"),
        "ends": timing.seal_over(found.sealed_at, years, zone=zone) if found.sealed_at else None,
        "later": found.later.order_by("pk"),
    }  # fmt: skip
    return render(request, "complaints/disputes/sealing.html", context)


@require_POST
@needs(Permission.HANDLE_DISPUTES)
def act(request: HttpRequest, pk: int, act: str) -> HttpResponse:
    """Sign, seal, drop, open."""
    found = found_or_404(request, pk)
    do = {"sign": _sign, "seal": _seal, "drop": _drop, "open": _open}.get(act)
    if do is None:
        raise Http404
    do(request, found)
    return redirect("complaints:sealing", pk)


def _sign(request: HttpRequest, found: Sealing) -> None:
    form = forms.SignForm(request.POST)
    if not form.is_valid():
        messages.error(request, first_error(form))
        return
    act = "seal" if found.state == Sealing.State.DRAFT else "open"
    attempt(
        request,
        lambda: actions.sign(found, by=request.user, now=timezone.now(), act=act, **form.cleaned_data),
        _("已签名。"),
    )


def _seal(request: HttpRequest, found: Sealing) -> None:
    absent = request.POST.get("absent_reason", "")
    done = _("已封存，病历从现在起锁定。") if found.kind == Sealing.Kind.RECORD else _("已封存。")
    attempt(
        request,
        lambda: actions.seal(found, by=request.user, now=timezone.now(), absent_reason=absent),
        done,
    )


def _drop(request: HttpRequest, found: Sealing) -> None:
    reason = request.POST.get("reason", "")
    attempt(
        request,
        lambda: actions.drop(found, by=request.user, now=timezone.now(), reason=reason),
        _("已取消。"),
    )


def _open(request: HttpRequest, found: Sealing) -> None:
    form = forms.OpenSealForm(request.POST)
    if not form.is_valid():
        messages.error(request, first_error(form))
        return
    attempt(
        request,
        lambda: actions.open_seal(found, by=request.user, now=timezone.now(), **form.cleaned_data),
        _("已启封，病历可以继续书写。") if found.kind == Sealing.Kind.RECORD else _("已启封。"),
    )

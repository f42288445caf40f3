"""Places with a printed code, the page that a scan opens, key departments and links, and a check that begins at once."""

from __future__ import annotations

import io

import qrcode
import qrcode.image.svg
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from zhikong.foundation.access.permissions import Permission, can
from zhikong.foundation.access.views_support import needs
from zhikong.foundation.organisation import queries as organisation
from zhikong.hospital.functions.inspections.actions.planning import places as actions
from zhikong.hospital.functions.inspections.actions.planning import rounds
from zhikong.hospital.functions.inspections.forms_planning import KeyPointForm, PlaceForm
from zhikong.hospital.functions.inspections.models.planning import KeyPoint
from zhikong.hospital.functions.inspections.queries.planning import places as queries
from zhikong.hospital.functions.inspections.queries.planning import visits
from zhikong.hospital.functions.inspections.rules_planning import UPCOMING
from zhikong.hospital.functions.inspections.views.planning import common


@require_GET
@needs(Permission.VIEW_INSPECTIONS)
def listed(request: HttpRequest) -> HttpResponse:
    """Places by the way through the house."""
    context = {"places": queries.places(), "names": _names(), "plans": common.plans(request), "tab": "places"}
    return render(request, "inspections/planning/places.html", context)


def _names() -> dict[int, str]:
    return organisation.names(on=timezone.localdate())


@require_http_methods(["GET", "POST"])
@needs(Permission.PLAN_INSPECTIONS)
def edit(request: HttpRequest, code: str = "") -> HttpResponse:
    """A new place, or another name and way for one."""
    known = common.found_or_404(queries.place(code)) if code else None
    initial = {name: getattr(known, name) for name in actions.FIELDS} if known else {}
    initial |= {"department": known.department_id} if known else {}
    form = PlaceForm(request.POST or None, initial=initial, on=timezone.localdate())
    if request.method == "POST" and form.is_valid():
        given = {**form.cleaned_data, "form_ids": request.POST.getlist("forms")}
        given["department_id"] = given.pop("department")
        who = {"by": request.user, "now": timezone.now()}
        done = common.attempt(
            request,
            lambda: (
                actions.change_place(known, **who, **given) if known else actions.add_place(**who, **given)
            ),
            _("检查点已保存。"),
        )
        if done:
            return redirect("inspections:places")
    chosen = known.form_ids if known else ()
    context = {"form": form, "place": known, "choices": common.checklists(chosen), "tab": "places"}
    return render(request, "inspections/planning/place_form.html", context)


@require_POST
@needs(Permission.PLAN_INSPECTIONS)
def end(request: HttpRequest, code: str) -> HttpResponse:
    place = common.found_or_404(queries.place(code))
    common.attempt(
        request, lambda: actions.end_place(place, by=request.user, now=timezone.now()), _("检查点已停用。")
    )
    return redirect("inspections:places")


@require_GET
def page(request: HttpRequest, code: str) -> HttpResponse:
    """What a scan opens: the place, its visits, and the button that begins a check here."""
    place = common.found_or_404(queries.place(code))
    here = visits.visits(department_id=place.department_id, states=UPCOMING)
    names = _names()
    context = {
        "place": place,
        "department": names.get(place.department_id, ""),
        "visits": [one for one in here if one.place_id in (None, place.pk)],
        "mine": {one.pk for one in visits.mine(request.user)},
        "forms": [one for one in common.checklists(place.form_ids) if one.chosen],
        "may_start": place.ended_at is None and can(request.user, Permission.INSPECT, place.department_id),
        "tab": "places",
    }
    return render(request, "inspections/planning/place.html", context)


@require_GET
@needs(Permission.PLAN_INSPECTIONS)
def codes(request: HttpRequest) -> HttpResponse:
    """A sheet to print and cut: one square for each place."""
    wanted = request.GET.get("department", "")
    found = queries.places(department_id=int(wanted) if wanted.isdigit() else None)
    names = _names()
    cards = [
        {
            "place": one,
            "department": names.get(one.department_id, ""),
            "square": square(request.build_absolute_uri(reverse("inspections:place", args=[one.code]))),
        }
        for one in found
    ]
    return render(request, "inspections/planning/codes.html", {"cards": cards, "tab": "places"})


def square(address: str) -> str:
    """An address as a square code: SVG made here from our own address."""
    made = qrcode.make(
        address,
        image_factory=qrcode.image.svg.SvgPathImage,
        border=1,
        error_correction=qrcode.ERROR_CORRECT_M,
    )
    out = io.BytesIO()
    made.save(out)
    text = out.getvalue().decode()
    return mark_safe(
        text[text.index("<svg") :]
        .replace("<svg ", '<svg aria-hidden="true" ', 1)
        .replace(' id="qr-path"', "")
    )


@require_http_methods(["GET", "POST"])
@needs(Permission.INSPECT)
def start(request: HttpRequest) -> HttpResponse:
    """Begin a check now (INS-12): department, checklists, go; a scanned place fills in what it knows."""
    place = queries.place(request.GET.get("place", "") or request.POST.get("place", ""))
    known = [
        one
        for one in organisation.departments(on=timezone.localdate())
        if can(request.user, Permission.INSPECT, one.id)
    ]
    if request.method == "POST":
        raw = request.POST.get("department", "")
        chosen = next((one for one in known if raw.isdigit() and one.id == int(raw)), None)
        forms = request.POST.getlist("forms")
        if chosen is None or not forms:
            common.attempt(request, lambda: _refuse(chosen))
        else:
            visit = common.attempt(
                request,
                lambda: rounds.start_ad_hoc(
                    by=request.user, now=timezone.now(), department_id=chosen.id, form_ids=forms,
                    place_id=place.pk if place else None,
                ),
                _("检查已开始。"),
            )  # fmt: skip
            if visit:
                return redirect("inspections:visit", visit.pk)
    first = place.department_id if place else known[0].id if len(known) == 1 else None
    context = {
        "place": place,
        "departments": known,
        "first": first,
        "forms": common.checklists(place.form_ids if place else request.POST.getlist("forms")),
        "tab": "mine",
    }
    return render(request, "inspections/planning/start.html", context)


def _refuse(chosen) -> None:

    raise ValidationError(_("请选择科室。") if chosen is None else _("请至少选择一份检查表。"))


@require_http_methods(["GET", "POST"])
@needs(Permission.VIEW_INSPECTIONS)
def key_points(request: HttpRequest) -> HttpResponse:
    """Key departments, posts and links (CLN-04, CLN-27): drawn more often than others."""
    form = KeyPointForm(request.POST or None, on=timezone.localdate())
    if request.method == "POST" and form.is_valid():
        given = {**form.cleaned_data}
        given["department_id"] = given.pop("department") or None
        done = common.attempt(
            request,
            lambda: actions.watch(by=request.user, now=timezone.now(), **given),
            _("已列入重点清单。"),
        )
        if done:
            return redirect("inspections:key_points")
    context = {
        "form": form,
        "points": queries.key_points(),
        "names": _names(),
        "plans": common.plans(request),
        "tab": "key_points",
    }
    return render(request, "inspections/planning/key_points.html", context)


@require_POST
@needs(Permission.PLAN_INSPECTIONS)
def key_point_end(request: HttpRequest, pk: int) -> HttpResponse:
    point = common.found_or_404(KeyPoint.objects.filter(pk=pk).first())
    common.attempt(
        request,
        lambda: actions.stop_watching(point, by=request.user, now=timezone.now()),
        _("已从重点清单取消。"),
    )
    return redirect("inspections:key_points")

"""Targets: a set for hospitals of this level by one click, or the hospital's own list, shown before it is set."""

from __future__ import annotations

import tempfile
from datetime import date
from pathlib import Path
from urllib.parse import quote

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from zhikong.foundation.access.permissions import Permission
from zhikong.foundation.access.views_support import needs
from zhikong.hospital.functions.indicators import months as calendar
from zhikong.hospital.functions.indicators.catalogue import definitions, presets_by_name
from zhikong.hospital.functions.indicators.queries.targets import target_book
from zhikong.hospital.overviews.starting import workbook
from zhikong.hospital.overviews.starting.actions import targets as actions
from zhikong.hospital.overviews.starting.forms import TargetsForm
from zhikong.hospital.overviews.starting.queries import readiness, standing
from zhikong.intake.reasons import FileRefused

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.MANAGE_TARGETS)
def targets(request: HttpRequest) -> HttpResponse:
    """The sets, the list, its preview; POST act=confirm sets what was shown, act=preset one of the sets."""
    act = request.POST.get("act", "")
    if act in ("confirm", "preset"):
        return _set(request, act)
    sent = request.method == "POST"
    form = TargetsForm(
        request.POST if sent else None,
        request.FILES if sent else None,
        months=_months(),
        initial={"since": _first()},
    )
    shown = None
    if sent and form.is_valid():
        try:
            shown = _preview(form.cleaned_data)
        except FileRefused as refused:
            form.add_error("file", f"{refused.message}{refused.remedy}")
    context = {"form": form, "shown": shown, "presets": _presets(), "first": _first()}
    return render(request, "starting/targets.html", context, status=422 if form.errors else 200)


def _months() -> list[tuple[str, str]]:
    """January of the last two years, of this one and the next, and this month."""
    now = timezone.localdate()
    found = {f"{now.year + n}-01" for n in (-2, -1, 0, 1)} | {calendar.month_of(now)}
    return [(month, calendar.spoken(month)) for month in sorted(found)]


def _first() -> str:
    """The January from which targets hold for the first month of the data that are there."""
    month = readiness.chosen_month("", now=timezone.now())
    return min(f"{month[:4]}-01", _months()[-1][0])


def _presets() -> list[dict]:
    """Each set with how many of its targets the hospital has already."""
    book, month = target_book(), calendar.month_of(timezone.localdate())
    found = []
    for one in standing.suitable_presets():
        known = {name: said for name, said in one.targets.items() if name in definitions()}
        there = sum(
            book.of(definitions()[name], None, month).target == said.target
            and book.of(definitions()[name], None, month).origin == "hospital"
            for name, said in known.items()
        )
        found.append({"preset": one, "count": len(known), "there": there})
    return found


def _set(request: HttpRequest, act: str) -> HttpResponse:
    try:
        count = _confirmed(request) if act == "confirm" else _loaded(request)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect("starting:targets")
    messages.success(request, _("已设定 %(n)d 个目标值。") % {"n": count})
    return redirect("starting:index")


def _confirmed(request: HttpRequest) -> int:
    return actions.confirm(by=request.user, now=timezone.now(), token=request.POST.get("shown", ""))


def _loaded(request: HttpRequest) -> int:
    name, since = request.POST.get("preset", ""), request.POST.get("since", "")
    if name not in presets_by_name() or since not in dict(_months()):
        raise ValidationError(_("请选择目标值方案和起始月份。"))
    from zhikong.hospital.functions.indicators.actions import load_preset

    day = date.fromisoformat(f"{since}-01")
    return len(load_preset(by=request.user, now=timezone.now(), name=name, valid_from=day))


def _preview(said: dict) -> dict:
    with tempfile.NamedTemporaryFile(prefix="targets-") as kept:
        for chunk in said["file"].chunks():
            kept.write(chunk)
        kept.flush()
        lines = actions.read_list(Path(kept.name))
    month = said["since"]
    changing = actions.changing(lines, month=month)
    known = definitions()
    return {
        "since": month,
        "rows": [(one, known[one.indicator]) for one in changing],
        "bad": [one for one in lines if one.problem],
        "same": len(lines) - len(changing) - sum(bool(one.problem) for one in lines),
        "token": actions.sealed(changing, date.fromisoformat(f"{month}-01")) if changing else "",
    }


@require_safe
@needs(Permission.MANAGE_TARGETS)
def template(request: HttpRequest) -> HttpResponse:
    """Every indicator with its unit, to fill in what is wanted."""
    answer = HttpResponse(workbook.targets(), content_type=XLSX)
    answer["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(_('目标值清单'))}.xlsx"
    return answer

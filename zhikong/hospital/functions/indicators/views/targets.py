"""The hospital's own targets: what is in force, its history, and setting a new one (SYS-03)."""

from datetime import date

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.signing import Signer
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from zhikong.engine.definitions import Definition
from zhikong.foundation.access.permissions import Permission
from zhikong.foundation.access.views_support import needs
from zhikong.foundation.organisation.queries import names
from zhikong.hospital.functions.indicators import actions
from zhikong.hospital.functions.indicators import months as calendar
from zhikong.hospital.functions.indicators.catalogue import Preset, definitions, presets_by_name
from zhikong.hospital.functions.indicators.forms import TargetForm
from zhikong.hospital.functions.indicators.models import IndicatorTarget
from zhikong.hospital.functions.indicators.queries.figures import frame
from zhikong.hospital.functions.indicators.queries.target_preview import (
    effect_of,
    effects_of,
    pair_text,
    year_rows,
)
from zhikong.hospital.functions.indicators.queries.targets import target_book
from zhikong.hospital.functions.indicators.selection import covered_departments


@needs(Permission.MANAGE_TARGETS)
def targets(request: HttpRequest) -> HttpResponse:
    """Every indicator with the target of this month and where it comes from."""
    month, book = _this_month(), target_book()
    rows = [(d, book.of(d, None, month), _own(book, d.id)) for d in definitions().values()]
    presets = [
        (p, sum(i in definitions() for i in p.targets))
        for p in presets_by_name().values()
        if p.suits(book.level)
    ]
    return render(request, "indicators/targets.html", {"rows": rows, "presets": presets, "month": month})


@needs(Permission.MANAGE_TARGETS)
def target(request: HttpRequest, indicator_id: str) -> HttpResponse:
    """One indicator's targets; a new one is added, the old ones stay in the history."""
    definition = definitions().get(indicator_id)
    if definition is None:
        raise Http404
    today, book, shown = timezone.localdate(), target_book(), frame()
    in_force = book.of(definition, None, _this_month())
    form = TargetForm(
        request.POST or None,
        years=range(today.year - 1, today.year + 3),
        departments=covered_departments(_this_month()),
        initial={
            "year": today.year,
            "mm": today.month,
            "hospital_only": in_force.row is not None and in_force.row.hospital_only,
        },
    )
    effect, places = None, [None, *(d.id for d in covered_departments(_this_month()))]
    if request.method == "POST" and form.is_valid():
        if _seen(request, indicator_id, form) and _set(request, indicator_id, form):
            return redirect("indicators:targets")
        effect = effect_of(shown, book, definition, _wanted(indicator_id, form), places)
    year = _year(request, today.year)
    rows = year_rows(book, definition, places, year)
    context = {
        "definition": definition,
        "form": form,
        "in_force": in_force,
        "history": book.history(indicator_id),
        "names": names(on=today),
        "effect": effect,
        "stamp": _stamp(indicator_id, form) if effect else "",
        "rows": rows,
        "alike": len(places) - len(rows),
        "year": year,
        "near_years": range(today.year - 2, today.year + 2),
        "pair": pair_text(definition, book.level, shown, today),
    }
    return render(request, "indicators/target.html", context, status=422 if form.errors else 200)


def _year(request: HttpRequest, now: int) -> int:
    text = request.GET.get("year", "")
    return int(text) if text.isdigit() and 2000 <= int(text) <= 2100 else now


def _stamp(indicator_id: str, form: TargetForm) -> str:
    """A signature of exactly this target: whoever sends it back has been shown what it changes."""
    said = form.cleaned_data
    parts = [
        indicator_id,
        *(str(said[name]) for name in ("department", "hospital_only", "at_least", "at_most")),
    ]
    return Signer(salt="indicators.target").sign("|".join(parts)).rsplit(":", 1)[1]


def _seen(request: HttpRequest, indicator_id: str, form: TargetForm) -> bool:
    return constant_time_compare(request.POST.get("seen", ""), _stamp(indicator_id, form))


def _wanted(indicator_id: str, form: TargetForm) -> IndicatorTarget:
    said = form.cleaned_data
    return IndicatorTarget(
        indicator_id=indicator_id,
        department_id=said["department"],
        hospital_only=said["hospital_only"] and said["department"] is None,
        at_least=said["at_least"],
        at_most=said["at_most"],
    )


@needs(Permission.MANAGE_TARGETS)
@require_http_methods(["GET", "POST"])
def preset(request: HttpRequest, name: str) -> HttpResponse:
    """Take over a preset from this year's January on, after its effect was shown."""
    found = presets_by_name().get(name)
    if found is None:
        raise Http404
    stamp, now = _preset_stamp(found), timezone.now()
    if request.method == "POST" and constant_time_compare(request.POST.get("seen", ""), stamp):
        set_ = actions.load_preset(
            by=request.user, now=now, name=name, valid_from=date(timezone.localdate(now).year, 1, 1)
        )
        messages.success(
            request, _("已按方案 %(name)s 设定 %(n)s 项目标值。") % {"name": name, "n": len(set_)}
        )
        return redirect("indicators:targets")
    places = [None, *(d.id for d in covered_departments(_this_month()))]
    rows = effects_of(frame(), target_book(), _of_preset(found), places)
    context = {
        "preset": found,
        "stamp": stamp,
        "rows": rows,
        "changed": sum(bool(effect.changed) for _definition, _new, effect in rows),
        "names": names(on=timezone.localdate()),
    }
    return render(request, "indicators/preset.html", context)


def _of_preset(preset: Preset) -> list[tuple[Definition, IndicatorTarget]]:
    """The preset's targets as rows that are not saved yet."""
    return [
        (
            definitions()[name],
            IndicatorTarget(
                indicator_id=name,
                hospital_only=said.hospital_only,
                at_least=said.target.low,
                at_most=said.target.high,
            ),
        )
        for name, said in preset.targets.items()
        if name in definitions()
    ]


def _preset_stamp(preset: Preset) -> str:
    """A signature of the preset's targets as they are now: whoever sends it back has been shown what they change."""
    parts = [f"{name}={said.target.low}/{said.target.high}" for name, said in sorted(preset.targets.items())]
    return Signer(salt="indicators.preset").sign("|".join([preset.name, *parts])).rsplit(":", 1)[1]


def _this_month() -> str:
    return calendar.month_of(timezone.localdate())


def _own(book, indicator_id: str) -> int:
    return sum(1 for key in book.rows if key[0] == indicator_id and key[1] is not None)


def _set(request: HttpRequest, indicator_id: str, form: TargetForm) -> bool:
    said = form.cleaned_data
    try:
        actions.set_target(
            by=request.user,
            now=timezone.now(),
            indicator_id=indicator_id,
            department_id=said["department"],
            hospital_only=said["hospital_only"],
            valid_from=date(said["year"], said["mm"], 1),
            at_least=said["at_least"],
            at_most=said["at_most"],
            source=said["source"],
            reason=said["reason"],
        )
    except ValidationError as error:
        form.add_error(None, error)
        return False
    messages.success(request, _("目标值已保存。已结账的月份不受影响。"))
    return True

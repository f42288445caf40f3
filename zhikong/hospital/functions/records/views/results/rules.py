"""The library of rules: the list, one rule with its settings and their effect, and the set that the hospital follows."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.signing import Signer
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from zhikong.engine.record_rules import Severity
from zhikong.engine.record_rules.clock.limits import limit
from zhikong.engine.record_rules.verdicts import Override
from zhikong.foundation.access.permissions import Permission, can
from zhikong.foundation.access.views_support import needs
from zhikong.foundation.facts.record_rules import KIND
from zhikong.hospital.functions.records import facets
from zhikong.hospital.functions.records.actions.results import settings as actions
from zhikong.hospital.functions.records.forms_results import PresetForm, SettingForm
from zhikong.hospital.functions.records.models import RuleSetting
from zhikong.hospital.functions.records.queries.results import compliance, in_force, library
from zhikong.hospital.functions.records.queries.results.choosing import chosen, last_months, place_names
from zhikong.hospital.functions.records.queries.results.screenings import screening_of
from zhikong.hospital.functions.records.queries.results.systems import system_names
from zhikong.hospital.functions.records.queries.running.policy import precision_of, precisions

SET_FIELDS = ("active", "limit", "severity", "points", "interrupts", "hard_stop")


@require_GET
@needs(Permission.VIEW_RECORD_CHECKS)
def listing(request: HttpRequest) -> HttpResponse:
    """Every rule with what it belongs to, whether it judges, and how the month went."""
    asked, today = chosen(request), timezone.localdate()
    every = library.lines(on=today, month=asked.month, screening=screening_of(asked.month))
    found = library.matching(every, request.GET)
    context = {
        "chosen": asked,
        "lines": found,
        "every": len(every),
        "active": sum(line.state == "active" for line in every),
        "no_limit": sum(line.state == "no_limit" for line in every),
        "broken": sum(bool(line.broken or line.tally.error) for line in every),
        "precisions": precisions(),
        "preset": in_force.preset_on(today),
        "asked": {name: request.GET.get(name, "") for name in library.FACETS},
        "may_set": can(request.user, Permission.MANAGE_RECORD_RULES, whole_hospital=True),
        **choices(every),
    }
    return render(request, "records/results/rules.html", context)


def choices(every: list[library.RuleLine]) -> dict[str, Any]:
    """What the filters offer: only what some rule has."""
    systems, names = {name for line in every for name in line.systems}, system_names()
    return {
        "stages": [(code, word) for code, word in facets.STAGES.items() if any(x.stage == code for x in every)],
        "aspects": [(code, word) for code, word in facets.ASPECTS.items() if any(x.aspect == code for x in every)],
        "kinds": [(code, word) for code, word in facets.KINDS.items() if any(x.kind == code for x in every)],
        "presets": list(facets.PRESETS.items()),
        "systems": sorted((code, names.get(code, code)) for code in systems),
        "rows": sorted({row for line in every for row in line.rows}),
        "states": [
            ("active", _("执行中")), ("off", _("未启用")), ("no_limit", _("待设时限")), ("replaced", _("被更严的规则替代")),
        ],
    }  # fmt: skip


@require_http_methods(["GET", "POST"])
@needs(Permission.VIEW_RECORD_CHECKS)
def rule_page(request: HttpRequest, rule: str) -> HttpResponse:
    """One rule; POST shows what a setting would change, and sets it once that was seen."""
    today, asked = timezone.localdate(), chosen(request)
    known = in_force.all_rules(on=today).get(rule)
    if known is None:
        raise Http404
    may_set = can(request.user, Permission.MANAGE_RECORD_RULES, whole_hospital=True)
    form, effect, stamp = _form(known, today), None, ""
    if request.method == "POST":
        form = SettingForm(request.POST, has_limit=hasattr(known, "limit"))
        if form.is_valid():
            stamp = _stamp(rule, form)
            if constant_time_compare(request.POST.get("seen", ""), stamp):
                if _set(request, known, form):
                    return redirect("records:rule", rule)
            else:
                effect = _effect(request, known, form, asked.month)
    context = _context(known, asked, today) | {
        "may_set": may_set, "may_read_versions": can(request.user, Permission.EDIT_DEFINITIONS), "form": form, "effect": effect, "stamp": stamp if effect else "",
        "shown_form": request.method == "POST",
    }  # fmt: skip
    return render(request, "records/results/rule.html", context, status=422 if form.errors else 200)


def _form(rule: Any, today: date) -> SettingForm:
    own = in_force.setting_of(rule.id, on=today)
    initial = {name: getattr(own, name) for name in SET_FIELDS} | {"valid_from": today}
    for name in ("active", "interrupts", "hard_stop"):
        initial[name] = {True: "1", False: "0"}.get(initial[name], "")
    return SettingForm(initial=initial, has_limit=hasattr(rule, "limit"))


def _context(rule: Any, asked, today: date) -> dict[str, Any]:
    (line,) = [
        one for one in library.lines(on=today, month=asked.month, screening=screening_of(asked.month))
        if one.rule.id == rule.id
    ]  # fmt: skip
    months = last_months(asked.month) if asked.month else []
    by_month = compliance.tallies("month", months=months, department=asked.department, rules=[rule.id])
    by_place = compliance.tallies("place", months=[asked.month], rules=[rule.id]) if asked.month else {}
    trend = [by_month.get((month,), facets.Tally()) for month in months]
    return {
        "rule": rule,
        "sentence": facets.sentence_of(rule, _limit_words(line.setting.limit)),
        "line": line,
        "chosen": asked,
        "kind_id": KIND,
        "mark": facets.MARKS.get(str(rule.source.mark), rule.source.mark),
        "responsible": facets.RESPONSIBLE.get(str(getattr(rule, "responsible", "") or ""), ""),
        "system_names": [(code, system_names().get(code, code)) for code in line.systems],
        "trend": list(zip(months, trend, strict=True)),
        "rates": [one.rate for one in trend],
        "tally": by_month.get((asked.month,), facets.Tally()),
        "departments": sorted(
            ((code, place_names().get(code, code), tally) for (code,), tally in by_place.items() if tally.judged or tally.error),
            key=lambda one: (-one[2].failed, one[1]),
        ),
        "history": RuleSetting.objects.filter(rule=rule.id).select_related("set_by").order_by("-pk")[:20],
        "examples": library.examples(rule.id),
        "precision": precision_of(rule.id),
    }  # fmt: skip


def _limit_words(text: str | None) -> str:
    return limit(text).words if text else ""


def _override(form: SettingForm) -> Override:
    said = {name: form.cleaned_data.get(name) for name in SET_FIELDS}
    made = {name: None if value == "" else value for name, value in said.items()}
    return Override(**made | {"severity": Severity(made["severity"]) if made["severity"] else None})


def _effect(request: HttpRequest, rule: Any, form: SettingForm, month: str):
    """(month, counts now, counts then) or None when nothing can be shown; a limit that cannot be read is said."""
    wanted = _override(form)
    try:
        if wanted.limit:
            actions.check_limit(rule, wanted.limit)
    except ValidationError as error:
        form.add_error("limit", error)
        return None
    if not month:
        return {"month": "", "now": facets.Tally(), "then": facets.Tally()}
    before, after = actions.effect_of(rule, wanted, month=month, now=timezone.now(), by=request.user)
    return {"month": month, "now": before, "then": after if wanted.active is not False else facets.Tally()}


def _stamp(rule: str, form: SettingForm) -> str:
    """A signature of exactly this setting: whoever sends it back has been shown what it changes."""
    said = [str(form.cleaned_data.get(name)) for name in (*SET_FIELDS, "valid_from")]
    return Signer(salt="records.rule").sign("|".join([rule, *said])).rsplit(":", 1)[1]


def _set(request: HttpRequest, rule: Any, form: SettingForm) -> bool:
    said = form.cleaned_data
    try:
        actions.set_rule(
            by=request.user, now=timezone.now(), rule=rule.id, valid_from=said["valid_from"], reason=said["reason"],
            active=said["active"], limit_text=said.get("limit") or "", severity=said["severity"], points=said["points"],
            interrupts=said["interrupts"], hard_stop=said["hard_stop"],
        )  # fmt: skip
    except ValidationError as error:
        form.add_error(None, error)
        return False
    messages.success(request, _("设置已保存，自生效日起的筛查按新设置判断。"))
    return True


@require_http_methods(["GET", "POST"])
@needs(Permission.MANAGE_RECORD_RULES)
def preset(request: HttpRequest) -> HttpResponse:
    """Which set of rules the hospital follows: the national one, or the stricter ones."""
    today = timezone.localdate()
    form = PresetForm(
        request.POST or None, initial={"preset": in_force.preset_on(today), "valid_from": today}
    )
    if request.method == "POST" and form.is_valid():
        try:
            actions.choose_preset(by=request.user, now=timezone.now(), **form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("规则组已保存。"))
            return redirect("records:rules")
    strict = [rule for rule in in_force.all_rules(on=today).values() if "seeds" in facets.presets_of(rule)]
    context = {"form": form, "strict": strict, "preset": in_force.preset_on(today)}
    return render(request, "records/results/preset.html", context, status=422 if form.errors else 200)

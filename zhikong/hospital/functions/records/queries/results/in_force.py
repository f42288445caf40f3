"""Which rules judge records on a day, and what the hospital set otherwise than the rules say."""

from __future__ import annotations

from dataclasses import dataclass, fields, is_dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from zhikong.engine.record_rules import Severity
from zhikong.engine.record_rules.verdicts import Override
from zhikong.foundation.access.scope import once
from zhikong.foundation.facts.record_rules import rules_in_force as published_rules
from zhikong.hospital.functions.records.models import PresetChoice, RuleSetting

NATIONAL = PresetChoice.Preset.NATIONAL.value


@dataclass(frozen=True)
class Setting:
    """What the hospital set for a rule; None leaves the rule's own word."""

    rule: str
    active: bool | None = None
    limit: str | None = None
    severity: str | None = None
    points: Decimal | None = None
    interrupts: bool | None = None
    hard_stop: bool | None = None
    valid_from: date | None = None
    reason: str = ""

    @property
    def empty(self) -> bool:
        """Nothing is set, or everything was taken back."""
        said = (self.active, self.limit, self.severity, self.points, self.interrupts, self.hard_stop)
        return all(one is None for one in said)


def settings_in_force(*, on: date) -> dict[str, Setting]:
    """Rule -> what the hospital set for it that holds on the day. Asked once a request."""
    return once(f"records.settings.{on}", lambda: _settings(on))


def _settings(on: date) -> dict[str, Setting]:
    rows = RuleSetting.objects.filter(valid_from__lte=on).order_by("rule", "-valid_from", "-pk")
    return {row.rule: _setting(row) for row in rows.distinct("rule")}


def _setting(row: RuleSetting) -> Setting:
    return Setting(
        row.rule, row.active, row.limit or None, row.severity or None, row.points, row.interrupts,
        row.hard_stop, row.valid_from, row.reason,
    )  # fmt: skip


def setting_of(rule: str, *, on: date) -> Setting:
    """The hospital's setting of one rule; an empty one when there is none."""
    return settings_in_force(on=on).get(rule, Setting(rule))


def preset_on(on: date) -> str:
    """The set of rules that the hospital follows on a day."""
    row = PresetChoice.objects.filter(valid_from__lte=on).order_by("-valid_from", "-pk").first()
    return row.preset if row else NATIONAL


def all_rules(*, on: date) -> dict[str, Any]:
    """Every published rule by id as the packs and the hospital's own versions say it, active or not."""
    return once(f"records.all_rules.{on}", lambda: {rule.id: rule for rule in published_rules(on=on)})


def active_ids(*, on: date) -> set[str]:
    """The rules that judge on the day: the hospital's word first, then the rule's own with its presets.

    A rule whose limit is still to be set judges nothing. One that is replaced by an active one rests.
    """
    rules, settings, preset = all_rules(on=on), settings_in_force(on=on), preset_on(on)
    active = {key for key, rule in rules.items() if _is_active(rule, settings.get(key), preset)}
    replaced = {getattr(rules[key], "replaces", None) for key in active} - {None, ""}
    return {key for key in active if key not in replaced}


def _is_active(rule: Any, setting: Setting | None, preset: str) -> bool:
    if getattr(rule, "needs_limit", False) and not (setting and setting.limit):
        return False
    if setting is not None and setting.active is not None:
        return setting.active
    presets = tuple(getattr(rule, "presets", ()) or ())
    return bool(getattr(rule, "active", True)) and (not presets or preset in presets)


def rules_in_force(*, on: date) -> list[Any]:
    """The rules that judge on the day, in the order of their ids, with the hospital's points and severity.

    Limits are applied by the engine: it takes `overrides(on=…)` beside the rules, so that versions and hashes stay
    those of the published rule.
    """
    rules, settings = all_rules(on=on), settings_in_force(on=on)
    return [applied(rules[key], settings.get(key)) for key in sorted(active_ids(on=on))]


def applied(rule: Any, setting: Setting | None) -> Any:
    """The rule with what a setting changes without the evaluator: points and severity."""
    if setting is None or not is_dataclass(rule):
        return rule
    changes: dict[str, Any] = {}
    if setting.points is not None:
        changes["points"] = setting.points
    if setting.severity is not None:
        changes["severity"] = Severity(setting.severity)
    known = {field.name for field in fields(rule)}
    return replace(rule, **{name: value for name, value in changes.items() if name in known})


def overrides(*, on: date) -> dict[str, Override]:
    """What the engine and the pages of open stays take beside the rules: the hospital's word by rule."""
    return {
        key: Override(
            active=one.active, limit=one.limit, severity=Severity(one.severity) if one.severity else None,
            interrupts=one.interrupts, hard_stop=one.hard_stop, points=one.points,
        )
        for key, one in settings_in_force(on=on).items()
        if not one.empty
    }  # fmt: skip

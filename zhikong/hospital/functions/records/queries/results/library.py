"""The library of rules: every rule with what it belongs to, whether it judges, and how the month went."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import yaml
from django.utils.translation import gettext as _

from zhikong.engine.record_rules.clock.limits import limit
from zhikong.foundation.facts.record_rules import KIND
from zhikong.foundation.packstore import shelf
from zhikong.hospital.functions.records import facets
from zhikong.hospital.functions.records.facets import Tally
from zhikong.hospital.functions.records.queries.results import in_force
from zhikong.hospital.functions.records.queries.results.compliance import tallies
from zhikong.hospital.functions.records.queries.results.in_force import Setting

FACETS = ("stage", "system", "aspect", "kind", "row", "preset", "state", "q")


@dataclass(frozen=True)
class RuleLine:
    """A rule of the library. state: active, off, no_limit (a limit must be set first), replaced by another."""

    rule: Any
    state: str
    setting: Setting
    tally: Tally
    why: str = ""
    broken: str = ""

    @property
    def kind(self) -> str:
        return facets.kind_of(self.rule)

    @property
    def stage(self) -> str:
        return facets.stage_of(self.rule)

    @property
    def aspect(self) -> str:
        return facets.aspect_of(self.rule)

    @property
    def rows(self) -> tuple[str, ...]:
        return facets.rows_of(self.rule)

    @property
    def systems(self) -> tuple[str, ...]:
        return facets.systems_of(self.rule)

    @property
    def presets(self) -> tuple[str, ...]:
        return facets.presets_of(self.rule)

    @property
    def limit(self) -> str:
        """The limit that holds in words: the hospital's, else the rule's own; before an act without a lead: 事前."""
        text = self.setting.limit or limit_of(self.rule)
        words = limit(text).words if text else ""
        return (
            str(_("事前"))
            if str(getattr(self.rule, "demand", "")) == "before" and words == "0 分钟"
            else words
        )


def limit_of(rule: Any) -> str:
    """The limit as the rule writes it; empty for rules without one."""
    found = getattr(rule, "limit", None)
    return found.text if found is not None else ""


def lines(*, on: date, month: str, screening=None) -> list[RuleLine]:
    """Every published rule, by id, with the month's counts in the scope."""
    rules, settings = in_force.all_rules(on=on), in_force.settings_in_force(on=on)
    active = in_force.active_ids(on=on)
    counted = {key: tally for (key,), tally in tallies("rule", months=[month]).items()} if month else {}
    unmet, broken = (screening.unmet, screening.broken) if screening else ({}, {})
    return [
        RuleLine(
            rule,
            state_of(rule, settings.get(key), active, rules),
            settings.get(key, Setting(key)),
            counted.get(key, Tally()),
            unmet.get(key, ""),
            broken.get(key, ""),
        )
        for key, rule in rules.items()
    ]


def state_of(rule: Any, setting: Setting | None, active: set[str], rules: Mapping[str, Any]) -> str:
    """Why a rule judges or does not."""
    if rule.id in active:
        return "active"
    if getattr(rule, "needs_limit", False) and not (setting and setting.limit):
        return "no_limit"
    if any(getattr(rules[key], "replaces", None) == rule.id for key in active):
        return "replaced"
    return "off"


def matching(found: list[RuleLine], asked: Mapping[str, str]) -> list[RuleLine]:
    """The lines that a query leaves; words are looked for in title, id and source."""
    tests = {
        "stage": lambda line, said: line.stage == said,
        "aspect": lambda line, said: line.aspect == said,
        "kind": lambda line, said: line.kind == said,
        "system": lambda line, said: said in line.systems,
        "row": lambda line, said: said in line.rows,
        "preset": lambda line, said: said in line.presets,
        "state": lambda line, said: line.state == said,
        "q": lambda line, said: said.lower() in _words(line.rule),
    }
    wanted = {name: said for name in FACETS if (said := asked.get(name, "").strip())}
    return [line for line in found if all(tests[name](line, said) for name, said in wanted.items())]


def _words(rule: Any) -> str:
    return f"{rule.id} {rule.title} {rule.source.document} {rule.source.clause}".lower()


@dataclass(frozen=True)
class ShownExample:
    """A worked example of a rule: what it shows, and which verdict it must get."""

    name: str
    verdict: str
    text: str


def examples(rule_id: str) -> list[ShownExample]:
    """The worked examples beside a packaged rule; none for one that only the hospital has."""
    packaged = shelf.of(KIND, rule_id, samples=True)
    file = packaged.file.with_name(f"{rule_id}{shelf.EXAMPLES}") if packaged else None
    if file is None or not file.is_file():
        return []
    found = yaml.safe_load(file.read_text("utf-8-sig")) or []
    return [ShownExample(str(one.get("name", "")), str(one.get("verdict", "")), _told(one)) for one in found]


def _told(example: Mapping) -> str:
    """The rows of an example as they stand in its file."""
    said = {name: example[name] for name in ("now", "tables") if name in example}
    return yaml.safe_dump(
        said, allow_unicode=True, sort_keys=False, default_flow_style=None, width=110
    ).strip()

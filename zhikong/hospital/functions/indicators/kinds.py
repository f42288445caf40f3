"""Indicators and target presets in the pack store: read with the engine's checks, shown in words, tried on the data."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from django.template.loader import render_to_string
from django.utils.translation import gettext_lazy as _

from zhikong.engine.definitions import Definition
from zhikong.engine.definitions.loading import Named, definition_of_text
from zhikong.engine.definitions.located import read_text
from zhikong.engine.definitions.problems import Problem
from zhikong.engine.definitions.shelves import preset_of
from zhikong.foundation.packstore import kinds
from zhikong.foundation.packstore.rules import HOSPITAL
from zhikong.hospital.functions.indicators import wording
from zhikong.hospital.functions.indicators.catalogue import INDICATOR, TARGETS, Preset, catalogue

STARTER = """\
id: {id}
version: 1
status: published
name: {zh: 新指标, zh-hant: 新指標, en: New indicator}
why: 一句话写明为什么要看这个指标。
source: {document: 本院制度, clause: 写明条款, mark: memory}
owner: medical_affairs
checker: quality_office
next_review: 2027-12-31
table: stays
date: discharged_at
department: discharge_department
kind: ratio
numerator: {count: "days > 30"}
denominator: {rows: true}
multiplier: 100
unit: "%"
direction: monitor
"""


def register() -> None:
    """Make both kinds known to the pack store; called when the app is ready."""
    kinds.register(
        kinds.Kind(
            code=INDICATOR,
            folder="indicators",
            title=_("指标"),
            parse=parse,
            title_of=lambda definition: definition.title(),
            holds=lambda definition: definition.status == "published",
            preview=preview,
            effect=effect,
            preview_url="indicators:preview",
            before_publish=before_publish,
            starter=STARTER,
        )
    )
    kinds.register(
        kinds.Kind(
            code=TARGETS,
            folder="targets",
            title=_("目标值方案"),
            parse=parse_preset,
            title_of=lambda preset: preset.title,
            preview=preview_preset,
            effect=effect_of_preset,
            id_key="preset",
            self_contained=False,  # it may name indicators that the hospital itself published
        )
    )


def parse(text: str, *, file: Path) -> Definition | list[Problem]:
    """An indicator with every check of the engine; what it names besides tables is read from the packs."""
    codes = {name: found.ranges for name, found in catalogue().codes.items()}
    named = Named(rules=catalogue().rules, indicators=catalogue().indicators)
    return definition_of_text(text, file=file, pack=HOSPITAL, codes=codes, named=named)


def parse_preset(text: str, *, file: Path) -> Preset | list[Problem]:
    """A preset whose indicators all exist, in the packs or as the hospital's own."""
    from zhikong.hospital.functions.indicators.catalogue import definitions, preset_said

    said = read_text(text, file=file)
    checked = preset_of(said, {**catalogue().indicators, **definitions()})
    if isinstance(checked, list):
        return checked
    name = said.data.get("name")
    if not isinstance(name, dict) or not isinstance(name.get("zh"), str) or not name["zh"].strip():
        return [said.problem(("name",), "缺少中文名称。", "请写成 name: {zh: 方案名称}。")]
    if not isinstance(said.data["source"].get("document"), str):
        return [said.problem(("source",), "source 缺少 document。", "请写明依据的文件。")]
    return preset_said(said.data)


def preview(request, definition: Definition) -> str:
    """The definition in sentences made from what is computed."""
    context = {
        "definition": definition,
        "population": wording.population_text(definition),
        "numerator": wording.measure_text(definition.numerator, definition),
        "denominator": wording.measure_text(definition.denominator, definition),
        "exclusions": wording.exclusion_texts(definition),
    }
    return render_to_string("indicators/_preview.html", context, request=request)


def preview_preset(request, preset: Preset) -> str:
    rows = [(_name(name), said.target.text(_unit(name)), said) for name, said in preset.targets.items()]
    return render_to_string("indicators/_preview_targets.html", {"rows": rows}, request=request)


def effect(old: Definition | None, new: Definition, *, now: datetime) -> list[str]:
    """The last finished months by both definitions, recomputed on the published data."""
    from zhikong.hospital.functions.indicators import trying  # it needs the models, which are not ready yet

    return trying.sentences(old, new, now=now)


def before_publish(version, *, by) -> None:
    """Nobody publishes a definition without having seen what it changes."""
    from zhikong.hospital.functions.indicators.actions.previewing import (
        refuse_unseen,  # models are not ready yet
    )

    refuse_unseen(version, by=by)


def effect_of_preset(old: Preset | None, new: Preset, *, now: datetime) -> list[str]:
    """Which targets would be other ones; taking them over is a step of its own."""
    before: Mapping = old.targets if old else {}
    changed = [
        f"{_name(name)}：目标由 {_text(before.get(name), name)} 变为 {_text(said, name)}。"
        for name, said in new.targets.items()
        if name not in before or before[name].target != said.target
    ]
    left = [_name(name) for name in before if name not in new.targets]
    if left:
        changed.append(f"没有写到的 {len(left)} 项沿用内容包：{'、'.join(left[:8])}。")
    return [*changed, "发布后，在“目标值”页面采用这个方案，新的目标才用于考核；已结账的月份不变。"]


def _text(said, indicator_id: str) -> str:
    return "无" if said is None else said.target.text(_unit(indicator_id))


def _definition(indicator_id: str) -> Definition | None:
    from zhikong.hospital.functions.indicators.catalogue import definitions

    return definitions().get(indicator_id) or catalogue().indicators.get(indicator_id)


def _name(indicator_id: str) -> str:
    found = _definition(indicator_id)
    return found.title() if found else indicator_id


def _unit(indicator_id: str) -> str:
    found = _definition(indicator_id)
    return found.unit if found else ""

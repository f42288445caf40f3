"""What the data's quality says against an indicator's number, for pages that this function does not own."""

from __future__ import annotations

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext as _

from zhikong.engine.quality.issues import HOSPITAL
from zhikong.engine.quality.model import Kind
from zhikong.engine.tables import TABLES
from zhikong.foundation.access.scope import current_scope
from zhikong.foundation.facts import quality_runs
from zhikong.foundation.facts.quality_notes import Note, Place
from zhikong.foundation.findings.sources import Source
from zhikong.foundation.organisation.models import Department
from zhikong.hospital.functions.data_quality.library import rulebook
from zhikong.hospital.functions.data_quality.queries.choosing import place_names
from zhikong.hospital.functions.data_quality.queries.runs import shown_run
from zhikong.hospital.functions.data_quality.rules import field_name


def notes(*, month: str, place: Place) -> Iterator[Note]:
    """“数据质量：本月骨科 7% 的病例缺出院主要诊断编码（12 / 171），影响本指标。” for shares above the limit.

    Nothing is said of a month that was not inspected, which is not the same as nothing being wrong.
    """
    run = shown_run()
    if run is None or month not in run.months:
        return
    code = HOSPITAL if place is None else _code(place)
    limit, severe = rulebook().thresholds.limits[Kind.MISSING], rulebook().thresholds.severe
    for (field, where), effects in quality_runs.effects_of(run.folder, month=month).items():
        if where != code:
            continue
        for effect in effects:
            percent = 100 * effect.affected / effect.base
            if percent > limit.percent:
                yield Note(
                    effect.indicator,
                    _sentence(field, percent, effect),
                    effect.affected,
                    effect.base,
                    url=f"{reverse('data_quality:table', args=[field[0]])}?month={month}&kind=missing",
                    severity="bad" if percent >= severe else "warn",
                )


def _sentence(field, percent: float, effect) -> str:
    owner = "" if field[0] == "stays" else f"“{TABLES[field[0]].meaning.split('：')[0]}”的"
    return _("本月 %(percent)s%% 的病例缺%(field)s（%(n)d / %(of)d），影响本指标") % {
        "percent": f"{percent:.0f}", "field": owner + field_name(field), "n": effect.affected, "of": effect.base,
    }  # fmt: skip


def _code(place: int) -> str | None:
    scope = current_scope()
    if not scope.covers(place):
        return None
    return Department.objects.filter(pk=place).values_list("code", flat=True).first()


def describe(key: str, department_id: int | None) -> Source | None:
    """What a finding that came from the front pages links to; key: ``front_pages@<month>@<rule>``."""
    parts = key.split("@")
    if len(parts) != 3 or parts[0] != "front_pages":
        return None
    code = _code(department_id) if department_id else None
    name = place_names().get(code or "", "") if code else ""
    address = f"{reverse('data_quality:front_pages')}?month={parts[1]}"
    address += f"&department={code}" if code else ""
    return Source(
        title=_("病案首页质量：%(name)s %(month)s") % {"name": name, "month": parts[1]},
        label=_("病案首页质控规则 %(rule)s") % {"rule": parts[2]} if parts[2] else _("病案首页质量"),
        url=address,
    )

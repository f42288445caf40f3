"""Rates, charts and what is frequent; the cases behind a figure; all of it as a workbook."""

from __future__ import annotations

from dataclasses import replace

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from zhikong.foundation.access.permissions import Permission
from zhikong.foundation.access.views_support import needs
from zhikong.foundation.audit.actions import log_read
from zhikong.hospital.functions.incidents import charting_learning as charting
from zhikong.hospital.functions.incidents import reports_learning as reports
from zhikong.hospital.functions.incidents import sheets_learning as sheets
from zhikong.hospital.functions.incidents.queries.learning import cases, clusters, culture, figures
from zhikong.hospital.functions.incidents.queries.learning.choosing import Chosen, chosen
from zhikong.hospital.functions.incidents.queries.learning.readers import place_names
from zhikong.hospital.functions.incidents.queries.reporting import categories
from zhikong.hospital.functions.incidents.rules_learning import TARGET
from zhikong.hospital.functions.incidents.rules_reporting import SHOWN_LEVELS
from zhikong.hospital.functions.incidents.views.learning.common import (
    context_of,
    download,
    picture,
    theme_of,
)
from zhikong.web.paper import WORD

ON_A_PAGE = 30


def dimensions() -> list[tuple[str, str]]:
    """By what the cases may be split."""
    return [
        ("category", _("类型")), ("place", _("地点")), ("shift", _("时段")), ("department", _("科室")),
        ("level", _("级别")), ("harm", _("后果")), ("cause", _("原因")),
    ]  # fmt: skip


def _by(request: HttpRequest) -> str:
    asked = request.GET.get("by", "")
    return asked if asked in dict(dimensions()) else "category"


@require_GET
@needs(Permission.LEARN_FROM_INCIDENTS)
def page(request: HttpRequest) -> HttpResponse:
    """How many, how often, where most."""
    asked, by = chosen(request), _by(request)
    found = figures.overview(asked, by=by)
    control, pareto = _control(found, asked), _pareto(found, asked, by)
    context = context_of(
        request, asked, "rates", found=found, by=by, dimensions=dimensions(), by_title=dict(dimensions())[by],
        control_stamp=charting.stamp(control) if control else "", control_alt=control["title"]["text"] if control else "",
        pareto_stamp=charting.stamp(pareto) if pareto else "", pareto_alt=pareto["title"]["text"] if pareto else "",
        now=timezone.now(), target=TARGET,
    )  # fmt: skip
    return render(request, "incidents/learning/overview.html", context)


def _subtitle(asked: Chosen) -> str:
    parts = [asked.place_name, f"{asked.first} — {asked.last}"]
    parts += [categories.title(asked.category)] if asked.category else []
    parts += [dict(asked.levels)[asked.level]] if asked.level else []
    return " · ".join(parts)


def _control(found: figures.Overview, asked: Chosen, theme: str = "light") -> dict | None:
    if found.drawn is None:
        return None
    return charting.control_picture(found.drawn, subtitle=_subtitle(asked), theme=theme)


def _pareto(found: figures.Overview, asked: Chosen, by: str, theme: str = "light") -> dict | None:
    shown = [(one.name, one.count) for one in found.lines if one.count]
    said = f"{_subtitle(asked)} · {dict(dimensions())[by]}"
    return charting.pareto_picture(shown, subtitle=said, theme=theme)


@require_GET
@needs(Permission.LEARN_FROM_INCIDENTS)
def control_chart(request: HttpRequest) -> HttpResponse:
    """The control chart as SVG."""
    asked, theme = chosen(request), theme_of(request)
    return picture(_control(figures.overview(asked), asked, theme))


@require_GET
@needs(Permission.LEARN_FROM_INCIDENTS)
def pareto_chart(request: HttpRequest) -> HttpResponse:
    """The Pareto chart as SVG."""
    asked, theme, by = chosen(request), theme_of(request), _by(request)
    return picture(_pareto(figures.overview(asked, by=by), asked, by, theme))


@require_GET
@needs(Permission.LEARN_FROM_INCIDENTS)
def behind(request: HttpRequest) -> HttpResponse:
    """The cases behind a figure: those that this reader may open, and no others."""
    asked, by, value = chosen(request), request.GET.get("by", ""), request.GET.get("value", "")
    month = request.GET.get("of", "")
    found = cases.listed(asked, by=by, value=value[:48], month=month)
    context = context_of(
        request, asked, "rates", page=Paginator(found, ON_A_PAGE).get_page(request.GET.get("page")),
        titles={one.id: one.title for one in categories.all_in_force()}, names=place_names(), levels=SHOWN_LEVELS,
        said=_said(asked, by, value, month),
    )  # fmt: skip
    return render(request, "incidents/learning/behind.html", context)


def _said(asked: Chosen, by: str, value: str, month: str) -> str:
    name = figures.name_of(by, value) if by else ""
    return " · ".join(part for part in (_subtitle(asked), month, name) if part)


@require_GET
@needs(Permission.LEARN_FROM_INCIDENTS)
def export(request: HttpRequest) -> HttpResponse:
    """Months and every split as Excel: what the reader sees on the pages, no more."""
    asked, now = chosen(request), timezone.localtime()
    whole = figures.overview(asked)
    splits = [(title, figures.overview(asked, by=by).lines) for by, title in dimensions()]
    content = sheets.workbook(asked, whole, splits, f"{now:%Y-%m-%d %H:%M}")
    log_read(
        by=request.user,
        subject="incidents.statistics",
        purpose=_("导出不良事件统计"),
        count=len(whole.months),
    )
    return download(content, f"不良事件统计 {now:%Y-%m-%d}.xlsx", sheets.XLSX)


@require_GET
@needs(Permission.LEARN_FROM_INCIDENTS)
def paper(request: HttpRequest) -> HttpResponse:
    """The analysis of a period in Word, for the leaders and the departments; a quarter unless another is asked for."""
    asked, now = chosen(request, span=3), timezone.localtime()
    splits = [
        (title, figures.overview(asked, by=by).lines) for by, title in dimensions()
        if by in ("category", "place", "shift", "department", "cause")
    ]  # fmt: skip
    year = replace(asked, span=max(asked.span, 12))
    content = reports.word(
        asked, figures.overview(asked), splits, culture.told(asked), clusters.seen(asked.reader),
        charted=(year, figures.overview(year).drawn), now=now,
    )  # fmt: skip
    log_read(by=request.user, subject="incidents.statistics", purpose=_("导出不良事件分析报告"), count=1)
    return download(content, f"不良事件分析报告 {now:%Y-%m-%d}.docx", WORD)

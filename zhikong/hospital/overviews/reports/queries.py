"""Reads of briefs."""

from zhikong.hospital.functions.indicators import months as calendar
from zhikong.hospital.functions.indicators.queries.figures import frame
from zhikong.hospital.overviews.reports.models import Brief


def briefs() -> dict[str, Brief]:
    """Month -> brief."""
    rows = Brief.objects.select_related("drafted_by", "edited_by", "published_by").defer(
        "figures", "sections"
    )
    return {brief.month: brief for brief in rows}


def brief_of(month: str) -> Brief | None:
    return Brief.objects.select_related("drafted_by", "edited_by", "published_by").filter(month=month).first()


def months_with_figures() -> list[str]:
    """Newest first."""
    run = frame().current
    return list(reversed(calendar.span(run.first_month, run.last_month))) if run else []

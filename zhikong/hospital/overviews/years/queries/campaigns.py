"""Campaigns of a year on their way into the next."""

from collections.abc import Iterator, Sequence
from datetime import date

from django.utils.translation import gettext as _

from zhikong.hospital.functions.campaigns.models import Campaign
from zhikong.hospital.functions.campaigns.queries import like
from zhikong.hospital.overviews.years.models import RollOverLine


def lines(*, months: Sequence[str]) -> Iterator[RollOverLine]:
    """One line for each campaign of the year before, with its dates a year later; one that is there already is left out."""
    year = int(months[0][:4])
    rows = Campaign.objects.filter(year=year).exclude(state=Campaign.State.WITHDRAWN)
    for campaign in rows.order_by("starts_on", "pk"):
        if like(campaign.name, year=year + 1) is not None:
            continue
        starts, ends = (shifted(day) for day in (campaign.starts_on, campaign.ends_on))
        words = _words(starts, ends)
        yield RollOverLine(
            kind=RollOverLine.Kind.CAMPAIGN, key=str(campaign.pk), title=campaign.name[:160], rule="keep",
            now={"words": f"（{words}）" if words else "", "state": str(campaign.get_state_display())},
            proposed={"starts_on": _said(starts), "ends_on": _said(ends)},
            why=_("本年的活动（%(state)s）：沿用，日期顺延一年%(words)s。")
            % {"state": campaign.get_state_display(), "words": f"（{words}）" if words else ""},
        )  # fmt: skip


def shifted(day: date | None) -> date | None:
    """The same day a year later; 29 February becomes the 28th."""
    if day is None:
        return None
    leap = day.month == 2 and day.day == 29
    return day.replace(year=day.year + 1, day=28 if leap else day.day)


def _said(day: date | None) -> str:
    return "" if day is None else f"{day:%Y-%m-%d}"


def _words(starts: date | None, ends: date | None) -> str:
    said = [f"{day.year} 年 {day.month} 月 {day.day} 日" for day in (starts, ends) if day]
    return " 至 ".join(said)

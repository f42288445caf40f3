"""A campaign once more in the next year: its stages and items a year later, as the plan of that year asks for it."""

from datetime import date, datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from zhikong.hospital.functions.campaigns.actions import start_from_plan
from zhikong.hospital.functions.campaigns.models import Campaign, Item
from zhikong.hospital.overviews.years.models import RollOver, RollOverLine
from zhikong.hospital.overviews.years.queries.campaigns import shifted


def start(line: RollOverLine, found: RollOver, *, by, now: datetime) -> int:
    """Start the next year's campaign of a line; gives its number."""
    before = Campaign.objects.get(pk=int(line.key))
    items = before.items.exclude(state=Item.State.DROPPED)
    made = start_from_plan(
        by=by, now=now, name=before.name, theme=before.theme, starts_on=_day(line.proposed["starts_on"]),
        ends_on=_day(line.proposed["ends_on"]),
        stages=[
            {"name": one.name, "starts_on": shifted(one.starts_on), "ends_on": shifted(one.ends_on)}
            for one in before.stages.all()
        ],
        items=[
            {"title": one.title, "department": one.department_id, "due_on": shifted(one.due_on), "says": one.measure}
            for one in items
        ],
        source={
            "document": _("%(year)d 年度结转") % {"year": found.year}, "clause": line.why[:200],
            "key": f"roll_over:{line.pk}", "url": reverse("years:roll_over", args=[found.pk]),
        },
    )  # fmt: skip
    return made.pk


def _day(said: str) -> date | None:
    return date.fromisoformat(said) if said else None

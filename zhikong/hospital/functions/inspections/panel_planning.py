"""What this part of the function shows of itself on pages that it does not own."""

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from zhikong.foundation.access.permissions import Permission, can
from zhikong.hospital.functions.inspections.queries.planning import programmes, visits
from zhikong.web.panels import CardRow, HomeCard, MenuEntry, Panel

MOST = 4


def home_cards(request) -> list[HomeCard]:
    """The next visits of an inspector; drafts that wait for who plans."""
    rows = []
    if can(request.user, Permission.PLAN_INSPECTIONS):
        rows += [
            CardRow(
                text=one.title,
                url=reverse("inspections:round", args=[one.pk]),
                state="warn",
                word=_("待确认"),
            )
            for one in programmes.rounds(states=["draft"])[:MOST]
        ]
    if can(request.user, Permission.INSPECT):
        rows += [_row(one) for one in visits.waiting_for(request.user)[:MOST]]
    if not rows:
        return []
    return [
        HomeCard(
            title=_("现场检查"),
            rows=tuple(rows),
            order=52,
            url=reverse("inspections:mine"),
            url_label=_("全部"),
        )
    ]


def _row(visit) -> CardRow:
    where = visit.department_name or visit.title
    return CardRow(
        text=f"{where}：{visit.title}" if visit.department_name else where,
        url=reverse("inspections:visit", args=[visit.pk]),
        note=f"{visit.planned_on:%m-%d}",
    )


def waiting(request) -> int:
    """How many visits this person still has to make."""
    return len(visits.waiting_for(request.user))


PANEL = Panel(
    menu=(
        MenuEntry(
            gettext_lazy("检查计划"),
            "inspections:programmes",
            "calendar-check",
            order=48,
            permission=Permission.VIEW_INSPECTIONS,
        ),
        MenuEntry(
            gettext_lazy("我的检查"),
            "inspections:mine",
            "clipboard-check",
            order=49,
            permission=Permission.INSPECT,
            badge=waiting,
        ),
    ),
    home_cards=home_cards,
)

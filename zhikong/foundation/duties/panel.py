"""What duties show of themselves on pages that they do not own."""

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from zhikong.foundation.access.permissions import Permission, can
from zhikong.foundation.duties import queries
from zhikong.web.panels import CardRow, HomeCard, MenuEntry, Panel, SearchHit

SHOWN = 5


def home_cards(request) -> list[HomeCard]:
    """Duties in scope that are past their date without evidence; nothing for who does not look at duties."""
    if not can(request.user, Permission.VIEW_DUTIES):
        return []
    missing = queries.missing(today=timezone.localdate()).prefetch_related(None)  # the card shows no proofs
    first = list(missing[:SHOWN])
    if not first:
        return []
    rows = tuple(
        CardRow(
            text=occurrence.title,
            url=reverse("duties:occurrence", args=[occurrence.pk]),
            note=f"{occurrence.place_name} · {occurrence.due_on:%m-%d}",
            state="bad",
            word=_("没有证据"),
        )
        for occurrence in first
    )
    count = len(first) if len(first) < SHOWN else missing.count()
    return [
        HomeCard(
            title=_("到期没有证据的职责"),
            rows=rows,
            order=35,
            url=reverse("duties:mine"),
            url_label=_("全部 %(n)d") % {"n": count},
        )
    ]


def search(request, text: str) -> list[SearchHit]:
    """Duties by their title, each leading to its history."""
    if not can(request.user, Permission.VIEW_DUTIES):
        return []
    found = [r for r in queries.duties(on=timezone.localdate()) if text.lower() in r.title.lower()]
    return [
        SearchHit(r.title, reverse("duties:history", args=[r.id]), gettext_lazy("周期职责"), r.obj.every.word)
        for r in found[:SHOWN]
    ]


PANEL = Panel(
    menu=(
        MenuEntry(
            gettext_lazy("周期职责"),
            "duties:matrix",
            "calendar-clock",
            order=60,
            permission=Permission.VIEW_DUTIES,
        ),
    ),
    home_cards=home_cards,
    search=search,
)

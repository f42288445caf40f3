"""The door signs of the help: headings of the guides answer the search."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from zhikong.hospital.overviews.help import contents
from zhikong.web.panels import Panel, SearchHit

MOST = 6


def search(request, q: str) -> list[SearchHit]:
    """Headings that hold the words."""
    return [
        SearchHit(title=one.title, url=_address(one), kind=_("使用说明"), note=one.page.title)
        for one in contents.found(q)[:MOST]
    ]


def _address(one: contents.Heading) -> str:
    return reverse("help:page", args=[one.page.name]) + (f"#{one.anchor}" if one.anchor else "")


PANEL = Panel(search=search)

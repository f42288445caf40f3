"""Collects what every app offers in its ``panel.py`` and shows what a reader may see."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from importlib import import_module
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext_lazy as _

from zhikong.foundation.access.permissions import Permission, can
from zhikong.foundation.organisation.queries import institution
from zhikong.site import discovery
from zhikong.site.monitoring.panel import PANEL as INSTALLATION
from zhikong.site.training.addresses import shown_address
from zhikong.web.panels import HomeCard, MenuEntry, Panel, SearchHit

MOST_HITS = 5
GROUPS = ((0, ""), (45, _("填报与检查")), (70, _("分析与报告")), (85, _("管理")))
"""Headings of the menu by the order of its entries: what everybody uses daily stands above them all."""
FOLDED_FROM = 85


@dataclass(frozen=True)
class MenuItem:
    """One line of the menu: label, address, icon, whether the page belongs to it, open count, heading above it."""

    label: str
    url: str
    icon: str
    active: bool
    badge: int
    group: str = ""
    folded: bool = False  # the group is closed until one of its pages is open


@dataclass(frozen=True)
class HitGroup:
    """What the search found of one kind; more: there is more than is shown."""

    kind: str
    hits: tuple[SearchHit, ...]
    more: bool


@cache
def panels() -> tuple[Panel, ...]:
    """The ``PANEL`` of every app that has one, and that of the installation itself."""
    apps = tuple(import_module(f"{app}.panel").PANEL for app in discovery.having("panel"))
    return (*apps, INSTALLATION)


def context(request: HttpRequest) -> dict[str, Any]:
    """Template context for a signed-in reader: menu, open to-dos, own name, the hospital's; made when a page draws it."""
    user = getattr(request, "user", None)
    marked = {"training": settings.TRAINING}
    if user is None or not user.is_authenticated:
        return {"menu": (), **marked}
    return {
        **marked,
        "training_url": SimpleLazyObject(shown_address),
        "menu": SimpleLazyObject(lambda: menu(request)),
        "home_cards": SimpleLazyObject(lambda: home_cards(request)),
        "later_cards": SimpleLazyObject(lambda: later_cards(request)),
        "search_groups": SimpleLazyObject(lambda: search_groups(request)),
        "todo_count": SimpleLazyObject(lambda: todo_count(request)),
        "user_label": SimpleLazyObject(lambda: user_label(request)),
        "hospital_name": SimpleLazyObject(lambda: hospital_name(request)),
    }


def todo_count(request: HttpRequest) -> int:
    """What is open for the reader, over all apps that count it."""
    return sum(panel.todo_count(request) for panel in panels() if panel.todo_count)


def search_groups(request: HttpRequest) -> list[HitGroup]:
    """What all apps find for ``request.search_query``, by kind, a few of each; nothing without a query."""
    q = getattr(request, "search_query", "")
    kinds: dict[str, list[SearchHit]] = {}
    for panel in panels() if q else ():
        for hit in panel.search(request, q) if panel.search else ():
            kinds.setdefault(str(hit.kind), []).append(hit)
    request.search_found = [
        HitGroup(kind, tuple(hits[:MOST_HITS]), len(hits) > MOST_HITS) for kind, hits in kinds.items()
    ]
    return request.search_found


def user_label(request: HttpRequest) -> str:
    """Name and first role, such as 王敏 · 质控科: who acts is always in sight."""
    roles = [grant.role.title for grant in request.user.grants()]
    return " · ".join([str(request.user), *roles[:1]])


def hospital_name(request: HttpRequest) -> str:
    """The hospital's name for the head of printed pages; nothing for an account that belongs to none."""
    return institution().name if request.user.institution_id else ""


def menu(request: HttpRequest) -> tuple[MenuItem, ...]:
    """Menu lines that the reader may use, in the order that the entries ask for."""
    entries = sorted(
        (entry for panel in panels() for entry in panel.menu if _is_for(request, entry)),
        key=lambda entry: entry.order,
    )
    items = [_item(request, entry) for entry in entries]
    best = max((item.url for item in items if request.path.startswith(item.url)), key=len, default=None)
    return tuple(replace(item, active=item.url == best) for item in items)


def _group(order: int) -> str:
    """The heading that an entry of this order stands under."""
    return str(next(title for least, title in reversed(GROUPS) if order >= least))


def home_cards(request: HttpRequest) -> list[HomeCard]:
    """Cards of all apps for the home page, in order; an app gives none to a reader it has nothing for."""
    return sorted(_cards(request, keeps_house=False), key=lambda card: card.order)


def later_cards(request: HttpRequest) -> list[HomeCard]:
    """Cards about the system itself, which the home page asks for once it stands."""
    return sorted(_cards(request, keeps_house=True), key=lambda card: card.order)


def _cards(request: HttpRequest, *, keeps_house: bool) -> Iterator[HomeCard]:
    for panel in panels():
        if panel.home_cards is not None and panel.keeps_house is keeps_house:
            yield from panel.home_cards(request)


def _item(request: HttpRequest, entry: MenuEntry) -> MenuItem:
    badge = entry.badge(request) if entry.badge else 0
    url = reverse(entry.url_name, args=entry.url_args)
    return MenuItem(
        entry.label, url, entry.icon, False, badge, _group(entry.order), entry.order >= FOLDED_FROM
    )


def _is_for(request: HttpRequest, entry: MenuEntry) -> bool:
    held = {grant.role.code for grant in request.user.grants()} if entry.roles else set()
    return _allowed(request, entry.permission) and (not entry.roles or not held.isdisjoint(entry.roles))


def _allowed(request: HttpRequest, permission: str | Permission | None) -> bool:
    return permission is None or can(request.user, _permission(permission))


def _permission(value: str | Permission) -> Permission:
    return value if isinstance(value, Permission) else Permission[value]

"""Pages of the wizard, and who opens them."""

from collections.abc import Callable
from dataclasses import replace
from functools import wraps
from urllib.parse import urlsplit

from django.urls import resolve

from zhikong.foundation.access.permissions import Permission, can, require
from zhikong.hospital.overviews.starting.queries.standing import StepShown

OPENS = (Permission.MANAGE_ORGANISATION, Permission.MANAGE_ACCOUNTS)

BY_STEP = {
    "departments": Permission.MANAGE_ORGANISATION,
    "staff": Permission.MANAGE_ORGANISATION,
    "roles": Permission.MANAGE_ACCOUNTS,
    "committees": Permission.MANAGE_ORGANISATION,
    "targets": Permission.MANAGE_TARGETS,
    "history": Permission.MANAGE_DATA,
    "plan": Permission.ADOPT_PLANS,
}
"""What the work of a step takes; the first month's page opens to whoever opens the wizard."""


INSIDE = {"reporting:list": Permission.VIEW_INDICATORS, "plans:review": Permission.VIEW_PLANS}
"""Pages that ask for their permission themselves, so that no guard before them tells it."""


def may_work(user, step: str) -> bool:
    """Whether the work of a step is this person's: else the page says whose it is instead of leading to a refusal."""
    return step not in BY_STEP or can(user, BY_STEP[step], whole_hospital=True)


def may_open(user) -> bool:
    """The administrator and the quality office, for the whole hospital."""
    return any(can(user, one, whole_hospital=True) for one in OPENS)


def may_follow(user, url: str) -> bool:
    """Whether the page behind an address of this site opens for somebody, by the permission that it asks for."""
    page = resolve(urlsplit(url).path)
    needed = INSIDE.get(page.view_name) or getattr(page.func, "needs", None)
    return needed is None or can(user, needed)


def leading(user, one: StepShown) -> StepShown:
    """A step whose troubles lead only where this person may go; the words stay."""
    troubles = tuple(
        trouble if trouble.url and may_follow(user, trouble.url) else replace(trouble, url="")
        for trouble in one.troubles
    )
    return replace(one, found=replace(one.found, troubles=troubles))


def of_the_house(view: Callable) -> Callable:
    """Refuses whoever sets nothing up."""

    @wraps(view)
    def guarded(request, *args, **kwargs):
        if not may_open(request.user):
            require(request.user, OPENS[0], whole_hospital=True)
        return view(request, *args, **kwargs)

    return guarded

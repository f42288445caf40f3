"""Pages of the wizard, and who opens them."""

from collections.abc import Callable
from functools import wraps

from zhikong.foundation.access.permissions import Permission, can, require

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


def may_work(user, step: str) -> bool:
    """Whether the work of a step is this person's: else the page says whose it is instead of leading to a refusal."""
    return step not in BY_STEP or can(user, BY_STEP[step], whole_hospital=True)


def may_open(user) -> bool:
    """The administrator and the quality office, for the whole hospital."""
    return any(can(user, one, whole_hospital=True) for one in OPENS)


def of_the_house(view: Callable) -> Callable:
    """Refuses whoever sets nothing up."""

    @wraps(view)
    def guarded(request, *args, **kwargs):
        if not may_open(request.user):
            require(request.user, OPENS[0], whole_hospital=True)
        return view(request, *args, **kwargs)

    return guarded

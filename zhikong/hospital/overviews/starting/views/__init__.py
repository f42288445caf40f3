"""Pages of the wizard, and who opens them."""

from collections.abc import Callable
from functools import wraps

from zhikong.foundation.access.permissions import Permission, can, require

OPENS = (Permission.MANAGE_ORGANISATION, Permission.MANAGE_ACCOUNTS)


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

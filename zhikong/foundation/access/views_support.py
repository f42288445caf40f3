"""Guards for views."""

from collections.abc import Callable
from functools import wraps

from zhikong.foundation.access.permissions import Permission, require


def needs(permission: Permission) -> Callable:
    """Refuse a view with the Chinese 403 page unless the signed-in user has a permission somewhere."""

    def guard(view):
        @wraps(view)
        def guarded(request, *args, **kwargs):
            require(request.user, permission)
            return view(request, *args, **kwargs)

        guarded.needs = permission
        return guarded

    return guard

"""What every role says of itself."""

from zhikong.foundation.access.permissions import Permission


class Role:
    """A named set of permissions. ``hospital_wide`` roles see every department of their institution."""

    code: str
    title: str
    duty: str
    hospital_wide = False
    permissions: frozenset[Permission] = frozenset()

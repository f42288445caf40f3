"""Apps whose files are not for everybody in the department say here who may read them."""

from collections.abc import Callable
from typing import Any

Guard = Callable[[Any, Any], bool]
_guards: dict[str, Guard] = {}


def register(purpose: str, guard: Guard) -> None:
    """Let ``guard(user, file)`` decide, besides scope and permission, on files of a purpose such as ``flows.case``.

    It also decides who sees the file's name in the list of stored files.
    """
    _guards[purpose] = guard


def may_read(user, file) -> bool:
    """True unless the purpose's guard objects; jobs (user None) read everything."""
    guard = _guards.get(file.purpose)
    return guard is None or user is None or guard(user, file)

"""Sections that other parts of this function hang on the page of a case."""

from collections.abc import Callable
from typing import Any

Part = Callable[..., dict[str, Any] | None]
"""``part(request, incident)`` → {"title", "template", "context"}, or None when it shows nothing."""
_parts: dict[str, tuple[int, Part]] = {}


def register(order: int, part: Part, name: str = "") -> None:
    """Called in ready; smaller orders stand higher. The same name again replaces."""
    _parts[name or f"{part.__module__}.{part.__qualname__}"] = (order, part)


def shown(request, incident) -> list[dict[str, Any]]:
    """The sections that have something to show, in order."""
    found = (part(request, incident) for _order, part in sorted(_parts.values(), key=lambda one: one[0]))
    return [one for one in found if one]

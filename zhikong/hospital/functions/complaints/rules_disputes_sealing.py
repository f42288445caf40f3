"""Whose signatures a sealing needs, and what a drawn signature may look like. No ORM."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

MOST_NUMBERS = 20_000
SCALE = 1000


def missing_sides(signed: Collection[str], *, refused: bool = False) -> list[str]:
    """Both sides; when the patient's side was told and refuses, a notary in its place."""
    needed = ["hospital", "notary" if refused else "patient"]
    return [side for side in needed if side not in signed]


def strokes_of(raw: Any) -> list[list[int]]:
    """Lines as whole numbers x, y, x, y … between 0 and 1000; [] for nothing; anything else is refused."""
    if raw in (None, "", []):
        return []
    good = isinstance(raw, list) and all(
        isinstance(line, list) and len(line) % 2 == 0 and all(_point(n) for n in line) for line in raw
    )
    if not good or sum(len(line) for line in raw) > MOST_NUMBERS:
        raise ValidationError(_("签名的笔迹不对，请重新签。"))
    return [line for line in raw if len(line) > 2]


def _point(n: Any) -> bool:
    return isinstance(n, int) and not isinstance(n, bool) and 0 <= n <= SCALE


def paths_of(strokes: list[list[int]] | None) -> list[str]:
    """Point lists of an SVG's polylines."""
    return [" ".join(f"{line[n]},{line[n + 1]}" for n in range(0, len(line), 2)) for line in strokes or []]

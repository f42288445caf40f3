"""Which cases change sides between two texts of a definition. Pure: listed rows in, moves out."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from django.utils.translation import gettext_lazy as _


class Side(StrEnum):
    """What happens to a case when the new text takes the place of the old one."""

    JOINED = "joined"
    LEFT = "left"
    REACHED = "reached"
    LOST = "lost"
    AMOUNT = "amount"


SIDE_WORDS = {
    Side.JOINED: _("进入统计范围"),
    Side.LEFT: _("退出统计范围"),
    Side.REACHED: _("进入分子"),
    Side.LOST: _("退出分子"),
    Side.AMOUNT: _("计入的数改变"),
}


@dataclass(frozen=True)
class Move:
    """A case that counts otherwise. old, new: (added to the numerator, to the denominator); None where it is not counted."""

    side: Side
    row: dict
    old: tuple[int, int] | None
    new: tuple[int, int] | None


def moves(old: Iterable[dict], new: Iterable[dict], key: Sequence[str]) -> list[Move]:
    """The cases that change sides, in the order of their keys. old, new: rows that count, as `compute.cases` lists them."""
    before, after = _by_key(old, key), _by_key(new, key)
    return list(_moves(before, after))


def _moves(before: dict, after: dict) -> Iterator[Move]:
    for name in sorted(before.keys() | after.keys(), key=str):
        was, will = before.get(name), after.get(name)
        side = _side(was and was[1], will and will[1])
        if side is not None:
            yield Move(side, (will or was)[0], was and was[1], will and will[1])


def _by_key(rows: Iterable[dict], key: Sequence[str]) -> dict[tuple, tuple[dict, tuple[int, int]]]:
    """key -> (row, what it adds); rows with one key add up, as they do in the indicator."""
    found: dict[tuple, tuple[dict, tuple[int, int]]] = {}
    for row in rows:
        name = tuple(row.get(column) for column in key)
        top, bottom = found[name][1] if name in found else (0, 0)
        found[name] = (row, (top + (row.get("numerator") or 0), bottom + (row.get("denominator") or 0)))
    return found


def _side(was: tuple[int, int] | None, will: tuple[int, int] | None) -> Side | None:
    if was == will:
        return None
    if was is None or will is None:
        return Side.JOINED if was is None else Side.LEFT
    if bool(was[0]) != bool(will[0]):
        return Side.REACHED if will[0] else Side.LOST
    return Side.AMOUNT

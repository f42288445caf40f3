"""Which cases change sides between two texts of a definition."""

import pytest

from zhikong.hospital.functions.indicators.sides import Side, moves


def row(name, top, bottom=1):
    return {"stay_id": name, "numerator": top, "denominator": bottom}


@pytest.mark.parametrize(
    ("old", "new", "side"),
    [
        ([], [row("a", 0)], Side.JOINED),
        ([row("a", 1)], [], Side.LEFT),
        ([row("a", 0)], [row("a", 1)], Side.REACHED),
        ([row("a", 1)], [row("a", 0)], Side.LOST),
        ([row("a", 10)], [row("a", 11)], Side.AMOUNT),
        ([row("a", 1, 1)], [row("a", 1, 2)], Side.AMOUNT),
    ],
)
def test_what_happens_to_one_case(old, new, side):
    assert [move.side for move in moves(old, new, ("stay_id",))] == [side]


def test_what_stays_is_not_listed():
    same = [row("a", 1), row("b", 0)]
    assert moves(same, list(reversed(same)), ("stay_id",)) == []


def test_rows_of_one_key_add_up():
    twice = [row("a", 1), row("a", 0)]
    assert moves([row("a", 1, 2)], twice, ("stay_id",)) == []


def test_moves_come_in_the_order_of_their_keys():
    found = moves([], [row("c", 1), row("a", 1), row("b", 1)], ("stay_id",))
    assert [move.row["stay_id"] for move in found] == ["a", "b", "c"]
    assert found[0].old is None
    assert found[0].new == (1, 1)

"""The simulated year of inspections tells what it planted, and the same seed tells the same year."""

from zhikong.simulator.clock import Window, month_number
from zhikong.simulator.inspections import Answer, Checklist, Plants, year

HANDS = Checklist("hands", ("before", "after", "rub"), frozenset({"before", "after"}))
CART = Checklist("cart", tuple(f"cart_{n}" for n in range(12)))
PLANTS = Plants(("cart", "cart_3"), "EMER", ("hands", "after"), "GSUR")
WINDOW = Window(month_number("2025-11"), 12)


def made(seed=1):
    return year(seed, WINDOW, (HANDS, CART), PLANTS, inspectors=5)


def test_the_same_seed_is_the_same_year_and_another_is_not():
    assert made() == made()
    assert made().given != made(2).given


def test_the_planted_defect_is_closed_and_comes_back():
    found = made()
    again = [d for d in found.defects if (d.form, d.item, d.department) == ("cart", "cart_3", "EMER")]
    assert len(again) == len(PLANTS.back_in) == len(found.ledger.planted)
    assert again[0].former is None
    assert [d.former for d in again[1:]] == [d.number for d in again[:-1]]
    assert all(d.closed is not None and d.closed > d.opened for d in again[:-1])


def test_the_planted_improvement_lies_after_the_measure_only():
    ledger = made().ledger
    share = [
        top / below
        for top, below in (ledger.total("hands", "after", department="GSUR", month=m) for m in range(12))
    ]
    assert sum(share[:6]) / 6 < 0.72 < 0.78 < sum(share[6:]) / 6


def test_counts_are_those_of_the_answers_and_what_does_not_apply_counts_nowhere():
    found = made()
    rows = [g for g in found.given if g.item == "cart_5"]
    right = sum(g.answer is Answer.YES for g in rows)
    asked = sum(g.answer in (Answer.YES, Answer.NO) for g in rows)
    assert asked < len(rows)
    assert found.ledger.total("cart", "cart_5") == (right, asked)


def test_the_lenient_inspector_notes_less():
    found = made()
    who = {v.number: v.inspector for v in found.visits}

    def wrong(lenient):
        rows = [
            g for g in found.given
            if not g.counted and (who[g.visit] == found.ledger.lenient) == lenient and g.applicable
        ]  # fmt: skip
        return sum(g.answer is Answer.NO for g in rows) / len(rows)

    assert wrong(True) < wrong(False) / 3

"""Which months a change can reach: only those are computed, and what lies between two of them is carried over."""

from dataclasses import replace
from types import SimpleNamespace

from tests.spec.running import define
from zhikong.engine.definitions.goals import Change
from zhikong.engine.definitions.kinds import Kind
from zhikong.engine.definitions.model import Growth
from zhikong.hospital.functions.indicators.actions import carrying
from zhikong.hospital.functions.indicators.actions.carrying import stale_months

EVERY = tuple(f"2026-{m:02d}" for m in range(1, 13))
LENGTH = define(id="length", kind="mean", numerator={"sum": "days"})


def _growth(**against):
    return replace(
        LENGTH, id="growth", kind=Kind.GROWTH, growth=Growth(LENGTH, change=next(iter(Change)), **against)
    )


def test_a_growth_changes_in_the_months_that_are_compared_with_a_changed_one():
    assert stale_months(_growth(months=2), {"stays": {"2026-03"}}, EVERY) == {"2026-03", "2026-05"}
    assert stale_months(_growth(months=12), {"stays": {"2025-03"}}, EVERY) == {"2026-03"}
    assert stale_months(_growth(months=12), {"bed_days": {"2025-03"}}, EVERY) == set()


def test_a_growth_against_a_year_changes_everywhere_when_that_year_does():
    assert stale_months(_growth(base=2025), {"stays": {"2025-03"}}, EVERY) == set(EVERY)
    assert stale_months(_growth(base=2025), {"stays": {"2026-03"}}, EVERY) == {"2026-03"}


def test_a_date_that_is_not_the_partition_reaches_every_month():
    admitted = define(id="admitted", date="admitted_at", kind="mean", numerator={"sum": "days"})
    assert stale_months(admitted, {"stays": {"2026-03"}}, EVERY) == set(EVERY)


def test_two_far_months_are_two_spans(monkeypatch):
    base = SimpleNamespace(
        definitions={"length": LENGTH.hash}, first_month=EVERY[0], last_month=EVERY[-1], data_version="a"
    )
    monkeypatch.setattr(carrying, "_changes", lambda *_: {"stays": {"2026-02", "2026-03", "2026-11"}})
    (work,) = carrying.plan([LENGTH], base=base, data_version="b", span=(EVERY[0], EVERY[-1]))
    assert work.compute == (("2026-02", "2026-03"), ("2026-11", "2026-11"))
    assert set(work.carry) == set(EVERY) - {"2026-02", "2026-03", "2026-11"}

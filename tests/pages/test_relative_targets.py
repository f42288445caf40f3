"""A target relative to the hospital's own past judges with the bound that the past year comes to."""

from decimal import Decimal

import pytest

from zhikong.hospital.functions.indicators.catalogue import definitions
from zhikong.hospital.functions.indicators.queries.targets import target_book

SHARE = "drug_share"  # national default: not above the hospital's previous year


@pytest.fixture
def share(two_years):
    """30 of 100 in every month of 2025, then 31."""
    parts = [(30 if month < "2026-01" else 31, 100) for month in two_years.months]
    two_years.add(SHARE, None, parts)
    two_years.finish()
    return definitions()[SHARE]


@pytest.fixture
def two_years(hospital):
    from tests.pages.conftest import Figures
    from zhikong.hospital.functions.indicators import months

    return Figures(hospital, months=months.span("2024-11", "2026-10"))


@pytest.mark.proves("IND-39")
def test_last_years_share_is_this_years_ceiling(share, as_role):
    found = target_book().of(share, None, "2026-10")
    assert (found.origin, found.target.low, found.target.high) == ("definition", None, Decimal("30.0000"))
    page = as_role("quality_office").get(f"/indicators/{SHARE}/").content.decode()
    assert "≤ 30" in page
    assert "未达标" in page


def test_without_a_whole_year_nothing_is_judged(share):
    """Of 2024 there are two months only: nothing to hold 2025 against."""
    found = target_book().of(share, None, "2025-06")
    assert found.origin == "none"
    assert found.target.empty


def test_a_target_that_nobody_adopted_asks_for_no_analysis(share, as_role):
    """The board judges by what the definition proposes; the month's close waits only for what was promised."""
    page = as_role("quality_office").get("/indicators/months/2026-10/").content.decode()
    assert share.title() not in page
    assert "没有未达标项" in page

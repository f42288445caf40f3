"""The demo hospital looks like a hospital: size, seasons, weekends, targets met and missed."""

from collections import Counter

import numpy as np
import pyarrow.compute as pc
import pytest


def share(year, key, department="*"):
    pairs = [year.ledger.value(key, month, department) for month in year.ledger.months]
    return sum(n for n, _ in pairs) / sum(d for _, d in pairs)


@pytest.mark.parametrize(
    ("key", "low", "high"),
    [
        ("bed_occupancy", 0.91, 0.96),
        ("average_length_of_stay", 7.3, 8.8),
        ("inpatient_mortality", 0.005, 0.013),
        ("diagnosis_within_three_days", 0.92, 0.97),
        ("admission_discharge_agreement", 0.95, 0.99),
        ("rescue_success", 0.85, 0.93),
        ("grade_a_records", 0.93, 0.97),
        ("surgical_share", 0.28, 0.42),
        ("caesarean_share", 0.35, 0.5),
        ("drug_share", 0.17, 0.32),
        ("elderly_share", 0.28, 0.45),
        ("unplanned_readmission_31d", 0.01, 0.04),
        ("surgical_complications", 0.008, 0.03),
        ("unplanned_returns", 0.0005, 0.003),
    ],
)
def test_levels_of_a_tertiary_hospital(year, key, low, high):
    assert low <= share(year, key) <= high


def test_size(year):
    assert 24_000 * 2 <= year.tables["stays"].num_rows <= 26_500 * 2
    assert 480 <= year.tables["open_stays"].num_rows <= 660


def test_winter_fills_the_lung_ward_and_the_festival_empties_the_hospital(year):
    occupancy = {m: np.divide(*year.ledger.value("bed_occupancy", m)) for m in year.ledger.months}
    assert occupancy["2025-02"] == min(occupancy.values())
    lungs = [
        np.divide(*year.ledger.value("bed_occupancy", m, "RESP"))
        for m in ("2024-12", "2025-07", "2025-12", "2026-07")
    ]
    assert min(lungs[0], lungs[2]) > max(lungs[1], lungs[3])


def test_fewer_planned_admissions_on_weekends(year):
    stays = year.tables["stays"]
    days = Counter(pc.day_of_week(stays["admitted_at"]).to_pylist())
    assert max(days[5], days[6]) < 0.75 * min(days[n] for n in range(4))


def test_ages_differ_between_departments(year):
    def middle(code):
        own = year.tables["stays"].filter(pc.equal(year.tables["stays"]["discharge_department"], code))
        return np.median(own["age_years"].to_numpy())

    assert middle("PEDI") < 8 < middle("OBST") < 40 < middle("CARD") < middle("GERI")
    assert middle("NEON") == 0


def test_ten_thousand_discharges_take_less_than_a_second_of_cpu():
    import time

    from zhikong.simulator import simulate

    begin = time.process_time()
    made = simulate(months=6)
    seconds = time.process_time() - begin
    assert seconds * 10_000 / made.tables["stays"].num_rows < 1.0

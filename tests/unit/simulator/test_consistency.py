"""The simulated tables agree with each other and with the calendar, the money and the beds."""

from collections import Counter
from datetime import date, timedelta
from itertools import pairwise

import pyarrow.compute as pc
import pytest

from zhikong.engine.tables import TABLES, arrow_schema
from zhikong.simulator import hospital, simulate
from zhikong.simulator.costs import WHOLE


@pytest.fixture(scope="module")
def stays(small) -> list[dict]:
    return small.tables["stays"].to_pylist()


def test_same_seed_same_data_and_other_seed_other_data():
    first, second, other = (simulate(seed=seed, months=1, scale=0.1) for seed in (3, 3, 4))
    assert all(first.tables[name].equals(second.tables[name]) for name in first.tables)
    assert first.ledger == second.ledger
    assert not first.tables["stays"].equals(other.tables["stays"])


EMPTY = {"inspection_answers"}  # made for the checklists that a caller names, not in the hospital's own year


@pytest.mark.parametrize("name", sorted(TABLES))
def test_tables_follow_the_contract(small, name):
    table, contract = small.tables[name], TABLES[name]
    assert table.schema.equals(arrow_schema(name))
    assert (table.num_rows == 0) == (name in EMPTY)
    for column in contract.columns:
        values = table[column.name]
        if not column.nullable:
            assert values.null_count == 0
        if column.domain:
            assert set(pc.unique(values).to_pylist()) - {None} <= column.domain.codes
        if column.minimum is not None and table.num_rows:
            assert (pc.min(values).as_py() or 0) >= column.minimum
    keys = list(zip(*(table[name].to_pylist() for name in contract.key), strict=True))
    assert len(keys) == len(set(keys))
    for rule in contract.rules:
        broken = pc.greater(table[rule.left], table[rule.right]).fill_null(False)
        assert not pc.any(broken).as_py(), rule.message


def test_children_belong_to_a_stay_of_their_month(small):
    month = dict(
        zip(*(small.tables["stays"][name].to_pylist() for name in ("stay_id", "month")), strict=True)
    )
    for name in ("diagnoses", "operations", "transfers", "icu_stays", "documents", "results"):
        rows = small.tables[name].select(["stay_id", "month"]).to_pylist()
        assert all(month[row["stay_id"]] == row["month"] for row in rows)


def test_days_and_ages(stays, small):
    births = dict(
        zip(*(small.tables["identities"][n].to_pylist() for n in ("patient_key", "birth_date")), strict=True)
    )
    for stay in stays:
        assert stay["discharged_at"] > stay["admitted_at"]
        assert stay["days"] == max(1, (stay["discharged_at"].date() - stay["admitted_at"].date()).days)
        born, day = births[stay["patient_key"]], stay["admitted_at"].date()
        assert stay["age_years"] == day.year - born.year - ((day.month, day.day) < (born.month, born.day))
        assert stay["admitted_at"].date() <= stay["confirmed_on"] <= stay["discharged_at"].date()


def test_fees_add_up(small):
    for row in small.tables["front_page_fees"].to_pylist():
        assert sum(row[code] for code in WHOLE) == row["D01"] > 0
        assert row["D20x01"] + row["D20x02"] <= row["D20"]
        assert row["D19x01"] <= row["D19"]
        assert row["D23x01"] <= row["D23"]
        assert 0 <= row["D09"] <= row["D01"]
        assert min(row[code] for code in WHOLE) >= 0


def test_nursing_days_are_the_days_of_stay(stays):
    for stay in stays:
        assert sum(stay[f"nursing_{n}_days"] for n in ("special", "1", "2", "3")) == stay["days"]


def test_nobody_is_in_two_beds_at_once(stays):
    by_patient: dict[str, list] = {}
    for stay in stays:
        by_patient.setdefault(stay["patient_key"], []).append((stay["admitted_at"], stay["discharged_at"]))
    for periods in by_patient.values():
        periods.sort()
        assert all(before[1] < after[0] for before, after in pairwise(periods))
    assert any(len(periods) > 1 for periods in by_patient.values())


def test_the_dead_do_not_come_back(stays):
    last = {}
    for stay in sorted(stays, key=lambda stay: stay["admitted_at"]):
        assert last.get(stay["patient_key"]) != "5"
        last[stay["patient_key"]] = stay["discharge_way"]


def test_transfers_lead_from_admission_to_discharge(stays, small):
    moves: dict[str, list] = {}
    for row in small.tables["transfers"].to_pylist():
        moves.setdefault(row["stay_id"], []).append(row)
    for stay in stays:
        place, at = stay["admission_department"], stay["admitted_at"]
        for row in sorted(moves.get(stay["stay_id"], []), key=lambda row: row["seq"]):
            assert row["from_department"] == place != row["to_department"]
            assert at < row["at"] < stay["discharged_at"]
            place, at = row["to_department"], row["at"]
        assert place == stay["discharge_department"]


def test_census_is_counted_from_the_stays(small, stays):
    """Midnight census of days at the end of which every patient is known, from stays, transfers and open stays."""
    occupied = Counter()
    moves: dict[str, list] = {}
    for row in small.tables["transfers"].to_pylist():
        moves.setdefault(row["stay_id"], []).append((row["at"], row["to_department"]))
    for stay in stays:
        steps = [(stay["admitted_at"], stay["admission_department"]), *sorted(moves.get(stay["stay_id"], []))]
        ends = [at for at, _ in steps[1:]] + [stay["discharged_at"]]
        for (start, place), end in zip(steps, ends, strict=True):
            day = start.date()
            while day < end.date():
                occupied[place, day] += 1
                day += timedelta(days=1)
        if stay["admitted_at"].date() == stay["discharged_at"].date():
            occupied[stay["discharge_department"], stay["admitted_at"].date()] += 1
    first_open = min(row["admitted_at"] for row in small.tables["open_stays"].to_pylist()).date()
    rows = [row for row in small.tables["bed_days"].to_pylist() if row["day"] < first_open]
    assert len(rows) > 300
    assert all(row["occupied_beds"] == occupied[row["department"], row["day"]] for row in rows)
    last = [r for r in small.tables["bed_days"].to_pylist() if r["day"] == date(2026, 2, 28)]
    assert sum(row["occupied_beds"] for row in last) == small.tables["open_stays"].num_rows + sum(
        s["admitted_at"].date() == s["discharged_at"].date() == date(2026, 2, 28) for s in stays
    )


def test_open_stays_have_beds_of_their_own(small):
    rows = small.tables["open_stays"].to_pylist()
    assert len({(row["ward"], row["bed"]) for row in rows}) == len(rows)
    owner = {ward.code: ward.department for ward in hospital.wards()}
    assert all(owner[row["ward"]] == row["department"] for row in rows)
    assert not {row["stay_id"] for row in rows} & set(small.tables["stays"]["stay_id"].to_pylist())


def test_identities_can_belong_to_nobody(small):
    weights, check = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2), "10X98765432"
    for row in small.tables["identities"].to_pylist():
        number = row["id_number"]
        assert number[:2] == "99"
        assert number[17] == check[sum(int(n) * w for n, w in zip(number[:17], weights, strict=True)) % 11]
        assert number[6:14] == row["birth_date"].strftime("%Y%m%d")
        assert int(number[16]) % 2 == (row["sex"] == "1")
        assert row["phone"].startswith("100")
        assert 2 <= len(row["name"]) <= 4
    assert "name" not in small.tables["stays"].column_names


def test_diagnoses_fit_sex_and_operations_lie_within_the_stay(small, stays):
    by_id = {stay["stay_id"]: stay for stay in stays}
    for row in small.tables["diagnoses"].to_pylist():
        if row["code"][0] == "O" or row["code"].startswith(("C53", "C54", "C56", "D25", "N80")):
            assert by_id[row["stay_id"]]["sex"] == "2"
        if row["code"].startswith(("N40", "C61")):
            assert by_id[row["stay_id"]]["sex"] == "1"
    for row in small.tables["operations"].to_pylist():
        stay = by_id[row["stay_id"]]
        assert stay["admitted_at"] <= row["performed_at"] < stay["discharged_at"]
        assert (row["healing"] is None) == (row["incision_class"] == "0")
        assert (row["grade"] is not None) == (row["kind"] in ("surgery", "intervention"))


def test_principal_diagnosis_is_the_one_of_the_stay(small, stays):
    principal = {
        row["stay_id"]: row["code"]
        for row in small.tables["diagnoses"].to_pylist()
        if row["kind"] == "principal"
    }
    assert all(principal[stay["stay_id"]] == stay["principal_diagnosis"] for stay in stays)
    differs = [s for s in stays if s["admission_discharge_match"] == "2"]
    assert differs

"""The clinical events agree with the front page, with each other, and with what each of them demands."""

# ruff: noqa: DTZ001  facts carry the local wall time without a zone

from collections import Counter, defaultdict
from datetime import datetime, timedelta

import pytest

from zhikong.engine.tables import TABLES, arrow_schema
from zhikong.intake.context import Context
from zhikong.intake.reading import read_tables
from zhikong.simulator import hospital, simulate
from zhikong.simulator.events import EVENT_TABLES

CHILDREN = [name for name, table in TABLES.items() if table.child_of == "stays"]


@pytest.fixture(scope="module")
def rows(small) -> dict[str, list[dict]]:
    return {name: table.to_pylist() for name, table in small.tables.items()}


@pytest.fixture(scope="module")
def stays(rows) -> dict[str, dict]:
    return {row["stay_id"]: row for row in rows["stays"]}


@pytest.fixture(scope="module")
def missing(rows) -> set[tuple[str, str]]:
    """Rows that were left out on purpose: rule and stay."""
    return {(row["rule"], row["stay_id"]) for row in rows["planted_events"]}


def by_stay(table: list[dict]) -> dict[str, list[dict]]:
    found = defaultdict(list)
    for row in table:
        found[row["stay_id"]].append(row)
    return found


@pytest.mark.proves("INT-05")
def test_a_reading_of_all_tables_finds_no_fault(small, tmp_path):
    departments = {department.code: department.code for department in hospital.departments()}
    context = Context(hospital.profile().code, "Asia/Shanghai", b"key", departments, datetime(2026, 11, 22))
    reading = read_tables({name: small.tables[name] for name in TABLES}, context, tmp_path)
    assert reading.faulty_rows == 0
    assert not reading.counts
    assert reading.rows == {name: small.tables[name].num_rows for name in TABLES}


@pytest.mark.parametrize("name", CHILDREN)
def test_no_orphans_and_the_month_of_the_discharge(rows, stays, name):
    for row in rows[name]:
        assert stays[row["stay_id"]]["month"] == row["month"]


def test_events_leave_what_stood_before_as_it_was(small):
    plain = simulate(seed=7, months=3, first_month="2025-12", scale=0.25)
    assert plain.ledger.shifts == small.ledger.shifts
    assert plain.ledger.measures == {key: small.ledger.measures[key] for key in plain.ledger.measures}
    for name in ("stays", "diagnoses", "transfers", "icu_stays", "bed_days", "reported_counts", "open_stays"):
        assert plain.tables[name].equals(small.tables[name])
    for name in ("operations", "results", "documents"):
        known = [
            n
            for n in plain.tables[name].column_names
            if plain.tables[name][n].null_count < plain.tables[name].num_rows
        ]
        known = [
            n for n in known if (name, n) not in (("documents", "signed_at"), ("documents", "written_at"))
        ]
        old = Counter(tuple(row[n] for n in known) for row in plain.tables[name].to_pylist())
        new = Counter(tuple(row[n] for n in known) for row in small.tables[name].to_pylist())
        assert not old - new
    assert set(small.tables) >= set(TABLES)


def test_two_runs_give_the_same_events(small):
    again = simulate(seed=7, months=3, first_month="2025-12", scale=0.25, events=True)
    assert list(again.tables) == list(small.tables)
    assert all(again.tables[name].equals(small.tables[name]) for name in small.tables)
    assert all(again.open_events[name].equals(small.open_events[name]) for name in small.open_events)


def test_every_event_lies_within_its_stay(rows, stays):
    inside = {
        "orders": "ordered_at",
        "medications": "given_at",
        "consultations": "requested_at",
        "transfusions": "started_at",
        "condition_periods": "started_at",
        "rescues": "started_at",
        "devices": "placed_at",
        "consents": "talked_at",
        "infections": "onset_at",
    }
    for name, column in inside.items():
        for row in rows[name]:
            stay = stays[row["stay_id"]]
            assert stay["admitted_at"] <= row[column] <= stay["discharged_at"], (name, row)


def test_levels_of_nursing_have_no_gap_and_the_days_of_the_front_page(rows, stays):
    names = {"nursing_special": "special", "nursing_1": "1", "nursing_2": "2", "nursing_3": "3"}
    for stay_id, periods in by_stay(rows["condition_periods"]).items():
        stay = stays[stay_id]
        nursed = sorted((p for p in periods if p["kind"] in names), key=lambda p: p["started_at"])
        assert nursed[0]["started_at"] == stay["admitted_at"]
        assert nursed[-1]["ended_at"] == stay["discharged_at"]
        days = Counter()
        for period, after in zip(nursed, [*nursed[1:], None], strict=True):
            assert after is None or period["ended_at"] == after["started_at"]
            days[names[period["kind"]]] += (period["ended_at"].date() - period["started_at"].date()).days
        if stay["admitted_at"].date() == stay["discharged_at"].date():
            days = Counter({names[nursed[0]["kind"]]: 1})
        for level in names.values():
            assert days[level] == stay[f"nursing_{level}_days"], stay_id


def test_rescues_and_blood_are_those_of_the_front_page(rows, stays):
    rescues, given = by_stay(rows["rescues"]), by_stay(rows["transfusions"])
    units = {"red_cells": "red_cells_units", "platelets": "platelet_units", "plasma": "plasma_ml",
             "whole_blood": "whole_blood_ml", "autologous": "autologous_ml"}  # fmt: skip
    for stay_id, stay in stays.items():
        own = rescues.get(stay_id, [])
        assert len(own) == stay["rescues"]
        assert sum(row["successful"] for row in own) == stay["rescue_successes"]
        amount = Counter()
        for row in given.get(stay_id, []):
            amount[units[row["component"]]] += row["amount"]
        assert all(amount[name] == stay[name] for name in units.values())
        reactions = {row["reaction"] for row in given.get(stay_id, [])}
        assert ("1" in reactions) == (stay["transfusion_reaction"] == "1")


def test_charges_and_fees_are_those_of_the_front_page(rows, small, missing):
    parts = {"D19": ("D19x01",), "D20": ("D20x01", "D20x02"), "D23": ("D23x01",)}
    page = {row["stay_id"]: row for row in small.tables["front_page_fees"].to_pylist()}
    charged, sums = defaultdict(Counter), defaultdict(Counter)
    for row in rows["charges"]:
        charged[row["stay_id"]][row["fee_kind"]] += row["amount"]
    for row in rows["fees"]:
        sums[row["stay_id"]][row["kind"]] = row["amount"]
    checked = 0
    for stay_id, stay in page.items():
        whole = [kind for kind in sums[stay_id] if "x" not in kind]
        assert sum(sums[stay_id][kind] for kind in whole) == stay["D01"]
        assert all(sums[stay_id][kind] == stay[kind] for kind in sums[stay_id])
        if {("charges_exceed_front_page", stay_id), ("record_without_charge", stay_id)} & missing:
            continue
        checked += 1
        for kind in whole:
            total = charged[stay_id][kind] + sum(charged[stay_id][part] for part in parts.get(kind, ()))
            assert total == stay[kind], (stay_id, kind)
        for part in ("D19x01", "D20x01", "D20x02", "D23x01"):
            assert charged[stay_id][part] == stay[part]
    assert checked > 0.9 * len(page)


def test_orders_are_known_wherever_they_are_named(rows):
    orders = {row["order_id"]: row for row in rows["orders"]}
    for name in ("medications", "results", "charges"):
        linked = [row for row in rows[name] if row["order_id"]]
        assert linked
        for row in linked:
            assert orders[row["order_id"]]["stay_id"] == row["stay_id"]
    for row in rows["medications"]:
        assert orders[row["order_id"]]["code"] == row["code"]
        assert orders[row["order_id"]]["kind"] == "drug"


def test_antibacterials_are_given_where_they_were_paid_for(rows, stays, missing):
    given = {row["stay_id"] for row in rows["medications"] if row["antibacterial_class"] != "none"}
    for stay_id, stay in stays.items():
        if ("feed_missing", stay_id) not in missing:
            assert (stay_id in given) == (stay["antibacterial_fee"] > 0)


def test_an_operation_demands_its_documents(rows, stays, missing):
    papers, consents = by_stay(rows["documents"]), by_stay(rows["consents"])
    wanted = {"46": "preop_summary_missing", "19": "operation_nursing_record_missing"}
    asleep = {
        "10": "anaesthesia_visit_before_missing",
        "11": "anaesthesia_record_missing",
        "12": "anaesthesia_visit_after_missing",
    }
    for row in rows["operations"]:
        about, stay_id = f"operations:{row['seq']}", row["stay_id"]
        assert stays[stay_id]["admitted_at"] <= row["performed_at"] < row["ended_at"]
        assert row["ended_at"] - row["performed_at"] == timedelta(minutes=row["minutes"])
        if row["kind"] not in ("surgery", "intervention"):
            continue
        there = {paper["type"] for paper in papers[stay_id] if paper["about"] == about}
        for kind, rule in (wanted | (asleep if row["anaesthetist"] else {})).items():
            assert kind in there or (rule, stay_id) in missing, (row, kind)
        talked = [c for c in consents[stay_id] if c["about"] == about and c["kind"] == "operation"]
        assert talked or ("consent_missing_operation", stay_id) in missing


def test_each_event_has_its_document(rows, missing):
    about = {row["about"] for row in rows["documents"] if row["about"]}
    for row in rows["transfusions"]:
        assert (
            f"transfusions:{row['transfusion_id']}" in about
            or ("transfusion_record_24_h_missing", row["stay_id"]) in missing
        )
    for row in rows["consultations"]:
        if row["completed_at"]:
            named = f"consultations:{row['consultation_id']}" in about
            assert named or ("consultation_record_missing", row["stay_id"]) in missing
    for row in rows["rescues"]:
        named = f"rescues:{row['started_at']:%Y-%m-%dT%H:%M}" in about
        assert named or any(
            rule.startswith("rescue_record") and stay == row["stay_id"] for rule, stay in missing
        )
    for row in rows["results"]:
        if row["critical"]:
            named = f"results:{row['item']}@{row['at']:%Y-%m-%dT%H:%M}" in about
            assert named or ("critical_value_note_6_h_missing", row["stay_id"]) in missing
    critical = [row for row in rows["condition_periods"] if row["kind"] in ("critical", "serious")]
    notices = Counter(row["stay_id"] for row in rows["consents"] if row["kind"] == "critical")
    for stay_id, count in Counter(row["stay_id"] for row in critical).items():
        assert notices[stay_id] == count or ("consent_missing_critical", stay_id) in missing


def test_levels_of_authors_are_those_of_the_staff(rows):
    level = {row["code"]: row["level"] for row in rows["staff"]}
    for row in rows["documents"]:
        assert level[row["author"]] == row["author_level"]
        assert row["cosigned_by"] is None or level[row["cosigned_by"]] == row["cosigner_level"]
        assert (row["cosigned_by"] is None) == (row["cosigned_at"] is None)


def test_who_was_here_before_has_a_record_of_readmission(rows, stays):
    everyone = [*rows["stays"], *rows["open_stays"]]
    first: dict[str, datetime] = {}
    for row in everyone:
        first[row["patient_key"]] = min(row["admitted_at"], first.get(row["patient_key"], row["admitted_at"]))
    records = [row for row in rows["documents"] if row["type"] == "34"]
    again = 0
    for row in records:
        stay = stays[row["stay_id"]]
        before = stay["admitted_at"] > first[stay["patient_key"]]
        assert row["title"] == ("再次入院记录" if before else "入院记录")
        again += before
    assert again > 20


def test_prescriptions_belong_to_visits(rows):
    visits = {row["visit_id"]: row for row in rows["visits"]}
    for row in rows["prescriptions"]:
        visit = visits[row["visit_id"]]
        assert visit["patient_key"] == row["patient_key"]
        assert visit["seen_at"] <= row["prescribed_at"] <= visit["left_at"]


def test_open_stays_have_what_has_happened_so_far(small):
    now, moments = datetime(2026, 3, 1), 0
    here = set(small.tables["open_stays"]["stay_id"].to_pylist())
    for name, table in small.open_events.items():
        if name in TABLES:
            assert table.schema.equals(arrow_schema(name, with_month=False))
        assert set(table["stay_id"].to_pylist()) <= here
        for row in table.to_pylist():
            known = [value for value in row.values() if isinstance(value, datetime)]
            moments += len(known)
            assert all(value < now for value in known)
    assert moments > 1000
    assert {"orders", "results", "documents", "document_sections", "medications"} <= set(small.open_events)


def test_open_stays_know_nothing_of_what_is_to_come(small):
    told = {name: table.to_pylist() for name, table in small.open_events.items()}
    for row in told["documents"]:
        assert (row["cosigned_at"] is None) == (row["cosigned_by"] is None)
    written = {row["document_id"] for row in told["documents"] if row["written_at"]}
    assert {row["document_id"] for row in told["document_sections"]} <= written
    for row in told["orders"]:
        if row["standing"] and row["stopped_at"] is None:
            assert row["status"] in ("active", "cancelled")
    assert any(row["status"] == "active" for row in told["orders"])
    assert all(row["successful"] is None for row in told["rescues"] if row["ended_at"] is None)
    assert all(row["unplanned_removal"] is None for row in told["devices"] if row["removed_at"] is None)
    assert all(row["doctor"] is None for row in told["consultations"] if row["arrived_at"] is None)
    assert any(row["outcome"] == "running" for row in told["pathways"])


def test_events_of_the_last_months_only(small):
    made = simulate(seed=7, months=3, first_month="2025-12", scale=0.25, events_from="2026-02")
    months = {name: set(made.tables[name]["month"].to_pylist()) for name in EVENT_TABLES if name != "staff"}
    assert all(
        found <= {"2026-01", "2026-02"} for name, found in months.items() if name in ("adverse_events",)
    )
    assert months["orders"] == months["charges"] == {"2026-02"}
    assert months["documents"] == months["results"] == {"2025-12", "2026-01", "2026-02"}
    orders, whole = made.tables["orders"], small.tables["orders"]
    assert orders.num_rows == sum(month == "2026-02" for month in whole["month"].to_pylist())

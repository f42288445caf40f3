"""A simulated hospital, delivered as the HQMS files of a real one, comes through the door as it was made."""

import pyarrow.parquet as pq
import pytest

from tests.loads import loading_hospital, make_institution, worker_role  # noqa: F401
from zhikong.engine.tables.event_codes import FEE_KIND
from zhikong.simulator import simulate
from zhikong.simulator.export_hqms import admission_numbers, export
from zhikong.simulator.hqms_page import carried

KINDS = FEE_KIND.codes
# Columns of the page that the simulated clerks have no occasion to fill.
NEVER_FILLED = {
    "front_pages": {"admission_ward", "allergens", *(f"newborn_weight_{n}" for n in range(2, 6))},
    "operations": {"first_assistant", "second_assistant", "anaesthesia_grade"},
    "stays": {"whole_blood_ml"},
}

# What the front page cannot say: the moment of a transfer, and the healing of wounds of class 0.
NOT_ON_THE_PAGE = {"transfers": {"at"}, "operations": {"healing"}}


@pytest.fixture(scope="module")
def made():
    return simulate(seed=3, months=2, scale=0.15)


@pytest.fixture(scope="module")
def hospital(made, django_db_setup, django_db_blocker):
    """An institution with the simulated hospital's departments."""
    from zhikong.simulator.hospital import departments

    known = [(d.code, d.name, f"{d.code}的别名") for d in departments()]
    with django_db_blocker.unblock(), worker_role():
        yield make_institution("HQMS", known)


@pytest.fixture(scope="module", params=["gbk"])
def load(request, made, hospital, tmp_path_factory):
    folder = tmp_path_factory.mktemp("hqms")
    export(made, folder, encoding=request.param)
    return hospital.load(folder, mapping="hqms")


@pytest.fixture(scope="module")
def hidden(made, hospital):
    """The simulator's stay and patient numbers → the pseudonyms that the door gives them."""
    from django.conf import settings

    from zhikong.intake.pseudonyms import pseudonym

    key, people = settings.PSEUDONYM_SECRET.encode(), made.tables["identities"].to_pylist()
    record = {row["patient_key"]: row["record_number"] for row in people}
    number = admission_numbers(made)
    stays = {
        row["stay_id"]: pseudonym(
            key, hospital.code, "stay", [record[row["patient_key"]], str(number[row["stay_id"]])]
        )
        for row in made.tables["stays"].select(["stay_id", "patient_key"]).to_pylist()
    }
    return stays, {old: pseudonym(key, hospital.code, "patient", [new]) for old, new in record.items()}


def test_every_row_is_taken(load, made):
    assert (load.state, load.counts["faulty"]) == ("published", 0), load.reasons
    assert load.counts["new_stays"] == made.tables["stays"].num_rows


@pytest.mark.parametrize(
    "table",
    [
        *("stays", "front_pages", "diagnoses", "operations", "transfers", "icu_stays"),
        *("bed_days", "reported_counts"),
    ],
)
@pytest.mark.proves("F-08", "F-09")
def test_the_tables_are_the_simulators(load, made, hospital, hidden, table):
    from zhikong.engine.tables import TABLES

    stays, patients = hidden
    shared = [c for c in TABLES[table].column_names if c not in NOT_ON_THE_PAGE.get(table, ())]
    expected = []
    for row in made.tables[table].to_pylist():
        row = {name: row.get(name) for name in shared}
        row |= {"stay_id": stays[row["stay_id"]]} if "stay_id" in row else {}
        row |= {"patient_key": patients[row["patient_key"]]} if "patient_key" in row else {}
        row |= {"institution": hospital.code} if "institution" in row else {}
        expected.append(row)
    found = [{name: row[name] for name in shared} for row in hospital.rows(table)]
    key = TABLES[table].key
    assert sorted(found, key=lambda r: [str(r[k]) for k in key]) == sorted(
        expected, key=lambda r: [str(r[k]) for k in key]
    )


def test_every_fee_class_is_a_row(load, made, hospital, hidden):
    stays, _ = hidden
    wide = made.tables["front_page_fees"].to_pylist()
    expected = {(stays[row["stay_id"]], kind): row[kind] for row in wide for kind in row if kind in KINDS}
    assert {(row["stay_id"], row["kind"]): row["amount"] for row in hospital.rows("fees")} == expected


def test_what_a_delivery_is_said_to_carry_is_what_arrives(load, hospital):
    """A column that is carried has values somewhere, and one that has values is said to be carried."""
    from zhikong.engine.tables import TABLES

    for table in sorted({table for table, _ in carried()}):
        rows = hospital.rows(table)
        there = {name for row in rows for name, value in row.items() if value is not None}
        said = {column for one, column in carried() if one == table}
        assert there & set(TABLES[table].column_names) <= said, table
        assert said - there <= NEVER_FILLED.get(table, set()), table


@pytest.mark.proves("F-03")
def test_names_are_in_the_sealed_store_and_nowhere_in_the_lake(load, made, hospital, hidden):
    from django.conf import settings

    from zhikong.foundation.patients.models import PatientIdentity
    from zhikong.foundation.patients.queries import _opened

    _, patients = hidden
    with hospital.scoped():
        stored = {row.patient_key: _opened(row) for row in PatientIdentity.objects.all()}
    finished = set(made.tables["stays"]["patient_key"].to_pylist())
    people = [row for row in made.tables["identities"].to_pylist() if row["patient_key"] in finished]
    assert len(stored) == len(people)
    for row in people:
        identity = stored[patients[row["patient_key"]]]
        assert (identity.name, identity.id_number, identity.phone) == (
            row["name"],
            row["id_number"],
            row["phone"],
        )
    numbers = {value for row in people[:50] for value in (row["id_number"], row["record_number"])}
    for path in (settings.ZHIKONG_HOME / "lake" / hospital.code).rglob("*.parquet"):
        for column in pq.read_table(path, partitioning=None).columns:
            assert numbers.isdisjoint(map(str, column.to_pylist())), path


@pytest.mark.proves("F-07", "F-09")
def test_each_planted_fault_is_found_with_its_row(made, hospital, tmp_path):
    kinds = (
        "wrong_type", "wrong_date", "discharge_before_admission", "unknown_department", "missing_record_number",
        "missing_discharge", "unknown_code", "duplicate_stay",
    )  # fmt: skip
    delivery = export(made, tmp_path, faults=dict.fromkeys(kinds, 2))
    load = hospital.load(tmp_path / "首页.csv", mapping="hqms")
    found = {row for row, *_ in hospital.problems(load)}
    assert found == {fault.line for fault in delivery.faults}
    assert load.counts["faulty"] == len(delivery.faults)


def test_a_front_page_without_the_discharge_time_is_refused(made, hospital, tmp_path):
    export(made, tmp_path, without=("B15",))
    load = hospital.load(tmp_path / "首页.csv", mapping="hqms")
    assert load.state == "refused"
    assert load.message == "文件缺少列：B15 出院时间。"

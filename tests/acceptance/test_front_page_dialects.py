"""One simulated hospital as HQMS, as the older P codes and as N041: the same rows, and each file known by its header."""

# ruff: noqa: DTZ001  facts carry the local wall time without a zone

import csv
from datetime import datetime

import pyarrow.parquet as pq
import pytest

from zhikong.intake.context import Context
from zhikong.intake.mappings import load_mapping
from zhikong.intake.reading import read_files
from zhikong.intake.recognition import recognise
from zhikong.simulator import simulate
from zhikong.simulator.export_hqms import export, export_n041
from zhikong.simulator.hospital import departments
from zhikong.site.commands.check_packs import packaged

MAPPINGS = [load_mapping(file) for pack in packaged() for file in sorted((pack / "mappings").glob("*.yaml"))]
TABLES = ("stays", "front_pages", "diagnoses", "operations", "transfers", "icu_stays", "fees")
# What N041 has no column for; staff stand there by name, so that no number is kept.
NOT_IN_N041 = {
    "stays": {
        "day_surgery", "confirmed_on", "attending_doctor", "resident_doctor", "ventilator_hours",
        "nursing_special_days", "nursing_1_days", "nursing_2_days", "nursing_3_days", "transfusion_reaction",
        "red_cells_units", "platelet_units", "plasma_ml", "whole_blood_ml", "autologous_ml",
    },
    "front_pages": {"id_type", "age_days", "age_months", "admission_condition", "hbsag", "hcv_ab", "hiv_ab",
                    "department_head", "chief_doctor", "nurse"},
    "diagnoses": {"outcome"},
    "operations": {"minutes", "performed_at"},
}  # fmt: skip


@pytest.fixture(scope="module")
def made():
    return simulate(seed=7, months=1, scale=0.2)


@pytest.fixture(scope="module")
def files(made, tmp_path_factory):
    folder = tmp_path_factory.mktemp("dialects")
    hqms = export(made, folder).files[0]
    return {
        "hqms": hqms,
        "p": _renamed(hqms, folder / "p.csv", "P"),
        "n041": export_n041(made, folder / "n041.csv", encoding="gbk"),
    }


def _renamed(file, target, letter):
    """The file with the older names in its header; columns that had none then are left out."""
    (hqms,) = [m for m in MAPPINGS if m.id == "hqms"]
    aliases = hqms.sources["front_page"].aliases
    with (
        file.open(encoding="utf-8", newline="") as source,
        target.open("w", encoding="utf-8", newline="") as out,
    ):
        rows = csv.reader(source)
        names = next(rows)
        found = [
            (n, next((a for a in aliases.get(name, ()) if a.startswith(letter)), None))
            for n, name in enumerate(names)
        ]
        kept = [(n, alias) for n, alias in found if alias]
        writer = csv.writer(out)
        writer.writerow([alias.lower() for _, alias in kept])
        writer.writerows([row[n] for n, _ in kept] for row in rows)
    return target


@pytest.fixture(scope="module")
def read(files, tmp_path_factory):
    """Dialect → table → rows by key, each file read through the mapping that its header asks for."""
    context = Context(
        "H", "Asia/Shanghai", b"key", {d.code: d.code for d in departments()}, datetime(2030, 1, 1)
    )
    found = {}
    for name, path in files.items():
        with path.open(encoding="gbk" if name == "n041" else "utf-8", newline="") as file:
            known = recognise(next(csv.reader(file)), MAPPINGS)
        reading = read_files({"front_page": path}, known.mapping, context, tmp_path_factory.mktemp(name))
        assert reading.faulty_rows == 0, reading.counts
        found[name] = (
            known,
            {table: pq.read_table(path).to_pylist() for table, path in reading.tables.items()},
        )
    return found


def test_each_file_is_known_by_its_header(read):
    assert {name: (known.mapping.id, known.say) for name, (known, _) in read.items()} == {
        "hqms": ("hqms", "HQMS 首页文件（2020 新编码）"),
        "p": ("hqms", "HQMS 首页文件（旧 P 码）"),
        "n041": ("n041", "N041 直报文件（卫统4-1）"),
    }


def _rows(read, name, table, without=()):
    rows = [{k: v for k, v in row.items() if k not in without} for row in read[name][1][table]]
    return sorted(
        rows, key=lambda row: [str(row[k]) for k in ("stay_id", "kind", "seq", "entered_at") if k in row]
    )


@pytest.mark.parametrize("table", ["stays", "diagnoses", "operations", "icu_stays", "fees"])
def test_the_older_codes_give_the_same_rows(read, table):
    modern, older = _rows(read, "hqms", table), _rows(read, "p", table)
    lost = {k for row in older for k in row} - {k for row in older for k, v in row.items() if v is not None}
    kept = lambda rows: [{k: v for k, v in row.items() if k not in lost} for row in rows]  # noqa: E731
    assert kept(older) == kept(modern)
    # what the P codes had no column for, and nothing else: staff numbers, day surgery
    assert lost - {k for row in modern for k in row if all(r[k] is None for r in modern)} <= {
        "attending_doctor", "resident_doctor", "day_surgery",
    }  # fmt: skip


@pytest.mark.parametrize("table", TABLES)
def test_n041_gives_the_same_rows_on_what_it_has(read, table):
    if table == "icu_stays":
        assert table not in read["n041"][1]
        return
    without = NOT_IN_N041.get(table, set())
    expected = _rows(read, "hqms", table, without)
    if table == "diagnoses":
        expected = [
            r for r in expected if r["kind"] != "admission" and (r["kind"] != "other" or r["seq"] <= 15)
        ]
    if table == "operations":
        expected = [row for row in expected if row["seq"] <= 7]
    got = _rows(read, "n041", table, without)
    if table == "stays":  # the hour of admission is whole in this file
        expected = [
            row | {k: row[k].replace(minute=0) for k in ("admitted_at", "discharged_at")} for row in expected
        ]
    assert got == expected


def test_n041_keeps_the_day_of_an_operation_and_months_of_infants(read):
    days = [row["performed_at"].date() for row in _rows(read, "hqms", "operations") if row["seq"] <= 7]
    assert [row["performed_at"].date() for row in _rows(read, "n041", "operations")] == days
    infants = {
        row["stay_id"]: row["age_days"]
        for row in _rows(read, "hqms", "front_pages")
        if row["age_days"] is not None
    }
    assert infants
    for row in _rows(read, "n041", "front_pages"):
        days = infants.get(row["stay_id"])
        assert row["age_months"] == (None if days is None else f"{days // 30} {days % 30}/30")

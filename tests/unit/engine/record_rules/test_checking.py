"""The one door: kinds together, settings, a rule that crashes, what is due."""

from datetime import datetime
from pathlib import Path

import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from tests.spec.clocks.paragraphs import HEAD, vocabulary
from zhikong.engine.backends.source import Source
from zhikong.engine.definitions.located import Located
from zhikong.engine.record_rules import OBLIGATION_SCHEMA, VERDICT_SCHEMA, Override
from zhikong.engine.record_rules.checking import check, obligations, screen
from zhikong.engine.record_rules.choosing import chosen
from zhikong.engine.record_rules.reading import rule_of


def at(*rest):
    return datetime(2026, *rest)  # noqa: DTZ001  facts carry the local wall time without a zone


NOW = at(11, 22, 8, 30)
STAY = {
    "patient_key": "p",
    "institution": "H",
    "zone": "Asia/Shanghai",
    "discharge_department": "A",
    "resident_doctor": "D1",
}
BACKENDS = ["reference", "vector"]


def rule(name, **said):
    head = HEAD | ({"kind": "row"} if "passes" in said else {})
    found = rule_of(Located(Path(f"{name}.yaml"), {"id": name} | head | said), {}, vocabulary())
    assert not isinstance(found, list), [str(problem) for problem in found]
    return found


NOTE = rule(
    "note-8h",
    when="admission",
    then="first_note",
    within="8 h",
    warn="2 h",
    responsible="resident",
    version=3,
)
BROKEN = rule(
    "broken-rule", applies="age_years * 9223372036854775807 > 0", when="admission", then="note", required=True
)
ROW = rule("row-rule", passes="minutes_between(admitted_at, discharged_at) > 0")


@pytest.fixture
def source():
    stays = [
        STAY
        | {
            "stay_id": "open",
            "admitted_at": at(11, 22, 1),
            "discharged_at": None,
            "age_years": 40,
        },
        STAY
        | {
            "stay_id": "closed",
            "admitted_at": at(11, 1, 1),
            "discharged_at": at(11, 5),
            "age_years": 40,
        },
    ]
    documents = [{"stay_id": "closed", "document_id": "d1", "type": "37", "signed_at": at(11, 1, 2)}]
    return Source.of_rows({"stays": stays, "documents": documents})


@pytest.mark.parametrize("backend", BACKENDS)
def test_all_kinds_come_together_one_row_for_each_encounter_and_rule(source, backend):
    found = check([NOTE, ROW], source, now=NOW, backend=backend)
    assert found.schema == VERDICT_SCHEMA
    rows = [(row["encounter"], row["rule"], row["verdict"]) for row in found.to_pylist()]
    assert rows == [
        ("closed", "note-8h", "pass"),
        ("closed", "row-rule", "pass"),
        ("open", "note-8h", "not_applicable"),
        ("open", "row-rule", "not_applicable"),
    ]


@pytest.mark.parametrize("backend", BACKENDS)
def test_a_rule_that_crashes_says_so_and_harms_no_other(source, backend):
    table, counts = screen([NOTE, BROKEN], source, now=NOW, backend=backend)
    broken = [row for row in table.to_pylist() if row["rule"] == BROKEN.id]
    assert {row["verdict"] for row in broken} == {"error"}
    assert all("OverflowError" in row["reason"] for row in broken)
    assert counts == {BROKEN.id: {"error": 2}, NOTE.id: {"pass": 1, "not_applicable": 1}}


@pytest.mark.parametrize("backend", BACKENDS)
def test_what_is_due_is_one_row_with_the_sentence_that_explains_it(source, backend):
    found = obligations([NOTE, ROW], source, now=NOW, backend=backend)
    assert found.schema == OBLIGATION_SCHEMA
    (row,) = [row for row in found.to_pylist() if row["encounter"] == "open"]
    assert (
        row["explanation"]
        == "首次病程记录应于 11-22 09:00 前完成：入院 01:00 起 8 小时，规则 note-8h 第 3 版"
    )
    assert (row["state"], row["warn_at"], row["due_at"]) == (
        "warning",
        at(11, 22, 7),
        at(11, 22, 9),
    )
    assert (row["anchor"], row["responsible"], row["department"]) == ("stays:open", "D1", "A")


@pytest.mark.parametrize(
    ("now", "signed", "state"),
    [
        (at(11, 22, 6, 59), None, "pending"),
        (at(11, 22, 7), None, "warning"),
        (at(11, 22, 9), None, "warning"),
        (at(11, 22, 9, 1), None, "overdue"),
        (at(11, 22, 12), at(11, 22, 9), "done"),
        (at(11, 22, 12), at(11, 22, 9, 1), "late"),
        (at(11, 22, 8), at(11, 22, 9), "warning"),
    ],
)
@pytest.mark.parametrize("backend", BACKENDS)
def test_an_obligation_goes_through_its_states(now, signed, state, backend):
    stay = STAY | {"stay_id": "s", "admitted_at": at(11, 22, 1)}
    documents = [{"stay_id": "s", "document_id": "d1", "type": "37", "signed_at": signed}] if signed else []
    source = Source.of_rows({"stays": [stay], "documents": documents})
    (row,) = obligations([NOTE], source, now=now, backend=backend).to_pylist()
    assert row["state"] == state


def test_only_the_wanted_encounters_and_what_crashes_by_name(source):
    errors = {}
    found = obligations([NOTE, BROKEN], source, now=NOW, encounters=["open"], errors=errors)
    assert found["encounter"].to_pylist() == ["open"]
    assert set(errors) == {BROKEN.id}
    with pytest.raises(OverflowError):
        obligations([BROKEN], source, now=NOW)


def test_the_hospital_sets_limits_and_switches_off(source):
    settings = {NOTE.id: Override(limit="30 min"), ROW.id: Override(active=False)}
    rows = check([NOTE, ROW], source, now=NOW, settings=settings).to_pylist()
    assert {(row["encounter"], row["rule"]): row["verdict"] for row in rows} == {
        ("closed", "note-8h"): "fail",
        ("open", "note-8h"): "fail",
    }


def test_a_limit_of_the_hospital_that_cannot_be_read_is_an_error_of_that_rule(source):
    (one, other) = check([NOTE], source, now=NOW, settings={NOTE.id: Override(limit="soon")}).to_pylist()
    assert {one["verdict"], other["verdict"]} == {"error"}


def test_only_stays_discharged_in_the_months(source):
    found = check([NOTE], source, now=NOW, months=("2026-11", "2026-11"))
    assert found["encounter"].to_pylist() == ["closed"]


def test_an_unknown_backend_is_refused(source):
    with pytest.raises(ValueError, match="backend"):
        check([NOTE], source, now=NOW, backend="magic")


def test_a_stricter_rule_takes_the_place_of_another_only_in_its_set():
    strict = rule(
        "note-shift", when="admission", then="first_note", within="6 h", presets=["seeds"], replaces="note-8h"
    )
    waiting = rule("note-own", when="admission", then="first_note", within=None, active=False)
    assert [one.id for one in chosen([NOTE, strict, waiting])] == ["note-8h"]
    assert [one.id for one in chosen([NOTE, strict, waiting], preset="seeds")] == ["note-shift"]


def test_months_whose_files_lie_apart_are_judged_one_by_one_with_the_same_result(tmp_path):
    rows = {
        "stays": [
            STAY
            | {
                "stay_id": f"s{month}",
                "admitted_at": at(month, 1),
                "discharged_at": at(month, 5),
            }
            for month in (1, 2, 3)
        ],
        "documents": [{"stay_id": "s2", "document_id": "d1", "type": "37", "signed_at": at(2, 1, 2)}],
    }
    whole = Source.of_rows(rows)
    files = {name: [] for name in rows}
    for name, table in whole.memory.items():
        for month in (1, 2, 3):
            own = pc.equal(table["stay_id"], f"s{month}")
            file = tmp_path / name / f"month=2026-0{month}" / "rows.parquet"
            file.parent.mkdir(parents=True)
            pq.write_table(table.filter(own), file)
            files[name].append(file)
    how = {"now": NOW, "months": ("2026-01", "2026-03")}
    apart, counts = screen([NOTE, ROW], Source.of_files(files), **how)
    assert apart.equals(check([NOTE, ROW], whole, backend="reference", **how))
    assert counts[NOTE.id] == {"fail": 2, "pass": 1}

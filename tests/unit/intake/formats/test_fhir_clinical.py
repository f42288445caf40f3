"""Resources of a case become rows of the clinical tables; whatever a file holds, it is rows or a sentence."""

import copy
import json
from contextlib import suppress
from datetime import date, datetime, time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from zhikong.engine.tables.clinical import CLINICAL
from zhikong.engine.tables.clinical_data import CASE
from zhikong.intake.formats import fhir_clinical
from zhikong.intake.formats.fhir_cases import BadFile, Case, cases, resources
from zhikong.intake.formats.fhir_clinical import Flattener, Unreadable

CODE = {"coding": [{"system": "s", "code": "a"}, {"system": "t", "code": "b"}], "text": "…"}
RESOURCES = [
    {"resourceType": "Patient", "id": "p", "birthDate": "1960-05", "deceasedBoolean": False},
    {
        "resourceType": "Encounter", "id": "e", "status": "finished", "class": {"system": "v3", "code": "IMP"},
        "period": {"start": "2026-03-01T08:00:00-04:00", "end": "2026-03-02"},
        "diagnosis": [{"condition": {"reference": "Condition/c"}, "rank": 1}, {"rank": 2}],
        "location": [{"location": {"reference": "https://host/fhir/Location/l/_history/3"}}],
    },
    {"resourceType": "Condition", "id": "c", "code": CODE, "onsetPeriod": {"start": "2020"}},
    {"resourceType": "Location", "id": "l", "type": [CODE, {"text": "only words"}]},
    {
        "resourceType": "Observation", "id": "o", "status": "final", "code": CODE, "valueInteger": 3,
        "effectiveInstant": "2026-03-01T08:00:00.123456789Z",
    },
]  # fmt: skip


def rows(table, found):
    columns = {name: held for name, held in found.data.tables[table].items() if name != CASE}
    return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]


@pytest.fixture
def flat():
    found = Flattener("UTC")
    found.add("one", copy.deepcopy(RESOURCES))
    return found


def test_every_column_has_a_path_and_every_path_a_column():
    mapping = fhir_clinical._mapping()
    assert set(mapping) == set(CLINICAL)
    for table, sources in mapping.items():
        for source in sources:
            assert {*source["columns"], "id"} == set(CLINICAL[table].column_names), table


def test_times_are_the_zone_s_and_spans_where_less_is_known(flat):
    (stay,) = rows("encounters", flat)
    assert stay["started_at"] == datetime(2026, 3, 1, 12)  # noqa: DTZ001
    assert stay["ended_at"] == datetime(2026, 3, 2)  # noqa: DTZ001
    assert flat.data.spans == {
        ("encounters", "ended_at"): {0: datetime.combine(date(2026, 3, 2), time.max)},
        ("patients", "birth_date"): {0: date(1960, 5, 31)},
        ("conditions", "onset_from"): {0: datetime.combine(date(2020, 12, 31), time.max)},
    }


def test_references_are_followed_and_missing_ones_are_unknown(flat):
    first, second = rows("encounter_diagnoses", flat)
    assert (first["encounter_id"], first["condition_id"], first["rank"]) == ("e", "c", 1)
    assert flat.data.concepts[first["code"]] == "s|a\nt|b"
    assert (second["condition_id"], second["code"]) == (None, None)
    (place,) = rows("encounter_locations", flat)
    assert flat.data.concepts[place["type"]] == "s|a\nt|b"
    assert place["location_id"] == "l"


def test_values_of_a_choice_keep_their_type(flat):
    (seen,) = rows("observations", flat)
    assert (seen["value_integer"], seen["value_quantity"], seen["value_known"]) == (3, None, True)
    assert seen["started_at"] == seen["ended_at"] == datetime(2026, 3, 1, 8, 0, 0, 123456)  # noqa: DTZ001
    (patient,) = rows("patients", flat)
    assert patient["deceased"] is False


def test_only_what_is_wanted_is_looked_up(flat):
    few = Flattener("UTC", {"encounters": {"status"}})
    few.add("one", copy.deepcopy(RESOURCES))
    assert rows("conditions", few) == []
    (stay,) = rows("encounters", few)
    assert {name for name, value in stay.items() if value is not None} == {"status"}


def test_a_case_that_cannot_be_read_leaves_nothing_behind(flat):
    before = json.dumps(flat.data.tables, default=str), dict(flat.data.spans)
    bad = [RESOURCES[1], {"resourceType": "Observation", "id": "x", "valueInteger": "three"}]
    with pytest.raises(Unreadable, match="Observation/x"):
        flat.add("two", bad)
    assert (json.dumps(flat.data.tables, default=str), dict(flat.data.spans)) == before
    assert flat.data.cases == ["one"]


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["coding", "code", "reference", "start", "url", "extension"]), inner, max_size=3),
    max_leaves=6,
)  # fmt: skip


@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_anything_at_all_is_rows_or_a_sentence(data):
    found = copy.deepcopy(RESOURCES)
    for _ in range(data.draw(st.integers(1, 4))):
        node = data.draw(st.sampled_from(found))
        while True:
            keys = [k for k in (node if isinstance(node, dict) else range(len(node))) if k != "resourceType"]
            if not keys:
                break
            key = data.draw(st.sampled_from(keys))
            inside = node[key]
            if not isinstance(inside, (dict, list)) or not inside or data.draw(st.booleans()):
                node[key] = data.draw(_JSON)
                break
            node = inside
    flat = Flattener("UTC")
    with suppress(Unreadable):  # anything else that is raised fails the test
        flat.add("one", found)
    for columns in flat.data.tables.values():
        assert len({len(held) for held in columns.values()}) == 1


def test_folders_of_one_name_are_told_apart_by_their_path(tmp_path):
    for place in ("a/x", "b/x", "b/y"):
        (tmp_path / place).mkdir(parents=True)
        (tmp_path / place / "p.json").write_text('{"resourceType": "Patient", "id": "p"}', "utf-8")
    assert [case.name for case in cases(tmp_path)] == ["a/x", "b/x", "y"]


def test_folders_of_resource_types_are_one_case(tmp_path):
    for kind in ("Patient", "Encounter"):
        (tmp_path / "deck" / "one" / kind).mkdir(parents=True)
        (tmp_path / "deck" / "one" / kind / "1.json").write_text(
            f'{{"resourceType": "{kind}", "id": "1"}}', "utf-8"
        )
    (case,) = cases(tmp_path)
    assert case.name == "one"
    assert [r["resourceType"] for r in resources(case)] == ["Encounter", "Patient"]


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("a.json", "[1]", "不是 FHIR 资源"),
        ("a.json", '{"a": 1}', "不是 FHIR 资源"),
        ("a.ndjson", '{"resourceType": "Patient"}\n\n{', "a.ndjson:3: 不是完整的 JSON"),
        ("a.json", '[{"resourceType": "Patient"}, {"resourceType": "Patient"}]', "有 2 位患者"),
    ],
)
def test_files_that_are_no_case(tmp_path, name, content, words):
    file = tmp_path / name
    file.write_text(content, "utf-8")
    with pytest.raises(BadFile, match=words):
        resources(Case("one", (file,)))


def test_bundles_inside_lists_and_a_byte_order_mark(tmp_path):
    bundle = {"resourceType": "Bundle", "entry": [{"resource": RESOURCES[0]}, {"request": {}}]}
    file = tmp_path / "a.json"
    file.write_bytes(b"\xef\xbb\xbf" + json.dumps([bundle, {"resourceType": "MeasureReport"}]).encode())
    assert resources(Case("one", (file,))) == [RESOURCES[0]]

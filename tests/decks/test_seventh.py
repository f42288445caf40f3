"""A seventh measure of the family that no deck holds, with cases counted by hand, and what goes wrong told in words.

Severe hyperglycaemia by stay and by day: adults in hospital with diabetes; the days (24 hours from the start) with a
glucose above 16.7 mmol/L that nobody treated with insulin within two hours and after which none was below 11.
"""

import json

import pytest

from zhikong.cli import main

ICD, LOINC, ATC = "http://hl7.org/fhir/sid/icd-10", "http://loinc.org", "http://www.whocc.no/atc"
MEASURE = """
schema: measure
id: severe_hyperglycaemia
period: {start: 2026-01-01, end: 2026-12-31}
zone: Asia/Shanghai
rows: stays
sets:
  stays:
    from: encounters
    columns:
      age: years_between(patient.birth_date, date(started_at))
      nights: days_between(started_at, ended_at)
    where: >-
      status = 'finished' and has_code(class, 'http://terminology.hl7.org/CodeSystem/v3-ActCode|IMP')
      and age >= 18 and within_days(ended_at, period_start, period_end)
      and any(conditions, in_valueset(code, 'Diabetes') and onset_from <= stays.ended_at)
  glucose:
    from: observations
    columns: {mmol: "in_unit(value_quantity, value_unit, 'mmol/L')"}
    where: status = 'final' and has_code(code, 'loinc|14749-6')
  days:
    from: stays
    repeat: quotient(hours_between(started_at, ended_at), 24)
    columns:
      opens: add_hours(started_at, 24 * (days.number - 1))
      closes: add_hours(started_at, 24 * days.number)
      peak: max(glucose, mmol, started_at >= days.opens and started_at < days.closes)
      bad: >-
        any(glucose as high, high.mmol > 16.7 and high.started_at >= days.opens and high.started_at < days.closes
          and not any(insulin, within(started_at, high.started_at, add_hours(high.started_at, 2)))
          and every(glucose as later, later.started_at <= high.started_at or later.started_at >= days.closes
            or later.mmol >= 11))
  insulin:
    from: medication_administrations
    where: status = 'completed' and in_valueset(code, 'Insulin')
  withheld:
    from: medication_administrations
    where: status = 'not-done' and in_valueset(code, 'Insulin')
populations:
  initial-population: {}
  denominator: {of: initial-population, where: nights >= 1}
  denominator-exclusion: {of: denominator, where: "any(withheld, within(recorded_at, stays.started_at, stays.ended_at))"}
  numerator:
    of: denominator
    without: denominator-exclusion
    where: any(days, id = stays.id and bad)
observations:
  bad-days: {of: numerator, value: "count(days, id = stays.id and bad)"}
"""


def concept(system, *codes):
    return {"coding": [{"system": system, "code": code} for code in codes]}


def patient(born="1960-05-01"):
    return {"resourceType": "Patient", "id": "p", "birthDate": born}


def stay(start="2026-03-01T08:00:00+08:00", end="2026-03-04T10:00:00+08:00", name="e"):
    period = {"start": start, "end": end}
    where = {"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "IMP"}
    return {"resourceType": "Encounter", "id": name, "status": "finished", "class": where, "period": period}


def diabetes(onset="2020"):
    code = concept(ICD, "E11.9")
    return {"resourceType": "Condition", "id": "d", "code": code, "onsetDateTime": onset}


def glucose(at, value, unit="mmol/L"):
    return {
        "resourceType": "Observation", "id": f"g{at}", "status": "final", "code": concept(LOINC, "14749-6"),
        "effectiveDateTime": at, "valueQuantity": {"value": value, "code": unit},
    }  # fmt: skip


def insulin(at, **more):
    code = {"medicationReference": {"reference": "#drug"}} if "contained" in more else {}
    return {
        "resourceType": "MedicationAdministration", "id": f"i{at}", "status": "completed",
        "effectivePeriod": {"start": at}, "medicationCodeableConcept": concept(ATC, "A10AB01"), **code, **more,
    }  # fmt: skip


def not_given(at):
    """Not done, of a whole value set rather than of one medicine, as QI-Core writes it."""
    canonical = "http://example.org/ValueSet/insulin"
    which = {
        "url": "http://hl7.org/fhir/us/qicore/StructureDefinition/qicore-notDoneValueSet",
        "valueCanonical": canonical,
    }
    recorded = {
        "url": "http://hl7.org/fhir/us/qicore/StructureDefinition/qicore-recorded",
        "valueDateTime": at,
    }
    return {
        "resourceType": "MedicationAdministration", "id": "n", "status": "not-done", "extension": [recorded],
        "medicationCodeableConcept": {"extension": [which]},
    }  # fmt: skip


HIGH = glucose("2026-03-02T09:00:00+08:00", 20.1)
CASES = {
    "high_untreated": ([patient(), stay(), diabetes(), HIGH], (1, 1, 0, 1), [1]),
    "high_on_two_days": (
        [patient(), stay(), diabetes(), HIGH, glucose("2026-03-03T23:00:00+08:00", 17.0)], (1, 1, 0, 1), [2]),
    "treated_after_two_hours_exactly": (
        [patient(), stay(), diabetes(), HIGH, insulin("2026-03-02T11:00:00+08:00")], (1, 1, 0, 0), []),
    "treated_a_minute_late": (
        [patient(), stay(), diabetes(), HIGH, insulin("2026-03-02T11:01:00+08:00")], (1, 1, 0, 1), [1]),
    "low_again_on_that_day": (
        [patient(), stay(), diabetes(), HIGH, glucose("2026-03-02T15:00:00+08:00", 9)], (1, 1, 0, 0), []),
    "low_again_on_the_next": (
        [patient(), stay(), diabetes(), HIGH, glucose("2026-03-03T08:00:00+08:00", 9)], (1, 1, 0, 1), [1]),
    "a_unit_that_cannot_be_compared": (
        [patient(), stay(), diabetes(), glucose("2026-03-02T09:00:00+08:00", 400, "mg/dL")], (1, 1, 0, 0), []),
    "after_the_last_whole_day": (
        [patient(), stay(), diabetes(), glucose("2026-03-04T09:00:00+08:00", 30)], (1, 1, 0, 0), []),
    "seventeen": ([patient("2008-03-02"), stay(), diabetes(), HIGH], (0, 0, 0, 0), []),
    "eighteen_today": ([patient("2008-03-01"), stay(), diabetes(), HIGH], (1, 1, 0, 1), [1]),
    "birth_year_leaves_the_age_open": ([patient("2008"), stay(), diabetes(), HIGH], (0, 0, 0, 0), []),
    "birth_year_is_enough": ([patient("2007"), stay(), diabetes(), HIGH], (1, 1, 0, 1), [1]),
    "onset_in_the_month_of_discharge_is_open": ([patient(), stay(), diabetes("2026-03"), HIGH], (0, 0, 0, 0), []),
    "onset_on_an_earlier_day": ([patient(), stay(), diabetes("2026-03-03"), HIGH], (1, 1, 0, 1), [1]),
    "ended_in_the_zone_s_next_year": (
        [patient(), stay("2026-12-30T08:00:00+08:00", "2026-12-31T16:00:00Z"), diabetes()], (0, 0, 0, 0), []),
    "ended_in_the_zone_s_year": (
        [patient(), stay("2026-12-30T08:00:00+08:00", "2026-12-31T15:59:00Z"), diabetes()], (1, 1, 0, 0), []),
    "same_day_stay": (
        [patient(), stay("2026-03-01T08:00:00+08:00", "2026-03-01T20:00:00+08:00"), diabetes()], (1, 0, 0, 0), []),
    "withheld_for_a_reason": ([patient(), stay(), diabetes(), HIGH, not_given("2026-03-02T09:05:00+08:00")], (1, 1, 1, 0), []),
    "insulin_that_is_contained": (
        [patient(), stay(), diabetes(), HIGH,
         {k: v for k, v in insulin("2026-03-02T09:30:00+08:00", contained=[
             {"resourceType": "Medication", "id": "drug", "code": concept(ATC, "A10AB01")}]).items()
          if k != "medicationCodeableConcept"}], (1, 1, 0, 0), []),
    "two_stays_one_of_them_bad": (
        [patient(), stay(), diabetes(), HIGH, stay("2026-05-01T08:00:00+08:00", "2026-05-03T08:00:00+08:00", "f")],
        (2, 2, 0, 1), [1]),
    "nothing": ([patient()], (0, 0, 0, 0), []),
}  # fmt: skip
NAMES = ("initial-population", "denominator", "denominator-exclusion", "numerator")


def value_set(name, url, **compose):
    return {"resourceType": "ValueSet", "url": f"http://example.org/ValueSet/{url}", "title": name, **compose}


@pytest.fixture
def definitions(tmp_path):
    folder = tmp_path / "definitions"
    (folder / "sets").mkdir(parents=True)
    (folder / "measure.yaml").write_text(MEASURE, "utf-8")
    listed = {"system": ICD, "concept": [{"code": "E11.9"}, {"code": "E10.9"}]}
    deep = {"system": ATC, "abstract": True, "code": "A10A", "contains": [{"system": ATC, "code": "A10AB01"}]}
    sets = [
        value_set("Type 2", "type2", compose={"include": [listed]}),
        value_set(
            "Diabetes", "diabetes", compose={"include": [{"valueSet": ["http://example.org/ValueSet/type2"]}]}
        ),
        value_set("Insulin", "insulin", expansion={"contains": [deep]}),
        value_set("Whole system", "whole", compose={"include": [{"system": ICD}]}),
    ]
    for place, one in enumerate(sets):
        (folder / "sets" / f"{place}.json").write_text(json.dumps(one), "utf-8")
    return folder


@pytest.fixture
def data(tmp_path):
    root = tmp_path / "data"
    for place, (name, (resources, _, _)) in enumerate(CASES.items()):
        folder = root / name
        folder.mkdir(parents=True)
        if place % 2:  # a Bundle, or a file for each resource
            bundle = {"resourceType": "Bundle", "entry": [{"resource": one} for one in resources]}
            (folder / "bundle.json").write_text(json.dumps(bundle), "utf-8")
            continue
        for number, one in enumerate(resources):
            (folder / f"{number}.json").write_text(json.dumps(one), "utf-8")
    return root


def counted(definitions, data, capsys):
    code = main(["measure", "--definitions", str(definitions), "--data", str(data), "--json"])
    told = capsys.readouterr()
    return code, {one["case"]: one for one in json.loads(told.out)["cases"]}, told.err


@pytest.mark.parametrize("many", [False, True])
def test_cases_counted_by_hand(definitions, data, capsys, monkeypatch, many):
    monkeypatch.setattr("zhikong.engine.measures.counting.MANY", 1 if many else 10**6)
    code, found, _ = counted(definitions, data, capsys)
    assert code == 0
    wanted = {
        name: (dict(zip(NAMES, counts, strict=True)), days) for name, (_, counts, days) in CASES.items()
    }
    assert {
        name: (one["populations"], one["observations"]["bad-days"]) for name, one in found.items()
    } == wanted


def test_a_broken_case_is_named_and_the_others_are_counted(definitions, data, capsys):
    (data / "seventeen" / "0.json").write_text('{"resourceType": "Patient",\n "id": }', "utf-8")
    bad = stay() | {"period": {"start": "yesterday"}}
    (data / "nothing" / "stay.json").write_text(json.dumps(bad), "utf-8")
    code, found, told = counted(definitions, data, capsys)
    assert code == 1
    assert set(found) == set(CASES) - {"seventeen", "nothing"}
    assert "0.json:2: 不是完整的 JSON" in told
    assert "nothing：资源 Encounter/e 中有读不懂的值" in told


@pytest.mark.parametrize(
    ("old", "new", "line", "words"),
    [
        ("'Insulin'", "'Insuline'", 35, "没有值集“Insuline”"),
        ("'Diabetes'", "'Whole system'", 13, "值集“Whole system”不能用：它包含整个编码系统"),
        ("ended_at, period_start", "endet_at, period_start", 13, "stays 没有列 endet_at。 处理办法：是否想写 ended_at？"),
        ("any(days,", "some(days,", 46, "没有函数 some"),
        ("of: denominator\n", "of: denominators\n", 44, "上面没有人群 denominators"),
        ("from: stays", "from: days", 21, "集合互相引用成环：days → days"),
        ("nights >= 1", "nights", 41, "这里需要是/否条件"),
        ("rows: stays", "rows: stay", 6, "没有表或集合 stay"),
        ("start: 2026-01-01", "start: 2027-01-01", 4, "统计期的写法不对"),
        ("'loinc|14749-6'", "'14749-6'", 20, "没有写明编码系统"),
        ("zone: Asia/Shanghai", "zone: Mars", 5, "没有时区 Mars"),
        ("rows: stays", "rows: [", 8, "YAML 格式不对"),
    ],
)  # fmt: skip
def test_a_bad_definition_is_told_with_its_line(definitions, data, capsys, old, new, line, words):
    file = definitions / "measure.yaml"
    assert old in MEASURE
    file.write_text(MEASURE.replace(old, new, 1), "utf-8")
    code, found, told = counted(definitions, data, capsys)
    assert (code, found) == (1, {})
    assert f"measure.yaml:{line}:" in told
    assert words in told


def test_a_folder_that_is_missing(definitions, tmp_path, capsys):
    assert main(["measure", "--definitions", str(definitions), "--data", str(tmp_path / "none")]) == 1
    assert "没有文件夹" in capsys.readouterr().err


def test_a_word_of_sql_is_no_name(definitions, data, capsys):
    file = definitions / "measure.yaml"
    file.write_text(MEASURE.replace("peak:", "case:", 1), "utf-8")
    code, found, told = counted(definitions, data, capsys)
    assert (code, found) == (1, {})
    assert "measure.yaml:27: case 是 SQL 的保留字" in told

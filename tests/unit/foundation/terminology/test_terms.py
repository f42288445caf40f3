"""Local codes of published data and of the quarantine: collected, suggested, decided, applied, with history (F-08)."""

# ruff: noqa: DTZ001  facts carry the local wall time without a zone

from datetime import UTC, date, datetime

import pyarrow as pa
import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from zhikong.foundation.terminology import actions, queries
from zhikong.foundation.terminology.collecting import collect
from zhikong.foundation.terminology.models import Code, LocalTerm

NOW = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
CODES = "编码,名称\nI10.x00,特发性(原发性)高血压\nE11.900,2型糖尿病\nJ18.900,肺炎\n"


@pytest.fixture
def diagnoses(monkeypatch):
    """What the published facts hold, column by column."""
    found = {
        ("diagnoses", "code"): [("GXY", "高血压", 7), ("I10.x00", "特发性高血压", 90), ("ZZZ", None, 1)],
    }
    monkeypatch.setattr(
        "zhikong.foundation.terminology.collecting.distinct_codes",
        lambda table, column, name=None: found.get((table, column), []),
    )
    return found


def load(by, tmp_path, text=CODES, name="国家临床版 2.0", system="icd10", effective_from=date(2026, 1, 1)):
    path = tmp_path / "codes.csv"
    path.write_bytes(text.encode("gb18030"))
    return actions.load_edition(
        by=by, now=NOW, system=system, name=name, path=path, source="icd10.csv", effective_from=effective_from,
        folder=tmp_path,
    )  # fmt: skip


@pytest.mark.proves("F-08")
def test_a_sample_judges_nothing_and_an_edition_finds_the_unknown_codes(make_user, tmp_path, diagnoses):
    reviewer = make_user("record_reviewer")
    collect(now=NOW)
    assert not LocalTerm.objects.filter(system="icd10").exists()
    edition = load(reviewer, tmp_path)
    assert (edition.size, Code.objects.filter(edition=edition).count()) == (3, 3)
    terms = {t.code: t for t in queries.terms("icd10")}
    assert sorted(terms) == ["GXY", "ZZZ"]
    assert (terms["GXY"].rows, terms["GXY"].places) == (7, ["diagnoses.code"])
    assert terms["GXY"].suggestions[0]["code"] == "I10.x00"
    assert terms["ZZZ"].suggestions == []


@pytest.mark.proves("F-08")
def test_a_decision_is_applied_kept_and_can_be_taken_back(make_user, tmp_path, diagnoses):
    reviewer = make_user("record_reviewer")
    load(reviewer, tmp_path)
    term = LocalTerm.objects.get(code="GXY")
    actions.decide(by=reviewer, now=NOW, term_id=term.pk, target="I10.x00")
    applied = queries.translations(on=NOW.date())
    assert applied["diagnoses.code"] == applied["stays.principal_diagnosis"] == {"GXY": "I10.x00"}
    actions.reopen(by=reviewer, now=NOW, term_id=term.pk, reason="病案室复核")
    assert queries.translations(on=NOW.date()) == {}
    assert [(d.state, d.target, d.reason) for d in queries.history("icd10")] == [
        ("open", "", "病案室复核"),
        ("mapped", "I10.x00", ""),
    ]


def test_no_equivalent_needs_a_reason_and_an_unknown_target_is_refused(make_user, tmp_path, diagnoses):
    reviewer = make_user("record_reviewer")
    load(reviewer, tmp_path)
    term = LocalTerm.objects.get(code="ZZZ")
    with pytest.raises(ValidationError, match="请写明原因"):
        actions.decide(by=reviewer, now=NOW, term_id=term.pk, target="")
    with pytest.raises(ValidationError, match="编码表里没有 X99"):
        actions.decide(by=reviewer, now=NOW, term_id=term.pk, target="X99")
    done = actions.decide(by=reviewer, now=NOW, term_id=term.pk, target="", reason="自费项目，无国家编码")
    assert done.state == LocalTerm.State.NONE


def test_a_code_that_no_longer_occurs_is_gone_and_comes_back_open(make_user, tmp_path, diagnoses):
    load(make_user("record_reviewer"), tmp_path)
    was = diagnoses.pop(("diagnoses", "code"))
    collect(now=NOW)
    assert {t.state for t in queries.terms("icd10")} == {LocalTerm.State.GONE}
    diagnoses["diagnoses", "code"] = was
    assert collect(now=NOW) >= 2
    assert {t.state for t in queries.terms("icd10")} == {LocalTerm.State.OPEN}


def test_an_edition_of_a_later_day_waits_and_the_older_one_holds_until_then(make_user, tmp_path, diagnoses):
    reviewer = make_user("record_reviewer")
    first = load(reviewer, tmp_path)
    second = load(reviewer, tmp_path, CODES + "GXY,院内高血压\n", "2027 版", effective_from=date(2027, 1, 1))
    assert queries.edition_in_force("icd10", on=date(2026, 12, 31)) == first
    assert queries.edition_in_force("icd10", on=date(2027, 1, 1)) == second


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("编码,名称\nA,甲\nA,乙\n", "第 3 行的编码 A 前面已有，名称不同"),
        ("编码,名称\nA,\n", "第 2 行缺少编码或名称"),
        ("甲,乙\n1,2\n", "表头里找不到"),
        ("编码,名称\n", "文件里没有编码"),
    ],
)
def test_a_bad_table_is_refused_whole_with_its_row(make_user, tmp_path, diagnoses, text, said):
    with pytest.raises(ValidationError, match=said):
        load(make_user("record_reviewer"), tmp_path, text)
    assert not queries.editions("icd10").exists()


def test_an_excel_table_is_taken_and_a_name_only_once(make_user, tmp_path, diagnoses):
    import openpyxl

    reviewer = make_user("record_reviewer")
    book = openpyxl.Workbook()
    for row in (("某省编码表",), (), ("序号", "手术编码", "手术名称"), (1, "47.0901", "阑尾切除术")):
        book.active.append(row)
    path = tmp_path / "ops.xlsx"
    book.save(path)
    given = dict(
        by=reviewer, now=NOW, system="icd9cm3", name="3.0", path=path, source="ops.xlsx", folder=tmp_path
    )
    made = actions.load_edition(**given, effective_from=date(2026, 1, 1))
    assert queries.codes_of(made) == {"47.0901": "阑尾切除术"}
    with pytest.raises(ValidationError, match=r"已经有名为 3\.0 的版本"):
        actions.load_edition(**given, effective_from=date(2026, 1, 1))


@pytest.mark.proves("F-08")
def test_a_department_name_that_was_refused_becomes_an_alias(make_user, hospital, diagnoses):
    from zhikong.foundation.facts.models import Load, QuarantinedRow
    from zhikong.foundation.organisation.models import Department, DepartmentAlias

    administrator = make_user("administrator")
    load_row = Load.objects.create(institution_id=hospital.id, source_name="x", mapping="x", started_at=NOW)
    for row in (2, 3):
        QuarantinedRow.objects.create(
            institution_id=hospital.id, load=load_row, source="x", row=row, table="stays", column="discharge_department",
            label="出院科室", value="心脏内科门诊", reason="unknown_department", message="m", remedy="r",
        )  # fmt: skip
    collect(now=NOW)
    term = LocalTerm.objects.get(system="departments")
    assert (term.code, term.rows) == ("心脏内科门诊", 2)
    target = Department.objects.order_by("code").first().code
    actions.decide(by=administrator, now=NOW, term_id=term.pk, target=target)
    assert DepartmentAlias.objects.get(alias="心脏内科门诊").department.code == target
    actions.reopen(by=administrator, now=NOW, term_id=term.pk, reason="选错了")
    assert not DepartmentAlias.objects.filter(alias="心脏内科门诊").exists()


def test_who_may_not_map_codes_is_refused(make_user, tmp_path, diagnoses):
    load(make_user("record_reviewer"), tmp_path)
    term = LocalTerm.objects.get(code="GXY")
    with pytest.raises(PermissionDenied):
        actions.decide(by=make_user("nurse"), now=NOW, term_id=term.pk, target="I10.x00")


def test_codes_of_published_tables_are_counted_with_a_name_beside_them(make_user, hospital, tmp_path):
    import pyarrow.parquet as pq

    from zhikong.engine.tables import arrow_schema
    from zhikong.foundation.facts import actions as facts
    from zhikong.foundation.facts.values import distinct_codes

    office = make_user("quality_office")
    stays = [
        dict(stay_id=f"s{n}", patient_key="p", institution="H", zone="Asia/Shanghai", discharge_department="D",
             admitted_at=datetime(2026, 10, 1), discharged_at=datetime(2026, 10, 2), month="2026-10")
        for n in range(2)
    ]  # fmt: skip
    rows = [
        dict(stay_id=f"s{n}", kind="principal", seq=1, code="GXY", name="高血压", month="2026-10")
        for n in range(2)
    ]
    tables = {}
    for name, given in (("stays", stays), ("diagnoses", rows)):
        tables[name] = tmp_path / f"{name}.parquet"
        pq.write_table(pa.Table.from_pylist(given, schema=arrow_schema(name)), tables[name])
    facts.publish(by=office, now=NOW, tables=tables, folder=tmp_path)
    assert list(distinct_codes("diagnoses", "code", "name")) == [("GXY", "高血压", 2)]
    assert list(distinct_codes("operations", "code", "name")) == []

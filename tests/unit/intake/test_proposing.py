"""Headers of every family are recognised; values that do not fit are told; no header is proposed twice."""

from pathlib import Path

import pytest

from zhikong import packs
from zhikong.intake.mappings import load_mapping
from zhikong.intake.proposing import likeliest, names_of, normal, propose

PACKS = Path(packs.__path__[0])


@pytest.fixture(scope="module")
def known():
    return names_of(load_mapping(path) for path in sorted((PACKS / "national" / "mappings").glob("*.yaml")))


def chosen(proposal):
    return {g.column: g.header for g in (*proposal.guesses, *proposal.numbers) if g.header}


FAMILIES = {
    "chinese": [
        "病案号",
        "住院次数",
        "姓名",
        "性别",
        "年龄",
        "入院时间",
        "出院时间",
        "出院科室",
        "离院方式",
        "总费用",
    ],
    "hqms": ["A48", "A49", "A11", "A12C", "A14", "B12", "B15", "B16C", "B34C", "D01"],
    "p codes": ["P3", "P2", "P4", "P5", "P7", "P22", "P25", "P26", "P741", "P782"],
    "n041": ["BAH", "ZYCS", "XM", "XB", "NL", "RYSJ", "CYSJ", "CYKB", "LYFS", "ZFY"],
}
COLUMNS = [
    *("record_number", "admission_number", "name", "sex", "age_years", "admitted_at"),
    *("discharged_at", "discharge_department", "discharge_way", "total_fee"),
]


@pytest.mark.parametrize("family", FAMILIES)
def test_every_family_of_headers(known, family):
    header = FAMILIES[family]
    assert chosen(propose("stays", header, {}, known)) == dict(zip(COLUMNS, header, strict=True))
    assert likeliest(header, known)[0][0] == "stays"


def test_what_people_add_to_a_name_does_not_matter(known):
    header = ["出院时间（必填）", "总费用(元)", " 性 别 ", "ＣＹＫＢ", "入院科室名称"]
    found = chosen(propose("stays", header, {}, known))
    assert found == {
        "discharged_at": "出院时间（必填）",
        "total_fee": "总费用(元)",
        "sex": " 性 别 ",
        "discharge_department": "ＣＹＫＢ",
        "admission_department": "入院科室名称",
    }


def test_values_that_do_not_fit_are_told_and_a_fitting_column_is_preferred(known):
    samples = {"出院时间": ["内科", "外科"], "出院日期": ["2026-01-03", "2026/1/4"]}
    found = {g.column: g for g in propose("stays", list(samples), samples, known).guesses}
    assert found["discharged_at"].header == "出院日期"
    alone = {g.column: g for g in propose("stays", ["年龄"], {"年龄": ["34", "3月", "7"]}, known).guesses}
    assert "3 个值里有 1 个不像整数，如“3月”" in alone["age_years"].doubt


def test_a_header_is_proposed_once_and_the_rest_is_listed(known):
    proposal = propose("stays", ["入院科室", "备注"], {}, known)
    assert [g.column for g in proposal.guesses if g.header == "入院科室"] == ["admission_department"]
    assert proposal.unused == ("备注",)
    assert {"admitted_at", "discharged_at", "discharge_department"} <= set(proposal.lacking)


def test_other_tables_are_recognised(known):
    assert likeliest(["科室", "日期", "开放床位", "占用床位"], known)[0][0] == "bed_days"
    assert likeliest(["病案号", "诊断类别", "疾病编码", "入院病情"], known)[0][0] == "diagnoses"
    assert likeliest(["完全", "无关"], known) == []


@pytest.mark.parametrize(
    ("written", "same"), [("年龄(岁)", "年龄"), ("Ａ４８", "a48"), ("出院_科别：", "出院科别")]
)
def test_normal(written, same):
    assert normal(written) == same

"""From the words of a plan to ids: synonyms, spellings put right, the caller's own names first."""

from pathlib import Path

import pytest

from zhikong.reading.lexicon import Lexicon, with_words
from zhikong.reading.reader import packaged_lexicon, read
from zhikong.reading.words import packaged, parse

PACK = Path(__file__).parents[3] / "zhikong" / "packs" / "national"


@pytest.mark.parametrize(
    ("written", "indicator"),
    [
        ("均匀住院日", "average_length_of_stay"),
        ("出院病人平均住院日", "average_length_of_stay"),
        ("进院三日确诊率", "diagnosis_within_three_days"),
        ("进出院诊断符合率", "admission_discharge_agreement"),
        ("病历甲级率", "grade_a_records"),
        ("急救物品完好率", "emergency_equipment_in_order"),
        ("完全不相干的指标率", ""),
        ("率", ""),
    ],
)
def test_subjects_find_their_indicator(written, indicator):
    assert packaged_lexicon().indicator(written) == indicator


def test_every_packaged_indicator_name_is_an_indicator_of_the_pack():
    known = {file.stem for file in (PACK / "indicators").glob("*.yaml")}
    assert set(packaged().indicators) <= known


def test_items_are_linked():
    (target,) = read("均匀住院日≤14天").as_json()["items"]
    assert target["link"] == {"kind": "indicator", "id": "average_length_of_stay"}
    (duty,) = read("每季度召开一次医疗质量管理委员会会议").as_json()["items"]
    assert duty["link"] == {"kind": "committee", "id": "quality_committee"}


def test_the_callers_names_come_first():
    own = with_words(Lexicon(indicators={"own_rate": ("我院特色率",)}), packaged())
    (found,) = read("我院特色率≥90%", own).as_json()["items"]
    assert found["link"] == {"kind": "indicator", "id": "own_rate"}
    assert "link" not in read("均匀住院日≤14天", Lexicon()).as_json()["items"][0]


def test_two_names_that_fit_as_well_give_no_link():
    assert Lexicon(indicators={"a": ("满意度",), "b": ("满意度",)}).indicator("满意度") == ""


def test_bad_words_are_explained():
    problems = parse("id: x\nversion: 1\nspellings: 3\n", file=Path("x.yaml"))
    assert isinstance(problems, list)
    assert any("spellings" in one.message for one in problems)

"""Every definition can be said in Chinese (F-32)."""

import re

import pytest

from tests.spec.running import define
from zhikong.engine.definitions import nodes
from zhikong.hospital.functions.indicators import wording
from zhikong.hospital.functions.indicators.catalogue import catalogue, definitions


def test_every_pack_loads_without_a_problem():
    assert catalogue().problems == []
    assert len(definitions()) >= 40


@pytest.mark.parametrize("indicator_id", sorted(definitions()))
def test_every_definition_has_words(indicator_id):
    definition = definitions()[indicator_id]
    texts = [
        wording.population_text(definition),
        wording.measure_text(definition.numerator, definition),
        wording.measure_text(definition.denominator, definition),
        *(condition for condition, _why in wording.exclusion_texts(definition)),
    ]
    for text in texts:
        assert re.search("[一-鿿]", text)
        assert not re.search("[a-z]+_[a-z]+", text), text  # no column name slips through


def test_codes_are_said_as_their_code_set_calls_them():
    text = wording.measure_text(
        definitions()["inpatient_mortality"].numerator, definitions()["inpatient_mortality"]
    )
    assert "离院方式为 “死亡”" in text


def test_every_node_of_the_language_has_words():
    assert set(wording.words.registry) >= set(nodes.NODE_TYPES)


def test_kinds_that_stand_on_others_are_said():
    base = define(id="length", kind="mean", numerator={"sum": "days"}, unit="天")
    growth = define(
        indicators={"length": base}, kind="growth", of="length", against={"months": 12}, change="points",
        multiplier=1, unit="天",
    )  # fmt: skip
    assert wording.measure_text(growth.numerator, growth) == "“例”与12 个月前相比的变化"
    assert wording.measure_text(growth.denominator, growth) == "不设分母（由其他指标算出）"


def test_the_other_side_of_a_rate_is_said():
    rate = define(
        kind="rate", denominator=None, numerator={"rows": True}, multiplier=1000, unit="‰",
        per={"table": "bed_days", "date": "day", "department": "department", "sum": "occupied_beds"},
    )  # fmt: skip
    assert wording.measure_text(rate.denominator, rate).startswith("实际占用床位数之和（床位日报")


def test_looking_back_is_said():
    again = define(numerator={"count": "last_by(earlier_stays, days, discharged_at) > 3"})
    said = wording.measure_text(again.numerator, again)
    assert "同一患者此前的住院中出院时间最晚一条的" in said

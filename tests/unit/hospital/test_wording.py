"""Every definition can be said in Chinese (F-32)."""

import re

import pytest

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

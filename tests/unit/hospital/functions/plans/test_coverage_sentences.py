"""The packaged documents' sentences: each has its place and words, under the paper that it stands in."""

from pathlib import Path

import pytest

from zhikong import packs
from zhikong.foundation.duties.definition.reading import parse
from zhikong.hospital.functions.plans.queries.coverage import sentences

FOLDER = Path(packs.__path__[0]) / "national" / "duties"


@pytest.fixture(scope="module")
def found():
    known = [parse(file.read_text("utf-8"), file=file) for file in sorted(FOLDER.glob("*.yaml"))]
    names = sentences._full_names(known)
    return [one for duty in known for one in sentences._of_duty(duty, names, True)]


def test_every_duty_is_a_sentence_with_its_place(found):
    assert {duty_id for one in found for duty_id in one.duty_ids} == {
        file.stem for file in FOLDER.glob("*.yaml")
    }
    assert all(one.place.startswith("L") and len(one.text) > 5 for one in found)
    assert len({one.key for one in found}) == len(found)


def test_a_duty_of_two_papers_stands_in_both(found):
    of = {(one.document.title, one.place) for one in found if one.duty_ids == ("department_monthly_report",)}
    assert of == {("000-P4 医疗质量管理方案", "L224"), ("001-P3", "L321")}


def test_one_code_for_several_papers_keeps_them_apart(found):
    titles = {
        one.document.title: one.document.key for one in found if one.document.title.startswith("001-P1")
    }
    assert len(titles) == 3
    assert len(set(titles.values())) == 3

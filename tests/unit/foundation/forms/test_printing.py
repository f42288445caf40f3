"""A checklist on paper: room for what was wrong, how to look, what is grave, and the signatures where they belong."""

import os
from datetime import UTC, datetime
from io import BytesIO

import pypdfium2
import pytest

from zhikong.foundation.forms import examples, printing
from zhikong.foundation.forms.definition import FormDefinition, read
from zhikong.site import discovery

NATIONAL = discovery.PACKAGE / "packs" / "national"
NOW = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
A4 = (595, 842)  # points, width and height
CHECKLISTS = sorted(
    file.stem for file in (NATIONAL / "checklists").glob("*.yaml") if not file.name.endswith(examples.SUFFIX)
)
PRINTED = CHECKLISTS if os.environ.get("ZHIKONG_TEST_ALL") else CHECKLISTS[:: len(CHECKLISTS) // 4]


def form_of(name: str, folder: str = "checklists") -> FormDefinition:
    file = NATIONAL / folder / f"{name}.yaml"
    return read(file.read_text("utf-8"), file=file)


def pages_of(form: FormDefinition) -> tuple[str, list[tuple[int, int]]]:
    """The words of all pages without spaces, and the size of each page."""
    document = pypdfium2.PdfDocument(BytesIO(printing.blank(form, hospital="A市人民医院", now=NOW)))
    words = "".join(page.get_textpage().get_text_range() for page in document)
    sizes = [tuple(round(side) for side in page.get_size()) for page in document]
    document.close()
    return "".join(words.split()), sizes


@pytest.mark.parametrize("name", PRINTED)
def test_a_blank_checklist_carries_every_item_and_its_head(name):
    form = form_of(name)
    words, sizes = pages_of(form)
    assert set(sizes) == {A4}
    assert len(sizes) <= 3
    head = ["A市人民医院", form.title, "科室", "日期", f"第1页，共{len(sizes)}页", "审核人签名"]
    assert [one for one in head if "".join(one.split()) not in words] == []
    assert [item.text for item in form.items() if "".join(item.text.split()) not in words] == []


def test_an_inspector_finds_room_for_problems_and_sees_how_to_look():
    words, _sizes = pages_of(form_of("drug_storage_check"))
    assert "检查人：" in words
    assert "问题记录" in words
    assert "▲高危药品单独存放" in words
    assert "〔看现场〕" in words
    assert "▲表示不符合时按严重问题处理" in words
    assert "000-P3L132" in words
    assert "说明：前四条出自计划原文" in words


def test_signatures_of_a_phase_stand_under_the_phase():
    words, _sizes = pages_of(form_of("surgical_safety_checklist"))
    first, second, third = (words.index(title) for title in ("麻醉实施前", "手术开始前", "患者离开手术室前"))
    signed = [n for n in range(len(words)) if words.startswith("麻醉医师签名", n)]
    assert len(signed) == 3
    assert first < signed[0] < second < signed[1] < third < signed[2]
    assert "问题记录" not in words  # it is about one patient and goes into the record


def test_other_forms_stay_as_they_were():
    words, _sizes = pages_of(form_of("complaint_statement", "forms"))
    assert "问题记录" not in words
    assert "检查人：" not in words
    assert "▲" not in words

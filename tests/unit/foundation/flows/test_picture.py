"""A flow is drawn so that a reviewer can read it: labels never overlap, and the same stands there in words."""

import re
from itertools import combinations
from pathlib import Path
from xml.etree import ElementTree

import pytest

from zhikong.foundation.access.roles import ROLES
from zhikong.foundation.flows import picture, wording
from zhikong.foundation.flows.definition import read_file

FLOWS = Path(__file__).parents[4] / "zhikong/packs/national/flows"
GOLDEN = Path(__file__).parent / "golden"
TITLES = {code: role.title for code, role in ROLES.items()}
SVG = "{http://www.w3.org/2000/svg}"


def flow(name):
    return read_file(FLOWS / f"{name}.yaml", roles_known=TITLES)


def overlapping(drawing):
    boxes = [(text.text, text.bounds) for text in drawing.texts]
    return [
        (one, other)
        for (one, a), (other, b) in combinations(boxes, 2)
        if a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]
    ]


@pytest.mark.parametrize("file", sorted(FLOWS.glob("*.yaml")), ids=lambda file: file.stem)
def test_labels_do_not_overlap_and_stay_in_the_picture(file):
    drawing = picture.layout(read_file(file, roles_known=TITLES), TITLES)
    assert not overlapping(drawing)
    assert all(t.bounds[0] >= 0 and t.bounds[2] <= drawing.width for t in drawing.texts)
    assert all(t.bounds[1] >= 0 and t.bounds[3] <= drawing.height for t in drawing.texts)


def test_the_picture_is_valid_says_what_it_is_and_carries_no_script_or_style():
    text = picture.draw(flow("quality_appeal"), TITLES)
    root = ElementTree.fromstring(text)
    assert root.find(f"{SVG}title").text == "流程图：质控结论申诉"
    assert root.get("aria-labelledby").split() == [
        root.find(f"{SVG}{t}").get("id") for t in ("title", "desc")
    ]
    assert not re.search(r"<script|style=|<style|\son\w+=", text)


def test_every_state_and_step_stands_in_the_picture_and_in_the_words():
    found = flow("quality_appeal")
    drawn = "".join(t.text for t in ElementTree.fromstring(picture.draw(found, TITLES)).iter(f"{SVG}text"))
    words = "".join(state + "".join(said) for state, said in wording.sentences(found, TITLES))
    for one in (*found.states, *found.transitions):
        assert one.title in drawn
        assert one.title in words
    assert "都办完后汇合到“待作出结论”" in words
    assert "医院规定：申诉在 2 个工作日内受理" in words


def test_titles_of_a_hospital_are_escaped():
    text = (FLOWS / "record_sealing.yaml").read_text("utf-8").replace("title: 待封存", "title: <b>&待封存")
    from zhikong.foundation.flows.definition import read_text

    drawn = picture.draw(read_text(text, file=Path("record_sealing.yaml")), TITLES)
    assert "<b>" not in drawn
    assert ElementTree.fromstring(drawn) is not None


def test_the_place_of_a_case_is_marked():
    drawn = picture.draw(flow("record_sealing"), TITLES, marked="sealed")
    assert "▶ 封存保管中" in drawn


@pytest.mark.parametrize("name", ["quality_appeal", "record_sealing"])
def test_the_picture_is_as_it_was_looked_at(name):
    """A change of the drawing shows here; look at it, then store it: python -m tests.unit.foundation.flows.test_picture"""
    assert picture.draw(flow(name), TITLES) == (GOLDEN / f"{name}.svg").read_text("utf-8").rstrip("\n")


if __name__ == "__main__":
    GOLDEN.mkdir(exist_ok=True)
    for name in ("quality_appeal", "record_sealing"):
        (GOLDEN / f"{name}.svg").write_text(picture.draw(flow(name), TITLES) + "\n", encoding="utf-8")

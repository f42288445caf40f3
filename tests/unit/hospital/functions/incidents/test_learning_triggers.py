"""Triggers of unreported harm: readable, refused with a line when wrong, and their examples can fail."""

from pathlib import Path

import pytest

from zhikong.hospital.functions.incidents.rules_learning_triggers import (
    Trigger,
    Yield,
    example_problems,
    parse,
)

FOLDER = Path(__file__).parents[5] / "zhikong" / "packs" / "national" / "harm_triggers"
FILE = FOLDER / "glucose_low.yaml"
TEXT = FILE.read_text("utf-8")
FILES = sorted(f for f in FOLDER.glob("*.yaml") if not f.name.endswith(".examples.yaml"))


def test_a_trigger_is_read_with_what_it_counts():
    found = parse(TEXT, file=FILE)
    assert isinstance(found, Trigger)
    assert (found.id, found.module_title, found.table, found.at, found.once) == (
        "glucose_low", "检验", "results", "at", True,
    )  # fmt: skip
    assert found.counted.id == "glucose_low"


def test_there_are_triggers_of_every_module_with_their_source():
    found = [parse(file.read_text("utf-8"), file=file) for file in FILES]
    assert len(found) >= 20
    assert {one.module for one in found} == {
        "laboratory", "medication", "surgery", "care", "intensive", "blood", "infection", "readmission",
    }  # fmt: skip
    assert all(one.document and one.clause and one.mark for one in found)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("value < 2.8", "valeu < 2.8", "valeu"),
        ("table: results", "table: bed_days", "触发条件只能看住院"),
        ("shows: [name", "shows: [names", "没有列 names"),
        ("module: laboratory", "module: lab", "lab"),
        ("id: glucose_low\n", "", "缺少 id"),
    ],
)
def test_a_slip_is_told_in_words(old, new, said):
    assert old in TEXT
    wrong = parse(TEXT.replace(old, new), file=FILE)
    assert isinstance(wrong, list)
    assert said in " ".join(one.message for one in wrong)


def test_an_example_that_does_not_hold_is_a_problem(tmp_path):
    file = tmp_path / "glucose_low.yaml"
    file.write_text(TEXT, "utf-8")
    assert "没有算例" in example_problems(parse(TEXT, file=file), file)[0].message
    beside = FILE.with_name("glucose_low.examples.yaml").read_text("utf-8")
    (tmp_path / "glucose_low.examples.yaml").write_text(beside.replace("2.79", "2.81"), "utf-8")
    problems = example_problems(parse(TEXT, file=file), file)
    assert {one.line for one in problems} == {1}
    assert "不成立" in problems[0].message


def test_yield_is_of_what_could_be_judged():
    found = Yield(candidates=20, harm=2, no_harm=5, reported=1, unknown=4)
    assert (found.reviewed, found.open, found.judged) == (12, 8, 8)
    assert found.ppv == pytest.approx(37.5)
    assert found.unreported == pytest.approx(100 * 2 / 3)
    assert Yield(3).ppv is None
    assert Yield(3, no_harm=3).unreported is None

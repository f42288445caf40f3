"""Every checklist of the national pack: readable, in its words, no copy of another, its examples holding, its source named."""

import re
from collections import Counter
from functools import cache
from itertools import combinations, pairwise

import pytest

from zhikong.engine.definitions import located
from zhikong.foundation.access.roles import ROLES
from zhikong.foundation.forms import examples
from zhikong.foundation.forms.definition import FormDefinition, read, to_text
from zhikong.foundation.forms.definition.model import YES_NO, ItemType
from zhikong.site import discovery

NATIONAL = discovery.PACKAGE / "packs" / "national"
FILES = [
    file
    for file in sorted((NATIONAL / "checklists").glob("*.yaml"))
    if not file.name.endswith(examples.SUFFIX)
]
FORMS = {file.stem: read(file.read_text("utf-8"), file=file) for file in FILES}
OLDER = {
    "core_system_supervision_check", "discussion_record_check", "equipment_round", "handover_record_check",
}  # fmt: skip
"""Of earlier releases: locked, and judged by their own tests."""
NEW = {name: form for name, form in FORMS.items() if name not in OLDER}
EVERY = pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
EVERY_NEW = pytest.mark.parametrize("form", NEW.values(), ids=NEW)
JUDGED = {*YES_NO, ItemType.OBSERVATION}
TWO_THINGS = re.compile(r"并且|以及|同时|；|？|\?|。$|是否|有无")
ALIKE = 0.75
"""Two items count as the same from this part of shared pairs of characters on (Dice's coefficient)."""
SHARED = 0.1
"""At most this part of a sheet may stand on another sheet too; a sheet that needs more is a copy."""


def judged(form):
    return [item for item in form.items() if item.type in JUDGED]


@EVERY
def test_it_can_be_read_and_written_again(form):
    assert isinstance(form, FormDefinition), [str(problem) for problem in form]
    assert read(to_text(form), file=NATIONAL / f"{form.id}.yaml") == form


@EVERY_NEW
def test_it_says_who_uses_it_for_what_and_who_answers_for_it(form):
    assert set(form.titles) == {"zh", "zh-hant", "en"}
    assert len(form.purpose) >= 15
    assert {form.owner, form.checker, *form.fill} <= set(ROLES)
    assert form.source.clause
    assert form.number.startswith(tuple("ABCDEFGHIJKLMNOPQRSTUVWXYZ"))
    assert [item.id for item in form.items() if item.type is ItemType.SIGNATURE]
    if form.source.mark == "memory":
        assert "对照" in form.notes, "what comes from memory names what a hospital has to compare it with"


@EVERY_NEW
def test_its_items_can_be_observed_one_thing_each(form):
    items = judged(form)
    assert 8 <= len(items) <= 40
    for item in items:
        assert 6 <= len(item.text) <= 42, item.text
        assert not TWO_THINGS.search(item.text), item.text
        assert item.severity is not None
        assert item.check is not None, f"{item.id} does not say how to look"
    assert len({item.text for item in items}) == len(items)


@EVERY_NEW
def test_what_has_no_clause_is_marked_as_memory(form):
    """What we wrote ourselves never borrows the mark of the document that the sheet names."""
    if form.id != "surgical_safety_checklist":  # one document, whole
        own = [item for item in judged(form) if not item.clause and form.mark_of(item) != "memory"]
        assert [item.id for item in own] == []


@EVERY_NEW
def test_a_veto_is_grave_and_a_scored_sheet_can_be_passed(form):
    assert all(item.severity == "major" for item in form.items() if item.veto)
    if form.is_scored:
        assert (form.full_score, form.pass_score is not None) == (100, True)


@pytest.mark.proves("CLN-02", "CLN-25", "INS-08", "INS-14", "INS-28", "INF-03", "LIC-03")
@EVERY_NEW
def test_its_examples_hold_a_good_and_a_failing_sheet(form):
    file = NATIONAL / "checklists" / f"{form.id}.yaml"
    assert [str(problem) for problem in examples.problems(form, file)] == []
    said = located.read(examples.file_of(file)).data
    assert any(not one["expect"]["problems"] for one in said)
    assert any(one["expect"]["problems"] for one in said)
    if form.is_scored:
        assert {one["expect"]["passed"] for one in said} == {True, False}


def test_the_examples_can_fail(tmp_path):
    form = NEW["drug_storage_check"]
    good = '- {name: 一例, rest: "yes", expect: {total: "100.00", passed: true, vetoes: [], problems: []}}\n'
    file = tmp_path / "drug_storage_check.yaml"

    def told(text):
        examples.file_of(file).write_text(text, "utf-8")
        return [problem.message for problem in examples.problems(form, file)]

    assert told(good) == []
    assert "total 应为 99" in told(good.replace("100.00", "99"))[0]
    assert len(told(good.replace("expect", 'answers: {high_apart: "no"}, expect'))) == 4
    assert "expect 应写" in told("- {name: 一例}\n")[0]
    assert "没有条目" in told(good.replace("expect", 'answers: {nothing: "no"}, expect'))[0]


@cache
def pairs_of(text: str) -> frozenset[str]:
    return frozenset(a + b for a, b in pairwise(text))


def alike(one: str, other: str) -> bool:
    mine, its = pairs_of(one), pairs_of(other)
    return 2 * len(mine & its) >= ALIKE * (len(mine) + len(its))


def shared(one, other) -> list[str]:
    """The items of the shorter sheet that stand, in nearly the same words, on the other one too."""
    short, long = sorted((judged(one), judged(other)), key=len)
    return [item.text for item in short if any(alike(item.text, its.text) for its in long)]


def test_no_sheet_is_a_copy_of_another():
    copies = {
        (one.id, other.id): found
        for one, other in combinations(NEW.values(), 2)
        if len(found := shared(one, other)) > SHARED * min(len(judged(one)), len(judged(other)))
    }
    assert copies == {}


def test_a_copy_would_be_seen():
    assert alike("麻醉药品和第一类精神药品专柜双锁", "麻醉药品和第一类精神药品专柜加双锁")
    assert not alike("冰箱温度每日登记", "冰箱里没有食物和私人物品")
    one, other = NEW["infection_operating_room"], NEW["medical_waste_check"]
    assert len(shared(one, one)) == len(judged(one))
    assert shared(one, other) == []


def test_the_same_words_stand_on_two_sheets_at_most():
    seen = Counter(item.text for form in NEW.values() for item in judged(form))
    assert {text: count for text, count in seen.items() if count > 2} == {}


def test_numbers_of_sheets_are_told_apart():
    prefixes = Counter(form.number for form in FORMS.values() if form.number)
    assert [number for number, count in prefixes.items() if count > 1] == []


# ---- what the plans name stands on the sheets in exactly that number -------------------------------------------------


@pytest.mark.proves("INS-14")
def test_drug_storage_keeps_the_three_sorts_apart_as_the_plan_says():
    first = NEW["drug_storage_check"].sections[0].items[:4]
    assert [item.clause for item in first] == ["000-P3 L132"] * 4
    assert [item.mark for item in first] == ["verified"] * 4
    assert all(word in first[0].text for word in ("高危药品", "普通药品", "混放"))


def test_the_twenty_service_items_and_the_eleven_tasks_are_all_there_in_order():
    service = [item.id for item in judged(NEW["service_items_check"])]
    assert service == [f"item_{number}" for number in range(1, 21)]
    tasks = [item.id for item in judged(NEW["market_tasks_check"])]
    assert tasks == [f"task_{number}" for number in range(1, 12)]


@pytest.mark.proves("CLN-25")
def test_the_ten_goals_are_ten_sections():
    titles = [section.title for section in NEW["patient_safety_goals_check"].sections if section.id != "end"]
    assert [title[0] for title in titles] == list("一二三四五六七八九十")


@pytest.mark.proves("SRG-02")
def test_surgical_safety_has_three_phases_with_three_signatures_each():
    form = NEW["surgical_safety_checklist"]
    phases = ("before_anaesthesia", "before_incision", "before_leaving")
    assert [section.id for section in form.sections][1:4] == list(phases)
    signatures = [item.id for item in form.items() if item.type is ItemType.SIGNATURE]
    assert signatures == [
        f"{phase}_{who}" for phase in phases for who in ("surgeon", "anaesthetist", "nurse")
    ]

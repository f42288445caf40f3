"""Points, caps, "not applicable", vetoes, grades: worked examples, then properties over random forms and answers."""

from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from zhikong.foundation.forms import answers, scoring
from zhikong.foundation.forms.definition import FormDefinition, Item, ItemType, Section
from zhikong.foundation.forms.definition.model import Effect, FormKind, Option, Points, Scoring, Source, Veto

from .conftest import form_of

TWO = """
  - id: first
    title: 一
    cap: 15
    items:
      - {id: a, type: yes_no_na, text: 甲, score: {full: 10}}
      - {id: b, type: yes_no_na, text: 乙, score: {full: 10, when_no: 4}}
  - id: second
    title: 二
    scoring: sum
    items:
      - {id: c, type: choice, text: 丙, options: [{code: good, text: 好, score: 5}, {code: poor, text: 差, score: 1}]}
      - {id: d, type: observation, text: 丁, of: 10, score: {full: 10}}
"""
HEAD = "full_score: 30\npass_score: 24\ngrades: [{at_least: 27, name: 甲}, {at_least: 24, name: 乙}, {at_least: 0, name: 丙}]"
ALL = {"a": "yes", "b": "yes", "c": "good", "d": {"n": 10, "m": 10}}


def total(values, sections=TWO, head=HEAD):
    form = form_of(sections, head)
    return scoring.score(form, answers.clean(form, values, final=False).values)


class TestExamples:
    def test_all_is_well(self):
        found = total(ALL)
        assert (found.total, found.grade, found.passed, found.losses) == (30, "甲", True, ())

    def test_a_section_with_a_cap_starts_at_the_cap_and_loses(self):
        found = total(ALL | {"a": "no", "b": "no"})  # 10 and 6 of 20, but the section is worth 15
        assert found.sections[0].points == 0
        assert total(ALL | {"b": "no"}).sections[0].points == 9

    def test_what_was_lost_is_named_with_its_reason(self):
        losses = total(ALL | {"b": "no", "c": "poor", "d": {"n": 8, "m": 10}}).losses
        assert [(loss.item, loss.points, loss.why) for loss in losses] == [
            ("b", 6, "否"), ("c", 4, "差"), ("d", 2, "10 例中做到 8 例"),
        ]  # fmt: skip

    def test_what_does_not_apply_leaves_the_full_score(self):
        found = total({"a": "na", "b": "no", "c": "good", "d": {"n": 10, "m": 10}})
        assert (found.full, found.points) == (25, 19)  # the first section is worth the 10 of b
        assert found.total == Decimal("22.80")  # converted to 30

    def test_what_is_not_answered_yet_is_neither_won_nor_lost(self):
        assert total({"a": "yes"}).total == 30
        assert total({}).total is None

    def test_the_grade_goes_by_the_converted_score(self):
        assert total(ALL | {"d": {"n": 7, "m": 10}}).grade == "甲"
        assert total(ALL | {"d": {"n": 6, "m": 10}}).grade == "乙"
        assert total(ALL | {"d": {"n": 3, "m": 10}}).passed is False

    def test_each_occurrence_costs_points_down_to_nothing(self):
        form = "  - {id: s, title: 部分, items: [{id: n, type: number, text: 缺陷处数, min: 0, score: {full: 3, each: 0.5}}]}"
        assert total({"n": 2}, form, "full_score: 3").total == 2
        assert total({"n": 99}, form, "full_score: 3").total == 0


VETOED = """
  - id: s
    title: 部分
    items:
      - {id: a, type: yes_no, text: 甲, score: {full: 60}, veto: VETO}
      - {id: b, type: yes_no, text: 乙, required: true, veto: VETO}
  - id: t
    title: 另一部分
    items:
      - {id: c, type: yes_no, text: 丙, score: {full: 40}}
"""


class TestVetoes:
    def score(self, veto, **values):
        head = "full_score: 100\npass_score: 90\ngrades: [{at_least: 90, name: 甲}, {at_least: 0, name: 丙}]"
        return total({"a": "yes", "b": "yes", "c": "yes"} | values, VETOED.replace("VETO", veto), head)

    def test_without_a_no_nothing_happens(self):
        assert self.score("fail").passed is True

    def test_fail_keeps_the_points_and_takes_pass_and_grade(self):
        found = self.score("fail", b="no")
        assert (found.total, found.passed, found.grade) == (100, False, "丙")
        assert found.vetoes[0].sentence == "单项否决：全表不合格"

    def test_section_zero_and_sheet_zero(self):
        assert self.score("section_zero", b="no").total == 40
        assert self.score("sheet_zero", b="no").total == 0

    def test_a_cap_holds_and_lifts_nobody(self):
        assert self.score("{cap: 89}", b="no").total == 89
        assert self.score("{cap: 89}", b="no", c="no").total == 60

    def test_points_are_taken_once_however_many_vetoes_there_are(self):
        assert self.score("{deduct: 10}", b="no").total == 90
        assert self.score("{deduct: 10}", a="no", b="no").total == 30


# --- properties ------------------------------------------------------------------------------------------------------

points = st.integers(1, 20).map(Decimal)
EFFECTS = st.sampled_from(
    [Veto(), Veto(Effect.FAIL), Veto(Effect.SECTION_ZERO), Veto(Effect.SHEET_ZERO), Veto(Effect.CAP, Decimal(5)), Veto(Effect.DEDUCT, Decimal(3))]
)  # fmt: skip


@st.composite
def items(draw, number):
    kind = draw(
        st.sampled_from(
            [ItemType.YES_NO_NA, ItemType.CHOICE, ItemType.CHOICES, ItemType.NUMBER, ItemType.OBSERVATION]
        )
    )
    name, full = f"i{number}", draw(points)
    if kind in (ItemType.CHOICE, ItemType.CHOICES):
        options = tuple(Option(f"o{n}", f"选项 {n}", draw(points)) for n in range(draw(st.integers(2, 3))))
        return Item(name, kind, name, required=True, options=options)
    worth = Points(full, when_no=Decimal(draw(st.integers(0, int(full)))))
    if kind is ItemType.NUMBER:
        worth = Points(full, each=draw(st.none() | points))
    veto = draw(EFFECTS) if kind is ItemType.YES_NO_NA else Veto()
    return Item(name, kind, name, required=True, points=worth, veto=veto, min=Decimal(0), of=10)  # fmt: skip


@st.composite
def forms(draw):
    sections, number = [], 0
    for s in range(draw(st.integers(1, 3))):
        found = [draw(items(number + n)) for n in range(draw(st.integers(1, 4)))]
        number += len(found)
        whole = int(sum(item.full for item in found))
        cap = draw(st.none() | st.integers(1, whole).map(Decimal))
        sections.append(
            Section(f"s{s}", "部分", tuple(found), cap=cap, scoring=draw(st.sampled_from(Scoring)))
        )
    full = sum(section.full for section in sections)
    return _definition(tuple(sections), full)


def _definition(sections, full):
    from datetime import date

    return FormDefinition(
        "random", 1, FormKind.SCORE_SHEET, {"zh": "随机"}, "测试", Source("测试"), "nursing", "quality_office",
        date(2027, 1, 1), sections, full_score=full,
    )  # fmt: skip


def answer_of(draw, item):
    if item.type is ItemType.YES_NO_NA:
        return draw(st.sampled_from(["yes", "no", "na", ""]))
    if item.type is ItemType.CHOICE:
        return draw(st.sampled_from([o.code for o in item.options]))
    if item.type is ItemType.CHOICES:
        return draw(st.lists(st.sampled_from([o.code for o in item.options]), unique=True))
    if item.type is ItemType.NUMBER:
        return draw(st.integers(0, 50))
    m = draw(st.integers(1, 20))
    return {"n": draw(st.integers(0, m)), "m": m}


@st.composite
def filled(draw):
    form = draw(forms())
    raw = {item.id: answer_of(draw, item) for item in form.items()}
    return form, answers.clean(form, raw, final=False).values


@settings(max_examples=150, deadline=None)
@given(filled())
def test_the_score_lies_between_nothing_and_full(case):
    form, values = case
    found = scoring.score(form, values)
    assert 0 <= found.points <= found.full <= form.full_score
    assert found.total is None or 0 <= found.total <= form.full_score
    assert found.percent is None or 0 <= found.percent <= 100


@settings(max_examples=150, deadline=None)
@given(filled())
def test_caps_hold(case):
    form, values = case
    for section, got in zip(form.sections, scoring.score(form, values).sections, strict=True):
        assert 0 <= got.points <= got.full
        assert section.cap is None or got.full <= section.cap


@settings(max_examples=150, deadline=None)
@given(filled(), st.data())
def test_not_applicable_gives_what_the_others_give(case, data):
    """An item that does not apply changes the percentage no more than an item that is not on the paper."""
    form, values = case
    able = [item for item in form.items() if item.type is ItemType.YES_NO_NA]
    if not able:
        return
    item = data.draw(st.sampled_from(able))
    others = {name: value for name, value in values.items() if name != item.id}
    without = _definition(
        tuple(
            Section(s.id, s.title, kept, cap=s.cap, scoring=s.scoring)
            for s in form.sections
            if (kept := tuple(i for i in s.items if i.id != item.id))
        ),
        form.full_score,
    )
    assert scoring.score(form, others | {item.id: "na"}).percent == scoring.score(without, others).percent


@settings(max_examples=100, deadline=None)
@given(st.sampled_from(["yes", "no", ""]), st.sampled_from(["yes", "no", "na"]), st.integers(0, 10))
def test_a_hidden_item_never_moves_the_score(gate, hidden, number):
    form = form_of(
        """
  - id: s
    title: 部分
    items:
      - {id: gate, type: yes_no, text: 门, required: true}
      - {id: a, type: yes_no_na, text: 甲, score: {full: 10}, show_if: "gate = 'yes'", veto: sheet_zero}
      - {id: n, type: number, text: 数, min: 0, score: {full: 10, each: 1}, show_if: "a = 'no'"}
      - {id: b, type: yes_no, text: 乙, score: {full: 5}}
""",
        "full_score: 25",
    )
    raw = {"gate": gate, "a": hidden, "n": number, "b": "yes"}
    cleaned = answers.clean(form, raw, final=False)
    if gate == "yes":
        assert ("n" in cleaned.visible) == (hidden == "no")
        return
    assert "a" not in cleaned.values
    assert "n" not in cleaned.values
    assert scoring.score(form, cleaned.values).points == 5

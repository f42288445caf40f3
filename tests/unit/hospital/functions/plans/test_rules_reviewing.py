"""The text of a plan in pages, lines and coloured pieces, and what a correction must tell."""

from dataclasses import dataclass
from itertools import pairwise

import pytest

from zhikong.hospital.functions.plans import rules_reviewing as rules

TEXT = "一、目标\n甲级病案率≥92%，处方合格率≥100%。\n\n其他事项另行\n"


@dataclass(frozen=True)
class Stretch:
    pk: int
    start: int
    end: int
    kind: str = "target"
    state: str = "open"
    doubtful: bool = False


def stretch(pk, words, **told):
    start = TEXT.index(words)
    return Stretch(pk, start, start + len(words), **told)


def pieces(items, lost=()):
    return [one for line in rules.lines(TEXT, (0, len(TEXT)), items, lost) for one in line.pieces if one.kind]


def test_the_lines_give_the_text_back():
    whole = stretch(1, "甲级病案率≥92%，处方合格率≥100%。")
    inner = stretch(2, "处方合格率≥100%", kind="quota")
    found = list(rules.lines(TEXT, (0, len(TEXT)), [whole, inner]))
    assert ["".join(piece.text for piece in line.pieces) for line in found] == TEXT.split()
    assert all(TEXT[line.start :].startswith("".join(piece.text for piece in line.pieces)) for line in found)
    assert [one.items for one in pieces([whole, inner])] == [(1,), (1, 2), (1,)]


def test_a_piece_shows_whether_it_is_decided_doubtful_or_not_understood():
    items = [
        stretch(1, "甲级病案率≥92%", state="accepted"),
        stretch(2, "处方合格率≥100%", doubtful=True),
    ]
    found = pieces(items, [stretch(7, "其他事项另行")])
    assert [(one.look, one.kind, one.sentence) for one in found] == [
        ("done", "target", 0),
        ("ask", "target", 0),
        ("", "unread", 7),
    ]


@pytest.mark.parametrize("length", [0, 10, rules.PART, rules.PART * 30])
def test_parts_cover_the_text_without_gaps(length):
    text = ("每月检查一次。\n" * length)[:length]
    pages = rules.parts(text)
    assert pages[0][0] == 0
    assert pages[-1][1] == len(text)
    assert all(a[1] == b[0] for a, b in pairwise(pages))
    assert all(rules.part_of(start, pages) == number for number, (start, end) in enumerate(pages) if end)


def test_a_part_holds_no_more_items_than_a_person_checks_at_a_stretch():
    text = "每月查房2次，每周查房1次。\n" * 300
    starts = [place for place, letter in enumerate(text) if letter == "每"]
    pages = rules.parts(text, starts)
    counts = [sum(start <= place < end for place in starts) for start, end in pages]
    assert sum(counts) == len(starts)
    assert max(counts) <= rules.MOST * 1.5
    assert all(text[end - 1] == "\n" for _start, end in pages)
    assert len(rules.parts("每" * 500, list(range(500)))) > 1


@pytest.mark.parametrize(
    ("told", "instead"),
    [
        ({"operator": ">=", "value": 100, "unit": "%"}, {"operator": "=", "value": 100}),
        ({"operator": "<=", "value": 0, "unit": "%"}, {"operator": "=", "value": 0}),
        ({"operator": ">=", "value": 100, "unit": "points"}, None),
        ({"operator": ">=", "value": 100, "unit": "%", "relative": True}, None),
        ({"operator": ">=", "value": 95, "unit": "%"}, None),
    ],
)
def test_only_an_impossible_amount_has_a_proposal(told, instead):
    assert rules.proposal("target", told) == instead


def test_a_correction_without_an_amount_is_told_by_field():
    assert set(rules.problems("target", {"subject": " "})) == {"value", "operator", "subject"}
    assert set(rules.problems("target", {"subject": "甲级率", "value": 9, "operator": ">="})) == {"unit"}
    assert rules.problems("duty", {"subject": "查房"}) == {}
    assert set(rules.problems("date_range", {})) == {"starts_on"}

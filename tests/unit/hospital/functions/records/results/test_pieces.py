"""A text cut at the ends of spans: nothing is lost, overlapping spans share a piece, wrong offsets do not crash."""

from zhikong.hospital.functions.records.queries.results.chart_verdicts import pieces


def test_the_pieces_are_the_text_and_carry_their_findings():
    found = pieces("患者左侧腹痛3天", [(1, 2, 4), (2, 3, 6)])
    assert "".join(piece.text for piece in found) == "患者左侧腹痛3天"
    assert [(piece.text, piece.marked) for piece in found] == [
        ("患者", ()), ("左", (1,)), ("侧", (1, 2)), ("腹痛", (2,)), ("3天", ()),
    ]  # fmt: skip


def test_offsets_outside_the_text_are_cut():
    assert [(p.text, p.marked) for p in pieces("短文", [(1, -5, 99), (2, 7, 9), (3, 1, 1)])] == [
        ("短文", (1,))
    ]


def test_a_text_without_spans_is_one_piece():
    assert [p.text for p in pieces("全文", [])] == ["全文"]
    assert pieces("", []) == []

"""Lines of letters are judged by their own bounds; a summary has no sentence without evidence."""

from decimal import Decimal
from io import BytesIO

import pytest
from docx import Document
from lxml import etree

from zhikong.hospital.overviews.years import rules_letters as letters
from zhikong.hospital.overviews.years import rules_quoting as quoting
from zhikong.hospital.overviews.years import rules_summary as summary

COUNTS = (
    "visits", "visited_departments", "findings_raised", "findings_closed", "findings_effective", "findings_reopened",
    "findings_open", "findings_overdue", "projects_begun", "projects_closed", "projects_reached", "meetings",
    "duties_due", "duties_proven", "duties_missing", "trainings", "campaigns", "campaign_items", "complaints", "complaints_closed",
)  # fmt: skip


def snapshot(number=0, chapters=(), indicators=(), complete=True):
    entries = [dict(one) | {"number": n} for n, one in enumerate(indicators, 1)]
    for key in COUNTS:
        entries.append(
            {"what": "count", "key": key, "title": key, "shown": f"{number} 个", "value": number, "number": len(entries) + 1}
        )  # fmt: skip
    return {"entries": entries, "chapters": list(chapters), "complete": complete}


def test_without_evidence_there_is_no_sentence_and_each_gap_is_named():
    made = {one["key"]: one["text"] for one in summary.sections(snapshot())}
    assert set(made) == {"gaps"}
    assert "〔" not in made["gaps"]
    for words in ("没有督导检查的记录", "没有委员会会议的记录", "没有已采纳的年度计划"):
        assert words in made["gaps"]


def test_every_number_of_a_draft_has_its_figure():
    one = {
        "what": "indicator",
        "key": "x",
        "title": "甲率",
        "shown": "61.00 %",
        "target": "≥ 90 %",
        "state": "missed",
        "reason": "",
    }
    found = snapshot(3, indicators=[one])
    for section in summary.sections(found):
        assert not quoting.loosened(section["text"], found["entries"])
        assert not quoting.unknown(section["text"], found["entries"])
    text = summary.sections(found)[0]["text"]
    assert "甲率为 61.00 %〔1〕，未达到目标（≥ 90 %）" in text


def test_a_plans_sentences_are_told_with_evidence_or_named_as_gaps():
    chapter = {
        "title": "组织",
        "sentences": [
            {"text": "每季度开会。", "kept": True, "why": "", "number": 1},
            {"text": "每月讲课。", "kept": False, "why": "已采纳为职责，期内没有证据"},
        ],
    }
    made = {one["key"]: one["text"] for one in summary.sections(snapshot(4, [chapter]))}
    assert made["plan0"] == "“每季度开会”：4 个〔1〕。"
    assert "“每月讲课”：已采纳为职责，期内没有证据" in made["gaps"]
    assert "每月讲课" not in made["plan0"]


@pytest.mark.parametrize(
    ("line", "value", "verdict"),
    [
        ({"low": "90", "high": None}, "90", "kept"),
        ({"low": "90", "high": None}, "89.99", "broken"),
        ({"low": None, "high": "14"}, "14.01", "broken"),
        ({"low": "80", "high": "90"}, "85", "kept"),
    ],
)
def test_a_line_is_kept_within_its_bounds(line, value, verdict):
    assert letters.judged(line, Decimal(value), "", True)[0] == verdict


def test_a_line_without_a_value_is_not_judged():
    assert letters.judged({"low": "90"}, None, "没有数据", True) == ("unknown", "没有数据")
    assert letters.judged({"low": "90"}, Decimal(50), "", False)[0] == "unknown"


def test_the_checksum_stands_on_every_word():
    content = {"lines": letters.numbered([{"kind": "task", "text": "乙"}, {"kind": "target", "text": "甲"}])}
    assert [line["text"] for line in content["lines"]] == ["甲", "乙"]
    assert letters.digest(content) == letters.digest(dict(content))
    changed = {"lines": [dict(content["lines"][0]) | {"text": "丙"}, content["lines"][1]]}
    assert letters.digest(changed) != letters.digest(content)


def test_notes_are_a_part_that_word_reads_and_a_repeated_figure_points_back():
    from zhikong.hospital.overviews.years.documents.footnotes import Footnotes

    document = Document()
    paragraph, notes = document.add_paragraph("数"), Footnotes(document)
    notes.refer(paragraph, 7, "口径 <甲> & 乙")
    notes.refer(paragraph, 8, "另一个")
    notes.refer(paragraph, 7, "口径 <甲> & 乙")
    notes.finish()
    saved = BytesIO()
    document.save(saved)
    opened = Document(BytesIO(saved.getvalue()))
    part = next(p for p in opened.part.package.iter_parts() if str(p.partname) == "/word/footnotes.xml")
    texts = etree.fromstring(part.blob).xpath("//*[local-name()='t']/text()")
    assert "口径 <甲> & 乙" in texts
    body = opened.element.body.xml
    assert body.count("<w:footnoteReference ") == 2
    assert "NOTEREF _note1" in body

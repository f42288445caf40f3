"""Verdicts of rules of content: what is unknown is no pass, a crash is told of its own rule only, spans are exact."""

import dataclasses

import pytest

from tests.unit.engine.record_rules.texts.content import NOW, document, rule, section, stay, verdicts
from zhikong.engine.backends.source import Source
from zhikong.engine.record_rules.texts import rows as shelves
from zhikong.engine.record_rules.texts.judging import Contents, judge_encounters

FORBID = "document: [日常病程记录]\ncheck:\n  forbid: {in: [病程记录], words: [余同前]}\n"
SECTIONS = "document: [入院记录]\nrequires:\n  - {section: 主诉, min_chars: 4}\n"


def chart(text="患者诉胸闷减轻，余同前。"):
    return {
        "stays": [stay()],
        "documents": [document("d1", "38")],
        "document_sections": [section("d1", "病程记录", text)],
    }


def test_a_finding_stands_on_its_span():
    row = verdicts(rule(FORBID), chart())["s1"]
    assert row["verdict"] == "fail"
    assert (row["span_document"], row["span_section"], row["span_start"], row["span_end"]) == (
        "d1",
        "病程记录",
        8,
        11,
    )
    assert chart()["document_sections"][0]["text"][8:11] == "余同前"
    assert row["subject"] == "documents:d1"
    assert "余同前" in row["reason"]
    assert row["responsible"] == "D1"


def test_several_places_are_counted_in_the_sentence():
    assert "共 2 处" in verdicts(rule(FORBID), chart("余同前。明日余同前。"))["s1"]["reason"]


@pytest.mark.parametrize("table", ["documents", "document_sections"])
def test_a_table_that_was_not_delivered_is_named(table):
    rows = chart()
    source = Source.of_rows({k: v for k, v in rows.items() if k != table})
    (row,) = judge_encounters([rule(FORBID)], source, now=NOW).to_pylist()
    assert row["verdict"] == "not_assessable"
    assert row["reason"]
    (row,) = judge_encounters(
        [rule(FORBID)], Source.of_rows(rows), now=NOW, undelivered=frozenset({table})
    ).to_pylist()
    assert row["verdict"] == "not_assessable"


def test_a_type_of_document_without_any_text_cannot_be_judged_but_an_empty_one_among_others_is_at_fault():
    one = rule(SECTIONS, kind="complete")
    rows = {"stays": [stay("s1"), stay("s2")],
            "documents": [document("d1", "34"), document("d2", "34", "s2")]}  # fmt: skip
    assert verdicts(one, rows)["s1"]["verdict"] == "not_assessable"
    rows["document_sections"] = [section("d2", "主诉", "胸闷3天。", "s2")]
    assert {k: row["verdict"] for k, row in verdicts(one, rows).items()} == {"s1": "fail", "s2": "pass"}


def test_a_rule_that_crashes_says_so_for_every_encounter_and_leaves_the_others_alone():
    good = rule(FORBID)

    class Broken(type(good.check)):
        def look(self, chart, documents, known):
            raise KeyError("gone")

    broken = dataclasses.replace(
        good,
        id="broken",
        check=Broken(*(getattr(good.check, f.name) for f in dataclasses.fields(good.check))),
    )
    rows = judge_encounters([broken, good], Source.of_rows(chart()), now=NOW).to_pylist()
    assert {row["rule"]: row["verdict"] for row in rows} == {"broken": "error", "example": "fail"}
    assert "KeyError" in next(row["reason"] for row in rows if row["rule"] == "broken")


def test_portions_change_nothing_and_counts_are_of_all(monkeypatch):
    rows = {
        "stays": [stay(f"s{n}") for n in range(7)],
        "documents": [document(f"d{n}", "38", f"s{n}") for n in range(7)],
        "document_sections": [
            section(f"d{n}", "病程记录", "余同前" if n % 2 else "好转", f"s{n}") for n in range(7)
        ],
    }
    whole = judge_encounters([rule(FORBID)], Source.of_rows(rows), now=NOW)
    monkeypatch.setattr(shelves, "PORTION", 2)
    assert judge_encounters([rule(FORBID)], Source.of_rows(rows), now=NOW).equals(whole)
    kept, counts = Contents([rule(FORBID)], Source.of_rows(rows), now=NOW, keep=frozenset({"fail"})).of(
        rule(FORBID)
    )
    assert kept.column("encounter").to_pylist() == ["s1", "s3", "s5"]
    assert counts == {"fail": 3, "pass": 4}


def test_months_are_those_of_discharge_and_leave_open_stays_out():
    rows = {"stays": [stay("s1"), stay("s2", discharged_at=None)]}
    one = rule(FORBID)
    assert set(verdicts(one, rows)) == {"s1", "s2"}
    assert set(verdicts(one, rows, months=("2026-01", "2026-01"))) == {"s1"}
    assert set(verdicts(one, rows, months=("2025-12", "2025-12"))) == set()


def test_unknown_conditions_are_not_assessable_and_name_the_column():
    row = verdicts(rule('applies: "age_years >= 14"\n' + FORBID), chart())["s1"]
    assert row["verdict"] == "not_assessable"
    assert "年龄" in row["reason"]


def test_a_rule_holds_within_its_dates():
    one = rule("valid: {from: 2026-01-02, to: null}\n" + FORBID)
    assert verdicts(one, chart())["s1"]["verdict"] == "not_applicable"
    assert (
        verdicts(rule("valid: {from: 2026-01-01, to: 2026-01-01}\n" + FORBID), chart())["s1"]["verdict"]
        == "fail"
    )


def test_a_text_in_one_piece_is_cut_at_its_headings():
    text = "主诉：胸闷3天。\n现病史：患者3天前受凉。\n既往史：无。"
    body = "document: [入院记录]\nrequires:\n  - {section: %s, min_chars: 4}\n"
    rows = {
        "stays": [stay()],
        "documents": [document("d1", "34")],
        "document_sections": [section("d1", "全文", text)],
    }
    assert verdicts(rule(body % "现病史", kind="complete"), rows)["s1"]["verdict"] == "pass"
    row = verdicts(rule(body % "既往史", kind="complete"), rows)["s1"]
    assert (row["verdict"], text[row["span_start"] : row["span_end"]]) == ("fail", "无。")


COPIED = "document: [日常病程记录]\ncheck:\n  copy: {in: [病程记录], scope: department, alike: 0.95, min_chars: 20}\n"
NOTE = "患者诉胸闷较前减轻，夜间可平卧，双肺底湿啰音较前减少，双下肢轻度水肿，继续利尿、扩血管治疗。"


def test_copies_between_patients_are_told_of_the_later_note_across_portions(monkeypatch):
    monkeypatch.setattr(shelves, "PORTION", 1)
    rows = {
        "stays": [stay("s1"), stay("s2"), stay("s3", principal_diagnosis="J18.900")],
        "documents": [
            document("d1", "38", "s1", 6),
            document("d2", "38", "s2", 5),
            document("d3", "38", "s3", 7),
        ],
        "document_sections": [section(f"d{n}", "病程记录", NOTE, f"s{n}") for n in (1, 2, 3)],
    }
    found = verdicts(rule(COPIED), rows)
    assert {key: row["verdict"] for key, row in found.items()} == {"s1": "fail", "s2": "pass", "s3": "pass"}
    assert "s2" in found["s1"]["reason"]

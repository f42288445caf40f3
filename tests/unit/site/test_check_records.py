"""`zhikong check-records`: what it reads, what it says, what it refuses."""

import json

import pytest

from zhikong.cli import main

STAYS = """\
stay_id,patient_key,institution,admitted_at,discharged_at,sex,discharge_department,age_years
s1,p1,H,2026-01-01 01:00,2026-01-05 10:00,1,A,40
s2,p2,H,2026-01-01 01:00,,2,A,41
"""
DOCUMENTS = "stay_id,document_id,type,signed_at\ns1,d1,37,2026-01-01 09:00\ns2,d2,37,2026-01-01 09:01\n"
RULE = "first-progress-note-8h"


@pytest.fixture
def data(tmp_path):
    folder = tmp_path / "data"
    folder.mkdir()
    (folder / "stays.csv").write_text(STAYS, "utf-8")
    (folder / "documents.csv").write_text(DOCUMENTS, "utf-8")
    return folder


def call(capsys, *words):
    code = main(["check-records", *map(str, words)])
    told = capsys.readouterr()
    return code, told.out, told.err


def verdicts(capsys, data, *words):
    code, out, _ = call(
        capsys, data, "--rules", "national", "--json", "--rule", RULE, "--now", "2026-01-10", *words
    )
    assert code == 0
    return {row["encounter"]: row for row in json.loads(out)["verdicts"]}


@pytest.mark.parametrize("backend", ["vector", "reference"])
def test_the_json_is_as_documented(capsys, data, backend):
    found = verdicts(capsys, data, "--backend", backend)
    assert found["s1"] == {
        "encounter": "s1",
        "rule": RULE,
        "version": found["s1"]["version"],
        "verdict": "pass",
        "reason": "首次病程记录已于 01-01 09:00 完成，时限 01-01 09:00。",
        "due_at": "2026-01-01T09:00:00",
        "at": "2026-01-01T09:00:00",
    }
    assert (found["s2"]["verdict"], found["s2"]["at"]) == ("fail", "2026-01-01T09:01:00")
    assert "超时 1 分钟" in found["s2"]["reason"]


def test_every_encounter_gets_a_row_for_every_rule_in_a_stable_order(capsys, data):
    some = [word for rule in ("admission-record-24h", RULE, "fp02") for word in ("--rule", rule)]
    words = (data, "--rules", "national", "--json", "--now", "2026-01-10", *some)
    _, first, _ = call(capsys, *words)
    _, again, _ = call(capsys, *words)
    rows = [(row["encounter"], row["rule"]) for row in json.loads(first)["verdicts"]]
    assert first == again
    assert rows == sorted(rows)
    assert len(rows) == len(set(rows))
    of_stays = [{rule for stay, rule in rows if stay == one} for one in ("s1", "s2")]
    assert of_stays[0] == of_stays[1]


def test_a_table_that_was_not_delivered_is_named_and_an_empty_one_counts(capsys, data):
    (data / "documents.csv").write_text("stay_id,document_id,type,signed_at\n", "utf-8")
    assert verdicts(capsys, data)["s1"]["verdict"] == "fail"
    (data / "documents.csv").unlink()
    missing = verdicts(capsys, data)["s1"]
    assert missing["verdict"] == "not_assessable"
    assert "documents" in missing["reason"]


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("s3,p3,H,gestern,,1,A,1", "stays.csv 第 4 行：列 admitted_at"),
        ("s3,p3,H,2026-01-01,,1,A,1", "没有钟点"),
        ("s3,p3,H,2026-01-01 08:00+08:00,,1,A,1", "带了时区"),
        ("s3,p3,H,2026-01-01 08:00,,7,A,1", "不在代码表"),
        ("s3,p3,H,2026-01-01 08:00,,1,A,many", "不是整数"),
        ("s3,p3,H,2026-01-01 08:00,,1,A,-1", "小于 0"),
        (",p3,H,2026-01-01 08:00,,1,A,1", "是空的"),
        ("s1,p3,H,2026-01-01 08:00,,1,A,1", "与第 2 行重复"),
        ("s3,p3", "有 2 格"),
    ],
)
def test_a_bad_value_refuses_everything_and_says_where(capsys, data, line, told):
    (data / "stays.csv").write_text(STAYS + line + "\n", "utf-8")
    code, out, err = call(capsys, data, "--rules", "national", "--rule", RULE, "--json")
    assert (code, out) == (2, "")
    assert told in err
    assert "第 4 行" in err


def test_wrong_words_are_refused_before_anything_is_read(capsys, data, tmp_path):
    for words in (("--rules", "elsewhere"), ("--rules", "national", "--now", "soon"), ("--rules", "national", "--shift-hours", "8"),
                  ("--rules", "national", "--rule", "no-such-rule")):  # fmt: skip
        code, out, err = call(capsys, data, *words)
        assert (code, out) == (2, "")
        assert err.startswith("错误：")
    assert call(capsys, tmp_path / "nowhere", "--rules", "national")[0] == 2


def test_a_pack_of_ones_own_is_a_folder_and_its_faults_are_told(capsys, data, tmp_path):
    folder = tmp_path / "own" / "record_rules"
    folder.mkdir(parents=True)
    (folder / "broken-rule.yaml").write_text("id: broken-rule\nkind: clock\n", "utf-8")
    code, out, err = call(capsys, data, "--rules", folder.parent, "--json")
    assert code == 1
    assert json.loads(out) == {"verdicts": []}
    assert "broken-rule.yaml:1" in err


def test_what_is_due_is_explained_in_one_sentence(capsys, data):
    words = (data, "--rules", "national", "--rule", RULE, "--obligations", "--now", "2026-01-10", "--json")
    code, out, _ = call(capsys, *words)
    first = json.loads(out)["obligations"][0]
    assert code == 0
    assert first["state"] == "done"
    assert first["explanation"].startswith("首次病程记录应于 01-01 09:00 前完成：入院 01:00 起 8 小时，规则 ")


def test_for_people_the_faults_are_listed_and_everything_is_counted(capsys, data):
    _, out, _ = call(capsys, data, "--rules", "national", "--rule", RULE, "--now", "2026-01-10")
    assert "s2  不通过" in out
    assert "通过 1，不通过 1" in out

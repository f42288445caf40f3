"""Which addresses may be asked, what leaves the house, and what of an answer can stand."""

from types import SimpleNamespace

import pytest

from zhikong.foundation.suggestions import rules

INSIDE = {"llm.hospital": ["10.1.2.3"], "localhost": ["127.0.0.1", "::1"], "mixed": ["10.1.2.3", "8.8.8.8"],
          "outside.com": ["8.8.8.8"], "keeper": ["169.254.169.254"]}  # fmt: skip


def resolve(host):
    if host not in INSIDE:
        raise OSError(host)
    return INSIDE[host]


@pytest.mark.parametrize(
    "address",
    ["http://llm.hospital:8000/v1", "https://localhost/v1", "https://outside.com/v1"],
)
def test_addresses_inside_and_those_allowed_by_name(address):
    assert rules.refusal(address, ["outside.com"], resolve) == ""


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("https://outside.com/v1", "不在院内"),
        ("http://mixed/v1", "不在院内"),
        ("http://keeper/v1", "不在院内"),
        ("http://nowhere/v1", "找不到主机"),
        ("ftp://llm.hospital/v1", "服务地址"),
        ("http://user:pw@llm.hospital/v1", "服务地址"),
        ("http://llm.hospital/v1?next=x", "服务地址"),
        ("", "服务地址"),
    ],
)
def test_addresses_that_are_refused(address, said):
    assert said in rules.refusal(address, [], resolve)


def test_a_host_outside_is_asked_by_https_only():
    assert "https" in rules.refusal("http://outside.com/v1", ["outside.com"], resolve)


def document(id, type, *sections):
    parts = [SimpleNamespace(name=name, text=text) for name, text in sections]
    return SimpleNamespace(id=id, type=type, type_name="首次病程记录", sections=parts)


def test_only_cleared_text_leaves_and_no_number_of_a_document():
    chart = [document("W00123", "37", ("病例特点", "联系电话13812345678，胸闷3天。"), ("鉴别诊断", "  "))]
    (part,) = rules.parts_of(chart)
    sent = str(rules.question([part], "m"))
    assert "13812345678" not in sent
    assert "W00123" not in sent
    assert "胸闷3天" in sent


def test_what_is_too_long_is_left_out_and_important_documents_come_first():
    chart = [document("a", "38", ("病程记录", "甲" * 30)), document("b", "34", ("现病史", "乙" * 30))]
    assert [part.document for part in rules.parts_of(chart, most=40)] == ["b"]


PART = rules.Part("D1", "W1", "首次病程记录", "诊断依据", "根据病史诊断明确。")


@pytest.mark.parametrize(
    ("content", "kept", "dropped"),
    [
        ('[{"document": "D1", "section": "诊断依据", "quote": "诊断明确", "advice": "写明依据"}]', [(4, 8)], 0),
        ('```json\n[{"document": "[D1]", "section": "诊断依据", "quote": "诊断明确", "advice": "写明依据"}]\n```', [(4, 8)], 0),
        ('[{"document": "D1", "section": "诊断依据", "quote": "从未写过的话", "advice": "x"}]', [], 1),
        ('[{"document": "D9", "section": "诊断依据", "quote": "诊断明确", "advice": "x"}]', [], 1),
        ('[{"document": "D1", "section": "诊断依据", "quote": "诊断明确", "advice": ""}, 3]', [], 2),
        ("[]", [], 0),
    ],
)  # fmt: skip
def test_a_remark_stands_only_on_words_of_the_record(content, kept, dropped):
    found, lost = rules.remarks(content, [PART], lambda part: part.text)
    assert ([(one.start, one.end) for one in found], lost) == (kept, dropped)


@pytest.mark.parametrize("content", ["好的", '{"a": 1}', "[1, 2"])
def test_an_answer_that_is_no_list_is_refused(content):
    with pytest.raises(ValueError, match=r"no list|Expecting|delimiter"):
        rules.remarks(content, [PART], lambda part: part.text)

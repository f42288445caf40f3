"""Whatever the text: nothing crashes, places are exact, and no number gets lost."""

import json
import re
import string

from hypothesis import given, settings
from hypothesis import strategies as st

from zhikong.reading.reader import read

PIECES = (
    "≥", "≤", "95%", "95", "０．５", "％", "，", "。", "；", "\n", "、", "：", "（", "）", "每月", "每季度", "一次", "不少于", "不超过",
    "控制在", "以内", "3", "三十", "百分之九十五", "百分之一点五", "天", "个工作日", "小时", "24小时内", "元", "扣", "5分", "/100分", "2/万",
    "年", "月", "日", "3月底前", "2026年", "12月31日", "由", "至", "~", "—", "30分钟", "甲级病历率", "平均住院日", "的科室", "较上年下降",
    "为零", "第", "条", "\t", "1.", "（1）", "一、", "一", "二十", "千", "万", "1,000", "床", "例", "份", "每", "人", "成员", "組成", "達到",
    "醫院", "|", "1:0.4", "上半年", "①", "《办法》", "〔2026〕3号", "13912345678", "立即", "当班", "不定期", "   ", "\u3000\u3000", "\r\n",
)  # fmt: skip
TEXTS = st.lists(st.sampled_from(PIECES), max_size=40).map("".join) | st.text(
    alphabet=st.characters(codec="utf-8")
    | st.sampled_from(string.digits + "一二三十百千万%≥≤。；，\n\t每月年日"),
    max_size=80,
)


@settings(max_examples=150, deadline=None)
@given(TEXTS)
def test_reading_never_fails_and_places_are_exact(text):
    found = read(text).as_json()
    json.dumps(found)
    for one in (*found["items"], *found["unparsed"], *found["other_numbers"]):
        assert 0 <= one["start"] < one["end"] <= len(text)
        assert text[one["start"] : one["end"]] == one["text"]


@settings(max_examples=150, deadline=None)
@given(TEXTS)
def test_every_number_is_somewhere(text):
    found = read(text).as_json()
    spans = [(one["start"], one["end"]) for part in found.values() for one in part]
    for match in re.finditer(r"[0-9０-９]+", text):
        assert all(any(a <= place < b for a, b in spans) for place in range(*match.span())), (match[0], text)
    for match in re.finditer(r"[一二三四五六七八九十]+(?=个?(?:天|小时|分钟|次|例|份|元|月|年))", text):
        assert any(a < match.end() and b > match.start() for a, b in spans), (match[0], text)


def test_the_same_text_reads_the_same():
    text = "医务科每月5日前上报；病床使用率≥92%。"
    assert read(text).as_json() == read(text).as_json()

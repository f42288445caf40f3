"""The small Markdown of the guides: what it knows, what it refuses, and how it is set."""

import pytest

from zhikong.hospital.overviews.help import contents, html
from zhikong.hospital.overviews.help.reading import NotUnderstood, anchor_of, blocks, plain, spans

PAGE = """\
# 题目

第一行
第二行，**要紧**，`code`，[别处](other.md#三)。

1. 一
   续行

   ```
   zhikong x
   ```

2. 二

- 甲
  - 乙

| 列 | 例 |
|---|---|
| `a\\|b` | <b> |

> 记住

![图的说明](../pictures/x.png)
"""


def kinds(found):
    return [block.kind for block in found]


def test_the_blocks_of_a_page():
    found = blocks(PAGE)
    assert kinds(found) == ["heading", "paragraph", "list", "list", "table", "quote", "picture"]
    assert plain(found[1].spans) == "第一行第二行，要紧，code，别处。"
    assert [piece.kind for piece in found[1].spans] == [
        "text",
        "strong",
        "text",
        "code",
        "text",
        "link",
        "text",
    ]
    assert len(found[2].items) == 2, "an empty line does not end a list"
    assert kinds(found[2].items[0]) == ["paragraph", "code"]
    assert kinds(found[3].items[0]) == ["paragraph", "list"]
    assert plain(found[4].rows[1][0]) == "a|b"


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("<div>", "第 1 行"),
        ("好\n\n```\n没完", "第 3 行"),
        ("| a | b |\n| 1 | 2 |", "第 1 行"),
        ("| a | b |\n|---|---|\n| 1 |", "第 1 行"),
        ("一\n\n    缩进", "第 3 行"),
    ],
)
def test_what_it_does_not_know_is_refused_with_its_line(text, line):
    with pytest.raises(NotUnderstood, match=line):
        blocks(text)


def test_anchors_are_those_of_code_forges():
    assert anchor_of("一、每天先看什么？") == "一每天先看什么"
    assert anchor_of("HL7 v2（MLLP）") == "hl7-v2mllp"


def test_a_page_is_set_with_everything_escaped():
    made = html.page(blocks(PAGE), link=lambda to: f"/help/{to}", picture=lambda to: "/p.png")
    assert "&lt;b&gt;" in made
    assert "<b>" not in made
    assert '<a href="/help/other.md#三">别处</a>' in made
    assert '<img src="/p.png" alt="图的说明" loading="lazy">' in made
    assert html.page(blocks("[去](x.md)"), link=lambda to: "", picture=str) == "<p>去</p>"


def test_a_script_in_a_guide_is_text():
    made = html.page(blocks("试 <script>alert(1)</script>"), link=str, picture=str)
    assert "<script>" not in made


def test_code_keeps_its_marks():
    assert [(s.kind, s.text) for s in spans("`**x**`")] == [("code", "**x**")]


def test_links_lead_from_the_folder_of_all_guides():
    page = contents.Page("jobs/nurse", "", "")
    assert contents.resolved(page, "../write-rule.md") == "write-rule.md"
    assert contents.resolved(page, "inspector.md#一找到") == "jobs/inspector.md#一找到"


def test_headings_are_found_by_every_word():
    titles = {one.title for one in contents.found("审计 封条")}
    assert titles == {"二、核对封条"}
    assert contents.found("") == []
    assert contents.found("没有这个标题") == []


@pytest.mark.parametrize("name", ["../secrets", "x/../../y", "", "a.b"])
def test_only_pictures_of_guides_are_opened(name):
    assert contents.picture(name) is None

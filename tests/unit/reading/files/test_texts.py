"""Word's structure, web pages, encodings, PDF lines and scans become the plain text that rules read."""

import io
import sys
import zipfile

import pytest
from docx import Document
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from PIL import Image

from zhikong.reading.files import NotReadable, docx, html, plain_text, scans, texts
from zhikong.reading.files.pages import joined, without_margins

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
MC = "http://schemas.openxmlformats.org/markup-compatibility/2006"


def word(tmp_path, body: str, **parts: str):
    path = tmp_path / "plan.docx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(
            "word/document.xml",
            f'<w:document xmlns:w="{W}" xmlns:mc="{MC}"><w:body>{body}</w:body></w:document>',
        )
        for name, content in parts.items():
            archive.writestr(f"word/{name}.xml", f'<w:{name} xmlns:w="{W}">{content}</w:{name}>')
    return docx.read(path)


def p(text: str, about: str = "") -> str:
    return f"<w:p><w:pPr>{about}</w:pPr><w:r><w:t>{text}</w:t></w:r></w:p>"


def cell(text: str, about: str = "") -> str:
    return f"<w:tc><w:tcPr>{about}</w:tcPr>{p(text)}</w:tc>"


def test_numbers_that_word_counts_are_in_the_text(tmp_path):
    levels = [
        ("chineseCounting", "%1、"),
        ("decimal", "%1.%2"),
        ("decimalEnclosedCircle", "%3"),
        ("bullet", "·"),
    ]
    made = "".join(
        f'<w:lvl w:ilvl="{n}"><w:start w:val="1"/><w:numFmt w:val="{form}"/><w:lvlText w:val="{text}"/></w:lvl>'
        for n, (form, text) in enumerate(levels)
    )
    numbering = f'<w:abstractNum w:abstractNumId="7">{made}</w:abstractNum><w:num w:numId="3"><w:abstractNumId w:val="7"/></w:num>'
    body = "".join(
        p(text, f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="3"/></w:numPr>')
        for level, text in [(0, "目标"), (1, "甲"), (1, "乙"), (2, "丙"), (3, "点"), (0, "措施"), (1, "丁")]
    )
    assert word(tmp_path, body, numbering=numbering).split("\n") == [
        "一、目标", "1.1甲", "1.2乙", "①丙", "点", "二、措施", "2.1丁",
    ]  # fmt: skip


def test_merged_cells_keep_their_columns(tmp_path):
    rows = (
        [cell("类别"), cell("指标"), cell("目标")],
        [cell("质量", '<w:vMerge w:val="restart"/>'), cell("治愈率"), cell("≥92%")],
        [cell("", "<w:vMerge/>"), cell("合并的说明", '<w:gridSpan w:val="2"/>')],
    )
    table = "<w:tbl>" + "".join(f"<w:tr>{''.join(row)}</w:tr>" for row in rows) + "</w:tbl>"
    assert word(tmp_path, table) == "类别\t指标\t目标\n质量\t治愈率\t≥92%\n质量\t合并的说明\t"


def test_notes_boxes_revisions_hidden_text_and_signs(tmp_path):
    box = f"<w:txbxContent>{p('框里的话')}</w:txbxContent>"
    body = (
        '<w:p><w:r><w:t>率</w:t><w:sym w:font="Symbol" w:char="F0B3"/><w:t>95%</w:t><w:footnoteReference w:id="2"/></w:r></w:p>'
        f"<w:p><w:r><mc:AlternateContent><mc:Choice>{box}</mc:Choice><mc:Fallback>{box}</mc:Fallback></mc:AlternateContent></w:r></w:p>"
        "<w:p><w:del><w:r><w:delText>删</w:delText></w:r></w:del><w:ins><w:r><w:t>插入</w:t></w:r></w:ins>"
        "<w:moveFrom><w:r><w:t>旧处</w:t></w:r></w:moveFrom><w:r><w:rPr><w:vanish/></w:rPr><w:t>隐藏</w:t></w:r></w:p>"
    )
    notes = f'<w:footnote w:id="0" w:type="separator">{p("线")}</w:footnote><w:footnote w:id="2">{p("按出院人数")}</w:footnote>'
    assert word(tmp_path, body, footnotes=notes).split("\n") == [
        "率≥95%",
        "注：按出院人数",
        "",
        "框里的话",
        "插入",
    ]


def test_a_file_that_word_wrote(tmp_path):
    document = Document()
    document.sections[0].header.paragraphs[0].text = "某某医院"
    document.sections[0].footer.paragraphs[0].text = "第 1 页"
    document.add_paragraph("治愈好转率≥92%")
    document.add_paragraph()._p.append(parse_xml(f"<w:r {nsdecls('w')}><w:t>完</w:t></w:r>"))
    document.save(tmp_path / "plan.docx")
    assert plain_text(tmp_path / "plan.docx").split("\n") == ["某某医院", "治愈好转率≥92%", "完"]


@pytest.mark.parametrize("name", ["utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-le", "utf-16-be"])
def test_encodings(name):
    text = "一、平均住院日≤14天\n二、2027年治愈率≥92%"
    assert texts.decoded(text.encode(name)) == text


def test_big5_is_told_from_gb18030():
    text = "一、醫療品質管理年度工作計畫,平均住院日不超過14天,病患滿意度達到95%"
    assert texts.decoded(text.encode("big5")) == text
    simple = "一、医疗质量管理年度工作计划，病人满意度达到95%"
    assert texts.decoded(simple.encode("gb18030")) == simple


def test_a_web_page_keeps_rows_and_leaves_out_what_is_not_seen(tmp_path):
    path = tmp_path / "plan.html"
    path.write_text(
        "<html><title>计划</title><body><p>目标</p><p style='display:none'>藏</p><table><tr><td colspan=2><p>指标</p></td><td>值</td></tr>"
        "<tr><td>治愈率</td><td>≥92%</td></tr></table><script>x</script>",
        "utf-8",
    )
    assert html.read(path) == "目标\n指标\t\t值\n治愈率\t≥92%"


def test_lines_of_a_page_are_joined_and_running_heads_go():
    pages = [
        ["某某医院质量计划", "一、各科室每月组织一次质量分析会，由科主任主持，全体医", "师参加，会议记录保存备查。", "二、下一条", f"- {n} -"]
        for n in (1, 2, 3)
    ]  # fmt: skip
    lines = joined(without_margins(pages)).split("\n")
    assert lines.count("某某医院质量计划") == 1
    assert lines[1] == "一、各科室每月组织一次质量分析会，由科主任主持，全体医师参加，会议记录保存备查。"
    assert not [one for one in lines if one.strip().startswith("-")]


def test_scanned_pages_by_an_engine(tmp_path):
    picture = tmp_path / "scan.pdf"
    Image.new("RGB", (300, 400), "white").save(picture, "PDF")
    seen = []

    def engine(page):
        seen.append(page.shape)
        return [(200, 10, 260, 30, "≥92%"), (10, 11, 90, 31, "治愈率"), (10, 50, 90, 70, "完。")]

    assert scans.read(picture, "scan", engine) == "治愈率\t≥92%\n完。"
    assert seen[0][2] == 3


def test_a_scan_without_the_component_says_how_to_install_it(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "rapidocr", None)
    with pytest.raises(NotReadable, match=r"没有安装文字识别组件.*zhikong\[ocr\]"):
        scans.packaged_engine()


def test_the_real_engine_reads_a_page(tmp_path):
    pytest.importorskip("rapidocr", reason="the optional extra ocr is not installed")
    from importlib.resources import files

    from PIL import ImageDraw, ImageFont

    font = ImageFont.truetype(
        io.BytesIO((files("pylopdf_fonts_zh_cn") / "NotoSansSC-Regular.otf").read_bytes()), 34
    )
    page = Image.new("RGB", (1000, 400), "white")
    ImageDraw.Draw(page).text((60, 80), "治愈好转率≥92%，平均住院日≤14天。", font=font, fill="black")
    page.save(tmp_path / "scan.png")
    assert "治愈好转率≥92%" in plain_text(tmp_path / "scan.png")

"""The month's record-quality analysis as Word: official fonts, tables with strong lines, figures with their sources."""

from __future__ import annotations

from io import BytesIO

from django.utils import timezone
from django.utils.translation import gettext as _
from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.shared import Cm, Pt

from zhikong.hospital.functions.records import charting_results
from zhikong.hospital.functions.records.facets import Tally
from zhikong.hospital.functions.records.queries.results.analysis import Analysis
from zhikong.web.charts import render
from zhikong.web.paper import BODY, GREY, RED, TITLE, add_table, centred, lay_out, set_font

NUMERALS = "一二三四五六七八九十"
MOST_TOLD = 40


def make(found: Analysis, *, institution: str, place: str) -> bytes:
    """Word bytes. place: the hospital or the department that the figures are of."""
    document = Document()
    lay_out(document)
    _head(document, found, institution, place)
    sections = (
        (_("总体情况"), _overview), (_("各科室"), _places), (_("病历等级"), _grades), (_("主要缺陷"), _frequent),
        (_("符合率最低的规则"), _worst), (_("走势"), _trend), (_("没能检查的内容"), _unchecked), (_("已提出的问题"), _findings),
        (_("原因分析与下一步措施"), _note),
    )  # fmt: skip
    for numeral, (title, write) in zip(NUMERALS, sections, strict=False):
        document.add_paragraph(f"{numeral}、{title}", style="Heading 1")
        write(document, found)
    _sources(document, found)
    document.core_properties.title = f"{institution}{found.month} 病历质量分析"
    saved = BytesIO()
    document.save(saved)
    return saved.getvalue()


def _head(document, found: Analysis, institution: str, place: str) -> None:
    day = timezone.localtime(found.run.finished_at)
    year, month = found.month.split("-")
    said = {"year": year, "month": int(month), "place": place, "day": f"{day:%Y-%m-%d}"}
    line = _("%(place)s · %(year)s 年 %(month)d 月出院病历 · 筛查于 %(day)s") % said
    for text, font, size, colour in (
        (institution, TITLE, 16, RED), (_("病历质量月度分析"), TITLE, 26, RED), (line, BODY, 11, GREY),
    ):  # fmt: skip
        centred(document, text, font, size, colour)


def _say(document, text: str) -> None:
    for line in filter(None, (line.strip() for line in text.splitlines())):
        document.add_paragraph(line).paragraph_format.first_line_indent = Pt(24)


def _rate(one: Tally) -> str:
    return "—" if one.rate is None else f"{one.rate}%"


def _picture(document, spec: dict, caption: str) -> None:
    document.add_picture(BytesIO(render(spec, "png")), width=Cm(15.5))
    document.paragraphs[-1].alignment = WD_ALIGN_PARAGRAPH.CENTER
    paragraph = document.add_paragraph()
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    set_font(paragraph.add_run(caption), BODY, 10.5)


def _overview(document, found: Analysis) -> None:
    for text in found.sentences():
        _say(document, text)
    rows = [(word, _rate(one), one.failed, one.judged) for word, one in found.aspects if one.judged]
    if rows:
        add_table(document, [_("质量方面"), _("符合率"), _("缺陷"), _("能判断")], [6, 3.2, 3.2, 3.2], rows)


def _places(document, found: Analysis) -> None:
    rows = [
        (line.name, _rate(line.all), "—" if line.change is None else f"{line.change:+}", _rate(line.on_time), line.all.failed, line.all.not_assessable)
        for line in found.places
    ]  # fmt: skip
    heads = [_("科室"), _("符合率"), _("比上月"), _("按时完成率"), _("缺陷"), _("无法评估")]
    add_table(document, heads, [4.8, 2.2, 2.0, 2.6, 2.0, 2.2], rows)


def _grades(document, found: Analysis) -> None:
    if not found.grades:
        _say(document, _("本月还没有完成评审的病历，等级无从统计。"))
        return
    rows = [(grade, n, f"{100 * n / found.graded:.1f}%") for grade, n in found.grades]
    add_table(document, [_("等级"), _("份数"), _("占评审病历")], [6, 4, 5.6], rows)


def _frequent(document, found: Analysis) -> None:
    if not found.frequent:
        _say(document, _("本月没有发现缺陷。"))
        return
    spec = charting_results.pareto(found.frequent, total=found.defects, subtitle=found.month)
    _picture(document, spec, _("图 1　最常见的缺陷"))
    rows = [(one.title, one.count, f"{one.reached}%", _rate(one.tally)) for one in found.frequent]
    add_table(document, [_("缺陷"), _("次数"), _("累计"), _("符合率")], [9, 2.2, 2.2, 2.4], rows)


def _worst(document, found: Analysis) -> None:
    rows = [(one.title, _rate(one.tally), one.tally.failed, one.tally.judged) for one in found.worst]
    if rows:
        add_table(document, [_("规则"), _("符合率"), _("不通过"), _("能判断")], [9, 2.4, 2.2, 2.2], rows)
    else:
        _say(document, _("没有例数足够而又有缺陷的规则。"))


def _trend(document, found: Analysis) -> None:
    months = [month for month, one in found.trend if one.judged]
    if len(months) < 2:
        _say(document, _("已筛查的月份不足两个，还画不出走势。"))
        return
    series = [one for _month, one in found.trend if one.judged]
    spec = charting_results.trend(
        months, series, title=_("规则符合率"), subtitle=f"{months[0]} – {months[-1]}"
    )
    _picture(document, spec, _("图 2　规则符合率走势"))


def _unchecked(document, found: Analysis) -> None:
    if not found.unmet and not found.broken:
        _say(document, _("所有规则都能执行。"))
    for word, told in ((_("执行出错"), found.broken), (_("缺数据"), found.unmet)):
        for title, why in told[:MOST_TOLD]:
            _say(document, _("%(word)s：%(title)s——%(why)s") % {"word": word, "title": title, "why": why})
        if len(told) > MOST_TOLD:
            _say(document, _("另有 %(n)d 条，见系统“无法检查”页。") % {"n": len(told) - MOST_TOLD})


def _findings(document, found: Analysis) -> None:
    if not found.findings:
        _say(document, _("本月没有由病历缺陷转成的问题。"))
        return
    rows = [(one.title, one.number, one.department_name, one.get_state_display()) for one in found.findings]
    add_table(document, [_("问题"), _("编号"), _("科室"), _("状态")], [7, 3.4, 3, 2.4], rows)


def _note(document, found: Analysis) -> None:
    if found.note is None:
        _say(document, _("（尚未填写）"))
        return
    for head, text in ((_("原因分析"), found.note.causes), (_("下一步措施"), found.note.measures)):
        if text:
            _say(document, f"{head}：")
            _say(document, text)


def _sources(document, found: Analysis) -> None:
    document.add_paragraph(_("数据来源与口径"), style="Heading 1")
    run = found.run
    for text in (
        _("数据版本 %(version)s（第 %(n)d 次发布），筛查编号 %(pk)d，按 %(day)s 有效的 %(rules)d 条规则和本院设置判断；结果校验码 %(digest)s。")
        % {"version": run.data_version, "n": run.publication, "pk": run.pk, "day": run.ruled_on, "rules": len(run.rules), "digest": run.digest[:12]},
        _("符合率＝通过 ÷（通过＋不通过）；按时完成率只算及时性规则。不适用、无法评估和出错都不在分母里，也不算通过。"),
        _("科室是起算时患者所在科室，不明确时为出院科室。用同一数据版本和同一天的规则复算，结果逐条相同。"),
    ):  # fmt: skip
        paragraph = document.add_paragraph()
        paragraph.paragraph_format.space_after, paragraph.paragraph_format.line_spacing = Pt(0), 1.1
        set_font(paragraph.add_run(text), BODY, 9, GREY)

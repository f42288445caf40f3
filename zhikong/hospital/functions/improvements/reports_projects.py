"""Papers of projects in Word: PDCA report, full activity report (成果报告书), list of certificates."""

from __future__ import annotations

import io
import struct
from collections.abc import Iterable, Sequence

from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_BREAK
from docx.shared import Cm, Pt

from zhikong.foundation.organisation.queries import institution
from zhikong.hospital.functions.improvements.models.competitions import Competition, Entry
from zhikong.hospital.functions.improvements.models.projects import Project, Step
from zhikong.hospital.functions.improvements.pictures_projects import OF_CONTENTS, PICTURES, WORDS
from zhikong.hospital.functions.improvements.queries.projects import kinds, reading
from zhikong.hospital.functions.improvements.queries.projects.facts import facts
from zhikong.hospital.functions.improvements.report_data_projects import effect_words, figures, target_words
from zhikong.hospital.functions.improvements.rules_projects_facts import Facts
from zhikong.web.charts import render as draw
from zhikong.web.paper import BODY, GREY, HEADING, RED, TITLE, add_table, centred, lay_out, set_font

WIDTH, TALLEST = 15.6, 11.5  # centimetres
PHASES = (("plan", "P 计划"), ("do", "D 实施"), ("check", "C 检查"), ("act", "A 处置"))


def _begin(project: Project, title: str):
    """A document with its head."""
    document = Document()
    lay_out(document)
    _styles(document)
    centred(document, institution().name, TITLE, 16, RED)
    centred(document, title, TITLE, 22)
    centred(document, project.title, HEADING, 15)
    document.core_properties.title = f"{title} {project.title}"
    return document


def _styles(document) -> None:
    """The second level of headings, in the house's fonts."""
    style = document.styles["Heading 2"]
    style.font.size, style.font.bold, style.font.name = Pt(12), False, "Times New Roman"
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    for name in list(fonts.attrib):
        del fonts.attrib[name]
    from docx.oxml.ns import qn

    fonts.set(qn("w:ascii"), "Times New Roman")
    fonts.set(qn("w:hAnsi"), "Times New Roman")
    fonts.set(qn("w:eastAsia"), HEADING)
    style.paragraph_format.keep_with_next = True


def _saved(document) -> bytes:
    saved = io.BytesIO()
    document.save(saved)
    return saved.getvalue()


def _head_table(document, project: Project, known: Facts) -> None:
    kind = kinds.kind_of(project)
    pairs = [
        ("编号", project.number), ("类型", kind.title if kind else project.kind_id), ("科室", project.department_name),
        ("负责人", str(project.leader or "")), ("起止", f"{project.starts_on} 至 {project.ends_on}"),
        ("衡量的指标", f"{project.measured or '—'}（{project.get_direction_display()}）"), ("状态", project.get_state_display()),
        *figures(project, known),
    ]  # fmt: skip
    add_table(document, ("项目", "内容"), (4.2, 11.4), pairs, right=())


def _paragraph(document, text: str) -> None:
    for line in str(text).splitlines():
        if line.strip():
            document.add_paragraph(line).paragraph_format.first_line_indent = Pt(24)


def _picture(document, drawn: bytes, word: str) -> None:
    """A picture with its caption, no wider or taller than the page allows."""
    width, height = struct.unpack(">II", drawn[16:24])
    wide = min(WIDTH, TALLEST * width / height)
    document.add_picture(io.BytesIO(drawn), width=Cm(wide))
    document.paragraphs[-1].alignment = WD_ALIGN_PARAGRAPH.CENTER
    document.paragraphs[-1].paragraph_format.keep_with_next = True
    centred(document, word, BODY, 10, GREY)


def _table(document, heads: Sequence[str], lines: Sequence[Sequence[str]]) -> None:
    """Columns as wide as what stands in them, within the page."""
    weights = [
        min(16, max(6, len(head), *(max(map(len, str(line[i]).splitlines() or [""])) for line in lines)))
        for i, head in enumerate(heads)
    ]
    widths = [WIDTH * weight / sum(weights) for weight in weights]
    add_table(document, heads, widths, [[str(cell) for cell in line] for line in lines], right=())


def _content(document, project: Project, step: Step, known: Facts) -> None:
    """What one step says: fields, tables, votes, the step's own parts."""
    described = kinds.step_of(project, step.key)
    if described is None:
        return
    if step.state == Step.State.PASSED_OVER:
        _paragraph(
            document, f"（{step.finished_by} {step.finished_at:%Y-%m-%d} 说明理由后跳过：{step.reason}）"
        )
    said = reading.read(described.contents, step.content)
    for label, text in said["fields"]:
        paragraph = document.add_paragraph()
        set_font(paragraph.add_run(f"{label}："), HEADING, 12)
        set_font(paragraph.add_run(str(text)), BODY, 12)
    for label, heads, lines in said["tables"]:
        document.add_paragraph(label, style="Heading 2")
        _table(document, heads, lines)
    _votes(document, project, step, known)
    special = described.contents.special
    if special == "measures":
        _measures(document, project, known)
    elif special == "doing":
        _doing(document, project, known)
    if described.contents.id == "target":
        _paragraph(document, target_words(project, known))
    elif described.contents.id == "effect":
        _paragraph(document, effect_words(project, known))


def _votes(document, project: Project, step: Step, known: Facts) -> None:
    described = kinds.step_of(project, step.key)
    found = reading.votes(project, step, described, known) if described else None
    for one in found["rounds"] if found else ():
        if not one["lines"] or not any(total.voters for _name, total in one["lines"]):
            continue
        title = f"成员评分{'（' + str(one['label']) + '）' if one['label'] else ''}"
        document.add_paragraph(title, style="Heading 2")
        heads = ("项目", *(label for _code, label in found["criteria"]), "总分", "人数")
        lines = [(name, *total.by.values(), total.total, total.voters) for name, total in one["lines"]]
        wide = WIDTH - 1.8 * (len(heads) - 1)
        add_table(document, heads, (wide, *([1.8] * (len(heads) - 1))), lines)


def _measures(document, project: Project, known: Facts) -> None:
    lines = [
        (
            one["row"].number, one["row"].title, one["cause"] or "—",
            one["votes"].total if one["votes"] and one["votes"].voters else "—", one["row"].get_state_display(),
            one["row"].responsible.name if one["row"].responsible else "—",
            f"{one['row'].planned_from or ''}～{one['row'].planned_to or ''}".strip("～"),
        )
        for one in reading.measures(project, known)
    ]  # fmt: skip
    if lines:
        add_table(
            document,
            ("序", "对策", "真因", "得分", "取舍", "负责人", "计划"),
            (0.9, 4.4, 3.3, 1.3, 1.5, 1.6, 2.6),
            lines,
            right=(),
        )


def _doing(document, project: Project, known: Facts) -> None:
    """Each taken measure as a PDCA of its own."""
    for one in reading.measures(project, known):
        row = one["row"]
        if row.state in ("idea", "left"):
            continue
        document.add_paragraph(f"对策 {row.number}　{row.title}", style="Heading 2")
        files = "、".join(file.name for file in one["files"])
        numbers = "；".join(
            f"{word} {one[key]}" for word, key in (("实施前", "before"), ("实施后", "after")) if one[key]
        )
        lines = (
            ("真因", one["cause"] or "—"), ("P 计划", row.how or "—"),
            ("D 实施", f"{row.done_text or '—'}\n{row.done_from or ''} 至 {row.done_to or ''}" + (f"\n证据：{files}" if files else "")),
            ("C 检查", "\n".join(filter(None, (row.check_text, numbers))) or "—"), ("A 处置", row.act_text or "—"),
        )  # fmt: skip
        add_table(document, ("环节", "内容"), (2.6, 13), lines, right=())


def _pictures(document, project: Project, step: Step, known: Facts, used: set[str]) -> None:
    """The pictures of a step; one that stood already is not repeated."""
    described = kinds.step_of(project, step.key)
    for name in OF_CONTENTS.get(described.contents.id, ()) if described else ():
        made = PICTURES[name](project, known)
        if made is not None and name not in used:
            used.add(name)
            _picture(document, draw(made, "png"), WORDS[name])


def _tools(document, project: Project, step: Step) -> None:
    from zhikong.hospital.functions.improvements.queries.tools import tools_of
    from zhikong.hospital.functions.improvements.tools.word import add_tool

    for tool in tools_of(project.pk, step.key):
        add_tool(document, tool)


def pdca(project: Project) -> bytes:
    """The PDCA report: head, then the four phases with what their steps say."""
    known, document, used = facts(project), _begin(project, "PDCA 改进报告"), set()
    _head_table(document, project, known)
    for phase, word in PHASES:
        document.add_paragraph(word, style="Heading 1")
        for step in _of_phase(project, phase):
            document.add_paragraph(step.title, style="Heading 2")
            _content(document, project, step, known)
            _pictures(document, project, step, known, used)
    _conclusion(document, project)
    return _saved(document)


def _of_phase(project: Project, phase: str) -> list[Step]:
    found = [(one, kinds.step_of(project, one.key)) for one in project.steps.order_by("position")]
    return [one for one, described in found if described is not None and described.phase == phase]


def _conclusion(document, project: Project) -> None:
    if project.judgement:
        document.add_paragraph("评审结论", style="Heading 1")
        success = f"（{project.get_success_display()}）" if project.success else ""
        _paragraph(document, f"{project.judgement}{success}")
        _paragraph(document, f"{project.closed_by or ''} {project.closed_at:%Y-%m-%d}")


def full(project: Project) -> bytes:
    """The activity report: the circle, every step with its figures, votes, pictures and tools (D-45)."""
    known, used = facts(project), set()
    kind = kinds.kind_of(project)
    document = _begin(project, "品管圈成果报告书" if kind and kind.circle else "改进项目成果报告书")
    centred(
        document, f"{project.circle_name or project.department_name}　{project.department_name}", BODY, 13
    )
    _head_table(document, project, known)
    document.add_paragraph("团队", style="Heading 1")
    if project.circle_meaning:
        _paragraph(document, f"圈名“{project.circle_name}”：{project.circle_meaning}")
    members = project.members.select_related("person")
    lines = [(one.person.name, one.get_role_display(), one.duty or "—") for one in members]
    if lines:
        add_table(document, ("姓名", "角色", "分工"), (3.5, 4, 8.1), lines, right=())
    for step in project.steps.order_by("position"):
        document.add_paragraph(f"步骤{step.position}　{step.title}", style="Heading 1")
        _content(document, project, step, known)
        _pictures(document, project, step, known, used)
        _tools(document, project, step)
    _watched(document, project)
    _conclusion(document, project)
    return _saved(document)


def _watched(document, project: Project) -> None:
    points = [
        (one.period, f"{one.events}/{one.cases}", f"{one.events * 100 / one.cases:.1f}%", one.note or "—")
        for one in project.watchpoints.all()
    ]
    if points:
        document.add_paragraph("效果跟踪", style="Heading 1")
        add_table(document, ("月份", "例数/总数", "值", "说明"), (3, 3.5, 2.6, 6.5), points, right=(1, 2))


def certificates(contest: Competition, ranked: Iterable[tuple[dict, Entry]]) -> bytes:
    """The list of prizes, then a page for each certificate."""
    document = Document()
    lay_out(document)
    centred(document, institution().name, TITLE, 16, RED)
    centred(document, f"{contest.title}获奖名单", TITLE, 22)
    won = [(line, entry) for line, entry in ranked if line["prize"]]
    lines = [
        (line["prize"], entry.title, entry.circle_name or "—", entry.department_name, line["mean"])
        for line, entry in won
    ]
    add_table(document, ("奖项", "项目", "圈名", "科室", "得分"), (2.2, 6.4, 2.4, 3, 1.6), lines, right=(4,))
    for line, entry in won:
        document.paragraphs[-1].add_run().add_break(WD_BREAK.PAGE)
        for _blank in range(5):
            document.add_paragraph()
        centred(document, "荣 誉 证 书", TITLE, 40, RED)
        centred(document, entry.department_name, BODY, 18)
        name = f"{entry.circle_name}“{entry.title}”" if entry.circle_name else f"“{entry.title}”"
        centred(document, f"{name}在{contest.title}中荣获", BODY, 16)
        centred(document, line["prize"], TITLE, 32, RED)
        centred(document, "特发此证，以资鼓励。", BODY, 16)
        centred(document, f"{institution().name}　{contest.published_at:%Y 年 %m 月 %d 日}", BODY, 14)
    return _saved(document)

"""The quarter's analysis of adverse events for the 分管院长 and the departments (EVT-10, D-06), in Word. Figures only:
no case, no words of a report, nobody; small counts as on the pages of the reader who asked for it."""

from __future__ import annotations

import io
from datetime import datetime

from docx import Document
from docx.shared import Cm, Pt

from zhikong.foundation.organisation.queries import institution
from zhikong.hospital.functions.incidents import charting_learning as charting
from zhikong.hospital.functions.incidents.control_learning import Control
from zhikong.hospital.functions.incidents.queries.learning.choosing import Chosen
from zhikong.hospital.functions.incidents.queries.learning.clusters import Scan
from zhikong.hospital.functions.incidents.queries.learning.culture import Told
from zhikong.hospital.functions.incidents.queries.learning.figures import Line, Overview
from zhikong.hospital.functions.incidents.rules_learning import TARGET
from zhikong.hospital.functions.incidents.rules_reporting import Privacy
from zhikong.web.charts import render as draw
from zhikong.web.paper import HEADING, RED, TITLE, add_table, centred, lay_out

HIDDEN, NONE = "<5", "无法计算"
TITLE_WORDS = "医疗安全（不良）事件分析报告"


def word(
    asked: Chosen, whole: Overview, splits: list[tuple[str, tuple[Line, ...]]], told: Told, scan: Scan | None,
    *, charted: tuple[Chosen, Control | None], now: datetime,
) -> bytes:  # fmt: skip
    """The report of a choice (a quarter, usually) as a Word document.

    charted: the year that the control chart shows, and the chart: three months say little about what is usual.
    """
    document = Document()
    lay_out(document)
    centred(document, institution().name, TITLE, 16, RED)
    centred(document, TITLE_WORDS, TITLE, 22)
    centred(document, f"{asked.place_name}　{asked.first} 至 {asked.last}", HEADING, 14)
    _how_many(document, whole, *charted)
    _where(document, splits)
    _culture(document, told)
    _clusters(document, scan)
    _to_write(document)
    _foot(document, whole, now)
    document.core_properties.title = TITLE_WORDS
    saved = io.BytesIO()
    document.save(saved)
    return saved.getvalue()


def _how_many(document, whole: Overview, year: Chosen, drawn: Control | None) -> None:
    document.add_heading("一、发生情况", level=1)
    rows = [
        ("事件（件）", _count(whole.total)), ("实际占用床日数", _whole(whole.bed_days)),
        ("每千床日（‰）", _rate(whole.rate, 2)), ("每百张开放床位每年（件）", _rate(whole.per_beds, 1)),
    ]  # fmt: skip
    add_table(document, ("项目", "数值"), (9.0, 6.6), rows)
    if drawn is not None:
        spec = charting.control_picture(drawn, subtitle=f"{year.place_name} · {year.first} — {year.last}")
        document.add_picture(io.BytesIO(draw(spec, "png")), width=Cm(15.6))
        _paragraph(document, drawn.sentence)


def _where(document, splits: list[tuple[str, tuple[Line, ...]]]) -> None:
    document.add_heading("二、多在哪里、哪一类", level=1)
    for title, lines in splits:
        shown = [(one.name, _count(one.count), _rate(one.share, 1)) for one in lines[:10]]
        if shown:
            add_table(document, (title, "例数", "占比（%）"), (9.0, 3.3, 3.3), shown)


def _culture(document, told: Told) -> None:
    document.add_heading("三、报告情况", level=1)
    if not told.shown:
        _paragraph(document, "本范围内的报告少于 5 件，不列出。")
        return
    whole = told.whole
    rows = [
        ("报告（件）", str(whole.reports)), (f"每百张开放床位每年（目标 ≥{TARGET}）", _rate(whole.per_100_beds, 1)),
        ("未碰到患者的占比（%）", _rate(whole.near_miss, 1)),
        *((f"{Privacy(code).label}（%）", _rate(share, 1)) for code, share in whole.privacy.items()),
        ("到第一次答复的中位时间（小时）", _rate(whole.hours, 0) if whole.hours is not None else "—"),
    ]  # fmt: skip
    add_table(document, ("项目", "数值"), (9.0, 6.6), rows)
    silent = [one.name for one in told.wards if one.silent]
    if silent:
        _paragraph(
            document, f"按床位预期而言报告明显偏少的科室：{'、'.join(silent)}。沉默不等于安全，请去了解原因。"
        )


def _clusters(document, scan: Scan | None) -> None:
    document.add_heading("四、时间上的聚集", level=1)
    if scan is None:
        _paragraph(document, "尚未检出。")
        return
    for one in scan.clusters:
        _paragraph(
            document,
            f"{one.place}：{one.title} {one.first} 至 {one.last} 共 {one.count} 例，预期 {one.expected:.1f} 例，p = {one.p:.3f}。",
        )
    if not scan.clusters:
        _paragraph(document, f"{len(scan.searched)} 类事件各检验一次，没有检出聚集。")


def _to_write(document) -> None:
    """What a person has to say: figures alone are no analysis."""
    for title in ("五、共性隐患与原因", "六、已采取的措施与效果", "七、下季度重点与对科室的要求"):
        document.add_heading(title, level=1)
        _paragraph(document, "（由质控科填写）")


def _foot(document, whole: Overview, now: datetime) -> None:
    _paragraph(
        document,
        f"统计截至 {now:%Y-%m-%d %H:%M}，按发生日期；床日数据版本 {whole.data_version}。"
        "本报告不含任何报告的内容和个人信息，只用于改进，不用于对个人的处理。",
    )


def _paragraph(document, text: str) -> None:
    document.add_paragraph(text).paragraph_format.first_line_indent = Pt(24)


def _count(value: int | None) -> str:
    return HIDDEN if value is None else f"{value}"


def _whole(value: int | None) -> str:
    return NONE if value is None else f"{value:,}"


def _rate(value: float | None, digits: int) -> str:
    return NONE if value is None else f"{value:.{digits}f}"

"""Our own layout of the file for the authority's event system (EVT-18): columns with their meaning. No ORM.

The authority's layout is not at hand; the page says so. A change of a column is a new version of the layout.
"""

from __future__ import annotations

from dataclasses import dataclass
from xml.etree import ElementTree as ET

VERSION = "1"
NAMESPACE = "urn:zhikong:incident-export:1"


@dataclass(frozen=True)
class Column:
    """id: name in XML; title: head in the workbook; kind: text, code, date or moment; must: never empty."""

    id: str
    title: str
    kind: str
    meaning: str
    must: bool = False


COLUMNS = (
    Column("hospital_code", "机构编码", "code", "医院在本系统中的机构编码", True),
    Column("hospital_name", "机构名称", "text", "医院名称", True),
    Column("number", "事件编号", "code", "本系统的随机编号，不含日期和顺序", True),
    Column("category_code", "类别编码", "code", "事件类别的编号，见内容库“不良事件类别”"),
    Column("category", "类别", "text", "事件类别的名称"),
    Column("level", "级别", "code", "I、II、III、IV；确认后才有"),
    Column("harm", "伤害程度", "code", "NCC MERP 的 A 到 I；不清楚时为空"),
    Column("dispute", "医疗事故争议", "code", "general 一般，major 重大，extraordinary 特别重大；不是时为空"),
    Column("department", "发生科室", "text", "发生科室的名称"),
    Column("occurred_on", "发生日期", "date", "年-月-日"),
    Column("shift", "发生时段", "code", "morning、afternoon、evening、night、unknown"),
    Column("known_at", "医院知道的时间", "moment", "当地时间，到分钟", True),
    Column("accepted_at", "受理时间", "moment", "当地时间，到分钟"),
    Column("what", "事件经过", "text", "报告的经过；导出前请核对并去掉姓名等身份信息"),
    Column("done", "当时的处理", "text", "报告的现场处理"),
    Column("cause", "原因", "text", "最近一次科室分析的原因"),
    Column("measures", "措施", "text", "各条措施，用分号隔开"),
    Column("outcome", "结果", "text", "结案说明"),
    Column("submission_to", "已上报", "text", "最近一次上报报给谁"),
    Column("submission_number", "回执编号", "text", "最近一次上报的回执编号"),
    Column("submitted_at", "上报时间", "moment", "当地时间，到分钟"),
)


def xml(rows: list[dict[str, str]], *, made_at: str) -> bytes:
    """The rows as XML: an event an element, a column an element in it; empty ones are left out."""
    ET.register_namespace("", NAMESPACE)
    root = ET.Element(f"{{{NAMESPACE}}}incidents", {"version": VERSION, "made_at": made_at})
    for row in rows:
        event = ET.SubElement(root, f"{{{NAMESPACE}}}incident")
        for column in COLUMNS:
            if row.get(column.id):
                ET.SubElement(event, f"{{{NAMESPACE}}}{column.id}").text = _printable(row[column.id])
    ET.indent(root)
    return ET.tostring(root, encoding="utf-8", xml_declaration=True)


def _printable(text: str) -> str:
    """Without characters that XML 1.0 cannot hold."""
    return "".join(one for one in text if one in "\t\n\r" or one >= " ")


def problems(row: dict[str, str]) -> list[str]:
    """Columns that must not be empty and are."""
    return [column.title for column in COLUMNS if column.must and not row.get(column.id)]

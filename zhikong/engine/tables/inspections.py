"""Answers of inspections: one row is one item of one sheet of a concluded visit."""

from __future__ import annotations

from zhikong.engine.tables.building import code, own_id, text, whole
from zhikong.engine.tables.model import CodeSet, Column, Rule, Table, Type

ANSWER = CodeSet(
    "inspection_answer",
    (
        ("yes", "符合"),
        ("no", "不符合"),
        ("na", "不适用"),
        ("unknown", "未检查"),
        ("counted", "按例数观察"),
        ("other", "不判断符合与否"),
    ),
    "本系统：检查表的答案",
)
STAGE = CodeSet(
    "inspection_stage",
    (("running", "环节质量"), ("terminal", "终末质量")),
    "000-P1 L22：从环节质量和终末质量上分析",
)

# nobody's name and no patient: who inspected, and whose bed it was, stays with the sheet
INSPECTION_ANSWERS = Table(
    name="inspection_answers",
    meaning="检查结果：每行是一次检查中一个条款的答案",
    columns=(
        Column("institution", Type.TEXT, "医疗机构代码", nullable=False),
        own_id("answer_id", "一个答案的唯一编号：表的编号与条款"),
        text("visit", "检查的编号", nullable=False),
        text("department", "被检查科室代码", nullable=False),
        Column("inspected_on", Type.DATE, "检查日期（当地日期）", nullable=False),
        text("form", "检查表", nullable=False),
        Column("form_version", Type.INT, "检查表的版本", nullable=False, minimum=1),
        text("section", "检查表的部分"),
        text("item", "条款：检查表的一项", nullable=False),
        code("answer", "答案", ANSWER, nullable=False),
        whole("conforming", "符合的项次；按例数观察的，是做到的例数", "项次"),
        whole("applicable", "应符合的项次；不适用、未检查的为 0", "项次"),
        code("stage", "环节质量或终末质量", STAGE),
    ),
    month_of="inspected_on",
    key=("answer_id",),
    rules=(Rule("conforming", "applicable", "符合项次多于应符合项次"),),
)

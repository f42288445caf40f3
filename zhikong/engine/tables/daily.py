"""Tables that stand alone: beds by day, and figures that departments report for a month."""

from __future__ import annotations

from zhikong.engine.tables.model import Column, Rule, Table, Type

BED_DAYS = Table(
    name="bed_days",
    meaning="床位日报：每行是一个科室的一天",
    columns=(
        Column("institution", Type.TEXT, "医疗机构代码", nullable=False),
        Column("department", Type.TEXT, "科室代码", nullable=False),
        Column("day", Type.DATE, "日期", nullable=False),
        Column("open_beds", Type.INT, "实际开放床位数", unit="张", nullable=False, minimum=0),
        # more than open_beds is legal: extra beds (加床) are counted as occupied
        Column("occupied_beds", Type.INT, "实际占用床位数，含加床", unit="张", nullable=False, minimum=0),
    ),
    month_of="day",
    key=("institution", "department", "day"),
)

REPORTED_COUNTS = Table(
    name="reported_counts",
    meaning="填报数：每行是一个科室一个月填报的一个项目",
    columns=(
        Column("institution", Type.TEXT, "医疗机构代码", nullable=False),
        Column("department", Type.TEXT, "科室代码", nullable=False),
        Column("period", Type.TEXT, "月份，写作 2026-01", nullable=False),
        Column("item", Type.TEXT, "填报项目代码，如 basics_exam（三基考核）", nullable=False),
        Column("numerator", Type.INT, "分子", unit="例", minimum=0),
        Column("denominator", Type.INT, "分母", unit="例", minimum=0),
    ),
    month_of="period",
    key=("institution", "department", "period", "item"),
    rules=(Rule("numerator", "denominator", "分子大于分母"),),
)

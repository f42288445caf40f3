"""The pictures of one analysis, drawn from its rows."""

from __future__ import annotations

from django.utils import timezone

from zhikong.hospital.functions.incidents import drawing_analysis as drawing
from zhikong.hospital.functions.incidents import rules_analysis as rules
from zhikong.hospital.functions.incidents.models.analysis import Analysis
from zhikong.hospital.functions.incidents.queries.analysis import guards
from zhikong.hospital.functions.incidents.queries.analysis.packs import factors


def silences(rows) -> dict[int, str]:
    """Before which events nothing is known for hours, in words."""
    found = rules.silent(rules.Moment(row.pk, row.at, row.gap) for row in rows)
    return {pk: f"{round(stretch.total_seconds() / 3600)} 小时" for pk, stretch in found.items()}


def timeline(one: Analysis) -> str:
    """The timeline as SVG; '' while it is empty."""
    rows = list(one.timelineevents.select_related("person").order_by("at", "pk"))
    silent = silences(rows)
    stops = [
        drawing.Stop(
            timezone.localtime(row.at) if row.at else None, row.about,
            f"{row.person.label}：{row.what}" if row.person else row.what, row.expected, row.gap, silent.get(row.pk, ""),
        )
        for row in rows
    ]  # fmt: skip
    return drawing.timeline_svg(one.title, stops) if stops else ""


def causes(one: Analysis) -> tuple[str, str]:
    """(tree, fishbone) as SVG; '' while there is nothing to draw."""
    nodes = guards.nodes(one)
    if not nodes:
        return "", ""
    found = factors()
    groups = [(group, title) for group, title, _of in found.groups]
    known = {each.id: each.group for _group, _title, of in found.groups for each in of}
    bones = drawing.fishbone(one.title, nodes, groups, lambda factor: known.get(factor, ""))
    return drawing.tree_svg(one.title, nodes), bones

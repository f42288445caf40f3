"""One lying A3 page of an analysis as PDF: course at the left, causes and measures at the right."""

from __future__ import annotations

import json
from pathlib import Path
from tempfile import TemporaryDirectory

from django.utils import timezone

from zhikong.foundation.organisation.queries import institution
from zhikong.hospital.functions.incidents import drawings_analysis as drawings
from zhikong.hospital.functions.incidents.models.analysis import Analysis
from zhikong.hospital.functions.incidents.queries.analysis import guards, reading
from zhikong.hospital.functions.incidents.queries.analysis.packs import hierarchy
from zhikong.hospital.functions.incidents.report_analysis import CONFIDENTIAL
from zhikong.hospital.functions.incidents.templatetags.analysis_tags import department
from zhikong.intake.deidentifying import deidentify
from zhikong.web import typesetting
from zhikong.web.charts import render as draw
from zhikong.web.charts.fonts import SANS, folders

LAYOUT = Path(__file__).with_name("a3_analysis.typ")


def pdf(one: Analysis) -> bytes:
    """The page; words go in as data, never as markup."""
    tree, bones = drawings.causes(one)
    pictures = {"timeline": drawings.timeline(one), "tree": tree, "bones": bones}
    data = {
        "hospital": institution().name, "kind": f"{one.get_kind_display()} A3", "note": CONFIDENTIAL, "title": one.title,
        "head": _head(one), "summary": one.summary, "statements": _statements(one), "conclusion": one.cause_text,
        "measures": _measures(one), "people": _people(one), "sans": SANS, "lesson": one.lesson_text,
        "pictures": {name: bool(svg) for name, svg in pictures.items()},
    }  # fmt: skip
    names = [name for name in reading.hidden_names(one) if name]
    with TemporaryDirectory(prefix="zhikong-a3-") as folder:
        Path(folder, LAYOUT.name).write_bytes(LAYOUT.read_bytes())
        for name, svg in pictures.items():
            if svg:
                Path(folder, f"{name}.png").write_bytes(draw(svg, "png"))
        return typesetting.compile(
            str(Path(folder, LAYOUT.name)), root=folder, font_paths=[str(path) for path in folders()],
            ignore_system_fonts=True, sys_inputs={"data": json.dumps(_cleaned(data, names), ensure_ascii=False)}, format="pdf",
        )  # fmt: skip


def _cleaned(value, names):
    """The same without names and numbers of persons."""
    if isinstance(value, str):
        return deidentify(value, names).text
    if isinstance(value, list):
        return [_cleaned(one, names) for one in value]
    if isinstance(value, dict):
        return {key: _cleaned(one, names) for key, one in value.items()}
    return value


def _head(one: Analysis) -> list[list[str]]:
    team = reading.team(one)
    return [
        ["编号", one.code], ["状态", str(one.get_state_display())], ["期限", f"{one.due_on}"],
        ["团队", f"{len(team)} 人，{sum(row.outside for row in team)} 人未参与事件"],
    ]  # fmt: skip


def _statements(one: Analysis) -> list[str]:
    return [guards.statement_of(row).sentence for row in one.causalstatements.all()]


def _measures(one: Analysis) -> list[list[str]]:
    known = hierarchy()
    rows = []
    for made in reading.measures_of(one):
        kind = known.get(made.kind)
        effect = (
            f"{made.get_judged_display()}：{made.result}"
            if made.judged
            else f"{made.measure_on} 测量：{made.aim}"
        )
        when = timezone.localdate(made.done_at) if made.done_at else made.due_on
        rows.append([made.text, f"{made.get_strength_display()}（{kind.title if kind else made.kind}）", department(made.department_id), f"{when}{'' if made.done_at else ' 前'}", effect])  # fmt: skip
    return rows


def _people(one: Analysis) -> list[str]:
    staff = [row for row in one.casepersons.order_by("pk") if row.is_staff]
    said = [f"{row.label}（{row.get_aware_display()}）：{row.words}" for row in staff]
    return said or [f"没有当事人：{one.nobody_reason or '—'}"]

"""The presentation of a project: slides of words for each step, then the tools that were saved for it."""

from __future__ import annotations

from zhikong.hospital.functions.improvements.models.projects import Project
from zhikong.hospital.functions.improvements.queries.projects import kinds, reading
from zhikong.hospital.functions.improvements.queries.projects.facts import facts
from zhikong.hospital.functions.improvements.report_data_projects import effect_words, figures, target_words
from zhikong.hospital.functions.improvements.rules_projects_facts import Facts

LINES = 8


def slides(project: Project) -> bytes:
    """PowerPoint; the pictures are native tables and PNGs of the saved tools."""
    from zhikong.hospital.functions.improvements.queries.tools import tools_of
    from zhikong.hospital.functions.improvements.tools.deck import deck

    known = facts(project)
    subtitle = "　".join(
        filter(None, (project.circle_name, project.department_name, str(project.leader or "")))
    )
    pages = [
        ("项目概况", [f"{name}：{value}" for name, value in figures(project, known)]),
        *_steps(project, known),
    ]
    return deck(project.title, subtitle, tools_of(project.pk), slides=pages)


def _steps(project: Project, known: Facts) -> list[tuple[str, list[str]]]:
    found = []
    for step in project.steps.order_by("position"):
        described = kinds.step_of(project, step.key)
        if described is None:
            continue
        said = reading.read(described.contents, step.content)
        lines = [f"{label}：{' '.join(str(text).split())[:110]}" for label, text in said["fields"]]
        if described.contents.id == "target":
            lines.insert(0, target_words(project, known))
        elif described.contents.id == "effect":
            lines.insert(0, effect_words(project, known))
        elif described.contents.special in ("measures", "doing"):
            taken = [
                one for one in reading.measures(project, known) if one["row"].state not in ("idea", "left")
            ]
            lines += [f"{one['row'].number} {one['row'].title} {one['after']}".strip() for one in taken]
        lines = [line for line in lines if line]
        if lines:
            found.append((f"{step.position} {step.title}", lines[:LINES]))
    return found

"""The presentation of a project: slides of words for each step, the tools that were saved for it, then its pictures."""

from __future__ import annotations

import io
import struct

from pptx import Presentation
from pptx.util import Inches, Pt

from zhikong.hospital.functions.improvements.models.projects import Project
from zhikong.hospital.functions.improvements.pictures_projects import PICTURES, WORDS
from zhikong.hospital.functions.improvements.queries.projects import kinds, reading
from zhikong.hospital.functions.improvements.queries.projects.facts import facts
from zhikong.hospital.functions.improvements.report_data_projects import effect_words, figures, target_words
from zhikong.hospital.functions.improvements.rules_projects_facts import Facts
from zhikong.web.charts import render as draw

LINES = 8
TITLE_ONLY = 5  # the layout that the deck uses
WIDE, TALL, LEFT, TOP = 12.1, 5.6, 0.6, 1.5  # inches of a picture at most, and where it stands


def slides(project: Project) -> bytes:
    """PowerPoint with native tables of the saved tools and PNGs."""
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
    made = Presentation(io.BytesIO(deck(project.title, subtitle, tools_of(project.pk), slides=pages)))
    for name, drawing in PICTURES.items():
        if (found := drawing(project, known)) is not None:
            _picture(made, WORDS[name], draw(found, "png"))
    saved = io.BytesIO()
    made.save(saved)
    return saved.getvalue()


def _picture(made, word: str, drawn: bytes) -> None:
    """A slide with a picture of the project, as large as the slide allows."""
    slide = made.slides.add_slide(made.slide_layouts[TITLE_ONLY])
    title = slide.shapes.title
    title.left, title.top, title.width, title.height = Inches(LEFT), Inches(0.35), Inches(WIDE), Inches(0.95)
    title.text_frame.text = word
    title.text_frame.paragraphs[0].font.size, title.text_frame.paragraphs[0].font.bold = Pt(26), True
    width, height = struct.unpack(">II", drawn[16:24])
    wide = min(WIDE, TALL * width / height)
    slide.shapes.add_picture(
        io.BytesIO(drawn), Inches(LEFT + (WIDE - wide) / 2), Inches(TOP), width=Inches(wide)
    )


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

"""Reads of the tools: what live rows give a picture, which pictures are saved, which rows stand behind a number."""

from zhikong.hospital.functions.improvements.queries.tools.drawing import Fresh, behind, draw
from zhikong.hospital.functions.improvements.queries.tools.saved import (
    drawing_of,
    may_change,
    projects_for,
    saved,
    tool,
    tools_of,
)

__all__ = [
    "Fresh",
    "behind",
    "draw",
    "drawing_of",
    "may_change",
    "projects_for",
    "saved",
    "tool",
    "tools_of",
]

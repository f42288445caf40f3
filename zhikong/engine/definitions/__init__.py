"""Definitions: load them from packs, check them, explain what is wrong in Chinese with file and line."""

from __future__ import annotations

from zhikong.engine.definitions.loading import load_catalogue
from zhikong.engine.definitions.model import (
    Catalogue,
    Definition,
    Direction,
    How,
    Kind,
    Measure,
    Preset,
    Status,
    Target,
)
from zhikong.engine.definitions.problems import Problem

__all__ = [
    "Catalogue",
    "Definition",
    "Direction",
    "How",
    "Kind",
    "Measure",
    "Preset",
    "Problem",
    "Status",
    "Target",
    "load_catalogue",
]

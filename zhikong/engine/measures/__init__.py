"""Measures over clinical tables: definitions made of sets and populations, counted for each case."""

from __future__ import annotations

from zhikong.engine.measures.loading import load_measures
from zhikong.engine.measures.model import Measure, Measures, Population

__all__ = ["Measure", "Measures", "Population", "load_measures"]

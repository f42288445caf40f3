"""The door to the expression language: importing it registers operators and functions with the grammar."""

from __future__ import annotations

from zhikong.engine.definitions import functions, operators
from zhikong.engine.definitions.functions import FUNCTIONS, code_range
from zhikong.engine.definitions.grammar import Scope, condition, parse, whole_number
from zhikong.engine.definitions.problems import ExpressionError

REGISTERED = (operators, functions)  # both fill grammar.BUILDERS when imported

__all__ = [
    "FUNCTIONS",
    "REGISTERED",
    "ExpressionError",
    "Scope",
    "code_range",
    "condition",
    "parse",
    "whole_number",
]

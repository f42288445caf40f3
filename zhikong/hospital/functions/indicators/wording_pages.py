"""The parts of a definition in words, as every page shows them: the indicator's page, the library, the previews."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from zhikong.engine.definitions import Definition
from zhikong.hospital.functions.indicators import wording

DIRECTIONS = {
    "up": gettext_lazy("逐步提高（越高越好）"),
    "down": gettext_lazy("逐步降低（越低越好）"),
    "range": gettext_lazy("保持在区间内"),
    "monitor": gettext_lazy("监测比较"),
}


def said(definition: Definition) -> dict:
    """population, numerator, denominator, exclusions, formula, direction and mark in words."""
    return {
        "population": wording.population_text(definition),
        "numerator": wording.measure_text(definition.numerator, definition),
        "denominator": wording.measure_text(definition.denominator, definition),
        "exclusions": wording.exclusion_texts(definition),
        "formula": _formula(definition),
        "direction": DIRECTIONS[definition.direction],
        "mark": wording.MARKS[definition.source.mark],
    }


def _formula(definition: Definition) -> str:
    factor = f" × {definition.multiplier}" if definition.multiplier != 1 else ""
    formulas = {"count": _("分子"), "median": _("各个值的中位数")}
    formula = formulas.get(definition.kind, _("分子 ÷ 分母"))
    return f"{formula}{factor}"

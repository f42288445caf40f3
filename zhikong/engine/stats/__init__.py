"""Control charts, run rules and effect: pure functions on arrays, no Django and no packs.

Start with ``xmr``, ``p_chart`` or ``u_chart`` for one chart, ``judge_many`` for many series, ``shifted`` for the
effect of a measure, ``choose`` for the chart that fits.
"""

from zhikong.engine.stats.batch import Batch, judge_many
from zhikong.engine.stats.choosing import Choice, choose
from zhikong.engine.stats.effect import Shift, Verdict, shifted
from zhikong.engine.stats.limits import c_chart, mr, p_chart, run_chart, u_chart, xmr
from zhikong.engine.stats.points import Assurance, Points, Rule, Variation, assurance, judge, variation
from zhikong.engine.stats.series import MINIMUM_POINTS, Limits, Options, Runs
from zhikong.engine.stats.wording import expected_false, sentence

__all__ = [
    "MINIMUM_POINTS",
    "Assurance",
    "Batch",
    "Choice",
    "Limits",
    "Options",
    "Points",
    "Rule",
    "Runs",
    "Shift",
    "Variation",
    "Verdict",
    "assurance",
    "c_chart",
    "choose",
    "expected_false",
    "judge",
    "judge_many",
    "mr",
    "p_chart",
    "run_chart",
    "sentence",
    "shifted",
    "u_chart",
    "variation",
    "xmr",
]

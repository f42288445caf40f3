"""Risk-adjusted charts of single patients: VLAD and risk-adjusted CUSUM.

Steiner, Cook, Farewell, Treasure. Monitoring surgical performance using risk-adjusted cumulative sum charts.
Biostatistics 2000;1:441. The risk is the predicted probability of death of each patient, from a model that was
made on other patients.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from zhikong.engine.stats.drafting import Draft, Values, array
from zhikong.engine.stats.series import SIGMAS, Floats, Limits, Options

ODDS_RATIO, DECISION = 2.0, 4.5


def vlad(risk: Values, died: Values) -> Limits:
    """Expected minus observed deaths, summed up: rising means fewer deaths than predicted. It has no limits."""
    expected, observed = _patients(risk, died)
    draft = Draft("vlad", _running(expected - observed), None, Options())
    draft.centre[:] = 0.0
    draft.also |= {"risk": expected, "died": observed}
    return draft.finish()


def racusum(
    risk: Values, died: Values, *, odds_ratio: float = ODDS_RATIO, decision: float = DECISION
) -> Limits:
    """Sum of log-likelihood ratios, not below 0: signals above `decision` that the odds are `odds_ratio` times
    those predicted. The lower sum (`also["down"]`, not above 0) looks for odds divided by it, and signals below
    −`decision`. The sums go on after a signal."""
    expected, observed = _patients(risk, died)
    weight = log_likelihood(expected, observed, odds_ratio)
    up, down = _held(weight), -_held(log_likelihood(expected, observed, 1 / odds_ratio))
    draft = Draft("racusum", up, None, Options())
    draft.centre[:], draft.sigma[:] = 0.0, decision / 3
    draft.also |= {"risk": expected, "died": observed, "weight": weight, "up": up, "down": down}
    drawn = draft.finish([(-draft.sigma * k, draft.sigma * k) for k in SIGMAS])
    return replace(drawn, beyond=(np.nan_to_num(up) > decision) | (np.nan_to_num(down) < -decision))


def log_likelihood(risk: Floats, died: Floats, odds_ratio: float) -> Floats:
    """log of the likelihood of this outcome with odds times `odds_ratio`, over that of the predicted risk."""
    return died * np.log(odds_ratio) - np.log(1 - risk + odds_ratio * risk)


def _patients(risk: Values, died: Values) -> tuple[Floats, Floats]:
    """Both as arrays; a patient without one of them has neither."""
    expected, observed = array(risk), array(died)
    known = ~np.isnan(expected) & ~np.isnan(observed)
    return np.where(known, expected, np.nan), np.where(known, observed, np.nan)


def _running(steps: Floats) -> Floats:
    return np.where(np.isnan(steps), np.nan, np.cumsum(np.nan_to_num(steps)))


def _held(weights: Floats) -> Floats:
    """The running sum, held at 0 from below; a missing patient has no point."""
    found, last = np.full(weights.shape, np.nan), 0.0
    for index, weight in enumerate(weights):
        if not np.isnan(weight):
            last = found[index] = max(0.0, last + weight)
    return found

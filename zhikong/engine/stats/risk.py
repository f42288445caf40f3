"""Risk-adjusted comparison: observed over expected by a model, and predicted over expected by a hierarchical one.

The hierarchical model is a random-intercept logistic regression (as CMS uses for its risk-standardised rates), fitted
by maximum Laplace likelihood over fixed effects and the standard deviation between units; the units' intercepts are
the inner penalised least-squares solution. It needs sums over covariate patterns only, not patients.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize
from scipy.special import expit

from zhikong.engine.stats.logistic import Model, Patterns, irls
from zhikong.engine.stats.series import Floats
from zhikong.engine.stats.standard import garwood, meaning

INNER = 40
SMALLEST = 1e-4  # a standard deviation below this is none
Z_95 = 1.959963984540054


@dataclass(frozen=True)
class Compared:
    """Per unit, always with an interval. observed: events; expected: by the case mix; ratio: observed (or predicted)
    over expected with its 95 % interval; rate: ratio × the overall rate. cases: how many patients carry it."""

    method: str
    units: tuple
    cases: Floats
    observed: Floats
    expected: Floats
    ratio: Floats
    lower: Floats
    upper: Floats
    overall: float

    @property
    def rate(self) -> Floats:
        return self.ratio * self.overall

    def said_of(self, index: int) -> str:
        """One unit in words."""
        low, high = self.lower[index], self.upper[index]
        name = "实际/预期" if self.method == "observed" else "预测/预期（已向平均收缩）"
        text = (
            f"{name} {self.ratio[index]:.2f}（95% 区间 {low:.2f}–{high:.2f}；{self.cases[index]:.0f} 例，"
            f"实际 {self.observed[index]:.0f} 例，按病情应有 {self.expected[index]:.1f} 例）：{meaning(low, high)}"
        )
        if self.method == "predicted" and low <= 1 <= high:
            text += "例数少的单元被拉向平均，不等于没有问题。"
        return text

    @property
    def sentence(self) -> str:
        """The comparison as a whole: who differs; the order of the others means nothing."""
        high = [str(u) for u, low in zip(self.units, self.lower, strict=True) if low > 1]
        low = [str(u) for u, up in zip(self.units, self.upper, strict=True) if up < 1]
        if not high and not low:
            return f"{len(self.units)} 个单元调整病情后区间都包含 1，不能排名次。"
        told = [f"高于预期：{'、'.join(high)}" if high else "", f"低于预期：{'、'.join(low)}" if low else ""]
        chance = 0.05 * len(self.units)
        return (
            f"调整病情后，{'；'.join(t for t in told if t)}。{len(self.units)} 个单元单凭随机约有 {chance:.1f} 个落在区间外；"
            "其余单元之间的先后没有意义。"
        )


def observed_over_expected(model: Model, data: Patterns) -> Compared:
    """O/E of each unit by a model, with the exact interval of the observed count."""
    expected = _by_unit(data, data.trials * model.risk(data.design))
    observed, cases = _by_unit(data, data.events), _by_unit(data, data.trials)
    low, high = garwood(observed)
    overall = float(data.events.sum() / data.trials.sum())
    return Compared(
        "observed",
        data.units,
        cases,
        observed,
        expected,
        observed / expected,
        low / expected,
        high / expected,
        overall,
    )


def _by_unit(data: Patterns, values: Floats) -> Floats:
    return np.bincount(data.unit, weights=values, minlength=len(data.units))


@dataclass(frozen=True)
class Hierarchical:
    """A fitted random-intercept model. coefficients: the intercept first. errors: of the coefficients. sd: between
    units on the logit scale, with its standard error (NaN at zero). effects, effect_errors: the units' intercepts.
    log_likelihood: Laplace, without the binomial constants."""

    coefficients: Floats
    errors: Floats
    sd: float
    sd_error: float
    effects: Floats
    effect_errors: Floats
    log_likelihood: float
    compared: Compared

    @property
    def sentence(self) -> str:
        if self.sd < SMALLEST:
            return "调整病情后，单元之间看不出超过随机的差别。" + self.compared.sentence
        spread = np.exp(2 * Z_95 * self.sd)
        return (
            f"调整病情后单元之间仍有差别（标准差 {self.sd:.2f}±{self.sd_error:.2f}，最高与最低的一般单元之间比值比约 {spread:.1f} 倍）。"
            + self.compared.sentence
        )


class _Laplace:
    """The Laplace likelihood and its gradient at (coefficients, log sd); remembers the effects as a start."""

    def __init__(self, data: Patterns):
        self.data, self.design = data, data.with_intercept
        self.effects = np.zeros(len(data.units))

    def inner(self, beta: Floats, variance: float) -> tuple[Floats, Floats, Floats]:
        """(chance per row, weight per row, curvature per unit) at the units' best intercepts."""
        data, fixed = self.data, self.design @ beta
        for _step in range(INNER):
            chance = expit(fixed + self.effects[data.unit])
            weight = data.trials * chance * (1 - chance)
            slope = _by_unit(data, data.events - data.trials * chance) - self.effects / variance
            curve = _by_unit(data, weight) + 1 / variance
            change = np.clip(slope / curve, -2, 2)
            self.effects = self.effects + change
            if np.abs(change).max() < 1e-11:
                break
        return chance, weight, curve

    def negative(self, point: Floats) -> tuple[float, Floats]:
        beta, variance = point[:-1], float(np.exp(2 * point[-1]))
        chance, weight, curve = self.inner(beta, variance)
        data, u = self.data, self.effects
        logit = self.design @ beta + u[data.unit]
        fitted = float((data.events * logit - data.trials * np.logaddexp(0, logit)).sum())
        value = fitted - float((u**2).sum()) / (2 * variance) - 0.5 * float(np.log(variance * curve).sum())
        return -value, -self._gradient(chance, weight, curve, variance)

    def _gradient(self, chance: Floats, weight: Floats, curve: Floats, variance: float) -> Floats:
        """Of the value by coefficients and log sd; the effects move with both."""
        data, design, u = self.data, self.design, self.effects
        third = weight * (1 - 2 * chance)
        per_unit = _by_unit(data, third)
        pull = np.column_stack([_by_unit(data, weight * column) for column in design.T]) / curve[:, None]
        bent = np.column_stack([_by_unit(data, third * column) for column in design.T])
        by_beta = design.T @ (data.events - data.trials * chance)
        by_beta = by_beta - 0.5 * ((bent - per_unit[:, None] * pull) / curve[:, None]).sum(axis=0)
        moved = u / variance**2 / curve
        by_variance = (u**2 / (2 * variance**2) - 0.5 * ((1 / variance) - 1 / (variance**2 * curve))).sum()
        by_variance -= 0.5 * float((per_unit * moved / curve).sum())
        return np.append(by_beta, by_variance * 2 * variance)


def hierarchical(data: Patterns) -> Hierarchical:
    """Fit the random-intercept logistic model. Fewer than five units cannot tell a spread: ValueError."""
    if len(data.units) < 5:
        raise ValueError("不足 5 个单元，估不出单元之间的差别：请改用实际/预期。")
    work = _Laplace(data)
    start, _covariance = irls(work.design, data.events, data.trials)
    best = minimize(
        work.negative, np.append(start, np.log(0.3)), jac=True, method="L-BFGS-B",
        bounds=[(None, None)] * len(start) + [(np.log(SMALLEST / 10), np.log(10))],
        options={"maxiter": 300, "ftol": 1e-14, "gtol": 1e-7},
    )  # fmt: skip
    return _result(data, work, best.x)


def _result(data: Patterns, work: _Laplace, point: Floats) -> Hierarchical:
    value, _slope = work.negative(point)
    beta, sd = point[:-1], float(np.exp(point[-1]))
    _chance, _weight, curve = work.inner(beta, sd**2)
    effects, effect_errors = work.effects.copy(), 1 / np.sqrt(curve)
    errors = _errors(work, point)
    return Hierarchical(
        beta, errors[:-1], 0.0 if sd < SMALLEST else sd, float(sd * errors[-1]) if sd >= SMALLEST else float("nan"),
        effects, effect_errors, -value, _predicted(data, work.design @ beta, effects, effect_errors),
    )  # fmt: skip


def _errors(work: _Laplace, point: Floats) -> Floats:
    """Standard errors from the curvature, by differences of the gradient; without a spread, of the fixed part."""
    step, size = 1e-4, len(point)
    curvature = np.empty((size, size))
    for index in range(size):
        away = np.eye(size)[index] * step
        curvature[index] = (work.negative(point + away)[1] - work.negative(point - away)[1]) / (2 * step)
    curvature = (curvature + curvature.T) / 2
    if np.exp(point[-1]) < SMALLEST:
        return np.append(np.sqrt(np.diag(np.linalg.inv(curvature[:-1, :-1]))), np.nan)
    return np.sqrt(np.maximum(np.diag(np.linalg.inv(curvature)), 0))


def _predicted(data: Patterns, fixed: Floats, effects: Floats, errors: Floats) -> Compared:
    """Predicted over expected; the interval moves the unit's intercept by 1.96 of its own standard errors."""
    expected = _by_unit(data, data.trials * expit(fixed))

    def ratio(shift: Floats) -> Floats:
        return _by_unit(data, data.trials * expit(fixed + shift[data.unit])) / expected

    return Compared(
        "predicted", data.units, _by_unit(data, data.trials), _by_unit(data, data.events), expected, ratio(effects),
        ratio(effects - Z_95 * errors), ratio(effects + Z_95 * errors), float(data.events.sum() / data.trials.sum()),
    )  # fmt: skip

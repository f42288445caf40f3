"""Logistic regression by iteratively reweighted least squares, from patients or from aggregated patterns.

A model never goes without what is needed to judge it: its version and training window, the number of cases and
events, the c-statistic, and calibration (intercept and slope) on patients that it was not fitted to.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import expit

from zhikong.engine.stats.series import Floats

STEPS = 50
FOLDS = 5
SEPARATED = "模型没有收敛：某个风险因素把发生与未发生完全分开，请合并类别后再试。"


@dataclass(frozen=True)
class Patterns:
    """Covariate patterns: design (rows × columns, without the intercept), events among trials, and the row's unit
    (an index into `units`). Single patients are patterns of one trial."""

    design: Floats
    events: Floats
    trials: Floats
    unit: np.ndarray
    units: tuple

    @property
    def with_intercept(self) -> Floats:
        return np.column_stack([np.ones(len(self.design)), self.design])


@dataclass(frozen=True)
class Calibration:
    """intercept: 0 when as many events come as are predicted. slope: 1 when high and low risks are as far apart as
    they should be; below 1 the predictions are too extreme. c: how often an event had the higher risk."""

    intercept: float
    slope: float
    c: float


@dataclass(frozen=True)
class Model:
    """A fitted risk model with its passport.

    coefficients and errors: the intercept first, then `names`. calibration: on the folds left out in turn.
    """

    names: tuple[str, ...]
    coefficients: Floats
    errors: Floats
    version: str
    window: tuple[str, str]
    cases: int
    events: int
    calibration: Calibration

    def risk(self, design: Floats) -> Floats:
        """The predicted probability of each row."""
        return expit(self.coefficients[0] + np.asarray(design, float) @ self.coefficients[1:])

    @property
    def sentence(self) -> str:
        said = self.calibration
        return (
            f"风险模型 {self.version}，用 {self.window[0]} 至 {self.window[1]} 的 {self.cases} 例（{self.events} 例发生）"
            f"训练；区分度 c={said.c:.2f}，校准截距 {said.intercept:+.2f}、斜率 {said.slope:.2f}"
            f"（交叉验证）。{_worth(said)}"
        )


def _worth(said: Calibration) -> str:
    if said.c < 0.6:
        return "区分度低，调整作用有限，结果应与未调整的一并看。"
    if not 0.8 <= said.slope <= 1.25 or abs(said.intercept) > 0.2:
        return "校准不佳，用于比较前应先修订模型。"
    return "可用于比较。"


def patterns(design, happened, unit) -> Patterns:
    """Patients (rows of `design`, 0/1 of `happened`, labels in `unit`) summed up to distinct patterns."""
    design = np.atleast_2d(np.asarray(design, float).T).T
    labels, index = np.unique(np.asarray(unit), return_inverse=True)
    rows, place = np.unique(np.column_stack([index, design]), axis=0, return_inverse=True)
    place = place.ravel()
    events = np.bincount(place, weights=np.asarray(happened, float), minlength=len(rows))
    trials = np.bincount(place, minlength=len(rows)).astype(float)
    return Patterns(rows[:, 1:], events, trials, rows[:, 0].astype(int), tuple(labels.tolist()))


def irls(design: Floats, events: Floats, trials: Floats) -> tuple[Floats, Floats]:
    """(coefficients, covariance) of a binomial logit; `design` has its intercept.

    ValueError when the likelihood has no maximum (a covariate separates events from the rest) or covariates
    repeat each other.
    """
    beta = np.zeros(design.shape[1])
    for step in range(STEPS):
        chance = expit(design @ beta)
        weight = trials * chance * (1 - chance)
        information = design.T @ (weight[:, None] * design)
        try:
            change = np.linalg.solve(information, design.T @ (events - trials * chance))
        except np.linalg.LinAlgError as error:
            raise ValueError(
                SEPARATED if step else "风险因素互相重复，模型没有唯一解：请去掉其中一个。"
            ) from error
        beta = beta + np.clip(change, -4, 4)
        if np.abs(change).max() < 1e-10:
            return beta, np.linalg.inv(information)
    raise ValueError(SEPARATED)


def fit(data: Patterns, *, names, version: str, window: tuple[str, str]) -> Model:
    """Fit a model; `names` are the columns of the design, `window` the first and last month of its patients."""
    design = data.with_intercept
    if len(names) != design.shape[1] - 1:
        raise ValueError("风险因素的名称与列数不同。")
    beta, covariance = irls(design, data.events, data.trials)
    return Model(
        tuple(names), beta, np.sqrt(np.diag(covariance)), version, window, int(data.trials.sum()),
        int(data.events.sum()), _cross_validated(data, design),
    )  # fmt: skip


def _cross_validated(data: Patterns, design: Floats) -> Calibration:
    """Patients are dealt to the folds at random (a fixed seed); each fold is predicted by a fit of the others."""
    generator = np.random.default_rng(20260101)
    even = np.full(FOLDS, 1 / FOLDS)
    events = generator.multinomial(data.events.astype(int), even).astype(float)
    rest = generator.multinomial((data.trials - data.events).astype(int), even).astype(float)
    predicted, happened, cases = [], [], []
    for fold in range(FOLDS):
        inside = data.events - events[:, fold]
        beta, _ = irls(design, inside, inside + data.trials - data.events - rest[:, fold])
        predicted.append(design @ beta)
        happened.append(events[:, fold])
        cases.append(events[:, fold] + rest[:, fold])
    return calibration(np.concatenate(predicted), np.concatenate(happened), np.concatenate(cases))


def calibration(logit: Floats, events: Floats, trials: Floats) -> Calibration:
    """Calibration of predictions (on the logit scale) on the patients given."""
    slope = irls(np.column_stack([np.ones(len(logit)), logit]), events, trials)[0][1]
    offset = _offset_intercept(logit, events, trials)
    return Calibration(offset, float(slope), c_statistic(logit, events, trials))


def _offset_intercept(logit: Floats, events: Floats, trials: Floats) -> float:
    shift = 0.0
    for _step in range(STEPS):
        chance = expit(logit + shift)
        change = (events - trials * chance).sum() / (trials * chance * (1 - chance)).sum()
        shift += change
        if abs(change) < 1e-12:
            break
    return float(shift)


def c_statistic(score: Floats, events: Floats, trials: Floats) -> float:
    """Probability that a patient with the event had the higher score than one without; ties count half."""
    _found, place = np.unique(score, return_inverse=True)
    hit = np.bincount(place, weights=events)
    miss = np.bincount(place, weights=trials - events)
    below = np.cumsum(miss) - miss
    return float((hit * (below + miss / 2)).sum() / (hit.sum() * miss.sum()))

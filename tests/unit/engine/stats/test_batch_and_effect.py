"""The batch judge equals the single one; false alarms come as often as published; effects are judged honestly."""

import numpy as np
import pytest

from zhikong.engine.stats import Verdict, choose, judge, judge_many, run_chart, runs, sentence, shifted, xmr
from zhikong.engine.stats.points import Rule
from zhikong.engine.stats.series import Options


def noise(series, length, seed=7):
    return np.random.default_rng(seed).normal(50, 5, (series, length))


def test_batch_equals_single_with_gaps_ties_and_trends():
    values = noise(60, 30)
    values[::7, 4] = np.nan
    values[5] = 100.0
    values[6] = [100.0] * 29 + [97.0]
    values[7] = np.arange(30)
    values[8] = np.nan
    batch = judge_many(values, factor=2.66)
    for index, row in enumerate(values):
        single = judge(row)
        assert batch.rules(index) == single.rules, index
        np.testing.assert_allclose(batch.upper[index], single.upper, equal_nan=True)


def test_the_runs_of_a_run_chart_are_those_of_the_batch():
    values = noise(300, 24)
    median = np.median(values, axis=1)[:, None]
    found = runs.unusual(runs.sides(values, np.broadcast_to(median, values.shape)))
    assert [run_chart(row).runs_signal[0] for row in values] == list(found)


def test_under_twelve_points_limits_are_on_trial():
    assert judge_many(noise(1, 11)).trial.all()
    assert xmr(noise(1, 11)[0]).trial
    assert not xmr(noise(1, 12)[0]).trial


def test_a_percentage_has_no_limit_above_hundred():
    limits = xmr([99, 98, 99.5, 97, 99, 100, 98, 99, 97.5, 99, 98.5, 100], options=Options(cap=100.0))
    assert limits.upper.max() == 100


BEFORE = [10, 11, 9, 10, 12, 10, 9, 11, 10, 10, 11, 9]


@pytest.mark.parametrize(
    ("after", "verdict", "needed"),
    [
        ([], Verdict.NOT_ENOUGH_DATA, 6),
        ([10, 9], Verdict.NOT_ENOUGH_DATA, 4),
        ([5.0], Verdict.NOT_ENOUGH_DATA, 2),  # one good month is not yet a level
        ([5.0, 9.0, 8.0], Verdict.IMPROVED, 0),
        ([5.0, 9.0, 12.0], Verdict.NOT_ENOUGH_DATA, 3),  # it did not last
        ([5.0, 9.0, 12.0, 11.0, 12.0, 11.0], Verdict.NOT_SHIFTED, 0),
        ([7.2, 7.2, 9.0], Verdict.IMPROVED, 0),  # two of three beyond two sigma
        ([9.5, 9, 9.8, 9.1, 9.4, 9.9], Verdict.IMPROVED, 0),
        ([9.5, 9, 9.8, 9.1, 9.4, 12], Verdict.NOT_SHIFTED, 0),
        ([10, 11, 9, 10, 11, 10], Verdict.NOT_SHIFTED, 0),
        ([18.0], Verdict.NOT_SHIFTED, 0),
        ([18.0, 9.5, 9, 9.8, 9.1, 9.4, 9.9], Verdict.IMPROVED, 0),  # it took a month to work, then held
        ([None, 5.0, None, 9.0, 9.0], Verdict.IMPROVED, 0),
    ],
)
def test_effect_of_a_measure_when_lower_is_better(after, verdict, needed):
    found = shifted(BEFORE, after, direction="down")
    assert (found.verdict, found.months_needed) == (verdict, needed)
    assert found.sentence.endswith("。")


def test_effect_is_the_mirror_image_when_higher_is_better():
    for after in ([5.0], [5.0, 9.0, 8.0], [18.0], [9.5, 9, 9.8, 9.1, 9.4, 9.9], [10, 11, 9, 10, 11, 10]):
        lower = shifted(BEFORE, after, direction="down")
        higher = shifted([-y for y in BEFORE], [-y for y in after], direction="up")
        assert higher == lower


def test_chance_alone_seldom_counts_as_improvement():
    """Nothing changed in 2,000 series of 12 + 6 months: about 1 in 20 is called improved, as documented."""
    values = noise(2000, 18)
    verdicts = [shifted(row[:12], row[12:], direction="down").verdict for row in values]
    share = verdicts.count(Verdict.IMPROVED) / len(verdicts)
    assert abs(share - 0.05) < 3 * (0.05 * 0.95 / 2000) ** 0.5


def test_effect_of_proportions_uses_their_denominators():
    before, n = [20] * 12, [200] * 12
    big = shifted(before, [2, 2, 2], direction="down", before_n=n, after_n=[200] * 3, chart="p")
    small = shifted(before, [0, 0, 0], direction="down", before_n=n, after_n=[10] * 3, chart="p")
    assert big.verdict is Verdict.IMPROVED
    assert small.verdict is Verdict.NOT_ENOUGH_DATA  # 0 of 10 says nothing


def test_effect_needs_a_baseline():
    found = shifted([10, 11], [5] * 8, direction="down")
    assert found.verdict is Verdict.NOT_ENOUGH_DATA
    assert found.months_needed == 4


def test_the_chooser_sees_overdispersion():
    generator = np.random.default_rng(3)
    plain = generator.binomial(200, 0.1, 36)
    wild = generator.binomial(200, generator.normal(0.1, 0.04, 36).clip(0, 1))
    assert choose("proportion", plain, [200] * 36).chart == "p"
    assert choose("proportion", wild, [200] * 36).chart == "p_prime"
    assert choose("measure", plain, None).chart == "xmr"


def test_sentences_say_since_when_and_whether_it_is_good():
    months = [f"2026-{m:02}" for m in range(1, 11)]
    rules = [Rule.NONE] * 3 + [Rule.SHIFT_DOWN] * 7
    assert (
        sentence(rules, months, "down")
        == "自 2026-04 起至 2026-10连续 7 点以上低于中心线，是特殊原因引起的向好的变化，不是随机波动。"
    )
    assert "随机波动" in sentence([Rule.NONE] * 10, months, "down")

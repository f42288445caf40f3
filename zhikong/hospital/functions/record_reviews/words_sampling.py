"""Sentences of the sampling pages: what an estimate means, who was short, why a record is there."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from zhikong.engine.stats.sampling_estimate import Estimate

STEPS = {
    "all": gettext_lazy("全部抽取"),
    "doctor": gettext_lazy("每位医师至少一份"),
    "preferred": gettext_lazy("路径优先"),
    "random": gettext_lazy("随机"),
    "refill": gettext_lazy("其他病种补足"),
    "risk": gettext_lazy("风险权重"),
    "replaced": gettext_lazy("备用替换"),
}
METHODS = {
    "census": gettext_lazy("全部病历都评了，没有抽样误差。"),
    "exact": gettext_lazy("区间按有限总体精确计算（超几何分布）。"),
    "korn_graubard": gettext_lazy("区间按有效样本量计算（Korn–Graubard），样本少时自然变宽。"),
    "none": "",
}


def percent(value: float | None) -> str:
    """A share as a percentage with one decimal, or a dash."""
    return "—" if value is None else f"{value * 100:.1f}%"


def estimate_words(found: Estimate, sample, *, unread: int, open_grades: int) -> list[str]:
    """What the estimate stands on, in sentences."""
    if found.rate is None:
        return [_("还没有评完的病历，暂时不能估计。")]
    words = [
        _("由 %(n)d 份病历按抽中概率加权，代表 %(all).0f 份；相当于简单随机抽 %(effective).0f 份的把握。")
        % {"n": found.sampled, "all": found.population, "effective": found.effective},
        str(METHODS[found.method]),
    ]
    if found.crude is not None and abs(found.crude - found.rate) > 0.005:
        words.append(
            _("不加权的样本甲级率是 %(crude)s：各科抽样比例不同，不能直接当作全院的率。")
            % {"crude": percent(found.crude)}
        )
    if sample.reach < sample.frame_size:
        words.append(
            _("按规则有 %(n)d 份病历不可能被抽到（例如不在前几位病种内），这个率不包括它们。")
            % {"n": sample.frame_size - sample.reach}
        )
    if unread:
        words.append(_("还有 %(n)d 份没有评完，先假定它们与同一层已评的病历相同。") % {"n": unread})
    if open_grades:
        words.append(_("%(n)d 份因为有未知条目而等级未定，没有计入。") % {"n": open_grades})
    return words


def short_words(short: Mapping[str, int], names: Mapping[str, str]) -> list[str]:
    """Groups that had too few records, in sentences."""
    return [
        _("%(place)s 少 %(n)d 份：符合条件的病历不够。")
        % {"place": names.get(code, code) or _("全院"), "n": count}
        for code, count in sorted(short.items())
    ]

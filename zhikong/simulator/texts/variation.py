"""What makes each note its own: a sentence of the day's findings, drawn apart from everything else.

Copies that are planted copy it too, since they are made afterwards.
"""

import dataclasses

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

_SLEEP = ("夜间睡眠可", "夜间睡眠欠佳", "夜间醒来一次", "睡眠较前改善", "入睡稍困难", "昨夜安静入睡")
_FOOD = ("进食半流质", "食欲较前好转", "食量约平时一半", "进普食", "三餐规律", "少量多餐", "饮水约1500ml")
_MOVE = ("已下床活动", "床边坐起", "可在走廊步行", "卧床休息", "在家属搀扶下活动", "康复训练配合好")
_MORE = (
    "大便一次，成形",
    "未解大便",
    "小便通畅",
    "切口无渗出",
    "皮肤完整",
    "无头晕",
    "无恶心",
    "无咳嗽",
    "无腹胀",
    "下肢无肿胀",
)
_TAIL = (
    "续观病情",
    "明日复查",
    "已与家属沟通",
    "宣教已做",
    "嘱防跌倒",
    "注意出入量",
    "继续监测",
    "按计划进行",
)
_DIFFERENCES = (
    "病程与体征相符",
    "发病诱因尚不明确",
    "既往无类似发作",
    "对初步处理有反应",
    "家族中无同类患者",
    "需结合进一步检查",
    "症状与活动有关",
    "起病缓急符合本病",
)
_WITHIN = 360
"""Minutes after a rescue beyond which its record is a late entry."""


def varied(block, kept, kind: int, lot):
    """The lot with a sentence of its own at the end of each text, where notes of this kind have one."""
    if (kind, lot.section) in (_OF_THE_DAY):
        return _appended(lot, of_the_day(block.rng(f"variation {kind}"), len(lot.own)))
    if (kind, lot.section) == (37, "诊断依据"):
        return _appended(lot, _reasons(block.rng("variation 37"), len(lot.own)))
    if kind == 44:
        late = kept.columns["written_at"][lot.own] - kept.columns["_occurred"][lot.own] > _WITHIN
        told = late & (block.rng("variation 44").random(len(lot.own)) < 0.8)
        return _appended(lot, np.where(told, "本记录为事后补记。", ""))
    return lot


_OF_THE_DAY = frozenset({(38, "病程记录"), (39, "查房记录")})


def of_the_day(rng, count: int) -> np.ndarray:
    """'夜间睡眠可，进普食，尿量1450ml，已下床活动，…。'"""
    amount = (900 + 50 * rng.integers(0, 26, count)).astype(str)
    breath = rng.integers(14, 23, count).astype(str)
    air = rng.integers(94, 100, count).astype(str)
    pieces = [_one(rng, _SLEEP, count), "，", _one(rng, _FOOD, count), "，24小时尿量", amount, "ml，R ", breath, "次/分，SpO₂ ", air, "%，", _one(rng, _MOVE, count), "，", _one(rng, _MORE, count), "，", _one(rng, _MORE, count), "，", _one(rng, _TAIL, count), "。"]  # fmt: skip
    return _together(pieces)


def _reasons(rng, count: int) -> np.ndarray:
    parts = [_one(rng, _DIFFERENCES, count) for _ in range(3)]
    days = rng.integers(1, 60, count).astype(str)
    return _together(["本例特点：", parts[0], "，", parts[1], "，", parts[2], "，距首次就诊约", days, "天。"])


def _one(rng, words: tuple[str, ...], count: int) -> np.ndarray:
    return np.array(words)[rng.integers(0, len(words), count)]


def _together(pieces) -> np.ndarray:
    made = ""
    for piece in pieces:
        made = np.char.add(made, piece)
    return made


def _appended(lot, extra: np.ndarray):
    """The lot with something added to each text; spans before it stay where they are."""
    added = pa.array(extra.tolist(), pa.string())
    raw = None if lot.delivered is None else pc.binary_join_element_wise(lot.delivered, added, "")
    return dataclasses.replace(lot, text=pc.binary_join_element_wise(lot.text, added, ""), delivered=raw)

"""The words of the further documents: short, with the disease and what was found, and without any identifier."""

import numpy as np
import pyarrow as pa

from zhikong.engine.tables import arrow_schema
from zhikong.simulator import catalogue, people
from zhikong.simulator.columns import month_words, stay_ids
from zhikong.simulator.texts.library import disease_words
from zhikong.simulator.texts.variation import of_the_day

_ROUND = "查房记录"
_SECTIONS = {
    "术者术前查房记录": ((_ROUND, "术者{rank}术前查看患者：{sign}。复核{test}。手术指征明确，{diagnosis}诊断成立，无手术禁忌，体温{temp}℃，脉搏{pulse}次/分。"),),
    "术者术后查房记录": ((_ROUND, "术者{rank}术后查看患者：神志清，切口敷料干燥，引流通畅，体温{temp}℃，脉搏{pulse}次/分。嘱{plan}，注意观察。"),),
    "大查房记录": ((_ROUND, "科主任{rank}大查房：住院已超过30天，诊断{diagnosis}。{sign}，体温{temp}℃，脉搏{pulse}次/分。分析住院时间长的原因，嘱{plan}，评估出院时机。"),),
    "出院前上级医师查房记录": ((_ROUND, "{rank}查房：患者症状好转，{sign}，体温{temp}℃，脉搏{pulse}次/分。诊断{diagnosis}。同意出院，{advice}。"),),
    "手术安全核查表": (("麻醉实施前", "身份、部位、方式核对无误，麻醉设备完好，脉搏{pulse}次/分。"), ("手术开始前", "三方再次核对无误，风险已提示。"), ("患者离室前", "实际术式、清点、标本核对无误，体温{temp}℃。")),
    "高值耗材使用记录": (("耗材", "使用高值耗材1件，条码已粘贴，型号与术前计划一致，体温{temp}℃。"),),
    "一般护理记录": (("护理记录", "发现管路脱出，立即报告医师，局部处理后观察，体温{temp}℃，脉搏{pulse}次/分，已重新固定并宣教。"),),
    "手术清点记录": (("清点记录", "术前、关体腔前后、缝合皮肤后器械敷料清点数目一致，纱布{pulse}块。"),),
    "接班记录": (("接班记录", "接班查看患者：{sign}，体温{temp}℃，脉搏{pulse}次/分。诊断{diagnosis}，继续{plan}。"),),
    "授权委托书": (("委托事项", "患者授权委托代理人签署诊疗期间的知情同意文书，关系已核对。"),),
    "日常病程记录": (("病程记录", "今日查看患者，一般情况尚可，{sign}，体温{temp}℃，脉搏{pulse}次/分。复查{test}。目前{diagnosis}诊断明确，病情平稳，继续{plan}。"),),
    "会诊意见执行记录": (("病程记录", "相关科室会诊意见已阅：同意目前诊断{diagnosis}，已按会诊意见调整治疗，{plan}。体温{temp}℃，脉搏{pulse}次/分。"),),
    "检查结果分析记录": (("病程记录", "病理或细菌培养结果回报，与临床表现相符，结果分析：支持{diagnosis}，继续{plan}。体温{temp}℃，脉搏{pulse}次/分。"),),
    "会诊记录": (("会诊意见", "应邀会诊，查看患者：{sign}，体温{temp}℃，脉搏{pulse}次/分。同意目前诊断{diagnosis}，建议{plan}。"),),
}  # fmt: skip
"""Title -> sections with what is written in them; slots are words of the disease or drawn signs."""


_VARIED = (_ROUND, "病程记录")
"""Sections that tell of the day."""
_ADDED = {
    "34": (("婚育史", "适龄结婚，配偶及子女体健。", 14), ("家族史", "家族中无类似患者，无遗传病史。", 0)),
    "26": (("告知内容", "告知手术指征、出血、感染等风险和并发症，替代方案为保守治疗，患方表示理解。", 0),),
    "27": (("告知内容", "告知麻醉方式、麻醉意外和并发症的风险，患方表示理解。", 0),),
    "28": (
        ("告知内容", "告知输血指征、输血反应和经血传播感染的风险，替代方案为自体输血，患方表示理解。", 0),
    ),
    "29": (("告知内容", "告知检查治疗目的、风险和并发症，替代方案为其他检查，患方表示理解。", 0),),
}
"""Type of a document made before -> further sections of it: name, words, and from which age on."""
AFTER = 20
"""Their numbers follow those of any template."""


def sections(block, kept, old) -> dict[str, pa.Table]:
    """`document_sections` and `delivered_sections` (the same words) of further documents, and further ones of `old`."""
    parts = [_of_new(block, kept), _of_old(block, old)]
    table = pa.concat_tables(parts)
    return {"document_sections": table, "delivered_sections": table}


def _of_old(block, old) -> pa.Table:
    """Sections that older documents have had since they were asked for."""
    lots, types = [], np.array([str(v) for v in old.columns["type"].values])[old.columns["type"].index]
    for kind, parts in _ADDED.items():
        for seq, (name, words, age) in enumerate(parts, start=AFTER):
            own = np.flatnonzero((types == kind) & (block.cohort.age[old.i] >= age))
            lots.append((own, seq, name, np.full(len(own), words)))
    return _table(block, old, lots)


def _of_new(block, kept) -> pa.Table:
    rng, lots = block.rng("further texts"), []
    titles = kept.columns["title"].array().to_numpy(zero_copy_only=False)
    ranks = np.array([person.title for person in people.staff()])[kept.columns["author"].index]
    for title, parts in _SECTIONS.items():
        own = np.flatnonzero(titles == title)
        for seq, (name, words) in enumerate(parts, start=1):
            text = _filled(rng, block, kept.i[own], ranks[own], words)
            lots.append(
                (own, seq, name, np.char.add(text, of_the_day(rng, len(own))) if name in _VARIED else text)
            )
    return _table(block, kept, lots)


def _table(block, kept, lots) -> pa.Table:
    """Lots of positions, number, name and words as rows, by document and number."""
    own = np.concatenate([lot[0] for lot in lots]).astype(np.int64)
    seq = np.concatenate([np.full(len(lot[0]), lot[1]) for lot in lots])
    order = np.lexsort((seq, own))
    i = kept.i[own[order]]
    columns = {
        "stay_id": stay_ids(block.first + i),
        "document_id": kept.columns["document_id"].take(pa.array(own[order])),
        "seq": pa.array(seq[order]),
        "section": pa.array(np.repeat([lot[2] for lot in lots], [len(lot[0]) for lot in lots])[order].tolist(), pa.string()),
        "text": pa.array(np.concatenate([lot[3] for lot in lots])[order].tolist(), pa.string()),
    }  # fmt: skip
    if block.now is None:
        columns["month"] = month_words(block.cohort.month[i])
    schema = arrow_schema("document_sections", with_month=block.now is None)
    return pa.table([columns[field.name] for field in schema], schema=schema)


def _filled(rng, block, i: np.ndarray, rank: np.ndarray, words: str) -> np.ndarray:
    """The words for each stay `i`, slots filled."""
    told, case = disease_words(), block.cohort.case[i]
    values = {name: told[name][told["row"][case]] for name in ("sign", "test", "plan", "advice")}
    values["rank"] = rank
    values["diagnosis"] = np.array([str(name) for name in catalogue.cases().name])[case]
    values["temp"] = np.array([f"{36 + n / 10:.1f}" for n in range(2, 9)])[rng.integers(0, 7, len(i))]
    values["pulse"] = np.array([str(n) for n in range(66, 98)])[rng.integers(0, 32, len(i))]
    made = np.full(len(i), "")
    for place, piece in enumerate(words.replace("}", "{").split("{")):
        made = np.char.add(made, values[piece] if place % 2 else piece)
    return made

"""What else a sentence says of an item: on which condition, forbidden or owed, shown by what, producing what."""

from __future__ import annotations

import re
from dataclasses import replace

from zhikong.reading.items import Frequency, Item
from zhikong.reading.owners import BODY
from zhikong.reading.scan import Scan

_CONDITION = re.compile(
    r"(?:^|[,;。:)])(?:如(?![下期何实]|果不)|若|倘|必要时|遇有?(?=[\u4e00-\u9fff]{2})|一旦|凡(?!是)|发生[^,。;]{2,12}(?:时|后),|当[^,。;]{2,14}时)"
)
_FORBIDDEN = re.compile(r"不得(?![少低高超多大小于])|严禁|禁止|不准|不允许|杜绝")
# the most telling word first: a meeting that analyses is shown by its minutes
_EVIDENCE = (
    ("minutes", r"会议|例会|讨论会|座谈|分析会|周会|晨会|通报会|委员会全体"),
    ("drill", r"演练"),
    ("survey", r"满意度调查|问卷|调查患者|随访"),
    ("exam", r"考核(?!指标|结果)|考试|测试|测验|竞赛|比武"),
    ("training", r"培训|学习|教育|讲座|授课|进修|岗前"),
    ("inspection", r"检查|督查|抽查|巡查|查房|督导|巡检|自查|夜查|稽核|监督|巡视|核查|抽审"),
    ("review", r"点评|评审|审核|评比|评阅"),
    ("report", r"简报|通报|月报|报表|公布|公示|发布"),
    ("submission", r"上报|报送|报告|提交|上交|填报|备案|报(?=[\u4e00-\u9fff]{1,6}(?:科|办|部|局))"),
    ("analysis", r"分析|评估|总结|评价|汇总|统计"),
)
_DOCUMENT = re.compile(
    r"(?:《[^》]{2,30}》(?:报表|报告|表)?|[\u4e00-\u9fff]{0,10}(?:工作总结|总结报告|自查报告|分析报告|检查报告|评估报告|整改报告|成果报告|期中报告|月报表|报表|简报|会议纪要|会议记录|纪要|实施方案|实施细则|活动方案|计划书|台账|书面总结|年度总结|工作小结))"
)
_LED = re.compile(
    r"^(?:完成|形成|提交|上报|报送|制定|上交|书面|将|应|把|发布|编辑|印发|撰写|修订|上一?月|各科室|并|及时|前|内|的|以)+"
)


_PACES = {
    "日": "day",
    "天": "day",
    "周": "week",
    "月": "month",
    "季": "quarter",
    "季度": "quarter",
    "半年": "half_year",
    "年": "year",
}
_PACE = re.compile(r"/(?:每)?(季度|半年|日|天|周|月|季|年)")
_WIDENED = ("money", "quota", "threshold", "result", "body")
_EDGE = " \t\n,、;:()。“”"


def widened(scan: Scan, item: Item) -> Item:
    """The item with the words of its clause that say what its number is of: 每差一例扣50元."""
    if item.kind not in _WIDENED or scan.sentence.role:
        return item
    start = scan.opens(item.start)
    while start < item.start and scan.text[start] in _EDGE:
        start += 1
    return replace(item, start=min(start, item.start))


def paced(scan: Scan, item: Item) -> Item:
    """A quota with its pace after it: 30份/月."""
    after = _PACE.match(scan.text, item.end, scan.sentence.end)
    if item.kind != "quota" or item.frequency or not after:
        return item
    return replace(item, end=after.end(), frequency=Frequency(1, _PACES[after[1]]))


def marked(scan: Scan, item: Item) -> Item:
    """The item with its marks."""
    item = paced(scan, widened(scan, item))
    words = scan.text[scan.clause(item.start)[0] : scan.clause(max(item.end - 1, item.start))[1]]
    own = scan.text[item.start : item.end]
    if item.kind not in ("duty", "deadline", "quota", "threshold"):
        return _owned(scan, _doubted(item))
    item = replace(
        item, conditional=bool(_CONDITION.search(scan.text[scan.sentence.start : item.end])),
        negated=item.kind in ("duty", "deadline") and bool(_FORBIDDEN.search(own)),
    )  # fmt: skip
    if item.kind in ("duty", "deadline"):
        item = replace(item, evidence=_evidence(own) or _evidence(words), document=_document(words))
    return _owned(scan, item)


def _doubted(item: Item) -> Item:
    """A unit that does not fit the name, or a share above the whole, is kept as written and asked about."""
    if item.kind != "target" or item.value is None or item.relative:
        return item
    share = re.search(r"(?:率|占比|比例|比重)(?:[(][^)]*[)])?$", item.subject)
    why = ""
    if share and item.unit in ("days", "hours", "minutes", "months", "CNY", "ml"):
        why = "单位与指标不符：这一项应是比例"
    elif re.search(r"(?:住院日|天数|床日)$", item.subject) and item.unit in ("%", "‰", "CNY"):
        why = "单位与指标不符：这一项应是天数"
    elif share and item.unit == "%" and item.value > 100 and not re.search(r"使用率|周转|增长", item.subject):
        why = "比例超过 100%"
    return replace(item, needs_review=True, why=why) if why else item


def _evidence(words: str) -> str:
    return next((name for name, pattern in _EVIDENCE if re.search(pattern, words)), "")


def _document(words: str) -> str:
    found = _DOCUMENT.search(words)
    return _LED.sub("", found[0]) if found else ""


def _owned(scan: Scan, item: Item) -> Item:
    """Who: named at the head of the item's own clause, else by the part or the row."""
    if item.department or item.kind in ("target", "result", "body", "threshold", "date_range"):
        return item if item.department else replace(item, department=scan.sentence.department)
    head = re.sub(r"^[(（]?[\d一二三四五六七八九十]+[)）]?[、.]?", "", scan.text[item.start : item.end])
    found = BODY.match(head)
    return replace(item, department=found[0].lstrip("由、和及与") if found else scan.sentence.department)

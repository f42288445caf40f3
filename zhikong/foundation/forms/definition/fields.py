"""The fields of a form file: which exist at each level, which are required, what each holds and means."""

from __future__ import annotations

from datetime import date

from zhikong.engine.definitions.fields import ROLES, Field, Shape
from zhikong.engine.definitions.model import Mark
from zhikong.foundation.forms.definition.model import (
    Effect,
    Evidence,
    FormKind,
    ItemType,
    Look,
    Part,
    Scoring,
    Severity,
    Subject,
)


def _choice(*values: str) -> Shape:
    return Shape((str,), "以下之一：" + "、".join(values), choices=values)


WORDS = Shape((str,), "文字")
WHOLE = Shape((int,), "整数")
NUMBER = Shape((int, float), "数字")
YES = Shape((bool,), "true 或 false")
LIST = Shape((list,), "列表")
DAY = Shape((date,), "日期，如 2027-10-31")

FORM: dict[str, Field] = {
    "id": Field(WORDS, "与文件名相同的英文标识，也是网址的一部分"),
    "version": Field(WHOLE, "版本号，每改一次加 1"),
    "kind": Field(_choice(*FormKind), "检查表、登记本、评分表、问卷或报表"),
    "title": Field(
        Shape((dict,), "{zh: …, en: …, zh-hant: …}", keys=("zh", "en", "zh-hant"), required_keys=("zh",)),
        "各语言的名称，中文必填",
    ),
    "purpose": Field(WORDS, "一句话：为什么填、填了给谁看"),
    "source": Field(
        Shape(
            (dict,), "{document: …, clause: …, mark: …}",
            keys=("document", "clause", "mark"), required_keys=("document", "mark"),
        ),
        f"出自哪份文件；mark 为 {'、'.join(Mark)} 之一",
    ),
    "owner": Field(_choice(*ROLES), "负责内容的岗位"),
    "checker": Field(_choice(*ROLES), "复核内容的岗位，与负责岗位不同"),
    "next_review": Field(DAY, "下次复审日期"),
    "subject": Field(_choice(*Subject), "一份表是关于科室、人员、患者，还是都不是", required=False),
    "fill": Field(LIST, "可以填写的岗位；不写则本范围内人人可填", required=False),
    "number": Field(WORDS, "编号格式，如 JJC-{year}-{serial:04d}", required=False),
    "notes": Field(WORDS, "医院使用前要核对或自己决定的事", required=False),
    "full_score": Field(NUMBER, "满分；不计分的表不写", required=False),
    "pass_score": Field(NUMBER, "合格分", required=False),
    "grades": Field(LIST, "等级，从高到低：[{at_least: 90, name: 甲}, …]", required=False),
    "sections": Field(LIST, "各部分"),
}  # fmt: skip

SECTION: dict[str, Field] = {
    "id": Field(WORDS, "部分的英文标识"),
    "title": Field(WORDS, "部分的名称"),
    "help": Field(WORDS, "填写说明", required=False),
    "cap": Field(NUMBER, "本部分的分值：各项加起来更多时，最多扣（得）这么多", required=False),
    "scoring": Field(_choice(*Scoring), "扣分制或得分制", required=False),
    "part": Field(
        _choice(*Part), "属于形式（form）还是内涵（content），分开计分的评分表才写", required=False
    ),
    "items": Field(LIST, "条目"),
}

ITEM: dict[str, Field] = {
    "id": Field(WORDS, "条目的英文标识，条件里用它"),
    "type": Field(_choice(*ItemType), "条目的类型"),
    "text": Field(WORDS, "条目的文字"),
    "help": Field(WORDS, "填写说明", required=False),
    "required": Field(YES, "是否必填；计分的条目总是必填", required=False),
    "score": Field(
        Shape((dict,), "{full: 10, when_no: 0}", keys=("full", "when_no", "each"), required_keys=("full",)),
        "分值：满分、答“否”时的分、数字每 1 扣几分",
        required=False,
    ),
    "veto": Field(Shape((str, dict), f"{'、'.join(Effect)}，或 {{cap: 60}}、{{deduct: 10}}"), "答“否”时的单项否决", required=False),
    "veto_list": Field(WORDS, "否决属于等级方案的哪一类，如 红线；不写为普通否决", required=False),
    "rules": Field(LIST, "质控规则的标识：这些规则发现的缺陷建议扣在本条目", required=False),
    "evidence": Field(_choice(*Evidence), "是否要附照片或文件", required=False),
    "clause": Field(WORDS, "依据的条款", required=False),
    "severity": Field(_choice(*Severity), "答“否”时问题的级别：一般（minor）或严重（major）；不写由检查人定", required=False),
    "check": Field(
        _choice(*Look), "怎样查：看现场、看操作、问人、查记录、试一试或清点", required=False
    ),
    "mark": Field(_choice(*Mark), "本条目的可靠程度，与整张表的 source.mark 不同时才写", required=False),
    "show_if": Field(WORDS, "出现的条件，只能用到前面的条目", required=False),
    "options": Field(LIST, "选项：[{code: good, text: 完好, score: 5}, …]", required=False),
    "unit": Field(WORDS, "单位", required=False),
    "min": Field(NUMBER, "最小值", required=False),
    "max": Field(NUMBER, "最大值", required=False),
    "decimals": Field(WHOLE, "小数位数，0 到 6", required=False),
    "of": Field(WHOLE, "观察总数 m 的默认值", required=False),
    "columns": Field(LIST, "表格的列，写法同条目", required=False),
    "rows": Field(Shape((dict,), "{min: 1, max: 20}", keys=("min", "max")), "表格的行数", required=False),
    "fixed": Field(LIST, "行已给定的表格：各行的名称", required=False),
}  # fmt: skip

OPTION: dict[str, Field] = {
    "code": Field(WORDS, "选项的英文代码"),
    "text": Field(WORDS, "选项的文字"),
    "score": Field(NUMBER, "选它得几分", required=False),
}

GRADE: dict[str, Field] = {
    "at_least": Field(NUMBER, "达到多少分"),
    "name": Field(WORDS, "等级名称"),
}

# fields that only some types know; a field elsewhere is a slip that nobody would notice
OWN_FIELDS: dict[str, frozenset[ItemType]] = {
    "options": frozenset({ItemType.CHOICE, ItemType.CHOICES}),
    "unit": frozenset({ItemType.NUMBER}),
    "min": frozenset({ItemType.NUMBER}),
    "max": frozenset({ItemType.NUMBER}),
    "decimals": frozenset({ItemType.NUMBER}),
    "of": frozenset({ItemType.OBSERVATION}),
    "columns": frozenset({ItemType.TABLE}),
    "rows": frozenset({ItemType.TABLE}),
    "fixed": frozenset({ItemType.TABLE}),
}

"""The fields of a record rule's file: which exist, which are required, what each holds and means."""

from __future__ import annotations

from datetime import date

from zhikong.engine.definitions.fields import ROLES, Field, Shape
from zhikong.engine.definitions.model import Mark, Status
from zhikong.engine.record_rules.model import RuleKind, Severity


def _choice(*values: str) -> Shape:
    return Shape((str,), "以下之一：" + "、".join(values), choices=values)


_WORDS = Shape((str,), "文字")
_CONDITION = Shape((str, type(None)), "条件表达式或 null")
_LIST = Shape((list, type(None)), "列名的列表")

FIELDS: dict[str, Field] = {
    "id": Field(_WORDS, "与文件名相同的英文标识"),
    "version": Field(Shape((int,), "整数"), "版本号，判断每改一次加 1"),
    "status": Field(_choice(*Status), "草稿、已发布或已弃用"),
    "kind": Field(_choice(*RuleKind), "规则的类别：row 逐份判断"),
    "title": Field(_WORDS, "规则的名称，写成应当做到的事"),
    "why": Field(_WORDS, "一句话：为什么要检查"),
    "source": Field(
        Shape(
            (dict,),
            "{document: …, clause: …, mark: …}",
            keys=("document", "clause", "mark"),
            required_keys=("document", "mark"),
        ),
        f"出自哪份文件；mark 为 {'、'.join(Mark)} 之一",
    ),
    "owner": Field(_choice(*ROLES), "负责口径的岗位"),
    "checker": Field(_choice(*ROLES), "复核口径的岗位，与负责岗位不同"),
    "next_review": Field(Shape((date,), "日期，如 2027-10-31"), "下次复审日期"),
    "severity": Field(_choice(*Severity), "error 必须改正，warning 需要核对"),
    "applies": Field(_CONDITION, "适用于哪些病案；null 表示全部", required=False),
    "needs": Field(_LIST, "缺了就无法评估的列", required=False),
    "delivered": Field(_LIST, "表名.列名；本院本月一个值也没有时视为没有上传，无法评估", required=False),
    "passes": Field(_WORDS, "必须成立的条件"),
    "points": Field(Shape((int, float), "数字，如 4、2、0.5"), "不通过时从 100 分里扣几分，最小单位 0.1"),
    "message": Field(_WORDS, "告诉填写者：哪里不对、怎么改"),
    "notes": Field(_WORDS, "口径的补充说明", required=False),
}

"""The fields of a record rule's file: those of every kind, and those of a row rule; what each holds and means."""

from __future__ import annotations

from datetime import date

from zhikong.engine.definitions.fields import ROLES, Field, Shape
from zhikong.engine.definitions.model import Mark, Status
from zhikong.engine.record_rules.model import Aspect, Role, RuleKind, Severity, Stage


def choice(*values: str) -> Shape:
    """One of these words."""
    return Shape((str,), "以下之一：" + "、".join(values), choices=values)


WORDS = Shape((str,), "文字")
CONDITION = Shape((str, type(None)), "条件表达式或 null")
LIST = Shape((list, type(None)), "列表")
YES_NO = Shape((bool,), "true 或 false")
_COLUMNS = Shape((list, type(None)), "列名的列表")

HEAD: dict[str, Field] = {
    "id": Field(WORDS, "与文件名相同的英文标识，可以用连字符"),
    "version": Field(Shape((int,), "整数"), "版本号，判断每改一次加 1"),
    "status": Field(choice(*Status), "草稿、已发布或已弃用"),
    "kind": Field(choice(*RuleKind), "规则的类别：row 逐份判断，clock 时限，complete 完整性，text 内容"),
    "title": Field(WORDS, "规则的名称，写成应当做到的事"),
    "why": Field(WORDS, "一句话：为什么要检查"),
    "source": Field(
        Shape(
            (dict,),
            "{document: …, clause: …, mark: …, rows: […]}",
            keys=("document", "clause", "mark", "rows"),
            required_keys=("document", "mark"),
        ),
        f"出自哪份文件；mark 为 {'、'.join(Mark)} 之一；rows 为要求登记表中的行号",
    ),
    "owner": Field(choice(*ROLES), "负责口径的岗位"),
    "checker": Field(choice(*ROLES), "复核口径的岗位，与负责岗位不同"),
    "next_review": Field(Shape((date,), "日期，如 2027-10-31"), "下次复审日期"),
    "severity": Field(choice(*Severity), "error 必须改正，warning 需要核对"),
    "applies": Field(CONDITION, "适用于哪些病案；null 表示全部", required=False),
    "points": Field(Shape((int, float), "数字，如 4、2、0.5"), "不通过时从 100 分里扣几分，最小单位 0.1"),
    "message": Field(WORDS, "告诉填写者：哪里不对、怎么改"),
    "notes": Field(WORDS, "口径的补充说明", required=False),
    "valid": Field(
        Shape((dict, type(None)), "{from: 2018-04-18, to: null}", keys=("from", "to")),
        "从哪天到哪天有效，两端都算",
        required=False,
    ),
    "active": Field(YES_NO, "false 表示随包停用，由医院启用", required=False),
    "stage": Field(choice(*Stage), "诊疗环节", required=False),
    "aspect": Field(choice(*Aspect), "及时、准确、真实、完整、规范、有效中的哪一项", required=False),
    "systems": Field(LIST, "所属核心制度的标识", required=False),
    "responsible": Field(choice(*Role), "由谁完成", required=False),
    "presets": Field(LIST, "属于哪些规则集；不写表示都属于", required=False),
    "replaces": Field(WORDS, "启用后代替哪条规则", required=False),
}
ROW: dict[str, Field] = {
    "needs": Field(_COLUMNS, "缺了就无法评估的列", required=False),
    "delivered": Field(_COLUMNS, "表名.列名；本院本月一个值也没有时视为没有上传，无法评估", required=False),
    "passes": Field(WORDS, "必须成立的条件"),
}
FIELDS: dict[str, Field] = HEAD | ROW

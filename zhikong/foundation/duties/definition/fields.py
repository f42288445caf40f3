"""The fields of a duty's file: which exist, which are required, what each holds and means."""

from datetime import date

from zhikong.engine.definitions.fields import Field, Shape
from zhikong.engine.definitions.model import Mark
from zhikong.foundation.access.roles import ROLES
from zhikong.foundation.duties.definition.model import BY_HAND, Body
from zhikong.foundation.duties.periods import Every

LANGUAGES = ("zh", "en", "zh-hant")
KINDS = ("clinical", "medtech", "functional", "ward")
COMMITTEES = (
    "quality_committee",
    "record_committee",
    "pharmacy_committee",
    "infection_committee",
    "transfusion_committee",
    "safety_committee",
)


def _choice(*values: str) -> Shape:
    return Shape((str,), "以下之一：" + "、".join(values), choices=values)


_WORDS = Shape((str,), "文字")
_NUMBER = Shape((int,), "整数")
_ROLE = _choice(*ROLES)

FIELDS: dict[str, Field] = {
    "id": Field(_WORDS, "与文件名相同的英文标识，也是网址的一部分"),
    "version": Field(_NUMBER, "版本号，内容每改一次加 1"),
    "title": Field(
        Shape((dict,), "{zh: …, en: …, zh-hant: …}", keys=LANGUAGES, required_keys=("zh",)), "名称，中文必填"
    ),
    "purpose": Field(_WORDS, "一句话：为什么要做、做了给谁看"),
    "source": Field(
        Shape(
            (dict,),
            "{document: …, clause: …, mark: …}",
            keys=("document", "clause", "mark"),
            required_keys=("document", "mark"),
        ),
        f"出自哪份文件；mark 为 {'、'.join(Mark)} 之一",
    ),
    "owner": Field(_ROLE, "负责这项规定的岗位"),
    "checker": Field(_ROLE, "复核这项规定的岗位，与前者不同"),
    "next_review": Field(Shape((date,), "日期，如 2027-10-31"), "下次复审日期"),
    "body": Field(_choice(*Body), "谁的职责：每个科室、委员会或全院各一份"),
    "who": Field(
        Shape(
            (dict,),
            "{role: qc_officer, department_kinds: [clinical]}",
            keys=("role", "department_kinds", "functions", "codes", "committee"),
            required_keys=("role",),
        ),
        "由什么岗位完成，哪些科室或哪个委员会",
    ),
    "every": Field(_choice(*Every), "周期"),
    "times": Field(_NUMBER, "每个周期至少几次，默认 1", required=False),
    "due": Field(
        Shape(
            (dict,),
            "{working_day: 5}、{day: 10} 或 {weekday: 5}，可加 of: following、month、shift",
            keys=("working_day", "day", "weekday", "of", "month", "shift"),
        ),
        "期限",
    ),
    "evidence": Field(
        Shape((dict,), "{form: 表单}、{flow: 流程}、{fact: 事实} 或 {hand: [meeting]}",
              keys=("form", "flow", "fact", "hand")),
        "完成的证据",
    ),
    "says": Field(_WORDS, "期限旁边显示的依据，一句话"),
    "remind": Field(Shape((list,), "列表，如 [{before: 1}, {after: 1, to: department_head}]"), "提醒阶梯", required=False),
    "preset": Field(Shape((bool,), "true 或 false"), "true：只作预设，采纳含有它的计划后才布置", required=False),
    "order": Field(_NUMBER, "在页面上的次序，小的在前", required=False),
}  # fmt: skip

REMINDED = ("owner", "department_head", "head_nurse", "qc_officer", "quality_office", "medical_affairs",
            "nursing", "hospital_leader")  # fmt: skip
HANDS = tuple(BY_HAND)

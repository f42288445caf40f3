"""A duty as a plan states it, before it is one of the hospital's. Plain data; who reads plans fills it in."""

from dataclasses import dataclass
from datetime import date

from zhikong.foundation.duties.definition.model import BY_HAND, Body

HEADS = {Body.DEPARTMENT: "qc_officer", Body.COMMITTEE: "quality_office", Body.HOSPITAL: "quality_office"}
KINDS = ("clinical", "medtech")
WORDS_OF = {
    "training": ("培训", "学习", "教育", "考试", "考核", "演练", "讲座"),
    "meeting": ("会议", "例会", "讨论会", "讲评", "召开", "座谈"),
    "decision": ("决议", "审议", "审定", "鉴定"),
    "notice": ("通报", "通知", "公示", "简报", "公布"),
    "document": ("修订", "制定", "档案", "制度"),
    "report": ("总结", "报告", "分析", "检查", "自查", "汇总", "上报", "评估", "抽查", "月报"),
}
"""Words of a title that tell what shows that the thing was done."""


@dataclass(frozen=True)
class PlanSource:
    """Where it is written: the plan with its year, the place and words in it, the item's key, the page."""

    document: str
    clause: str = ""
    key: str = ""
    url: str = ""

    def __str__(self) -> str:
        return " ".join(part for part in (self.document, self.clause) if part)


@dataclass(frozen=True)
class Description:
    """What a plan's sentence asks for.

    within: 每月5日前 is (5, "day"), 第 5 个工作日 is (5, "workday"); following: counted in the next period. due_on: one
    date in the year. duty_id: the reviewer says it is this duty. The rest as in a duty's file.
    """

    title: str
    body: str
    count: int = 1
    per: str = "month"
    within: tuple[int, str] | None = None
    following: bool = False
    due_on: date | None = None
    role: str = ""
    department_kinds: tuple[str, ...] = KINDS
    codes: tuple[str, ...] = ()
    committee: str = ""
    evidence: tuple[str, ...] = ()
    says: str = ""
    duty_id: str = ""

    @property
    def person(self) -> str:
        return self.role or HEADS[Body(self.body)]

    @property
    def hands(self) -> tuple[str, ...]:
        """The papers that show it, by the words of the title where nobody said; any paper where no word tells."""
        said = [hand for hand in self.evidence if hand in BY_HAND]
        told = [hand for hand, words in WORDS_OF.items() if any(word in self.title for word in words)]
        return tuple(said or told or BY_HAND)

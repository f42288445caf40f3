"""What a complaint can be and how it may move: pure words and tables, no ORM (WF-10; 000-P7 L378–382)."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Channel(TextChoices):
    """By which way it came (CMP-03, CMP-23)."""

    COUNTER = "in_person", _("来访")
    PHONE = "phone", _("电话")
    WEB = "web", _("网上（扫码）")
    BOX = "box", _("意见箱")
    WARD_BOOK = "ward_book", _("病区意见本")
    LETTER = "letter", _("来信")
    PETITION = "petition", _("信访")
    LINE_12345 = "line_12345", _("12345 转办")
    HEALTH_COMMISSION = "health_commission", _("卫健委转办")
    MEDIA = "media", _("媒体")


class Who(TextChoices):
    PATIENT = "patient", _("患者本人")
    FAMILY = "family", _("近亲属")
    AGENT = "agent", _("委托代理人")
    OTHER = "other", _("其他人")
    ANONYMOUS = "anonymous", _("匿名")


class State(TextChoices):
    """Where it stands. RECEIVED: carried by the first recipient; the rest is in one person's hands at a time."""

    RECEIVED = "received", _("待受理")
    VERIFYING = "verifying", _("核实中")
    DEPARTMENT = "department", _("待科室报告")
    DECIDING = "deciding", _("待定处理意见")
    COMMITTEE = "committee", _("待委员会意见")
    ANSWERING = "answering", _("待答复")
    ANSWERED = "answered", _("已答复，待回访")
    REVIEW = "review", _("复核中")
    CLOSED = "closed", _("已办结")
    REFUSED = "refused", _("不予受理")
    WITHDRAWN = "withdrawn", _("已撤回")
    DISPUTE = "dispute", _("转医疗纠纷")


ENDS = frozenset({State.CLOSED, State.REFUSED, State.WITHDRAWN, State.DISPUTE})


class Verdict(TextChoices):
    FOUNDED = "founded", _("属实")
    PARTLY = "partly", _("部分属实")
    UNFOUNDED = "unfounded", _("不属实")
    UNCLEAR = "unclear", _("无法判断")


class Branch(TextChoices):
    """Where it goes after verification (CMP-08)."""

    EXPLAIN = "explain", _("无过错，解释说明")
    MEASURE = "measure", _("有不足，致歉并整改")
    DISCIPLINE = "discipline", _("态度或纪律问题，转纪检监督部门")
    COMMITTEE = "committee", _("无法判断，提交医疗安全管理委员会")


class AnswerWay(TextChoices):
    """How the answer reached the complainant; it stands on his page in any case."""

    IN_PERSON = "in_person", _("当面")
    PHONE = "phone", _("电话")
    LETTER = "letter", _("书面")
    PAGE = "page", _("查询页")
    NOT_REACHABLE = "not_reachable", _("匿名或联系不上")


class Step(TextChoices):
    """What is written into the record of handling."""

    RECEIVED = "received", _("登记")
    HANDED = "handed", _("移交")
    TAKEN = "taken", _("接收")
    ACCEPTED = "accepted", _("受理")
    REFUSED = "refused", _("不予受理")
    CLASSIFIED = "classified", _("分类")
    TOLD = "told", _("告知科室和当事人")
    STATEMENT = "statement", _("书面陈述")
    VERIFIED = "verified", _("核实")
    REPORTED = "reported", _("科室讨论报告")
    RETURNED = "returned", _("退回")
    REFERRED = "referred", _("提交委员会")
    COMMITTEE = "committee", _("委员会意见")
    DISCIPLINE = "discipline", _("移交责任认定")
    LINKED = "linked", _("关联")
    KEY = "key", _("重发密钥")
    DECIDED = "decided", _("定处理意见")
    LEADER = "leader", _("报告分管院领导")
    ANSWERED = "answered", _("答复")
    FEEDBACK = "feedback", _("反馈科室")
    MESSAGE = "message", _("往来")
    RATED = "rated", _("评价")
    REVIEW = "review", _("申请复核")
    CALLED = "called", _("回访")
    REFUNDED = "refunded", _("退费")
    MEASURED = "measured", _("提出整改")
    CLOSED = "closed", _("办结")
    WITHDRAWN = "withdrawn", _("撤回")
    DISPUTE = "dispute", _("转医疗纠纷")
    HELD = "held", _("法律保留")
    RELEASED = "released", _("解除保留")
    ARCHIVED = "archived", _("归档")


READER_ROLES = ("complaint_officer", "medical_affairs", "nursing", "quality_office", "hospital_leader")
DEPARTMENT_ROLES = ("department_head", "head_nurse")


def readers_of(*, withheld: bool) -> list[str]:
    """Roles that may open it; a department whose head is complained of stays out."""
    return [*READER_ROLES, *(() if withheld else DEPARTMENT_ROLES)]

"""Rules, guidelines, pathways and post duties with their versions, clauses, questions and who has read them."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from zhikong.foundation.access.base import Protected, Protection, paired

USER = "access.User"


class Policy(Protected):
    """One document through all its versions. It is the house's: everyone reads what is published."""

    class Kind(models.TextChoices):
        RULE = "rule", _("规章制度")
        GUIDELINE = "guideline", _("诊疗指南与常规")
        PATHWAY = "pathway", _("临床路径")
        PROCEDURE = "procedure", _("操作规范与流程")
        POST_DUTY = "post_duty", _("岗位职责")

    class Division(models.TextChoices):
        MEDICAL = "medical", _("医疗")
        NURSING = "nursing", _("护理")
        INFECTION = "infection", _("医院感染")
        PHARMACY = "pharmacy", _("药事")
        MEDTECH = "medtech", _("医技")
        RECORDS = "records", _("病案")
        SAFETY = "safety", _("安全与应急")
        EQUIPMENT = "equipment", _("设备与物资")
        ADMINISTRATION = "administration", _("行政后勤")

    code = models.CharField(_("编号"), max_length=24)
    title = models.CharField(_("名称"), max_length=120)
    kind = models.CharField(_("类别"), max_length=12, choices=Kind)
    division = models.CharField(_("职责分工"), max_length=16, choices=Division)
    department = models.ForeignKey(
        "organisation.Department",
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("适用专科"),
    )
    diseases = ArrayField(
        models.CharField(max_length=40), default=list, blank=True, verbose_name=_("覆盖的病种")
    )
    owner = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+", verbose_name=_("责任人"))
    withdrawn_at = models.DateTimeField(_("废止时间"), null=True)
    withdrawn_by = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")
    withdrawn_why = models.CharField(_("废止理由"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("制度")
        ordering = ["code"]
        constraints = [
            models.UniqueConstraint(fields=["institution", "code"], name="policy_code_once"),
            paired("withdrawn_at", "withdrawn_by", "policy_withdrawn_pair"),
        ]

    def __str__(self):
        return self.title


class PolicyVersion(Protected):
    """A text of a policy on its way: drafted, reviewed and approved by others than its author, published, replaced."""

    class State(models.TextChoices):
        DRAFT = "draft", _("起草")
        SUBMITTED = "submitted", _("待审核")
        REVIEWED = "reviewed", _("待批准")
        APPROVED = "approved", _("待发布")
        PUBLISHED = "published", _("现行")
        REPLACED = "replaced", _("已被代替")

    policy = models.ForeignKey(Policy, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveSmallIntegerField(_("版本"))
    state = models.CharField(_("状态"), max_length=10, choices=State, default=State.DRAFT)
    text = models.TextField(_("正文"))
    changes = models.CharField(_("修订说明"), max_length=300, blank=True)
    file_name = models.CharField(_("导入的文件"), max_length=160, blank=True)
    returned_why = models.CharField(_("退回理由"), max_length=300, blank=True)
    drafted_at = models.DateTimeField(_("起草时间"))
    drafted_by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    reviewed_at = models.DateTimeField(_("审核时间"), null=True)
    reviewed_by = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")
    approved_at = models.DateTimeField(_("批准时间"), null=True)
    approved_by = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")
    published_at = models.DateTimeField(_("发布时间"), null=True)
    published_by = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")
    effective_on = models.DateField(_("施行日期"), null=True)
    review_due_on = models.DateField(_("复审日期"), null=True)
    read_by_on = models.DateField(_("阅读期限"), null=True)
    reader_departments = ArrayField(models.BigIntegerField(), default=list, blank=True)  # empty: all
    reader_posts = ArrayField(models.CharField(max_length=24), default=list, blank=True)  # empty: all
    must_read = models.BooleanField(_("要求阅读确认"), default=False)

    class Meta:
        verbose_name = _("制度版本")
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["policy", "number"], name="policy_version_once"),
            models.UniqueConstraint(
                fields=["policy"], condition=Q(state="published"), name="policy_one_in_force"
            ),
            models.UniqueConstraint(
                fields=["policy"],
                condition=Q(state__in=["draft", "submitted", "reviewed", "approved"]),
                name="policy_one_under_way",
            ),
            models.CheckConstraint(
                condition=Q(approved_by__isnull=True) | ~Q(approved_by=models.F("drafted_by")),
                name="policy_approved_by_another",
            ),
            models.CheckConstraint(
                condition=Q(reviewed_by__isnull=True) | ~Q(reviewed_by=models.F("drafted_by")),
                name="policy_reviewed_by_another",
            ),
            paired("reviewed_at", "reviewed_by", "policy_reviewed_pair"),
            paired("approved_at", "approved_by", "policy_approved_pair"),
            paired("published_at", "published_by", "policy_published_pair"),
        ]

    def __str__(self):
        return f"{self.policy.title}（第{self.number}版）"


class Clause(Protected):
    """A clause of a version. Its key is the same in all versions, so that links to it stay."""

    version = models.ForeignKey(PolicyVersion, on_delete=models.CASCADE, related_name="clauses")
    key = models.PositiveIntegerField(_("条款号"))
    order = models.PositiveIntegerField()
    mark = models.CharField(_("序号"), max_length=24, blank=True)
    text = models.TextField(_("内容"))
    is_heading = models.BooleanField(default=False)

    class Meta:
        verbose_name = _("条款")
        ordering = ["order"]
        constraints = [models.UniqueConstraint(fields=["version", "key"], name="policy_clause_once")]


class ClauseLink(Protected):
    """A finding or a checklist that rests on a clause."""

    policy = models.ForeignKey(Policy, on_delete=models.PROTECT, related_name="links")
    key = models.PositiveIntegerField(_("条款号"))
    finding = models.ForeignKey("findings.Finding", null=True, on_delete=models.PROTECT, related_name="+")
    form = models.CharField(_("检查表"), max_length=64, blank=True)  # the definition's id
    item = models.CharField(_("检查条目"), max_length=200, blank=True)
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("条款引用")
        constraints = [
            models.CheckConstraint(
                condition=Q(finding__isnull=False, form="") | (Q(finding__isnull=True) & ~Q(form="")),
                name="policy_link_to_one_thing",
            )
        ]


class Question(Protected):
    """A short question that shows that a version was read: its choices, and which is right (from 0)."""

    version = models.ForeignKey(PolicyVersion, on_delete=models.CASCADE, related_name="questions")
    order = models.PositiveSmallIntegerField()
    text = models.CharField(_("题目"), max_length=300)
    choices = ArrayField(models.CharField(max_length=200))
    right = models.PositiveSmallIntegerField()

    class Meta:
        verbose_name = _("阅读问题")
        ordering = ["order"]


class Receipt(Protected):
    """A person has read a version and answered its questions rightly; tries counts the rounds it took."""

    version = models.ForeignKey(PolicyVersion, on_delete=models.PROTECT, related_name="receipts")
    user = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    read_at = models.DateTimeField(_("阅读时间"), null=True)
    tries = models.PositiveSmallIntegerField(default=0)

    class Meta:
        verbose_name = _("阅读回执")
        constraints = [models.UniqueConstraint(fields=["version", "user"], name="policy_receipt_once")]


class Disease(Protected):
    """A disease that a specialty treats and that a guideline must cover (诊疗常规覆盖)."""

    department = models.ForeignKey("organisation.Department", on_delete=models.PROTECT, related_name="+")
    name = models.CharField(_("病种"), max_length=40)

    class Meta:
        verbose_name = _("应覆盖病种")
        ordering = ["department_id", "name"]
        constraints = [models.UniqueConstraint(fields=["department", "name"], name="policy_disease_once")]


class PublicItem(Protected):
    """What the hospital makes public (院务公开): content, channel, day, until when it is to be renewed."""

    title = models.CharField(_("公开内容"), max_length=160)
    channel = models.CharField(_("公开渠道"), max_length=80)
    audience = models.CharField(
        _("公开对象"),
        max_length=8,
        choices=[("public", _("社会")), ("staff", _("职工")), ("patients", _("患者"))],
    )
    published_on = models.DateField(_("公开日期"))
    renew_on = models.DateField(_("应更新日期"), null=True, blank=True)
    kept_by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")

    protection = Protection()

    class Meta:
        verbose_name = _("院务公开事项")
        ordering = ["-published_on", "-pk"]

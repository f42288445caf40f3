"""Cases: where each stands, who has it, by when, and everything that happened to it."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from zhikong.foundation.access.base import Protected, Protection, paired
from zhikong.foundation.flows.rules import ACT_NAMES

USER = "access.User"
DEPARTMENT = "organisation.Department"
MAIN = 0


class Series(Protected):
    """The last number given to a case of a flow in a year."""

    flow_id = models.CharField(max_length=48)
    year = models.PositiveSmallIntegerField()
    last = models.PositiveIntegerField(default=0)

    protection = Protection(audited=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["institution", "flow_id", "year"], name="case_series_once")
        ]


class Case(Protected):
    """One matter on its way through a flow. It keeps the version of the flow under which it was opened.

    state, owner, due_*: those of the branch that is due first, so that a list needs no join; Branch has them all.
    values: what the forms have answered, as guards ask for it. readers: ids of the accounts that took part.
    """

    flow_id = models.CharField(_("流程"), max_length=48)
    flow_version = models.PositiveIntegerField(_("版本"))
    flow_hash = models.CharField(max_length=64)
    number = models.CharField(_("编号"), max_length=40)
    title = models.CharField(_("事由"), max_length=120)
    department = models.ForeignKey(
        DEPARTMENT, null=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("科室")
    )
    department_name = models.CharField(_("科室名称"), max_length=80, blank=True)  # as it was called then
    state = models.CharField(_("状态"), max_length=48)
    state_title = models.CharField(_("状态"), max_length=80)
    owner = models.ForeignKey(
        USER, null=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("责任人")
    )
    due_at = models.DateTimeField(_("期限"), null=True)
    due_on = models.DateField(_("期限"), null=True)
    due_reason = models.CharField(_("期限的依据"), max_length=300, blank=True)
    opened_at = models.DateTimeField(_("新建时间"))
    opened_by = models.ForeignKey(
        USER, null=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("新建人")
    )
    closed_at = models.DateTimeField(_("办结时间"), null=True)
    closed_by = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")
    values = models.JSONField(_("表单答案"), default=dict)
    sheet_id = models.BigIntegerField(_("登记表"), null=True)
    source_kind = models.CharField(_("来源类别"), max_length=32, blank=True)
    source_key = models.CharField(_("来源"), max_length=120, blank=True)
    returned = models.PositiveSmallIntegerField(_("退回次数"), default=0)
    strands = models.PositiveSmallIntegerField(default=0)  # number of the last parallel branch
    revision = models.PositiveIntegerField(default=0)  # raised by every act: a page knows when it is stale
    confidential = models.BooleanField(_("保密"), default=False)
    readers = ArrayField(models.BigIntegerField(), default=list)
    reader_roles = ArrayField(models.CharField(max_length=32), default=list)

    # values may hold what somebody wrote about a patient: the trail says that they changed, the sheets say how
    protection = Protection(rows="participants", sensitive=("values",))

    class Meta:
        verbose_name = _("案件")
        constraints = [
            models.UniqueConstraint(fields=["institution", "flow_id", "number"], name="case_number_once"),
            models.CheckConstraint(
                condition=Q(closed_at__isnull=False) | Q(owner__isnull=False), name="case_open_has_owner"
            ),
            paired("closed_at", "closed_by", "case_closed_pair", jobs_too=True),
        ]
        indexes = [
            models.Index(fields=["institution", "flow_id", "-opened_at"], name="case_register"),
            models.Index(
                fields=["flow_id", "flow_hash", "state"], condition=Q(closed_at=None), name="case_open"
            ),
            models.Index(fields=["due_at"], condition=Q(closed_at=None), name="case_due"),
            models.Index(fields=["source_kind", "source_key"], name="case_source"),
        ]

    def __str__(self):
        return f"{self.number} {self.title}"

    @property
    def is_open(self) -> bool:
        return self.closed_at is None


class OfCase(Protected):
    """A row that belongs to a case and is seen with it, by whoever may see the case."""

    protection = Protection(rows="parent", parent_table="flows_case", parent_column="case_id")

    class Meta:
        abstract = True


class Branch(OfCase):
    """Where one strand of a case stands. The main strand is number 0; parallel steps have their own while they run.

    next_sweep_at: the next moment at which the sweep has something to do; the only thing it asks. level: rungs of
    the escalation ladder that were climbed. join: where parallel strands meet again.
    """

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="branches")
    number = models.PositiveSmallIntegerField()
    state = models.CharField(_("状态"), max_length=48)
    owner = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+", verbose_name=_("责任人"))
    entered_at = models.DateTimeField(_("进入时间"))
    due_at = models.DateTimeField(_("期限"), null=True)
    due_on = models.DateField(_("期限"), null=True)
    due_reason = models.CharField(_("期限的依据"), max_length=300, blank=True)
    due_from = models.DateField(null=True)  # with due_working_days: what a new calendar computes due_at from
    due_working_days = models.PositiveSmallIntegerField(null=True)
    warn_at = models.DateTimeField(null=True)
    warned = models.BooleanField(default=False)
    level = models.PositiveSmallIntegerField(_("已升级级数"), default=0)
    next_sweep_at = models.DateTimeField(null=True)
    join = models.CharField(max_length=48, blank=True)
    closed_at = models.DateTimeField(null=True)
    arrived = models.BooleanField(default=False)

    # every change of a branch has its line in CaseStep, which is append-only and audited
    protection = Protection(rows="parent", parent_table="flows_case", parent_column="case_id", audited=False)

    class Meta:
        verbose_name = _("案件分支")
        constraints = [models.UniqueConstraint(fields=["case", "number"], name="branch_number_once")]
        indexes = [
            models.Index(fields=["next_sweep_at"], condition=Q(closed_at=None), name="branch_next_sweep"),
            models.Index(fields=["owner"], condition=Q(closed_at=None), name="branch_open_of_owner"),
            models.Index(fields=["case"], condition=Q(closed_at=None), name="branch_open_of_case"),
        ]

    @property
    def source_key(self) -> str:
        """What the owner's task hangs on."""
        return f"{self.case_id}:{self.number}"


class CaseStep(OfCase):
    """One line of the story; only ever added. before, after: states; to: who has it afterwards."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="steps")
    at = models.DateTimeField(_("时间"))
    by = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")
    act = models.CharField(_("经过"), max_length=12, choices=[(a.value, n) for a, n in ACT_NAMES.items()])
    branch = models.PositiveSmallIntegerField(default=MAIN)
    step = models.CharField(_("步骤"), max_length=48, blank=True)
    before = models.CharField(max_length=48, blank=True)
    after = models.CharField(max_length=48, blank=True)
    to = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")
    to_words = models.CharField(max_length=200, blank=True)  # whom an escalation told, by name
    reason = models.TextField(_("说明"), blank=True)
    due_reason = models.CharField(_("期限的依据"), max_length=300, blank=True)
    sheet_id = models.BigIntegerField(_("表单"), null=True)
    flow_version = models.PositiveIntegerField(_("流程版本"))

    protection = Protection(
        rows="parent", parent_table="flows_case", parent_column="case_id", append_only=True
    )

    class Meta:
        verbose_name = _("案件经过")
        indexes = [models.Index(fields=["case", "id"], name="case_story")]


class CaseFile(OfCase):
    """A file that shows something about a case: evidence, a letter, minutes."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="files")
    file = models.ForeignKey("files.File", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(_("时间"))
    by = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")

    protection = Protection(
        rows="parent", parent_table="flows_case", parent_column="case_id", append_only=True
    )

    class Meta:
        verbose_name = _("案件附件")
        constraints = [models.UniqueConstraint(fields=["case", "file"], name="case_file_once")]

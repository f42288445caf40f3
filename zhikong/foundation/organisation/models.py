"""Institutions, departments, groups, committees, posts and people; effective-dated (ORG-01…09, 25, 29)."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from zhikong.foundation.access.base import Protected, Protection, paired


def period_constraint(name: str) -> models.CheckConstraint:
    return models.CheckConstraint(
        condition=Q(valid_to__isnull=True) | Q(valid_to__gt=F("valid_from")), name=f"{name}_period_in_order"
    )


class Effective(Protected):
    """A row that holds from valid_from (included) to valid_to (excluded); open-ended when valid_to is empty."""

    valid_from = models.DateField(_("生效日期"))
    valid_to = models.DateField(_("失效日期"), null=True, blank=True)

    class Meta:
        abstract = True


class Institution(models.Model):
    """One hospital or centre: its level, type and time zone decide targets and calendars (X-18)."""

    class Level(models.TextChoices):
        TERTIARY = "tertiary", _("三级")
        SECONDARY = "secondary", _("二级")
        PRIMARY = "primary", _("一级及基层")

    class Kind(models.TextChoices):
        GENERAL = "general", _("综合医院")
        TCM = "tcm", _("中医医院")
        SPECIALTY = "specialty", _("专科医院")
        CENTRE = "centre", _("监测中心")

    code = models.CharField(_("机构代码"), max_length=32, unique=True)
    name = models.CharField(_("机构名称"), max_length=120)
    level = models.CharField(_("级别"), max_length=16, choices=Level)
    kind = models.CharField(_("类型"), max_length=16, choices=Kind, default=Kind.GENERAL)
    open_beds = models.PositiveIntegerField(_("开放床位"))
    time_zone = models.CharField(_("时区"), max_length=48, default="Asia/Shanghai")
    is_demo = models.BooleanField(_("演示数据"), default=False)

    protection = Protection(rows="institution_itself", performance=True)

    class Meta:
        verbose_name = _("机构")

    def __str__(self):
        return self.name


class InstitutionVersion(Effective):
    """What the institution was in a period: a hospital that rose to tertiary level keeps its old months (X-18)."""

    name = models.CharField(_("机构名称"), max_length=120)
    level = models.CharField(_("级别"), max_length=16, choices=Institution.Level)
    kind = models.CharField(_("类型"), max_length=16, choices=Institution.Kind)
    open_beds = models.PositiveIntegerField(_("开放床位"))

    protection = Protection(performance=True)

    class Meta:
        verbose_name = _("机构沿革")
        constraints = [
            period_constraint("institution_version"),
            models.UniqueConstraint(fields=["institution", "valid_from"], name="institution_version_once"),
        ]


class ControlLevel(Protected):
    """A level of quality control; number and names of levels are the hospital's own (ORG-01, X-05)."""

    order = models.PositiveSmallIntegerField(_("层级"))
    code = models.CharField(_("代码"), max_length=16)
    name = models.CharField(_("名称"), max_length=40)
    carried_by = models.CharField(_("承担者"), max_length=80)

    class Meta:
        verbose_name = _("质控层级")
        ordering = ["order"]
        constraints = [
            models.UniqueConstraint(fields=["institution", "code"], name="control_level_code_once"),
            models.UniqueConstraint(fields=["institution", "order"], name="control_level_order_once"),
        ]


class Department(Protected):
    """The lasting identity of a department; its name and class of a day are in DepartmentVersion."""

    code = models.CharField(_("科室代码"), max_length=32)

    protection = Protection(performance=True)

    class Meta:
        verbose_name = _("科室")
        constraints = [models.UniqueConstraint(fields=["institution", "code"], name="department_code_once")]

    def __str__(self):
        return self.code


class DepartmentVersion(Effective):
    """What a department was called, and to which class and parent it belonged, in a period (ORG-25)."""

    class Kind(models.TextChoices):
        CLINICAL = "clinical", _("临床科室")
        MEDTECH = "medtech", _("医技科室")
        FUNCTIONAL = "functional", _("职能部门")
        WARD = "ward", _("病区")

    department = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="versions")
    name = models.CharField(_("科室名称"), max_length=80)
    sort_key = models.CharField(_("拼音"), max_length=80, blank=True)
    kind = models.CharField(_("类别"), max_length=16, choices=Kind)
    function = models.CharField(_("职能"), max_length=32, blank=True)  # quality_office, medical_affairs, …
    parent = models.ForeignKey(
        Department, null=True, blank=True, on_delete=models.PROTECT, related_name="children"
    )
    open_beds = models.PositiveIntegerField(_("开放床位"), default=0)
    successor = models.ForeignKey(  # the department it was merged into at valid_to
        Department, null=True, blank=True, on_delete=models.PROTECT, related_name="predecessors"
    )

    protection = Protection(performance=True)

    class Meta:
        verbose_name = _("科室沿革")
        constraints = [
            period_constraint("department_version"),
            models.UniqueConstraint(
                fields=["department", "valid_from"], name="department_version_start_once"
            ),
        ]


class DepartmentAlias(Protected):
    """Other names by which a department is called in files and documents (X-23)."""

    department = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="aliases")
    alias = models.CharField(_("别名"), max_length=80)

    class Meta:
        verbose_name = _("科室别名")
        constraints = [models.UniqueConstraint(fields=["institution", "alias"], name="alias_once")]


class Person(Protected):
    """A member of staff. Titles and posts are appointments, because they change."""

    staff_number = models.CharField(_("工号"), max_length=32)
    name = models.CharField(_("姓名"), max_length=40)
    profession = models.CharField(
        _("职类"), max_length=16, blank=True
    )  # doctor, nurse, technician, pharmacist, manager
    phone = models.CharField(_("联系电话"), max_length=32, blank=True)
    qualified_on = models.DateField(_("执业资格取得日期"), null=True, blank=True)

    protection = Protection(sensitive=("phone",))

    class Meta:
        verbose_name = _("人员")
        constraints = [
            models.UniqueConstraint(fields=["institution", "staff_number"], name="staff_number_once")
        ]

    def __str__(self):
        return self.name


class Appointment(Effective):
    """A person holds a post in a department for a period."""

    class Post(models.TextChoices):
        PRESIDENT = "president", _("院长")
        DEPUTY_DIRECTOR = "deputy_director", _("分管院长")
        DEPARTMENT_HEAD = "department_head", _("科主任")
        DEPUTY_HEAD = "deputy_head", _("科副主任")
        HEAD_NURSE = "head_nurse", _("护士长")
        QC_OFFICER = "qc_officer", _("质控员")
        PHYSICIAN = "physician", _("医师")
        NURSE = "nurse", _("护士")
        TECHNICIAN = "technician", _("技师")
        PHARMACIST = "pharmacist", _("药师")
        OFFICER = "officer", _("职能科员")

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="appointments")
    department = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="appointments")
    post = models.CharField(_("岗位"), max_length=24, choices=Post)
    title = models.CharField(_("职称"), max_length=40, blank=True)

    class Meta:
        verbose_name = _("任职")
        constraints = [period_constraint("appointment")]


class Body(Effective):
    """A standing body: department QC group of 3–5, or a committee with chair, members and cycle (ORG-03, 06, 09)."""

    class Kind(models.TextChoices):
        QC_GROUP = "qc_group", _("科室质控小组")
        QUALITY_COMMITTEE = "quality_committee", _("医疗质量管理委员会")
        RECORD_COMMITTEE = "record_committee", _("病案管理委员会")
        PHARMACY_COMMITTEE = "pharmacy_committee", _("药事管理委员会")
        INFECTION_COMMITTEE = "infection_committee", _("医院感染管理委员会")
        TRANSFUSION_COMMITTEE = "transfusion_committee", _("输血管理委员会")
        SAFETY_COMMITTEE = "safety_committee", _("医疗安全管理委员会")

    kind = models.CharField(_("类别"), max_length=24, choices=Kind)
    name = models.CharField(_("名称"), max_length=80)
    level = models.CharField(_("质控层级"), max_length=16, default="hospital")
    department = models.ForeignKey(
        Department, null=True, blank=True, on_delete=models.PROTECT, related_name="bodies"
    )
    cycle_months = models.PositiveSmallIntegerField(_("会议周期（月）"), default=3)
    remit = models.TextField(_("职责"), blank=True)
    size_min = models.PositiveSmallIntegerField(_("最少人数"), default=3)
    size_max = models.PositiveSmallIntegerField(_("最多人数"), default=5)

    class Meta:
        verbose_name = _("质量管理组织")
        constraints = [
            period_constraint("body"),
            models.CheckConstraint(condition=Q(size_max__gte=F("size_min")), name="body_size_in_order"),
        ]


class Membership(Effective):
    """A person's seat in a body."""

    class Seat(models.TextChoices):
        CHAIR = "chair", _("主任委员（组长）")
        DEPUTY = "deputy", _("副主任委员（副组长）")
        SECRETARY = "secretary", _("秘书")
        MEMBER = "member", _("委员（成员）")

    body = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="memberships")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="memberships")
    seat = models.CharField(_("职务"), max_length=16, choices=Seat, default=Seat.MEMBER)

    class Meta:
        verbose_name = _("组织成员")
        constraints = [period_constraint("membership")]


class OrganisationImport(Protected):
    """A hospital's own list of departments, staff or bodies between its upload and the confirmation.

    The rows are kept until it is applied or discarded, then they are emptied: counts and the file's fingerprint stay.
    """

    class Kind(models.TextChoices):
        DEPARTMENTS = "departments", _("科室与别名")
        STAFF = "staff", _("人员与岗位")
        COMMITTEES = "committees", _("委员会与质控小组")

    class State(models.TextChoices):
        PROPOSED = "proposed", _("待确认")
        APPLIED = "applied", _("已导入")
        DISCARDED = "discarded", _("已放弃")

    kind = models.CharField(_("清单"), max_length=16, choices=Kind)
    file_name = models.CharField(_("文件"), max_length=200)
    fingerprint = models.CharField(_("内容校验值"), max_length=64)
    effective_on = models.DateField(_("生效日期"))
    rows = models.JSONField(_("行"), default=list)
    notes = models.JSONField(_("说明"), default=dict)
    decisions = models.JSONField(_("决定"), default=dict)
    counts = models.JSONField(_("计数"), default=dict)
    state = models.CharField(_("状态"), max_length=16, choices=State, default=State.PROPOSED)
    uploaded_at = models.DateTimeField(_("上传时间"))
    uploaded_by = models.ForeignKey(
        "access.User", null=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("上传人")
    )
    closed_at = models.DateTimeField(_("办结时间"), null=True)
    closed_by = models.ForeignKey(
        "access.User", null=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("办结人")
    )

    protection = Protection(sensitive=("rows", "notes"))

    class Meta:
        verbose_name = _("组织清单导入")
        constraints = [
            paired("uploaded_at", "uploaded_by", "organisation_import_uploaded_pair", jobs_too=True),
            paired("closed_at", "closed_by", "organisation_import_closed_pair", jobs_too=True),
        ]

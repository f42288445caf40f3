"""Accounts and the roles they hold. What a role may do is in roles.py, readable as a page."""

from dataclasses import dataclass
from datetime import date

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from zhikong.foundation.access.base import Protected, Protection
from zhikong.foundation.access.roles import ROLES, Role
from zhikong.foundation.access.scoping import ScopedManager
from zhikong.foundation.organisation.models import DepartmentVersion, period_constraint


@dataclass(frozen=True)
class Grant:
    """A role as held on a day: its class and the departments it covers (None: the whole hospital)."""

    role: type[Role]
    departments: frozenset[int] | None


class User(AbstractUser):
    """An account for signing in. Readable before a scope exists, because login needs it."""

    institution = models.ForeignKey(
        "organisation.Institution", null=True, on_delete=models.PROTECT, related_name="+"
    )
    person = models.ForeignKey(
        "organisation.Person", null=True, blank=True, on_delete=models.PROTECT, related_name="users"
    )
    must_change_password = models.BooleanField(_("首次登录须修改密码"), default=False)
    password_expires_at = models.DateTimeField(_("初始密码有效期至"), null=True, blank=True)

    protection = Protection(
        rows="account", sensitive=("password",), reason="login reads the account before there is a scope"
    )

    class Meta:
        verbose_name = _("账号")

    def __str__(self):
        return self.get_full_name() or self.username

    def get_full_name(self):
        return f"{self.last_name}{self.first_name}"

    def grants(self, on: date | None = None) -> tuple[Grant, ...]:
        """Roles held on a day (today when not given); read once per day and instance, that is once per request."""
        on = on or timezone.localdate()
        cache = self.__dict__.setdefault("_grants", {})
        if on not in cache:
            assignments = list(self.role_assignments.on(on).order_by("pk"))
            cache[on] = _as_grants(assignments, on)
        return cache[on]

    def forget_grants(self) -> None:
        """Read the roles anew at the next question; called after a role was granted or ended."""
        self.__dict__.pop("_grants", None)


class RoleAssignmentQuerySet(models.QuerySet):
    def on(self, day: date):
        """Assignments in force on a day."""
        return self.filter(Q(valid_to__isnull=True) | Q(valid_to__gt=day), valid_from__lte=day)


class RoleAssignment(Protected):
    """A user holds a role, for one department or (department empty) for the whole hospital, in a period."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="role_assignments")
    role = models.CharField(_("角色"), max_length=32, choices=[(r.code, r.title) for r in ROLES.values()])
    department = models.ForeignKey(
        "organisation.Department", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    valid_from = models.DateField(_("生效日期"))
    valid_to = models.DateField(_("失效日期"), null=True, blank=True)

    objects = ScopedManager.from_queryset(RoleAssignmentQuerySet)()
    protection = Protection(rows="own")

    class Meta:
        verbose_name = _("角色授权")
        constraints = [period_constraint("role_assignment")]


def _as_grants(assignments: list[RoleAssignment], on: date) -> tuple[Grant, ...]:
    below = _departments_below({a.department_id for a in assignments if a.department_id}, on)
    return tuple(
        Grant(ROLES[a.role], _reach(ROLES[a.role], a.department_id, below))
        for a in assignments
        if a.role in ROLES
    )


def _reach(role: type[Role], department_id: int | None, below: dict[int, set[int]]) -> frozenset[int] | None:
    """A hospital-wide role tied to one department, and a department's role tied to none, reach no further."""
    if department_id is None:
        return None if role.hospital_wide else frozenset()
    return frozenset({department_id} | below.get(department_id, set()))


def _departments_below(departments: set[int], on: date) -> dict[int, set[int]]:
    """Wards of a department on a day, and departments that were merged into it (their history comes along)."""
    if not departments:
        return {}
    below: dict[int, set[int]] = {}
    rows = DepartmentVersion.objects.filter(
        Q(parent_id__in=departments, valid_from__lte=on) & (Q(valid_to__isnull=True) | Q(valid_to__gt=on))
        | Q(successor_id__in=departments, valid_to__lte=on)
    ).values_list("department_id", "parent_id", "successor_id")
    for child, parent, successor in rows:
        for above in {parent, successor} & departments:
            below.setdefault(above, set()).add(child)
    return below

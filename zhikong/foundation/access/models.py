"""Accounts and the roles they hold. What a role may do is in roles.py, readable as a page."""

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.utils.translation import gettext_lazy as _

from zhikong.foundation.access.base import Protected, Protection


class User(AbstractUser):
    """An account for signing in. Readable before a scope exists, because login needs it."""

    institution = models.ForeignKey("organisation.Institution", null=True, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey("organisation.Person", null=True, blank=True, on_delete=models.PROTECT, related_name="users")

    protection = Protection(rows="open", reason="login reads the account before there is a scope")

    class Meta:
        verbose_name = _("账号")

    def __str__(self):
        return self.get_full_name() or self.username

    def get_full_name(self):
        return f"{self.last_name}{self.first_name}"


class RoleAssignment(Protected):
    """A user holds a role, for one department or (department empty) for the whole hospital, in a period."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="role_assignments")
    role = models.CharField(_("角色"), max_length=32)
    department = models.ForeignKey("organisation.Department", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    valid_from = models.DateField(_("生效日期"))
    valid_to = models.DateField(_("失效日期"), null=True, blank=True)

    protection = Protection(rows="own")

    class Meta:
        verbose_name = _("角色授权")

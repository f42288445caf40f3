"""The steps of a draft in the form editor: what undo takes back, and what two people did at the same time."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from zhikong.foundation.access.base import Protected, Protection


class StepKind(models.TextChoices):
    EDIT = "edit", _("修改")
    UNDO = "undo", _("撤销")
    REDO = "redo", _("重做")
    OUTSIDE = "outside", _("在别处修改")  # the text editor, an import: the step is found, not made, here


class DraftStep(Protected):
    """One change of a draft. revision: of the draft after it; text: the whole draft after it.

    of: the step that an undo takes back or a redo brings again.
    """

    version = models.ForeignKey("packstore.Version", on_delete=models.PROTECT, related_name="+")
    revision = models.PositiveIntegerField()
    kind = models.CharField(max_length=8, choices=StepKind.choices, default=StepKind.EDIT)
    text = models.TextField(_("正文"))
    what = models.TextField(_("改动"), blank=True)
    by = models.ForeignKey("access.User", null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(_("时间"))
    of = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="+")

    protection = Protection(append_only=True, audited=False)  # the draft itself is in the trail

    class Meta:
        app_label = "forms"
        verbose_name = _("表单草稿的修改")
        ordering = ["version", "revision"]
        constraints = [
            models.UniqueConstraint(
                fields=["institution", "version", "revision"], name="draft_step_revision_once"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=["undo", "redo"], of__isnull=False)
                | Q(kind__in=["edit", "outside"], of__isnull=True),
                name="draft_step_of_another",
            ),
        ]

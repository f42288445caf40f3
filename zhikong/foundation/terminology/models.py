"""Editions of code tables that the hospital loaded, local codes and what they were decided to mean."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from zhikong.foundation.access.base import Protected, Protection, paired

USER = "access.User"


class Edition(Protected):
    """The official table of a code system as the hospital loaded it, in force from a day."""

    system = models.CharField(_("编码表"), max_length=64)
    name = models.CharField(_("版本"), max_length=120)
    source = models.CharField(_("来源文件"), max_length=255)
    effective_from = models.DateField(_("启用日期"))
    sha256 = models.CharField(_("文件指纹"), max_length=64)
    size = models.PositiveIntegerField(_("编码数"))
    loaded_at = models.DateTimeField(_("导入时间"))
    loaded_by = models.ForeignKey(
        USER, null=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("导入人")
    )

    protection = Protection(append_only=True)

    class Meta:
        verbose_name = _("编码表版本")
        ordering = ["-effective_from", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["institution", "system", "name"], name="terminology_edition_once")
        ]

    def __str__(self):
        return self.name


class Code(Protected):
    """One code of an edition."""

    edition = models.ForeignKey(Edition, on_delete=models.CASCADE, related_name="codes")
    code = models.CharField(_("编码"), max_length=64)
    name = models.CharField(_("名称"), max_length=255)

    # tens of thousands of public codes: the edition's fingerprint is the trail
    protection = Protection(audited=False, append_only=True)

    class Meta:
        verbose_name = _("编码")
        constraints = [models.UniqueConstraint(fields=["edition", "code"], name="terminology_code_once")]


class LocalTerm(Protected):
    """A code that came with the data and is not in the table in force. suggestions: [{code, name, score}], best first."""

    class State(models.TextChoices):
        OPEN = "open", _("待核对")
        MAPPED = "mapped", _("已对照")
        NONE = "none", _("没有对应的编码")
        GONE = "gone", _("不再出现")

    system = models.CharField(_("编码表"), max_length=64)
    code = models.CharField(_("本院编码"), max_length=120)
    name = models.CharField(_("本院名称"), max_length=255, blank=True)
    places = models.JSONField(_("出现的位置"), default=list)
    rows = models.BigIntegerField(_("出现次数"), default=0)
    first_seen = models.DateTimeField(_("首次出现"))
    last_seen = models.DateTimeField(_("最近出现"))
    state = models.CharField(_("状态"), max_length=8, choices=State, default=State.OPEN)
    target = models.CharField(_("标准编码"), max_length=64, blank=True)
    target_name = models.CharField(_("标准名称"), max_length=255, blank=True)
    suggestions = models.JSONField(_("建议"), default=list)
    decided_at = models.DateTimeField(_("核对时间"), null=True, blank=True)
    decided_by = models.ForeignKey(
        USER, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("核对人")
    )

    protection = Protection()

    class Meta:
        verbose_name = _("本院编码")
        ordering = ["-rows", "code"]
        constraints = [
            models.UniqueConstraint(fields=["institution", "system", "code"], name="terminology_term_once"),
            models.CheckConstraint(
                condition=~models.Q(state="mapped") | ~models.Q(target=""), name="mapped_term_has_target"
            ),
            paired("decided_at", "decided_by", name="term_decision_paired"),
        ]

    def __str__(self):
        return f"{self.code} {self.name}".strip()


class TermDecision(Protected):
    """Who decided what a local code means, and why: the history, never edited."""

    term = models.ForeignKey(LocalTerm, on_delete=models.PROTECT, related_name="decisions")
    state = models.CharField(_("状态"), max_length=8, choices=LocalTerm.State)
    target = models.CharField(_("标准编码"), max_length=64, blank=True)
    target_name = models.CharField(_("标准名称"), max_length=255, blank=True)
    reason = models.CharField(_("说明"), max_length=255, blank=True)
    at = models.DateTimeField(_("时间"))
    by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+", verbose_name=_("核对人"))

    protection = Protection(audited=False, append_only=True)

    class Meta:
        verbose_name = _("对照记录")
        ordering = ["-at", "-pk"]

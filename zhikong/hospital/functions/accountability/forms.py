"""What is entered about somebody's responsibility."""

from __future__ import annotations

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from zhikong.hospital.functions.accountability import rules
from zhikong.hospital.functions.accountability.actions import REPORT_REFUSED
from zhikong.hospital.functions.accountability.models import OUTCOMES, SOURCES, Evidence


def words(label, **more) -> forms.CharField:
    return forms.CharField(
        label=label, max_length=4000, widget=forms.Textarea(attrs={"rows": more.pop("rows", 3)}), **more
    )


class ProposalForm(forms.Form):
    """Who, what, and on which independent document it stands."""

    person = forms.TypedChoiceField(label=_("当事人"))
    title = forms.CharField(label=_("事由"), max_length=80, help_text=_("一句话，例如“手术前未执行核查”。"))
    source = forms.ChoiceField(
        label=_("依据的类别"), choices=SOURCES,
        help_text=_("只有这几类。不良事件报告不在其中，也不能作为线索补造依据。"),
    )  # fmt: skip
    source_reference = forms.CharField(label=_("文书名称和编号"), max_length=120)
    grounds = words(_("立案理由"))
    declared = forms.BooleanField(
        label=_("我确认：依据不是不良事件报告，也不是由报告得知后补造的材料。善意报告受保护。")
    )

    def __init__(self, data=None, *, people):
        super().__init__(data)
        by_pk = {one.pk: one for one in people}
        self.fields["person"].coerce = lambda pk: by_pk[int(pk)]
        self.fields["person"].choices = [("", "—"), *((pk, str(one)) for pk, one in by_pk.items())]

    def clean(self):
        told = super().clean()
        if rules.cites_report(
            *(str(told.get(name, "")) for name in ("title", "source_reference", "grounds"))
        ):
            raise ValidationError(_(REPORT_REFUSED))
        return told


class EvidenceForm(forms.Form):
    """One piece of evidence with its origin."""

    kind = forms.ChoiceField(label=_("类别"), choices=Evidence.Kind.choices)
    reference = forms.CharField(label=_("出处和编号"), max_length=160)
    text = words(_("证明什么"), rows=2)


class ConclusionForm(forms.Form):
    """What follows."""

    conclusion = words(_("结论和理由"))
    outcome = forms.ChoiceField(label=_("处理"), choices=OUTCOMES)
    points = forms.IntegerField(
        label=_("安全积分"), min_value=0, max_value=rules.MOST_POINTS, initial=0, help_text=_("记分 12 个月后自动失效。")
    )  # fmt: skip

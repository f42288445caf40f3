"""Forms of the results' pages."""

from django import forms
from django.utils.translation import gettext_lazy as _

from zhikong.hospital.functions.records.models import PresetChoice, RuleSetting

YES_NO = (("", _("按规则")), ("1", _("是")), ("0", _("否")))
KINDS_OF_PRESET = PresetChoice.Preset.choices


def _three(label, help_text="") -> forms.TypedChoiceField:
    """Yes, no, or what the rule itself says."""
    return forms.TypedChoiceField(
        label=label,
        choices=YES_NO,
        required=False,
        coerce=lambda said: {"1": True, "0": False}.get(said),
        empty_value=None,
        help_text=help_text,
    )


class SettingForm(forms.Form):
    """What the hospital sets otherwise than a rule says; an empty field leaves the rule's own word."""

    active = _three(_("启用"))
    limit = forms.CharField(
        label=_("时限"),
        required=False,
        max_length=32,
        help_text=_("如 6 h、30 min、3 d、2 workdays、same_shift；留空按规则"),
    )
    severity = forms.ChoiceField(
        label=_("严重程度"), required=False, choices=(("", _("按规则")), *RuleSetting.Severity.choices)
    )
    points = forms.DecimalField(label=_("扣分"), required=False, min_value=0, max_value=100, decimal_places=1)
    interrupts = _three(_("允许打断书写"), _("规则的准确率低于 50% 时一律不打断"))
    hard_stop = _three(_("强制拦截"), _("写明理由后总可以继续"))
    valid_from = forms.DateField(
        label=_("自何日起"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    reason = forms.CharField(
        label=_("理由"),
        max_length=300,
        widget=forms.Textarea({"rows": 2}),
        error_messages={"required": _("请写明理由，它会永久留在记录里。")},
    )

    def __init__(self, *args, has_limit: bool, **kwargs):
        super().__init__(*args, **kwargs)
        if not has_limit:
            del self.fields["limit"]


class PresetForm(forms.Form):
    """Which set of rules the hospital follows, from when on, and why."""

    preset = forms.ChoiceField(label=_("规则组"), choices=PresetChoice.Preset.choices)
    valid_from = forms.DateField(
        label=_("自何日起"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    reason = forms.CharField(label=_("理由"), max_length=300)

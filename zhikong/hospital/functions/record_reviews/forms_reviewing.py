"""The settings of reviewing as a form."""

from __future__ import annotations

from datetime import date

from django import forms
from django.utils.translation import gettext_lazy as _

from zhikong.foundation.forms import queries as sheets
from zhikong.hospital.functions.record_reviews.models import ReviewSetting

FLAGS = ("self_check", "department_check")
DAYS = ("self_days", "department_days", "hospital_days", "correction_days", "appeal_days", "archive_days")


class SettingForm(forms.Form):
    """Stages, limits in working days, the sheet and its policy."""

    form_id = forms.ChoiceField(label=_("评分表"))
    policy_id = forms.ChoiceField(label=_("等级方案"), required=False)
    self_check = forms.BooleanField(label=_("书写者先自查"), required=False)
    department_check = forms.BooleanField(label=_("科室评审每一份出院病历"), required=False)

    def __init__(self, data, *, setting: ReviewSetting, on: date, policies):
        super().__init__(data)
        scored = [one for one in sheets.forms(on=on) if one.obj.is_scored and one.obj.kind == "score_sheet"]
        self.fields["form_id"].choices = [(one.id, one.title) for one in scored]
        self.fields["policy_id"].choices = [
            ("", _("用评分表自己的等级和否决")),
            *((p.id, p.title) for p in policies),
        ]
        for name in DAYS:
            label = ReviewSetting._meta.get_field(name).verbose_name
            self.fields[name] = forms.IntegerField(label=label, min_value=1, max_value=60)
        for name in ("form_id", *FLAGS, *DAYS):
            self.fields[name].initial = getattr(setting, name)
        self.fields["policy_id"].initial = sheets.chosen_policy(setting.form_id)

    def chosen(self) -> dict:
        """What change_setting takes."""
        return {name: self.cleaned_data[name] for name in ("form_id", "policy_id", *FLAGS, *DAYS)}

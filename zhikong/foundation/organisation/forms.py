"""Forms of the organisation pages. Every change asks from which day it holds."""

from django import forms
from django.utils.translation import gettext_lazy as _

from zhikong.foundation.organisation.models import DepartmentVersion, Membership


def _date_input() -> forms.DateInput:
    return forms.DateInput(attrs={"type": "date"})


class DayForm(forms.Form):
    on = forms.DateField(label=_("截至日期"), widget=_date_input(), required=False)


class ChangeForm(forms.Form):
    """Rename, reclassify or resize a department."""

    name = forms.CharField(label=_("科室名称"), max_length=80)
    kind = forms.ChoiceField(label=_("类别"), choices=DepartmentVersion.Kind.choices)
    open_beds = forms.IntegerField(label=_("开放床位"), min_value=0, max_value=5000)
    on = forms.DateField(label=_("生效日期"), widget=_date_input(), help_text=_("此前的数据仍按旧结构统计。"))


class MergeForm(forms.Form):
    """Close a department, or merge it into another."""

    successor = forms.ChoiceField(label=_("并入"), required=False)
    on = forms.DateField(label=_("撤销日期"), widget=_date_input(), help_text=_("这一天起不再有该科室。"))

    def __init__(self, *args, departments, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["successor"].choices = [("", _("不并入，仅撤销")), *((d.id, d.name) for d in departments)]

    def clean_successor(self):
        return int(self.cleaned_data["successor"]) if self.cleaned_data["successor"] else None


class AliasForm(forms.Form):
    alias = forms.CharField(label=_("别名"), max_length=80, help_text=_("文件和表格里对该科室的其他叫法。"))


class MembersForm(forms.Form):
    """The QC group's people and their seats: one chooser for each person of the department."""

    on = forms.DateField(label=_("生效日期"), widget=_date_input())

    def __init__(self, *args, people, seats, **kwargs):
        super().__init__(*args, **kwargs)
        self.people = people
        for person in people:
            self.fields[f"seat_{person.pk}"] = forms.ChoiceField(
                label=f"{person.name}（{person.staff_number}）",
                choices=[("", _("不在组内")), *Membership.Seat.choices],
                required=False,
                initial=seats.get(person.pk, ""),
            )

    def seats(self) -> dict[int, str]:
        """Person id → seat of everybody who is in the group."""
        chosen = {p.pk: self.cleaned_data[f"seat_{p.pk}"] for p in self.people}
        return {pk: seat for pk, seat in chosen.items() if seat}


class EndForm(forms.Form):
    on = forms.DateField(label=_("离任日期"), widget=_date_input(), help_text=_("这一天起不再任职。"))

"""Forms of the organisation pages. Every change asks from which day it holds."""

from django import forms
from django.utils.translation import gettext_lazy as _

from zhikong.foundation.organisation import rosters
from zhikong.foundation.organisation.models import Appointment, Body, DepartmentVersion, Membership


def _date_input() -> forms.DateInput:
    return forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})


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


class OpenForm(forms.Form):
    """A new department."""

    code = forms.CharField(
        label=_("科室代码"), max_length=32, help_text=_("与数据文件中的代码一致，以后不变。")
    )
    name = forms.CharField(label=_("科室名称"), max_length=80)
    kind = forms.ChoiceField(label=_("类别"), choices=DepartmentVersion.Kind.choices)
    open_beds = forms.IntegerField(label=_("开放床位"), min_value=0, max_value=5000, initial=0)
    on = forms.DateField(label=_("成立日期"), widget=_date_input())


class MembersForm(forms.Form):
    """The people of a group or committee and their seats; others join by staff number."""

    on = forms.DateField(label=_("生效日期"), widget=_date_input())
    join = forms.CharField(
        label=_("新增成员工号"), required=False, help_text=_("多个工号用空格或顿号分开，作为一般成员加入。")
    )

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

    def clean_join(self):
        numbers = self.cleaned_data["join"].replace("、", " ").replace(",", " ").replace("，", " ").split()
        found = {number: rosters.person(staff_number=number) for number in numbers}
        if unknown := [number for number, person in found.items() if person is None]:
            raise forms.ValidationError(_("没有这些工号：%s") % "、".join(unknown))
        return list(found.values())

    def seats(self) -> dict[int, str]:
        """Person id → seat of everybody who is in the body."""
        chosen = {p.pk: self.cleaned_data[f"seat_{p.pk}"] for p in self.people}
        joined = {p.pk: Membership.Seat.MEMBER.value for p in self.cleaned_data["join"]}
        return joined | {pk: seat for pk, seat in chosen.items() if seat}


class BodyForm(forms.Form):
    name = forms.CharField(label=_("名称"), max_length=80)
    cycle_months = forms.IntegerField(label=_("会议周期（月）"), min_value=1, max_value=24)
    remit = forms.CharField(label=_("职责"), required=False, widget=forms.Textarea(attrs={"rows": 3}))


class GroupForm(forms.Form):
    name = forms.CharField(label=_("名称"), max_length=80)
    on = forms.DateField(label=_("成立日期"), widget=_date_input())


class CommitteeForm(BodyForm):
    kind = forms.ChoiceField(
        label=_("类别"), choices=[c for c in Body.Kind.choices if c[0] != Body.Kind.QC_GROUP]
    )
    on = forms.DateField(label=_("成立日期"), widget=_date_input())
    field_order = ("kind", "name", "cycle_months", "remit", "on")


class AppointForm(forms.Form):
    """A post for a person; name and profession are needed for a staff number that is new."""

    PROFESSIONS = (
        ("doctor", _("医师")),
        ("nurse", _("护士")),
        ("technician", _("技师")),
        ("pharmacist", _("药师")),
        ("manager", _("管理")),
    )
    staff_number = forms.CharField(label=_("工号"), max_length=32)
    name = forms.CharField(label=_("姓名"), max_length=40)
    profession = forms.ChoiceField(label=_("职类"), choices=PROFESSIONS)
    post = forms.ChoiceField(label=_("岗位"), choices=Appointment.Post.choices)
    title = forms.CharField(label=_("职称"), max_length=40, required=False)
    on = forms.DateField(label=_("任职日期"), widget=_date_input())


class EndForm(forms.Form):
    on = forms.DateField(label=_("离任日期"), widget=_date_input(), help_text=_("这一天起不再任职。"))


class ImportForm(forms.Form):
    """A list of the hospital; what it is comes with the button."""

    LARGEST = 20 << 20
    file = forms.FileField(
        label=_("文件"),
        max_length=200,
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx,.xls,.csv,.txt"}),
    )
    on = forms.DateField(label=_("生效日期"), widget=_date_input())

    def clean_file(self):
        upload = self.cleaned_data["file"]
        if upload.size > self.LARGEST:
            raise forms.ValidationError(_("文件超过 20 MB，不像一份名单。"))
        return upload

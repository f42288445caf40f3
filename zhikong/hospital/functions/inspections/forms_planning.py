"""What the pages of planning ask: a round's setup, how a programme is run, a place, what is watched more closely."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from zhikong.foundation.organisation import queries as organisation
from zhikong.hospital.functions.inspections.models.planning import KeyPoint, Place
from zhikong.hospital.functions.inspections.rules_planning import NOTICE_NAMES


def day_field(label, **more) -> forms.DateField:
    return forms.DateField(
        label=label, widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}), **more
    )


class SetupForm(forms.Form):
    """Days, how many inspect together; departments, people and checklists are boxes of the page itself."""

    first_on = day_field(_("第一天"))
    last_on = day_field(_("最后一天"))
    each = forms.IntegerField(label=_("每处几人"), min_value=1, max_value=6)

    def clean(self):
        found = super().clean()
        first, last = found.get("first_on"), found.get("last_on")
        if first and last and last < first:
            self.add_error("last_on", _("最后一天不能早于第一天。"))
        return found


class AdoptForm(forms.Form):
    """Take a packaged programme into use: from when, and for a campaign until when."""

    starts_on = day_field(_("从哪天起"))
    ends_on = day_field(_("到哪天为止"), required=False, help_text=_("不填表示长期执行；活动、专项要填。"))


class ProgrammeForm(forms.Form):
    """How this hospital runs a programme."""

    title = forms.CharField(label=_("名称"), max_length=120)
    ends_on = day_field(_("到哪天为止"), required=False, help_text=_("不填表示长期执行；活动、专项要填。"))
    each = forms.IntegerField(label=_("每处几人"), min_value=1, max_value=6)
    months_apart = forms.IntegerField(
        label=_("回避几个月"),
        min_value=0,
        max_value=60,
        help_text=_("这么多个月内在某科任过职的人不查该科。"),
    )
    at_once = forms.IntegerField(
        label=_("每次几个科室"),
        min_value=0,
        max_value=200,
        help_text=_("0 表示全部；否则按重点程度随机抽取。"),
    )
    window = forms.IntegerField(label=_("几个工作日内完成"), min_value=1, max_value=60)
    notice = forms.ChoiceField(
        label=_("告知方式"), choices=[(one.value, name) for one, name in NOTICE_NAMES.items()]
    )
    auto = forms.BooleanField(label=_("到期由系统直接安排，不等人确认"), required=False)


class PlaceForm(forms.Form):
    """A place that is inspected."""

    department = forms.TypedChoiceField(label=_("科室"), coerce=int)
    name = forms.CharField(label=_("名称"), max_length=80, help_text=_("例如：一病区治疗室、东侧急救车。"))
    kind = forms.ChoiceField(label=_("类别"), choices=Place.Kind.choices)
    building = forms.CharField(label=_("楼栋"), max_length=40, required=False)
    floor = forms.IntegerField(label=_("楼层"), min_value=-9, max_value=99, required=False)
    route_order = forms.IntegerField(label=_("路线顺序"), min_value=1, max_value=999, initial=100)
    weight = forms.IntegerField(
        label=_("重点程度"), min_value=1, max_value=9, initial=1, help_text=_("1 是一般；越大越常被抽到。")
    )

    def __init__(self, *args: Any, on: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["department"].choices = [(one.id, one.name) for one in organisation.departments(on=on)]


class KeyPointForm(forms.Form):
    """A key department, post or link."""

    what = forms.ChoiceField(label=_("类别"), choices=KeyPoint.What.choices)
    department = forms.TypedChoiceField(label=_("科室"), required=False, coerce=int, empty_value=None)
    item = forms.CharField(
        label=_("内容"),
        max_length=80,
        help_text=_("岗位或环节的名称，例如：护士长、有创操作、手术安全核查。"),
    )
    weight = forms.IntegerField(label=_("权重"), min_value=1, max_value=9, initial=2)
    source = forms.CharField(label=_("依据"), max_length=160, required=False)

    def __init__(self, *args: Any, on: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = [(one.id, one.name) for one in organisation.departments(on=on)]
        self.fields["department"].choices = [("", _("全院")), *known]

    def clean(self):
        found = super().clean()
        if found.get("what") == KeyPoint.What.DEPARTMENT and not found.get("department"):
            self.add_error("department", _("重点部门要选科室。"))
        return found


class MoveForm(forms.Form):
    """Another day, and why."""

    planned_on = day_field(_("改到哪天"))
    reason = forms.CharField(label=_("理由"), min_length=2, max_length=300)


class ReasonForm(forms.Form):
    reason = forms.CharField(label=_("理由"), min_length=2, max_length=300)

"""What people enter about lessons, alerts, key patients and defects."""

from __future__ import annotations

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from zhikong.hospital.functions.incidents.forms_analysis import (
    chosen,
    day,
    line,
    moment,
    one_of,
    place,
    prose,
)
from zhikong.hospital.functions.incidents.models.analysis_wards import Defect, KeyPatient
from zhikong.hospital.functions.incidents.queries.analysis.packs import factors, policy
from zhikong.hospital.functions.incidents.queries.reporting import categories


def category(*, required: bool = False) -> forms.ChoiceField:
    found = [(one.id, one.title) for one in categories.all_in_force()]
    return chosen(_("类别"), found, required=required)


def many_factors(label) -> forms.MultipleChoiceField:
    groups = [(title, [(one.id, one.title) for one in of]) for _id, title, of in factors().groups]
    return forms.MultipleChoiceField(
        label=label, choices=groups, required=False, widget=forms.SelectMultiple(attrs={"size": 6})
    )


class LessonForm(forms.Form):
    title = line(_("标题"), 80)
    happened = prose(_("发生了什么（不写时间、地点、姓名）"), 3, required=False)
    why = prose(_("为什么会发生"), 3, required=False)
    changed = prose(_("改了什么"), 3, required=False)
    advice = prose(_("您可以做什么"), 3, required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["category"] = category()
        self.fields["factors"] = many_factors(_("促成因素"))
        self.order_fields(["title", "category", "happened", "why", "changed", "advice", "factors"])


class AlertForm(forms.Form):
    title = line(_("标题"), 80)
    body = prose(_("警示的内容"), 3)
    do_now = prose(_("请马上做"), 3)
    expires_on = day(_("有效期至"))

    def __init__(self, *args, departments, lessons, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["category"] = category()
        self.fields["lesson"] = one_of(_("出自经验"), lessons, required=False)
        self.fields["departments"] = forms.TypedMultipleChoiceField(
            label=_("发给哪些科室（不选就是全院）"), coerce=int, required=False, choices=departments,
            widget=forms.SelectMultiple(attrs={"size": 6}),
        )  # fmt: skip
        self.order_fields(["title", "category", "body", "do_now", "expires_on", "lesson", "departments"])


class DeclareForm(forms.Form):
    bed = line(_("床号"), 24)
    condition = prose(_("病情与风险"), 3)
    family = prose(_("患方的期望与情绪"), required=False)
    wish = prose(_("希望得到的帮助"), required=False)

    def __init__(self, *args, departments, stays, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["department_id"] = place(_("科室"), departments)
        self.fields["stay"] = one_of_stays(stays)
        reasons = [(one.code, f"{one.title}（{one.round_hours} 小时内联合查房）") for one in policy().reasons]
        self.fields["reason"] = chosen(_("申报理由"), reasons)
        self.order_fields(["department_id", "stay", "bed", "reason", "condition", "family", "wish"])
        self.fields["bed"].required = not stays


def one_of_stays(stays) -> forms.TypedChoiceField:
    """An open stay by its bed; gives the stay."""
    by_pk = {one.pk: one for one in stays if one.bed}
    return forms.TypedChoiceField(
        label=_("在院患者（按床号）"), coerce=lambda pk: by_pk[int(pk)], empty_value=None, required=False,
        choices=[("", _("不在名单里，直接写床号")), *((pk, f"{one.department_name} {one.bed}") for pk, one in by_pk.items())],
    )  # fmt: skip


class RoundForm(forms.Form):
    planned_at = moment(_("查房时间"))
    others = line(_("其他参加人"), 200, required=False)

    def __init__(self, *args, people, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["people"] = forms.TypedMultipleChoiceField(
            label=_("参加人"), coerce=int, required=False, choices=[(one.pk, str(one)) for one in people],
            widget=forms.SelectMultiple(attrs={"size": 8}),
        )  # fmt: skip
        self.order_fields(["planned_at", "people", "others"])


class HeldForm(forms.Form):
    guidance = prose(_("技术指导意见"), 3)
    communication = prose(_("医患沟通"), 3)
    conclusion = prose(_("结论与下一步"), 3)


class NoteForm(forms.Form):
    text = prose(_("病情与沟通"))
    follow_on = day(_("下次随访"), required=False)


class OutcomeForm(forms.Form):
    outcome = forms.ChoiceField(label=_("结局"), choices=KeyPatient.Outcome)
    text = prose(_("结局说明"))
    thanks = line(_("对申报人的肯定（可不填）"), 200, required=False)


class DefectForm(forms.Form):
    occurred_on = day(_("日期"))
    what = prose(_("是什么缺陷（写事，不写人）"))
    found = forms.ChoiceField(label=_("怎样发现"), choices=Defect.Found)
    reached = forms.BooleanField(label=_("影响到了患者"), required=False)
    measure = prose(_("当时怎样处理"), required=False)

    def __init__(self, *args, departments, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["department_id"] = place(_("科室"), departments)
        self.fields["kind"] = chosen(_("类别"), policy().defect_kinds)
        self.fields["causes"] = many_factors(_("不安全因素"))
        self.fields["occurred_on"].initial = timezone.localdate()
        self.order_fields(
            ["department_id", "occurred_on", "kind", "what", "found", "reached", "causes", "measure"]
        )


class ReviewForm(forms.Form):
    last_checked = prose(_("上一期措施的落实"), required=False)
    analysis = prose(_("分析"), 4)
    unsafe = prose(_("主要不安全因素"))
    measures = prose(_("改进措施"), 3)

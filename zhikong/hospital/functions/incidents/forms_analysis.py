"""What people enter in an analysis: team, people, timeline, causes, statements, barriers, measures."""

from __future__ import annotations

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from zhikong.foundation.access.roles import ROLES
from zhikong.foundation.opaque import OWNER_POSTS
from zhikong.hospital.functions.incidents.models.analysis import CasePerson, TeamMember
from zhikong.hospital.functions.incidents.models.analysis_work import (
    Barrier,
    CauseNode,
    Measure,
    TimelineEvent,
)
from zhikong.hospital.functions.incidents.queries.analysis.packs import factors, hierarchy

MOST = 2000


def prose(label, rows: int = 2, **more) -> forms.CharField:
    return forms.CharField(label=label, max_length=MOST, widget=forms.Textarea(attrs={"rows": rows}), **more)


def line(label, most: int = 160, **more) -> forms.CharField:
    return forms.CharField(label=label, max_length=most, **more)


def day(label, **more) -> forms.DateField:
    widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    return forms.DateField(label=label, widget=widget, **more)


def moment(label, **more) -> forms.DateTimeField:
    widget = forms.DateTimeInput(format="%Y-%m-%dT%H:%M", attrs={"type": "datetime-local"})
    return forms.DateTimeField(label=label, widget=widget, **more)


def chosen(label, choices, *, required: bool = True, **more) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, choices=[("", "—"), *choices], required=required, **more)


def one_of(label, rows, *, required: bool = True, **more) -> forms.TypedChoiceField:
    """One of some rows; gives the row, None when nothing is chosen."""
    by_pk = {one.pk: one for one in rows}
    return forms.TypedChoiceField(
        label=label, coerce=lambda pk: by_pk[int(pk)], empty_value=None, required=required,
        choices=[("", "—"), *((pk, str(getattr(one, "label", "") or one)) for pk, one in by_pk.items())], **more,
    )  # fmt: skip


def place(label, departments, **more) -> forms.TypedChoiceField:
    return forms.TypedChoiceField(
        label=label, coerce=int, empty_value=None, choices=[("", "—"), *departments], **more
    )


def factor(*, required: bool = False) -> forms.ChoiceField:
    """A contributory factor, by group."""
    groups = [(title, [(one.id, one.title) for one in of]) for _id, title, of in factors().groups]
    return chosen(_("促成因素"), groups, required=required)


class WordsForm(forms.Form):
    title = line(_("分析的问题"), 120)
    summary = prose(_("事件经过概要（不写姓名）"), 4, required=False)
    team_reason = prose(_("团队人数不合要求时的说明"), required=False)
    nobody_reason = prose(_("没有当事人时的说明"), required=False)
    weak_reason = prose(_("措施都是弱措施、或没有措施时的理由"), required=False)
    lesson_text = prose(_("值得别的科室知道的"), required=False)


class MemberForm(forms.Form):
    role = forms.ChoiceField(label=_("角色"), choices=TeamMember.Role, initial=TeamMember.Role.MEMBER)
    outside = forms.BooleanField(label=_("没有参与这件事"), required=False)

    def __init__(self, *args, people, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["user"] = one_of(_("姓名"), people)
        self.order_fields(["user", "role", "outside"])


class PersonForm(forms.Form):
    group = forms.ChoiceField(label=_("身份"), choices=CasePerson.Group)
    name = line(_("姓名（立即加密，只有组长和受理部门能看）"), 40, required=False)


class SpeakForm(forms.Form):
    aware = forms.ChoiceField(label=_("谈话的结果"), choices=CasePerson.Aware.choices[1:])
    words = prose(_("用本人的话写：现在知道了什么，以后怎样做"))
    support = prose(_("他需要什么支持"), required=False)


class EventForm(forms.Form):
    at = moment(_("时间（不知道就空着）"), required=False)
    about = forms.BooleanField(label=_("时间是估计的"), required=False)
    what = prose(_("发生了什么"))
    expected = prose(_("按规定应当怎样（与实际不同时写）"), required=False)
    gap = forms.BooleanField(label=_("这一段不知道发生了什么"), required=False)
    source = forms.ChoiceField(label=_("信息来源"), choices=TimelineEvent.Source)
    source_text = line(_("来源说明"), 120, required=False)

    def __init__(self, *args, people, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["person"] = one_of(_("谁"), people, required=False)
        self.fields["what"].required = False  # a gap needs no words
        self.order_fields(["at", "about", "person", "what", "expected", "source", "source_text", "gap"])


class CauseForm(forms.Form):
    text = line(_("为什么"), 160)
    status = forms.ChoiceField(label=_("核实"), choices=CauseNode.Status)
    root = forms.BooleanField(label=_("根本原因"), required=False)
    evidence = prose(_("依据：凭什么证实或排除"), required=False)

    def __init__(self, *args, nodes, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["parent"] = one_of(_("它回答的是哪一个“为什么”（空着：事件本身）"), nodes, required=False)
        self.fields["factor"] = factor()
        self.order_fields(["parent", "text", "factor", "status", "root", "evidence"])


class StatementForm(forms.Form):
    cause = prose(_("原因：看得见、量得到的事"))
    effect = prose(_("它提高了什么的可能"))
    event = prose(_("导致的事件"))
    precedent = prose(_("失误或违反流程之前的原因"), required=False)
    duty = prose(_("应当去做的依据（“没有做”时写）"), required=False)

    def __init__(self, *args, nodes, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["node"] = one_of(_("针对的根本原因"), nodes, required=False)
        self.order_fields(["node", "cause", "effect", "event", "precedent", "duty"])


class BarrierForm(forms.Form):
    hazard = line(_("要挡住的危险"), 120)
    barrier = line(_("屏障"), 120)
    kind = forms.ChoiceField(label=_("种类"), choices=Barrier.Kind)
    worked = forms.ChoiceField(label=_("作用"), choices=Barrier.Worked)
    why = prose(_("为什么没有起作用"), required=False)


class MeasureForm(forms.Form):
    text = prose(_("措施"))
    due_on = day(_("完成日期"))
    indicator_id = line(_("用哪个指标衡量效果"), 80, required=False)
    sample = line(_("或怎样抽查（查什么、多少例）"), 200, required=False)
    aim = line(_("要达到"), 120)
    measure_on = day(_("何时测量效果"))

    def __init__(self, *args, departments, nodes=(), **kwargs):
        super().__init__(*args, **kwargs)
        found = hierarchy()
        kinds = [
            (f"{title}：{meaning}", [(one.id, f"{one.title}（{one.example}）") for one in found.kinds if one.strength == code])
            for code, title, meaning in found.levels
        ]  # fmt: skip
        self.fields["kind"] = chosen(_("种类（决定强度）"), kinds)
        self.fields["department_id"] = place(_("负责科室"), departments)
        posts = [(code, ROLES[code].title) for code in OWNER_POSTS]
        self.fields["owner_post"] = chosen(_("负责岗位"), posts)
        self.fields["node"] = one_of(_("针对的原因"), nodes, required=False)
        self.order_fields(
            ["node", "text", "kind", "department_id", "owner_post", "due_on", "sample", "indicator_id", "aim", "measure_on"]
        )  # fmt: skip


class JudgeForm(forms.Form):
    cases = forms.IntegerField(label=_("查了几例"), min_value=1, max_value=100_000, required=False)
    hits = forms.IntegerField(label=_("合格几例"), min_value=0, max_value=100_000, required=False)
    result = prose(_("测量结果"))
    judged = forms.ChoiceField(label=_("是否达到"), choices=Measure.Judged)


class OpenForm(forms.Form):
    title = line(_("一句话写出要分析的问题（不写姓名）"), 120)

    def __init__(self, *args, people, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["leader"] = one_of(_("组长"), people)
        self.fields["members"] = forms.TypedMultipleChoiceField(
            label=_("成员（可以是别的科室的人，他们只看得到这一件）"), coerce=int, required=False,
            choices=[(one.pk, str(one)) for one in people], widget=forms.SelectMultiple(attrs={"size": 8}),
        )  # fmt: skip


class LightForm(MeasureForm):
    """The ward's own analysis on one page; the measure may be left out with a reason."""

    title = line(_("一句话写出要分析的问题"), 120)
    summary = prose(_("经过概要（不写姓名）"), 3, required=False)
    why1 = line(_("为什么会发生？"))
    why2 = line(_("为什么？"), required=False)
    why3 = line(_("为什么？"), required=False)
    why4 = line(_("为什么？"), required=False)
    why5 = line(_("为什么？"), required=False)
    evidence = prose(_("最后一个原因凭什么证实"))
    conclusion = prose(_("结论：原因是什么"))
    group = forms.ChoiceField(
        label=_("当事人身份"), choices=[("", _("没有当事人")), *CasePerson.Group.choices[:5]], required=False
    )
    own_words = prose(_("当事人的认识（本人的话，至少 10 个字）"), required=False)
    nobody_reason = prose(_("没有当事人的说明"), required=False)
    no_measure = prose(_("不需要措施的理由"), required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["factor"] = factor(required=True)
        del self.fields["node"]
        for name in MeasureForm.base_fields:
            self.fields[name].required = False
        for name in ("kind", "department_id", "owner_post"):
            self.fields[name].required = False

    def clean(self):
        told = super().clean()
        if told.get("text") and not all(
            told.get(name) for name in ("kind", "department_id", "owner_post", "due_on", "measure_on")
        ):
            raise ValidationError(_("措施要写全：种类、负责科室、岗位、完成日期和测量日期。"))
        if not told.get("text") and len(told.get("no_measure", "")) < 10:
            raise ValidationError(_("请写一条措施，或写明为什么不需要措施（至少 10 个字）。"))
        return told

    def measure(self) -> dict | None:
        """Values of the measure as the action takes them; None without one."""
        told = self.cleaned_data
        if not told.get("text"):
            return None
        names = (
            "text",
            "kind",
            "department_id",
            "owner_post",
            "due_on",
            "indicator_id",
            "sample",
            "aim",
            "measure_on",
        )
        return {name: told.get(name) for name in names}


def first_error(form) -> str:
    """The first thing that is wrong, as a sentence with the field's name."""
    name, errors = next(iter(form.errors.items()))
    label = form.fields[name].label if name in form.fields else ""
    return f"{label}：{errors[0]}" if label else str(errors[0])

"""What people enter on the pages of projects: basics, measures, decisions; suggestions and contests."""

from __future__ import annotations

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from zhikong.foundation.files.forms import AttachField
from zhikong.hospital.functions.improvements.models.projects import Project
from zhikong.hospital.functions.improvements.models.suggestions import Suggestion
from zhikong.hospital.functions.improvements.models.working import Measure

PURPOSE = "improvements.project"
LINES = (
    ("", _("不区分")),
    ("clinical", _("临床")),
    ("nursing", _("护理")),
    ("technical", _("医技")),
    ("office", _("职能")),
)
UNITS = (
    ("%", "%"),
    ("分钟", _("分钟")),
    ("天", _("天")),
    ("分", _("分")),
    ("元", _("元")),
    ("例", _("例")),
    ("‰", "‰"),
)


def date_field(label, **more) -> forms.DateField:
    return forms.DateField(
        label=label, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), **more
    )


class BasicsForm(forms.ModelForm):
    """The basics of a project; the emblem is a picture file."""

    partners = forms.TypedMultipleChoiceField(
        label=_("协作科室"), required=False, coerce=int, widget=forms.CheckboxSelectMultiple
    )
    line = forms.ChoiceField(label=_("条线"), choices=LINES, required=False)
    unit = forms.ChoiceField(label=_("单位"), choices=UNITS)
    starts_on = date_field(_("开始日期"))
    ends_on = date_field(_("计划完成日期"))

    class Meta:
        model = Project
        fields = (
            "title", "measured", "direction", "unit", "why", "line", "starts_on", "ends_on", "circle_name", "circle_meaning",
            "partners",
        )  # fmt: skip
        widgets = {
            "why": forms.Textarea(attrs={"rows": 3}),
            "circle_meaning": forms.Textarea(attrs={"rows": 3}),
        }
        help_texts = {
            "measured": _("例如“抢救车药品不合格率”。百分比用例数和总数算，不直接填。"),
            "title": _("动词＋对象＋衡量指标，例如“降低抢救车药品不合格率”。"),
        }

    def __init__(self, *args, departments=(), circle: bool = False, own: int | None = None, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["partners"].choices = [(pk, name) for pk, name in departments if pk != own]
        self.fields["measured"].required = False
        if not circle:
            del self.fields["circle_name"], self.fields["circle_meaning"]

    def clean(self):
        found = super().clean()
        start, end = found.get("starts_on"), found.get("ends_on")
        if start and end and end <= start:
            raise ValidationError(_("计划完成日期应晚于开始日期。"))
        return found


class EmblemForm(forms.Form):
    """The circle's emblem."""

    emblem = AttachField(
        label=_("圈徽"), purpose=PURPOSE, accept="jpg,png,webp", multiple=False, required=False
    )


class NewForm(forms.Form):
    """The proposal of a project."""

    kind_id = forms.ChoiceField(label=_("类型"), widget=forms.RadioSelect)
    title = forms.CharField(label=_("主题"), max_length=120, min_length=4)
    department_id = forms.TypedChoiceField(label=_("科室"), coerce=int)
    leader = forms.TypedChoiceField(label=_("负责人（圈长）"), coerce=int, required=False, empty_value=None)
    why = forms.CharField(label=_("立项理由"), widget=forms.Textarea(attrs={"rows": 4}), required=False)
    measured = forms.CharField(label=_("衡量的指标"), max_length=120, required=False)
    direction = forms.ChoiceField(label=_("方向"), choices=Project.Direction.choices)
    starts_on = date_field(_("开始日期"), required=False)
    ends_on = date_field(_("计划完成日期"), required=False, help_text=_("不填时按这类项目通常的时间。"))
    line = forms.ChoiceField(label=_("条线"), choices=LINES, required=False)

    def __init__(self, *args, kinds=(), departments=(), leaders=(), **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["kind_id"].choices = [(kind.id, f"{kind.title}：{kind.purpose}") for kind in kinds]
        self.fields["department_id"].choices = departments
        self.fields["leader"].choices = [("", _("我自己")), *leaders]


class MeasureForm(forms.ModelForm):
    """The plan of one countermeasure, and whether it is taken."""

    cause = forms.ChoiceField(label=_("对应的真因"), required=False)
    planned_from = date_field(_("计划开始"), required=False)
    planned_to = date_field(_("计划完成"), required=False)
    state = forms.ChoiceField(label=_("取舍"), choices=[
        (Measure.State.IDEA, _("还没有决定")), (Measure.State.TAKEN, _("采纳")), (Measure.State.LEFT, _("不采纳")),
    ])  # fmt: skip

    class Meta:
        model = Measure
        fields = (
            "title", "cause", "how", "place", "responsible", "planned_from", "planned_to", "strength", "state", "override",
        )  # fmt: skip
        widgets = {"how": forms.Textarea(attrs={"rows": 3})}
        help_texts = {
            "override": _("得分不到满分的 80% 却采纳，或达到 80% 却不采纳时写。"),
            "how": _("做什么、怎么做、用什么，写到别人能照着做。"),
        }

    def __init__(self, *args, causes=None, people=None, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["cause"].choices = [("", _("请选择")), *(causes or {}).items()]
        if people is not None:
            self.fields["responsible"].queryset = people
        if self.instance.pk and self.instance.state not in (
            Measure.State.IDEA,
            Measure.State.TAKEN,
            Measure.State.LEFT,
        ):
            del self.fields["state"]


class DoneForm(forms.ModelForm):
    """What came of one countermeasure: do, check, act."""

    done_from = date_field(_("实际开始"), required=False)
    done_to = date_field(_("实际完成"), required=False)
    state = forms.ChoiceField(label=_("进度"), choices=[
        (Measure.State.TAKEN, _("还没有开始")), (Measure.State.DOING, _("实施中")), (Measure.State.DONE, _("已完成")),
        (Measure.State.DROPPED, _("实施后放弃")),
    ])  # fmt: skip
    files = AttachField(label=_("证据（照片、记录）"), purpose=PURPOSE, required=False)

    class Meta:
        model = Measure
        fields = (
            "state", "done_from", "done_to", "done_text", "before_events", "before_n", "after_events", "after_n", "check_text",
            "act_text",
        )  # fmt: skip
        widgets = {
            name: forms.Textarea(attrs={"rows": 3}) for name in ("done_text", "check_text", "act_text")
        }
        help_texts = {"act_text": _("有效的继续并标准化；无效的说明怎样调整或为什么放弃。")}

    def clean(self):
        found = super().clean()
        for events, n in (("before_events", "before_n"), ("after_events", "after_n")):
            if (found.get(events) or 0) > (found.get(n) or 0):
                self.add_error(events, _("例数不能大于总数。"))
        start, end = found.get("done_from"), found.get("done_to")
        if start and end and end < start:
            self.add_error("done_to", _("实际完成日期早于开始日期。"))
        return found


class FilesForm(forms.Form):
    """Files of a step."""

    files = AttachField(label=_("附件"), purpose=PURPOSE)
    standard = forms.BooleanField(label=_("这是标准书"), required=False)

    def __init__(self, *args, standard: bool = False, **kwargs):
        super().__init__(*args, **kwargs)
        if not standard:
            del self.fields["standard"]


class WatchForm(forms.Form):
    """A month's figure."""

    period = forms.RegexField(label=_("月份"), regex=r"^\d{4}-(0[1-9]|1[0-2])$", widget=forms.TextInput(
        attrs={"placeholder": "2026-10", "inputmode": "numeric", "maxlength": 7}))  # fmt: skip
    events = forms.IntegerField(label=_("例数（分子）"), min_value=0)
    cases = forms.IntegerField(label=_("总数（分母）"), min_value=1)
    note = forms.CharField(label=_("说明"), max_length=200, required=False)


class SuggestionForm(forms.ModelForm):
    """A proposal of an employee."""

    department_id = forms.TypedChoiceField(label=_("涉及科室"), coerce=int, required=False, empty_value=None)

    class Meta:
        model = Suggestion
        fields = ("title", "text", "benefit", "department_id", "name_hidden", "paper")
        widgets = {"text": forms.Textarea(attrs={"rows": 6}), "benefit": forms.Textarea(attrs={"rows": 2})}

    def __init__(self, *args, departments=(), office: bool = False, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["department_id"].choices = [("", _("不限科室")), *departments]
        if not office:
            del self.fields["paper"]


class AnswerForm(forms.Form):
    """The office's answer."""

    state = forms.ChoiceField(label=_("处理"), choices=[
        (Suggestion.State.ADOPTED, _("采纳")), (Suggestion.State.ANSWERED, _("答复说明")),
        (Suggestion.State.DECLINED, _("不采纳")),
    ])  # fmt: skip
    text = forms.CharField(label=_("答复"), widget=forms.Textarea(attrs={"rows": 4}))
    thanks = forms.CharField(label=_("致谢（大家都能看到）"), max_length=200, required=False)


class ContestForm(forms.Form):
    """The announcement of a contest."""

    title = forms.CharField(label=_("名称"), max_length=80, min_length=4)
    year = forms.IntegerField(label=_("年度"), min_value=2000, max_value=2100)
    due_on = date_field(_("评分截止"))
    per_entry = forms.IntegerField(
        label=_("每个项目的评委数"),
        min_value=1,
        max_value=30,
        initial=5,
        help_text=_("去掉最高、最低后至少要剩 3 个分。"),
    )
    trim = forms.IntegerField(label=_("两端各去掉几个分"), min_value=0, max_value=5, initial=1)
    first = forms.IntegerField(label=_("一等奖（名）"), min_value=0, initial=1)
    second = forms.IntegerField(label=_("二等奖（名）"), min_value=0, initial=2)
    third = forms.IntegerField(label=_("三等奖（名）"), min_value=0, initial=3)
    judges = forms.TypedMultipleChoiceField(
        label=_("评委库"), coerce=int, widget=forms.CheckboxSelectMultiple,
        help_text=_("从库里抽签；本人所在小组和科室的项目自动回避。"),
    )  # fmt: skip

    def __init__(self, *args, people=(), **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["judges"].choices = [(one.pk, str(one)) for one in people]

    def prizes(self) -> list[tuple[str, int]]:
        names = (("first", "一等奖"), ("second", "二等奖"), ("third", "三等奖"))
        return [(word, self.cleaned_data[key]) for key, word in names if self.cleaned_data[key]]

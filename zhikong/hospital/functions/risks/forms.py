"""What people enter about risks, failure modes and drills."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from zhikong.foundation.files.forms import AttachField
from zhikong.hospital.functions.risks.models.plans import Drill
from zhikong.hospital.functions.risks.models.register import Control
from zhikong.hospital.functions.risks.queries.register.scale import scale

SHORT = {"rows": 2}
HOSPITAL = ("", _("全院"))


def day(label, **more) -> forms.DateField:
    """A date field with the browser's own picker."""
    return forms.DateField(
        label=label, widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}), **more
    )


def words(label, **more) -> forms.CharField:
    return forms.CharField(label=label, max_length=2000, widget=forms.Textarea(attrs=SHORT), **more)


def steps(label, found, **more) -> forms.TypedChoiceField:
    """A judgement on a scale: the number, its word and what it means."""
    choices = [(one.value, f"{one.value} {one.title}（{one.meaning}）") for one in found]
    return forms.TypedChoiceField(
        label=label, coerce=int, empty_value=None, choices=[("", _("还没评估")), *choices], **more
    )


def person(label, found, **more) -> forms.TypedChoiceField:
    """One of some accounts; gives the account."""
    by_pk = {one.pk: one for one in found}
    return forms.TypedChoiceField(
        label=label,
        coerce=lambda pk: by_pk[int(pk)],
        choices=[("", "—"), *((pk, str(one)) for pk, one in by_pk.items())],
        **more,
    )


def place(departments, whole: bool) -> forms.TypedChoiceField:
    """A department, or the whole hospital for who sees it whole."""
    head = [HOSPITAL] if whole else []
    return forms.TypedChoiceField(
        label=_("科室"), coerce=int, empty_value=None, required=not whole, choices=[*head, *departments]
    )


class RiskForm(forms.Form):
    """A new risk."""

    title = forms.CharField(
        label=_("风险"), max_length=120, help_text=_("一句话说清会出什么事，例如“高浓度电解质误用”。")
    )
    scenario = words(_("可能怎样发生，后果是什么"))
    current = words(_("现有控制"), required=False)

    def __init__(self, *args, departments, whole, people, **kwargs):
        super().__init__(*args, **kwargs)
        found = scale()
        self.fields["category"] = forms.ChoiceField(label=_("类别"), choices=[("", "—"), *found.categories])
        self.fields["department_id"] = place(departments, whole)
        self.fields["owner"] = person(_("负责人"), people)
        self.fields["likelihood"] = steps(_("可能性"), found.likelihood, required=False)
        self.fields["severity"] = steps(_("严重性"), found.severity, required=False)
        self.order_fields(
            ["title", "category", "department_id", "owner", "scenario", "current", "likelihood", "severity"]
        )


class ReviewForm(forms.Form):
    """A new judgement of a risk."""

    def __init__(self, *args, risk, **kwargs):
        names = ("likelihood", "severity", "residual_likelihood", "residual_severity")
        kwargs.setdefault("initial", {name: getattr(risk, name) for name in names})
        super().__init__(*args, **kwargs)
        found = scale()
        self.fields["likelihood"] = steps(_("可能性（没有控制时）"), found.likelihood)
        self.fields["severity"] = steps(_("严重性（没有控制时）"), found.severity)
        self.fields["residual_likelihood"] = steps(_("剩余可能性"), found.likelihood, required=False)
        self.fields["residual_severity"] = steps(_("剩余严重性"), found.severity, required=False)
        self.fields["review_on"] = day(
            _("下次复评"), required=False, help_text=_("不填则按风险等级的最长间隔。")
        )
        self.fields["text"] = words(_("评估依据"))


class ControlForm(forms.Form):
    """A measure against a risk."""

    kind = forms.ChoiceField(
        label=_("种类"), choices=Control.Kind.choices, help_text=_("越靠前越可靠：能取消的不靠提醒。")
    )
    text = forms.CharField(label=_("措施"), max_length=300)
    due_on = day(_("完成日期"))

    def __init__(self, *args, people, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["responsible"] = person(_("责任人"), people)
        self.order_fields(["text", "kind", "responsible", "due_on"])


class AnalysisForm(forms.Form):
    """A new worksheet of failure modes."""

    title = forms.CharField(
        label=_("分析的流程"), max_length=120, help_text=_("例如“高警示药品从医嘱到给药”。")
    )
    scope = words(_("范围：从哪一步到哪一步"), required=False)
    team = forms.CharField(label=_("成员"), max_length=300, required=False)

    def __init__(self, *args, departments, whole, people, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["department_id"] = place(departments, whole)
        self.fields["leader"] = person(_("组长"), people)
        self.order_fields(["title", "department_id", "leader", "team", "scope"])


class ModeForm(forms.Form):
    """One row of a worksheet. Empty numbers are not judged yet."""

    step = forms.CharField(label=_("步骤"), max_length=120)
    mode = forms.CharField(label=_("怎样失效"), max_length=200)
    effect = forms.CharField(label=_("后果"), max_length=200)
    cause = forms.CharField(label=_("原因"), max_length=200, required=False)
    control = forms.CharField(label=_("现有控制"), max_length=200, required=False)
    measure = forms.CharField(label=_("改进措施"), max_length=300, required=False)
    due_on = day(_("完成日期"), required=False)

    def __init__(self, *args, people, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["responsible"] = person(_("责任人"), people, required=False, empty_value=None)
        for name, label in (
            ("severity", _("严重度 S（1 轻 … 10 重）")),
            ("occurrence", _("发生度 O（1 少 … 10 多）")),
            ("detection", _("探测度 D（1 易发现 … 10 难发现）")),
            ("severity_after", _("改进后 S")),
            ("occurrence_after", _("改进后 O")),
            ("detection_after", _("改进后 D")),
        ):
            self.fields[name] = forms.IntegerField(label=label, required=False, min_value=1, max_value=10)
        self.order_fields(
            ["step", "mode", "effect", "cause", "control", "severity", "occurrence", "detection", "measure"]
        )


class DrillForm(forms.Form):
    """A drill to come."""

    planned_on = day(_("演练日期"))
    kind = forms.ChoiceField(label=_("形式"), choices=Drill.Kind.choices)
    scenario = words(_("情景"))

    def __init__(self, *args, departments, whole, people, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["department_id"] = place(departments, whole)
        self.fields["leader"] = person(_("负责人"), people)
        self.order_fields(["department_id", "kind", "planned_on", "leader", "scenario"])


class HeldForm(forms.Form):
    """How a drill went."""

    held_on = day(_("实际日期"))
    participants = forms.IntegerField(label=_("参加人数"), min_value=1, max_value=2000)
    minutes = forms.IntegerField(
        label=_("用时（分钟）"), min_value=1, max_value=1440, required=False, help_text=_("没有计时就不填。")
    )
    course = words(_("经过"))
    files = AttachField(label=_("照片、签到表"), purpose="drill", required=False)


class SummaryForm(forms.Form):
    """What a drill taught."""

    good = words(_("做得好的"))
    problems = words(_("存在的问题"), required=False)
    changes = words(_("对预案的修改意见"), required=False)


class PlanReviewForm(forms.Form):
    """A plan was read through."""

    fits = forms.TypedChoiceField(
        label=_("结论"),
        coerce=lambda value: value == "yes",
        choices=[("yes", _("仍然适用")), ("no", _("需要修改"))],
        widget=forms.RadioSelect,
    )
    text = words(_("评审意见"))
    next_on = day(_("下次评审"))

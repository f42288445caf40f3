"""What people fill in on the pages of campaigns."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from zhikong.foundation.files.forms import AttachField
from zhikong.hospital.functions.campaigns.models import Item, Material, Quota

PURPOSE, RETENTION = "campaigns.material", "quality_control"


def day(label, *, required=False):
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, required=required, widget=widget)


def area(label, *, required=True, rows=3, help_text=""):
    widget = forms.Textarea(attrs={"rows": rows})
    return forms.CharField(
        label=label, required=required, widget=widget, help_text=help_text, max_length=8000
    )


def words(label, *, longest=80, required=True, help_text=""):
    return forms.CharField(label=label, max_length=longest, required=required, help_text=help_text)


class StartForm(forms.Form):
    name = words(_("活动名称"), longest=120)
    theme = words(_("主题"), longest=200, required=False)
    starts_on, ends_on = day(_("开始")), day(_("结束"))


class Choosing(forms.Form):
    """A form that offers departments, items or stages of one campaign."""

    def __init__(self, *args, departments=(), campaign=None, **kwargs):
        super().__init__(*args, **kwargs)
        told = {
            "department": [("", _("全院")), *[(one.id, one.name) for one in departments]],
            "item": [("", _("（不属于某个事项）")), *self._rows(campaign, "items")],
            "stage": [("", _("（不分阶段）")), *self._rows(campaign, "stages")],
        }
        for name, choices in told.items():
            if name in self.fields:
                self.fields[name].choices = choices

    @staticmethod
    def _rows(campaign, name):
        return [(one.pk, str(one)) for one in getattr(campaign, name).all()] if campaign else []


def choice(label):
    return forms.TypedChoiceField(label=label, required=False, coerce=int, empty_value=None)


class ItemForm(Choosing):
    title = words(_("事项"), longest=160)
    measure = area(_("措施"), required=False, rows=2)
    stage, department, due_on = choice(_("阶段")), choice(_("责任科室")), day(_("材料期限"))


class PlaceForm(Choosing):
    department, due_on = choice(_("责任科室")), day(_("材料期限"))


class MoveForm(forms.Form):
    state = forms.ChoiceField(label=_("状态"), choices=Item.State.choices)
    effect = area(_("进展和效果"), required=False, rows=2)


class MaterialForm(Choosing):
    kind = forms.ChoiceField(label=_("类别"), choices=Material.Kind.choices)
    department, item = choice(_("科室")), choice(_("事项"))
    title = words(_("标题"), longest=120)
    text = area(_("内容"), required=False)
    files = AttachField(label=_("附件"), purpose=PURPOSE, retention=RETENTION, required=False)


class QuotaForm(forms.Form):
    name = words(_("名称"))
    per = forms.ChoiceField(label=_("怎样计"), choices=Quota.Per.choices)
    least = forms.IntegerField(label=_("不少于"), min_value=1, max_value=1_000_000)
    unit = words(_("单位"), longest=20)
    on = day(_("只计这一天"))


class CountForm(forms.Form):
    on = day(_("日期"), required=True)
    place = words(_("地点"))
    count = forms.IntegerField(label=_("数量"), min_value=0, max_value=1_000_000)


class ContestForm(forms.Form):
    name = words(_("竞赛或评选"))
    rules = area(_("规则"), required=False, rows=2)
    on = day(_("日期"))
    full_marks = forms.IntegerField(label=_("满分"), min_value=1, max_value=1000, initial=100)


class ResultForm(forms.Form):
    name = words(_("科室或个人"))
    score = forms.DecimalField(label=_("得分"), max_digits=6, decimal_places=2, required=False)
    award = words(_("奖项"), longest=40, required=False)


class MoneyForm(forms.Form):
    title = words(_("用途"))
    planned = forms.DecimalField(label=_("预算（元）"), min_value=0, max_digits=12, decimal_places=2)
    spent = forms.DecimalField(label=_("支出（元）"), min_value=0, max_digits=12, decimal_places=2, initial=0)


class InspectForm(forms.Form):
    on = day(_("督查日期"), required=True)
    title = words(_("督查名称"), longest=160)
    result = area(_("督查结果"))
    url = words(
        _("督查的页面"), longest=300, required=False, help_text=_("本系统里督查安排或记录的地址，以 / 开头")
    )


class TextForm(forms.Form):
    text = area(_("正文"), rows=10)


class LessonForm(forms.Form):
    text = area(_("经验"), rows=2)
    fixed_in = words(_("写入的制度或职责"), longest=160)
    url = words(
        _("链接"), longest=300, required=False, help_text=_("本系统里这项制度或职责的地址，以 / 开头")
    )
    last = forms.BooleanField(label=_("经验已全部固化，活动结束"), required=False)


class ReasonForm(forms.Form):
    reason = area(_("理由"), rows=2)

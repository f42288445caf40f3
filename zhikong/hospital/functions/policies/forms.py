"""Forms of policies: a new document, its draft, its publication."""

from __future__ import annotations

import re
import tempfile
from pathlib import Path

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from zhikong.foundation.organisation.models import Appointment, Department
from zhikong.foundation.organisation.queries import departments
from zhikong.hospital.functions.policies.models import Policy, PublicItem
from zhikong.reading.files import NotReadable, plain_text

LARGEST = 20_000_000
QUESTIONS = _("每行一题：题目|*正确答案|其他答案。没有问题时，读者只需确认已读。")


def _area(rows: int):
    return forms.Textarea(attrs={"rows": rows})


def _day():
    return forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class TextMixin(forms.Form):
    """The text, typed or taken from a file."""

    upload = forms.FileField(
        label=_("从文件导入"), required=False, help_text=_("Word、PDF 或文本，导入后代替下面的正文。")
    )
    text = forms.CharField(
        label=_("正文"),
        required=False,
        widget=_area(14),
        help_text=_("一段就是一条，条款有固定的号，修订后不变。"),
    )

    def clean(self):
        found = super().clean()
        upload = found.get("upload")
        if upload and upload.size > LARGEST:
            self.add_error("upload", _("文件超过 20 MB。"))
        elif upload:
            self._read(upload, found)
        if not self.errors and not (found.get("text") or "").strip():
            self.add_error("text", _("请写正文，或导入一个文件。"))
        return found

    def _read(self, upload, found) -> None:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "policy"
            path.write_bytes(upload.read())
            try:
                found["text"] = plain_text(path)
            except NotReadable as error:
                self.add_error("upload", str(error))


class NewForm(TextMixin):
    """A new document."""

    code = forms.CharField(
        label=_("编号"), max_length=24, help_text=_("字母、数字和连字符，如 ZK-001；以后不变。")
    )
    title = forms.CharField(label=_("名称"), max_length=120)
    kind = forms.ChoiceField(label=_("类别"), choices=Policy.Kind.choices)
    division = forms.ChoiceField(label=_("职责分工"), choices=Policy.Division.choices)
    department = forms.ChoiceField(label=_("适用专科"), required=False, help_text=_("全院适用时留空。"))
    diseases = forms.CharField(
        label=_("覆盖的病种"), required=False, max_length=400, help_text=_("用顿号分开。")
    )
    field_order = ("code", "title", "kind", "division", "department", "diseases", "upload", "text")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        places = departments(on=timezone.localdate(), kinds=("clinical", "medtech"))
        self.fields["department"].choices = [("", _("全院")), *((str(one.id), one.name) for one in places)]

    def clean_code(self):
        code = self.cleaned_data["code"].strip()
        if not re.fullmatch(r"[A-Za-z0-9]+(?:-[A-Za-z0-9]+)*", code) or code in ("new", "coverage", "public"):
            raise forms.ValidationError(_now("编号只用字母、数字和连字符，如 ZK-001。"))
        return code

    def clean_department(self):
        chosen = self.cleaned_data["department"]
        return Department.objects.get(pk=int(chosen)) if chosen else None

    def clean_diseases(self):
        return [one[:40] for one in re.split(r"[、，,;；\s]+", self.cleaned_data["diseases"]) if one]


class DraftForm(TextMixin):
    """A draft: text, what changes, questions."""

    changes = forms.CharField(label=_("修订说明"), required=False, max_length=300)
    questions = forms.CharField(label=_("阅读问题"), required=False, widget=_area(4), help_text=QUESTIONS)


class PublishForm(forms.Form):
    """From when, and who must read it."""

    effective_on = forms.DateField(label=_("施行日期"), widget=_day())
    must_read = forms.BooleanField(label=_("要求阅读确认"), required=False)
    read_by_on = forms.DateField(label=_("阅读期限"), required=False, widget=_day())
    departments = forms.MultipleChoiceField(
        label=_("哪些科室的人要读"),
        required=False,
        help_text=_("不选为全部科室。"),
        widget=forms.CheckboxSelectMultiple,
    )
    posts = forms.MultipleChoiceField(
        label=_("哪些岗位的人要读"), required=False, choices=Appointment.Post.choices, help_text=_("不选为全部岗位。"),
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        places = departments(on=timezone.localdate())
        self.fields["departments"].choices = [(str(one.id), one.name) for one in places]

    def clean_departments(self):
        return [int(one) for one in self.cleaned_data["departments"]]


class ReasonForm(forms.Form):
    reason = forms.CharField(label=_("理由"), max_length=300, widget=_area(2))


class DiseasesForm(forms.Form):
    names = forms.CharField(
        label=_("应有诊疗常规的病种"), required=False, widget=_area(8), help_text=_("每行一种。")
    )

    def clean_names(self):
        return [one.strip()[:40] for one in self.cleaned_data["names"].splitlines() if one.strip()]


class LinkForm(forms.Form):
    """What rests on a clause: the number of a finding, or an item of a checklist."""

    finding = forms.CharField(label=_("问题编号"), required=False, max_length=24)
    form = forms.ChoiceField(label=_("检查表"), required=False)
    item = forms.CharField(label=_("检查条目"), required=False, max_length=200)

    def __init__(self, *args, forms_known=(), **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["form"].choices = [("", _("不选")), *forms_known]


class PublicForm(forms.ModelForm):
    """What was made public."""

    class Meta:
        model = PublicItem
        fields = ("title", "channel", "audience", "published_on", "renew_on")
        widgets = {"published_on": _day(), "renew_on": _day()}

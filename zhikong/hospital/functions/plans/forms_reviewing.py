"""Forms of bringing in a plan and of putting an item right."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from zhikong.foundation.organisation import queries as organisation
from zhikong.hospital.functions.plans import rules_reviewing as rules
from zhikong.hospital.functions.plans.models import PlanDocument

ACCEPTED = ".docx,.docm,.pdf,.txt,.html,.htm,.doc"
EVIDENCE_WORDS = {
    "minutes": gettext_lazy("会议纪要"), "inspection": gettext_lazy("检查记录"), "analysis": gettext_lazy("分析"),
    "training": gettext_lazy("培训记录"), "report": gettext_lazy("报告"), "submission": gettext_lazy("上报"),
    "exam": gettext_lazy("考核"), "survey": gettext_lazy("调查"), "review": gettext_lazy("评审"),
    "drill": gettext_lazy("演练"),
}  # fmt: skip


class BringForm(forms.Form):
    """A plan's file and what it is."""

    file = forms.FileField(
        label=gettext_lazy("计划文件"),
        widget=forms.FileInput(attrs={"accept": ACCEPTED}),
        help_text=gettext_lazy("Word（docx、doc）、带文字的 PDF、网页或纯文本。"),
    )
    title = forms.CharField(label=gettext_lazy("名称"), max_length=120, required=False)
    year = forms.IntegerField(label=gettext_lazy("年度"), min_value=2000, max_value=2100)
    level = forms.ChoiceField(label=gettext_lazy("层级"), choices=PlanDocument.Level.choices)
    department = forms.ChoiceField(label=gettext_lazy("科室"), required=False)
    replaces = forms.ModelChoiceField(
        label=gettext_lazy("替换哪一份"), queryset=PlanDocument.objects.none(), required=False
    )

    def __init__(self, *args, today, **kwargs):
        super().__init__(*args, **kwargs)
        names = [(str(one.id), one.name) for one in organisation.departments(on=today)]
        self.fields["department"].choices = [("", "—"), *names]
        self.fields["replaces"].queryset = PlanDocument.objects.exclude(state=PlanDocument.State.REPLACED)

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        if found.get("level") == PlanDocument.Level.DEPARTMENT and not found.get("department"):
            self.add_error("department", _("科室计划要选科室。"))
        if found.get("level") == PlanDocument.Level.HOSPITAL:
            found["department"] = ""
        if not found.get("title") and found.get("file"):
            found["title"] = found["file"].name.rpartition(".")[0][:120]
        return found


class ItemForm(forms.Form):
    """An item's fields as a person puts them right; empty fields stay as the text has them: untold."""

    kind = forms.ChoiceField(label=gettext_lazy("类别"), choices=list(rules.KINDS.items()))
    subject = forms.CharField(label=gettext_lazy("是什么"), max_length=200, required=False)
    operator = forms.ChoiceField(
        label=gettext_lazy("大小"), required=False, choices=[("", "—"), *rules.OPERATOR_WORDS.items()]
    )
    value = forms.FloatField(label=gettext_lazy("数值"), required=False)
    unit = forms.ChoiceField(
        label=gettext_lazy("单位"), required=False, choices=[("", "—"), *rules.UNIT_WORDS.items()]
    )
    per = forms.ChoiceField(
        label=gettext_lazy("周期"), required=False, choices=[("", "—"), *rules.PER_WORDS.items()]
    )
    times = forms.FloatField(label=gettext_lazy("次数"), required=False, min_value=0)
    within_value = forms.FloatField(label=gettext_lazy("时限"), required=False, min_value=0)
    within_unit = forms.ChoiceField(
        label=gettext_lazy("时限单位"), required=False, choices=[("", "—"), *rules.WITHIN_WORDS.items()]
    )
    starts_on = forms.RegexField(
        r"^(\d{4}-)?\d{2}-\d{2}$", label=gettext_lazy("开始"), required=False, help_text="03-18"
    )
    ends_on = forms.RegexField(r"^(\d{4}-)?\d{2}-\d{2}$", label=gettext_lazy("结束"), required=False)
    evidence = forms.ChoiceField(
        label=gettext_lazy("证据"), required=False, choices=[("", "—"), *EVIDENCE_WORDS.items()]
    )
    department_id = forms.ChoiceField(label=gettext_lazy("责任科室"), required=False)
    post = forms.CharField(label=gettext_lazy("责任岗位"), max_length=40, required=False)

    def __init__(self, *args, today, **kwargs):
        super().__init__(*args, **kwargs)
        names = [(str(one.id), one.name) for one in organisation.departments(on=today)]
        self.fields["department_id"].choices = [("", "—"), *names]

    def told(self) -> dict[str, Any]:
        """The fields in the reader's form."""
        data = self.cleaned_data
        return {
            "subject": data["subject"],
            "operator": data["operator"],
            "value": data["value"],
            "unit": data["unit"],
            "frequency": {"count": data["times"], "per": data["per"]} if data["per"] else None,
            "within": _within(data),
            "starts_on": data["starts_on"],
            "ends_on": data["ends_on"],
            "evidence": data["evidence"],
        }

    @property
    def place(self) -> dict[str, Any]:
        """Whose work it is."""
        number = self.cleaned_data["department_id"]
        return {"department_id": int(number) if number else None, "post": self.cleaned_data["post"]}


class AddForm(forms.Form):
    """An item that the reader did not see: its kind, what it is, and its amount or how often."""

    kind = ItemForm.base_fields["kind"]
    subject = forms.CharField(
        label=gettext_lazy("是什么"), max_length=200, required=False,
        help_text=gettext_lazy("不填则用选中的文字。"),
    )  # fmt: skip
    operator = ItemForm.base_fields["operator"]
    value = ItemForm.base_fields["value"]
    unit = ItemForm.base_fields["unit"]
    per = ItemForm.base_fields["per"]
    times = ItemForm.base_fields["times"]
    starts_on = ItemForm.base_fields["starts_on"]
    ends_on = ItemForm.base_fields["ends_on"]
    start = forms.IntegerField(required=False, min_value=0, widget=forms.HiddenInput)
    end = forms.IntegerField(required=False, min_value=0, widget=forms.HiddenInput)

    def told(self, words: str) -> dict[str, Any]:
        """The fields in the reader's form, empty ones left out. words: the chosen stretch of the text."""
        data = self.cleaned_data
        often = {"count": data["times"], "per": data["per"]} if data["per"] else None
        plain = ("operator", "value", "unit", "starts_on", "ends_on")
        found = {name: data[name] for name in plain if data[name] not in ("", None)}
        return {
            "subject": data["subject"] or words.strip()[:200],
            **found,
            **({"frequency": often} if often else {}),
        }


def _within(data) -> dict[str, Any] | None:
    if data["within_value"] is None or not data["within_unit"]:
        return None
    return {"value": data["within_value"], "unit": data["within_unit"]}


def of_item(item) -> dict[str, Any]:
    """An item's fields as the form shows them at first."""
    told = item.fields
    often, within = told.get("frequency") or {}, told.get("within") or {}
    return {
        "kind": item.kind,
        **{
            name: told.get(name)
            for name in ("subject", "operator", "value", "unit", "starts_on", "ends_on", "evidence")
        },
        "per": often.get("per", ""),
        "times": often.get("count"),
        "within_value": within.get("value"),
        "within_unit": within.get("unit", ""),
        "department_id": str(item.department_id or ""),
        "post": item.post,
    }

"""The three forms with which a new form begins."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from zhikong.foundation.forms.building import words

TITLE = 80


class BlankForm(forms.Form):
    title = forms.CharField(label=_("名称"), max_length=TITLE)
    kind = forms.ChoiceField(label=_("种类"), choices=list(words.KINDS.items()))
    purpose = forms.CharField(
        label=_("用途"), max_length=300, required=False, help_text=_("一句话：为什么填、填了给谁看。")
    )


class CopyForm(forms.Form):
    source = forms.ChoiceField(label=_("以哪份为底"))
    title = forms.CharField(
        label=_("新名称"), max_length=TITLE, required=False, help_text=_("留空则在原名后加“副本”。")
    )

    def __init__(self, *args: Any, choices: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["source"].choices = choices


class FileForm(forms.Form):
    file = forms.FileField(
        label=_("文件"), help_text=_("本系统的 Excel 模板、YAML 文件，或 XLSForm（.xlsx）。"),
        widget=forms.FileInput(attrs={"accept": ".xlsx,.yaml,.yml"}),
    )  # fmt: skip

"""Forms of the pages about files."""

from django import forms
from django.utils.translation import gettext_lazy as _

from zhikong.foundation.files.queries import Allowed
from zhikong.foundation.files.rules import KINDS, MB, retention_classes


def _reason(label, help_text=""):
    return forms.CharField(
        label=label, max_length=300, help_text=help_text, widget=forms.Textarea(attrs={"rows": 2})
    )


class FileFilter(forms.Form):
    """The query form above the list; the address is the saved query."""

    SHOW = [
        ("kept", _("在存")),
        ("held", _("封存中")),
        ("due", _("期满待销毁")),
        ("waiting", _("隔离中")),
        ("unused", _("上传后 30 天没有被引用")),
        ("problem", _("内容有问题")),
        ("deleted", _("已销毁")),
    ]
    q = forms.CharField(label=_("文件名"), required=False)
    show = forms.ChoiceField(label=_("状态"), required=False, choices=SHOW)
    kind = forms.ChoiceField(
        label=_("类型"), required=False, choices=[("", _("全部类型")), *((k.value, k.upper()) for k in KINDS)]
    )


class HoldForm(forms.Form):
    """Why a file must not be destroyed."""

    reason = _reason(_("封存理由"), _("例如：患者投诉、司法调取。封存期间谁也不能销毁。"))


class ReasonForm(forms.Form):
    reason = _reason(_("理由"))


def release_form(hold_pk: int, data=None) -> ReasonForm:
    """The form that ends one hold; a file may have several, so each has ids of its own."""
    return ReasonForm(data, prefix="release", auto_id=f"id_release{hold_pk}_%s")


class RetentionForm(forms.Form):
    retention = forms.ChoiceField(label=_("保存类别"))
    reason = _reason(_("理由"))

    def __init__(self, *args, **kwargs):
        super().__init__(*args, auto_id="id_retention_%s", **kwargs)
        self.fields["retention"].choices = [(c.code, _title(c)) for c in retention_classes().values()]


def _title(kept) -> str:
    return f"{kept.title}（{kept.years} 年）" if kept.years else kept.title


class LimitForm(forms.Form):
    """One kind: whether it is taken, and how large."""

    allowed = forms.BooleanField(label=_("允许上传"), required=False)
    megabytes = forms.IntegerField(label=_("单个文件上限（MB）"), min_value=1)

    def __init__(self, *args, limit: Allowed, **kwargs):
        most = KINDS[limit.kind].max_bytes // MB
        initial = {"allowed": limit.allowed, "megabytes": max(1, limit.max_bytes // MB)}
        super().__init__(*args, prefix=limit.kind.value, initial=initial, **kwargs)
        self.kind, self.most = limit.kind, most
        name = limit.kind.upper()
        for field, words in (("allowed", _("允许上传 %s")), ("megabytes", _("%s 的上限（MB）"))):
            self.fields[field].widget.attrs["aria-label"] = words % name
        self.fields["megabytes"].max_value = most
        self.fields["megabytes"].validators.append(forms.fields.validators.MaxValueValidator(most))
        self.fields["megabytes"].widget.attrs["max"] = most

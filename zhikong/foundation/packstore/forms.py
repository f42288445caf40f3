"""The forms of the pack store; each asks only for what its step needs."""

from django import forms
from django.utils.translation import gettext_lazy as _

from zhikong.foundation.packstore import kinds, rules
from zhikong.foundation.packstore.bundles import MAX_BYTES

SHOW = [
    ("", _("全部")),
    ("own", _("本院有版本的")),
    ("open", _("有草稿或待审核的")),
    ("upgrade", _("内容包有更新的")),
]
REASON_HELP = _("按什么文件、会议或数据修改；审核人会看到，也会永久保存。")
ID_HELP = _("用字母、数字和下划线，例如 crash_cart_round；以后不能改。留空由系统编。")


def text_area(label, *, required=True, help_text="", rows=3):
    return forms.CharField(
        label=label, required=required, help_text=help_text, widget=forms.Textarea(attrs={"rows": rows})
    )


def date_field(label, *, required=True, help_text=""):
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, required=required, help_text=help_text, widget=widget)


def kind_choices() -> list[tuple[str, str]]:
    return [(kind.code, kind.title) for kind in kinds.all()]


class Filter(forms.Form):
    """The query form above the list."""

    q = forms.CharField(
        label=_("名称"), required=False, widget=forms.TextInput(attrs={"placeholder": _("名称或编号")})
    )
    kind = forms.ChoiceField(label=_("类别"), required=False)
    show = forms.ChoiceField(label=_("范围"), required=False, choices=SHOW)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = [("", _("全部类别")), *kind_choices()]


class NewForm(forms.Form):
    """A new definition of the hospital's own."""

    kind = forms.ChoiceField(label=_("类别"))
    definition_id = forms.RegexField(
        rules.ID, label=_("编号"), required=False, max_length=80, help_text=ID_HELP
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = [(k.code, k.title) for k in kinds.all() if k.starter]


class EditForm(forms.Form):
    """The text of a draft. revision: what the writer saw, so that nobody's words are lost."""

    text = forms.CharField(
        label=_("正文"),
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 28, "spellcheck": "false", "wrap": "off", "class": "source"}),
    )
    reason = forms.CharField(label=_("修改依据"), required=False, max_length=300, help_text=REASON_HELP)
    revision = forms.IntegerField(widget=forms.HiddenInput)


class SubmitForm(forms.Form):
    """Who is to review, and on what ground the definition changes."""

    reason = forms.CharField(label=_("修改依据"), max_length=300, help_text=REASON_HELP)
    reviewer = forms.TypedChoiceField(
        label=_("审核人"),
        coerce=int,
        empty_value=None,
        help_text=_("由没有写过这一版的人审核；会给审核人一项待办。"),
    )

    def __init__(self, *args, reviewers=(), **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["reviewer"].choices = [("", _("请选择")), *((user.pk, str(user)) for user in reviewers)]


class ReviewForm(forms.Form):
    """The second person's answer."""

    passed = forms.TypedChoiceField(
        label=_("结论"),
        choices=[("yes", _("通过")), ("no", _("退回修改"))],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
    )
    comment = text_area(_("审核意见"), required=False, help_text=_("退回时必须写明理由。"))


class PublishForm(forms.Form):
    effective_from = date_field(
        _("生效日期"), help_text=_("今天或以后。已经在用旧版本的单据和流程不受影响。")
    )


class WithdrawForm(forms.Form):
    reason = forms.CharField(label=_("撤回理由"), max_length=300)


class ImportForm(forms.Form):
    """A pack that was exported here or elsewhere."""

    file = forms.FileField(
        label=_("内容包文件"), help_text=_("从内容库导出的 .zip 文件，不超过 5 MB；导入后都是草稿。")
    )

    def clean_file(self):
        file = self.cleaned_data["file"]
        if file.size > MAX_BYTES:
            raise forms.ValidationError(_("文件过大，不像是内容包。"))
        return file

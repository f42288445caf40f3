"""What was typed: the grid's cells with faults kept beside them, and the small forms of single steps."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from django import forms
from django.utils.translation import gettext_lazy as _

from zhikong.foundation.files.forms import AttachField
from zhikong.hospital.functions.reporting import numbers
from zhikong.hospital.functions.reporting.definition.model import Item
from zhikong.hospital.functions.reporting.record_rules import OUTCOME_NAMES
from zhikong.hospital.functions.reporting.rules import STOP, Cell, Remark

FILE_PURPOSE, FILE_RETENTION = "reporting.figure", "quality_control"
LONGEST = {"explanation": 500, "evidence": 200}


@dataclass(frozen=True)
class Typed:
    """One row as it came from the page. raw keeps what cannot be read as a number, so that nobody loses it."""

    cell: Cell
    faults: tuple[Remark, ...] = ()
    raw: Mapping[str, str] = field(default_factory=dict)
    edits: int | None = None


def read_row(post: Mapping[str, str], item: Item) -> Typed | None:
    """The row of an item from fields named `<item>.<field>`; None when the page did not send it."""
    if f"{item.id}.numerator" not in post:
        return None
    values, faults, raw = {}, [], {}
    for name in ("numerator", "denominator"):
        text = post.get(f"{item.id}.{name}", "")
        try:
            values[name] = numbers.read(text, decimals=item.decimals)
        except numbers.NotANumber as error:
            faults.append(Remark(STOP, name, str(error)))
            raw[name] = text[:40]
    words = {name: post.get(f"{item.id}.{name}", "").strip()[:most] for name, most in LONGEST.items()}
    cell = Cell(**values, nothing=f"{item.id}.nothing" in post, **words)
    edits = post.get(f"{item.id}.edits", "")
    return Typed(cell, tuple(faults), raw, int(edits) if edits.isdigit() else None)


class PasteForm(forms.Form):
    text = forms.CharField(
        label=_("粘贴的内容"),
        widget=forms.Textarea(attrs={"rows": 10, "spellcheck": "false"}),
        max_length=50_000,
        strip=False,
        help_text=_(
            "在 Excel 或 WPS 里选中带项目名称的几列（项目、分子、分母、说明、依据），复制后粘贴到这里。"
        ),
    )


class ReasonForm(forms.Form):
    """A step that needs its reason in words."""

    reason = forms.CharField(label=_("原因"), widget=forms.Textarea(attrs={"rows": 3}), max_length=500)


class ExtendForm(forms.Form):
    due_on = forms.DateField(label=_("新的期限"), widget=forms.DateInput(attrs={"type": "date"}))
    reason = forms.CharField(label=_("理由"), max_length=200)


class RemindForm(forms.Form):
    text = forms.CharField(label=_("附言"), max_length=200, required=False)


class MeasureForm(forms.Form):
    """What became of a measure."""

    outcome = forms.ChoiceField(
        label=_("落实情况"),
        choices=[(o.value, n) for o, n in OUTCOME_NAMES.items()],
        widget=forms.RadioSelect,
        error_messages={"required": _("请选择已落实、未落实或继续。")},
    )
    note = forms.CharField(label=_("说明"), max_length=500, required=False)


class SignForm(forms.Form):
    """The head's password, asked again at the moment of signing."""

    password = forms.CharField(
        label=_("登录密码"), widget=forms.PasswordInput(attrs={"autocomplete": "current-password"})
    )


class EvidenceForm(forms.Form):
    """Files for one item of the grid."""

    item = forms.ChoiceField(label=_("项目"))
    files = AttachField(label=_("附件"), purpose=FILE_PURPOSE, retention=FILE_RETENTION)

    def __init__(self, *args, items=(), department_id=None, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["item"].choices = [(item.id, item.title) for item in items]
        self.fields["files"].for_department(department_id)

    def clean_files(self):
        given = self.cleaned_data["files"]
        if not given:
            raise forms.ValidationError(self.fields["files"].error_messages["required"])
        return given


class NoForm(forms.Form):
    """A step that needs nothing more than the decision."""

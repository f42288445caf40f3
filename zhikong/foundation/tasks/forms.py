from django import forms
from django.utils.translation import gettext_lazy as _

from zhikong.foundation.tasks import sources
from zhikong.foundation.tasks.queries import Origins

WHEN = [
    ("", _("全部")),
    ("overdue", _("已逾期")),
    ("today", _("今天到期")),
    ("week", _("7 天内到期")),
    ("later", _("以后")),
]


def day_field(label, **more) -> forms.DateField:
    """A date as browsers take it: 2026-11-22 whatever the language of the page."""
    return forms.DateField(
        label=label, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), **more
    )


class TaskFilter(forms.Form):
    """The query form above the lists; the address is the saved query. Offers only what occurs in the list."""

    q = forms.CharField(
        label=_("事项"), required=False, widget=forms.TextInput(attrs={"placeholder": _("事项中的字")})
    )
    when = forms.ChoiceField(label=_("期限"), required=False, choices=WHEN)
    source = forms.ChoiceField(label=_("来源"), required=False)
    department = forms.TypedChoiceField(label=_("科室"), required=False, coerce=int, empty_value="")
    given_by = forms.ChoiceField(label=_("谁布置的"), required=False)
    owner = forms.TypedChoiceField(label=_("责任人"), required=False, coerce=int, empty_value="")
    on = forms.DateField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args, origins: Origins, names: dict[int, str], owners=(), **kwargs):
        super().__init__(*args, **kwargs)
        every = [("", _("全部"))]
        found = [(kind, sources.source(kind).title) for kind in origins.sources]
        self.fields["source"].choices = every + found
        places = sorted((names.get(pk, str(pk)), pk) for pk in origins.departments)
        self.fields["department"].choices = every + [(pk, name) for name, pk in places]
        system = [("system", _("系统"))] if origins.by_system else []
        self.fields["given_by"].choices = every + system + [(str(p.pk), str(p)) for p in origins.givers]
        self.fields["owner"].choices = every + [(person.pk, str(person)) for person in owners]
        self._drop_what_cannot_choose()

    def _drop_what_cannot_choose(self) -> None:
        """A choice among one is none."""
        for name in ("source", "department", "given_by", "owner"):
            if len(self.fields[name].choices) < 3 and not self.data.get(name):
                del self.fields[name]

    def conditions(self) -> dict:
        """What to narrow by; nothing while the form does not hold."""
        return {name: value for name, value in self.cleaned_data.items() if value} if self.is_valid() else {}


class DelegateForm(forms.Form):
    to = forms.ModelChoiceField(label=_("转给"), queryset=None, empty_label=_("请选择"))
    reason = forms.CharField(label=_("说明"), max_length=200, required=False)

    def __init__(self, *args, people, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["to"].queryset = people


class RemindForm(forms.Form):
    text = forms.CharField(label=_("附言"), max_length=200, required=False)

    def __init__(self, *args, people, **kwargs):
        super().__init__(*args, **kwargs)


class ExtendForm(forms.Form):
    due_on = day_field(_("新的期限"))
    reason = forms.CharField(label=_("理由"), max_length=200)

    def __init__(self, *args, people, **kwargs):
        super().__init__(*args, **kwargs)


class HandOverForm(forms.Form):
    user = forms.ModelChoiceField(label=_("谁请假"), queryset=None, required=False, empty_label=_("我自己"))
    deputy = forms.ModelChoiceField(
        label=_("由谁代理"),
        queryset=None,
        empty_label=_("请选择"),
        help_text=_("只转交代理人看得到的科室的待办；看不到的仍留在本人名下。"),
    )
    from_on = day_field(_("从"))
    to_on = day_field(_("到（含当天）"))
    reason = forms.CharField(label=_("说明"), max_length=120, required=False)

    def __init__(self, *args, people, for_others: bool, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["deputy"].queryset = people
        self.fields["user"].queryset = people
        if not for_others:
            del self.fields["user"]


class NewTaskForm(forms.Form):
    title = forms.CharField(label=_("要做什么"), max_length=160)
    text = forms.CharField(label=_("说明"), max_length=200, required=False)
    department = forms.ModelChoiceField(
        label=_("科室"), queryset=None, required=False, empty_label=_("全院事项")
    )
    owner = forms.ModelChoiceField(label=_("交给谁"), queryset=None, empty_label=_("请选择"))
    due_on = day_field(_("期限"))

    def __init__(self, *args, people, departments, whole_hospital: bool, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["owner"].queryset = people
        self.fields["department"].queryset = departments
        if not whole_hospital:
            self.fields["department"].required = True
            self.fields["department"].empty_label = _("请选择")

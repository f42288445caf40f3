"""The plan on one page: chains of causes and measures in 5W2H, as plain fields that work without script."""

from django import forms
from django.forms import formset_factory
from django.utils.translation import gettext_lazy as _

from zhikong.foundation.findings.actions import Chain, Planned
from zhikong.foundation.findings.actions.planning import DEEPEST

MOST = 20


def _line(label, *, length=200, hint=""):
    return forms.CharField(
        label=label, max_length=length, required=False, widget=forms.TextInput(attrs={"placeholder": hint})
    )


class ChainForm(forms.Form):
    """One chain: a category, up to five answers to "why", which of them is the root cause, and by what proof."""

    category = forms.ChoiceField(label=_("类别"))
    why1 = _line(_("为什么会出现"))
    why2 = _line(_("为什么 2"))
    why3 = _line(_("为什么 3"))
    why4 = _line(_("为什么 4"))
    why5 = _line(_("为什么 5"))
    root = forms.TypedChoiceField(
        label=_("真因"),
        coerce=int,
        empty_value=0,
        required=False,
        choices=[
            ("", _("这条没有真因")),
            *[(str(n), _("第 %(n)d 个为什么") % {"n": n}) for n in range(1, DEEPEST + 1)],
        ],
    )
    proof = _line(_("凭什么说是真因"), hint=_("现场看到、数据、访谈"))

    def __init__(self, *args, categories, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["category"].choices = list(categories.items())

    def whys(self) -> list[str]:
        return [self.cleaned_data.get(f"why{n}", "").strip() for n in range(1, DEEPEST + 1)]

    def clean(self):
        said = self.whys()
        known = [text for text in said if text]
        if said[: len(known)] != known:
            raise forms.ValidationError(_("请从第一个为什么开始填，中间不要空。"))
        root = self.cleaned_data.get("root") or 0
        if root > len(known):
            self.add_error("root", _("标明的真因没有填写内容。"))
        return self.cleaned_data

    def chain(self) -> Chain | None:
        """The chain, or None for a row left empty."""
        whys = [text for text in self.whys() if text]
        if not whys:
            return None
        values = self.cleaned_data
        return Chain(values["category"], whys, values.get("root") or 0, values.get("proof", ""))


class MeasureForm(forms.Form):
    """One measure: what, why, who, by when, where, how, how much."""

    what = _line(_("做什么"), length=300)
    why = _line(_("针对的原因"))
    who = forms.ModelChoiceField(label=_("谁负责"), queryset=None, required=False, empty_label=_("科主任"))
    due_on = forms.DateField(
        label=_("何时完成"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    where = _line(_("在哪里"), length=80)
    how = _line(_("怎么做"), length=300)
    cost = forms.DecimalField(
        label=_("费用（元）"), min_value=0, max_digits=10, decimal_places=2, required=False
    )

    def __init__(self, *args, people, choices, latest, **kwargs):
        super().__init__(*args, **kwargs)
        self.latest = latest
        self.fields["who"].queryset = people
        self.fields["who"].choices = choices

    def clean(self):
        values = self.cleaned_data
        if values.get("what") and not values.get("due_on") and "due_on" not in self.errors:
            self.add_error("due_on", _("请写明何时完成。"))
        if not values.get("what") and any(
            values.get(name) for name in ("why", "where", "how", "cost", "who")
        ):
            self.add_error("what", _("请写明做什么，或把这一行清空。"))
        if values.get("due_on") and values["due_on"] > self.latest:
            self.add_error(
                "due_on", _("不能晚于整改期限 %(due)s；确实来不及，请先申请延期。") % {"due": self.latest}
            )
        return values

    def planned(self) -> Planned | None:
        """The measure, or None for a row left empty."""
        values = self.cleaned_data
        if not values.get("what"):
            return None
        return Planned(
            values["what"], values["due_on"], values.get("who"), values.get("why", ""), values.get("where", ""),
            values.get("how", ""), values.get("cost"),
        )  # fmt: skip


class PlanForms:
    """Both lists of rows, filled with what was saved, with spare rows at the end.

    more: how many rows were asked for beyond; bound with the posted data.
    """

    def __init__(self, finding, *, people, categories, data=None, more: int = 0):
        chains, measures = _saved_chains(finding), _saved_measures(finding)
        choices = [
            ("", _("科主任")),
            *((person.pk, person.name) for person in people),
        ]  # read once for all rows
        many = {"max_num": MOST, "absolute_max": MOST}
        chain_set = formset_factory(ChainForm, extra=_spare(chains) + more, **many)
        measure_set = formset_factory(MeasureForm, extra=_spare(measures) + more, **many)
        every = {"empty_permitted": False}  # a row left as it was saved is read like any other
        self.chains = chain_set(
            data, initial=chains, prefix="cause", form_kwargs=every | {"categories": categories}
        )
        self.measures = measure_set(
            data,
            initial=measures,
            prefix="measure",
            form_kwargs=every | {"people": people, "choices": choices, "latest": finding.due_on},
        )

    def is_valid(self) -> bool:
        return all([self.chains.is_valid(), self.measures.is_valid()])

    def values(self) -> dict:
        """What was filled in, for the action."""
        chains = [form.chain() for form in self.chains]
        measures = [form.planned() for form in self.measures]
        return {"chains": [one for one in chains if one], "measures": [one for one in measures if one]}


def _spare(saved: list) -> int:
    """Empty rows to begin with: two on a blank plan, then one."""
    return 1 if saved else 2


def _saved_chains(finding) -> list[dict]:
    found: dict[int, dict] = {}
    for cause in finding.causes.all():
        row = found.setdefault(cause.chain, {"category": cause.category})
        row[f"why{cause.depth}"] = cause.text
        if cause.is_root:
            row |= {"root": cause.depth, "proof": cause.proof}
    return [found[n] for n in sorted(found)]


def _saved_measures(finding) -> list[dict]:
    rows = finding.measures.filter(done_at=None, from_decision=False)
    names = ("what", "why", "who_id", "due_on", "where", "how", "cost")
    return [{name.removesuffix("_id"): getattr(row, name) for name in names} for row in rows]

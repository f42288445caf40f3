"""The item's fields as plain form controls, and back from the controls to the fields of the definition."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from zhikong.foundation.forms.building import rows, words
from zhikong.foundation.forms.building.documents import Data, chinese
from zhikong.foundation.forms.building.outline import place, sections
from zhikong.foundation.forms.building.scores import is_scored, plain
from zhikong.foundation.forms.definition.fields import OWN_FIELDS
from zhikong.foundation.forms.definition.model import SCORABLE

NO_EVIDENCE = ("note", "photo", "signature")
POINTED = ("cap", "deduct")
SHOWS_MORE = ("severity", "check", "help", "score_when_no", "section", "id", "show_if")


def number_field(label: Any, *, help_text: Any = "", decimals: int = 2, least: int | None = 0) -> forms.Field:
    """An optional number; points and limits are written with as many decimals as somebody wants to judge by."""
    widget = forms.NumberInput(attrs={"inputmode": "decimal", "step": "any"})
    return forms.DecimalField(
        label=label, required=False, min_value=least, max_digits=12, decimal_places=decimals,
        help_text=help_text, widget=widget,
    )  # fmt: skip


def line(label: Any, *, help_text: Any = "", longest: int = 300, required: bool = False) -> forms.CharField:
    return forms.CharField(label=label, required=required, max_length=longest, help_text=help_text)


class ItemForm(forms.Form):
    """The fields that an item of this type has. Which these are depends on the type that stands in the draft."""

    text = forms.CharField(
        label=_("题目"), required=False, max_length=300, widget=forms.Textarea(attrs={"rows": 2})
    )
    type = forms.ChoiceField(label=_("题型"), required=False, choices=list(words.TYPES.items()))

    def __init__(
        self, data: Mapping[str, Any] | None = None, *, draft: Data, item: Data, **kwargs: Any
    ) -> None:
        self.draft, self.item = draft, item
        self.kind = (data or {}).get("type") or item.get("type") or "yes_no"
        super().__init__(data, **kwargs)
        self._judging()
        self._measuring()
        self._explaining()
        self.initial |= initial(item, draft)
        if self.kind == "note":
            self.fields["text"].label = _("说明文字")

    def _judging(self) -> None:
        """Required, points, veto and evidence, where the type knows them."""
        choices = self.kind in words.CHOICES
        scored = is_scored(self.item)
        if self.kind != "note" and not scored:
            self.fields["required"] = forms.BooleanField(label=_("必填"), required=False)
        if self.kind in SCORABLE and not choices:
            self.fields["score_full"] = number_field(
                _("分值"), help_text=_("有分值的题总是必填。") if scored else _("留空表示这一题不计分。")
            )
        if self.kind == "number" and scored:
            self.fields["score_each"] = number_field(_("每处扣分"), help_text=_("留空则所填的数就是得分。"))
        if self.kind in words.YES_NO:
            self._veto()
        if self.kind not in NO_EVIDENCE:
            self.fields["evidence"] = forms.ChoiceField(
                label=_("何时要证据"), required=False, choices=self._evidence()
            )

    def _veto(self) -> None:
        self.fields["veto"] = forms.ChoiceField(
            label=_("否决"), required=False, choices=list(words.VETOES.items()), help_text=_("答“否”时生效。")
        )
        chosen = self.data.get("veto") if self.is_bound else veto_name(self.item.get("veto"))
        if chosen in POINTED:
            label = _("最多得分") if chosen == "cap" else _("扣掉")
            self.fields["veto_points"] = number_field(label)

    def _evidence(self) -> list[tuple[str, Any]]:
        allowed = (
            words.EVIDENCE
            if self.kind in words.YES_NO
            else {k: words.EVIDENCE[k] for k in ("never", "always")}
        )
        return list(allowed.items())

    def _measuring(self) -> None:
        if self.kind == "number":
            self.fields["unit"] = line(_("单位"), longest=16)
            self.fields["min"] = number_field(_("最小值"), decimals=6, least=None)
            self.fields["max"] = number_field(_("最大值"), decimals=6, least=None)
            self.fields["decimals"] = forms.IntegerField(
                label=_("小数位数"), required=False, min_value=0, max_value=6
            )
        if self.kind == "observation":
            self.fields["of"] = forms.IntegerField(
                label=_("抽查总数"),
                required=False,
                min_value=1,
                max_value=10_000,
                help_text=_("填表时可以改。"),
            )
        if self.kind == "table":
            self.fields["rows_min"] = forms.IntegerField(label=_("最少行数"), required=False, min_value=0)
            self.fields["rows_max"] = forms.IntegerField(
                label=_("最多行数"), required=False, min_value=1, max_value=200
            )
            self.fields["fixed"] = forms.CharField(
                label=_("固定的行"), required=False, help_text=_("每行一个名称；留空则由填表人自己加行。"),
                widget=forms.Textarea(attrs={"rows": 3}),
            )  # fmt: skip

    def _explaining(self) -> None:
        self.fields["clause"] = line(_("依据条款"), longest=200)
        for name, (label, known) in self._ways().items():
            self.fields[name] = forms.ChoiceField(
                label=label, required=False, choices=[("", _("不写")), *known.items()]
            )
        self.fields["help"] = line(_("填写说明"), longest=600, help_text=_("显示在题目下面的小字。"))
        if self.kind in words.YES_NO and is_scored(self.item):
            self.fields["score_when_no"] = number_field(_("答“否”得分"), help_text=_("留空为 0 分。"))
        self.fields["section"] = forms.ChoiceField(
            label=_("所在分节"),
            choices=[(str(s.get("id")), chinese(s.get("title"))) for s in sections(self.draft)],
        )
        self.fields["show_if"] = line(
            _("条件表达式"), longest=1000, help_text=_("写法如 item_1 = 'no' and item_2 > 3。")
        )
        self.fields["id"] = line(
            _("编号"), longest=60, required=True,
            help_text=_("以前填的表用它认出这一题；用过以后改编号，前后的数据就接不上了。"),
        )  # fmt: skip

    def _ways(self) -> dict[str, tuple[Any, dict[str, Any]]]:
        """How grave a "no" is and how one looks, where the type can be judged or answered."""
        found = {}
        if self.kind in words.JUDGED:
            found["severity"] = (_("答“否”时问题的级别"), words.SEVERITIES)
        if self.kind not in NO_EVIDENCE:
            found["check"] = (_("怎样查"), words.LOOKS)
        return found

    def main(self) -> list[forms.BoundField]:
        """The fields that everybody needs."""
        return [self[name] for name in self.fields if name not in SHOWS_MORE]

    def more(self) -> list[forms.BoundField]:
        return [self[name] for name in SHOWS_MORE if name in self.fields]

    # ---- back to the definition

    def changes(self) -> Data:
        """The item's fields as the controls say; None takes a field out. Not: section and id, which are acts."""
        values = self.cleaned_data
        kind = values["type"] or self.kind
        found: Data = {"text": values["text"].strip(), "type": kind}
        found["clause"], found["help"] = values["clause"] or None, values["help"] or None
        found |= {name: values[name] or None for name in ("severity", "check") if name in values}
        if "required" in values:
            found["required"] = values["required"] or None
        if "evidence" in values:
            found["evidence"] = None if values["evidence"] in ("", "never") else values["evidence"]
        found |= self._points() | self._measures()
        found["show_if"] = rows.show_if(self.data, self.draft, self.item, values["show_if"])
        if self.kind in words.CHOICES:
            found["options"] = rows.options(self.data, self.item) or None
        return found | dropped(kind)

    def _points(self) -> Data:
        values, found = self.cleaned_data, {}
        if "score_full" in values:
            score = {"full": values["score_full"], "when_no": values.get("score_when_no") or None}
            score["each"] = values.get("score_each")
            found["score"] = _numbers(score) if score["full"] is not None else None
        if "veto" in values:
            found["veto"] = self._chosen_veto(values)
        if found.get("score"):
            found["required"] = None
        return found

    def _chosen_veto(self, values: Data) -> Any:
        chosen = values["veto"]
        if chosen in POINTED:
            return {chosen: plain(values.get("veto_points") or Decimal(0))}
        return None if chosen in ("", "none") else chosen

    def _measures(self) -> Data:
        values, found = self.cleaned_data, {}
        for name in ("unit", "of"):
            if name in values:
                found[name] = values[name] or None
        if self.kind == "number":
            found |= {name: _number(values[name]) for name in ("min", "max")}
            found["decimals"] = values["decimals"] or None
            if values.get("score_full") is not None and found["min"] is None:
                found["min"] = 0  # what is counted for points begins at nothing
        if self.kind == "table":
            limits = {"min": values["rows_min"], "max": values["rows_max"]}
            found["rows"] = _numbers(limits) or None
            found["fixed"] = [t.strip() for t in values["fixed"].splitlines() if t.strip()] or None
            found["columns"] = rows.columns(self.data, self.item) or None
        return found


def initial(item: Data, draft: Data) -> Data:
    """What the controls show for an item."""
    score = item.get("score") if isinstance(item.get("score"), dict) else {}
    limits = item.get("rows") if isinstance(item.get("rows"), dict) else {}
    veto = item.get("veto")
    return {
        **{
            name: item.get(name)
            for name in ("type", "unit", "min", "max", "decimals", "of", "required", "id")
        },
        **{name: chinese(item.get(name)) for name in ("text", "help", "clause", "show_if")},
        **{f"score_{name}": score.get(name) for name in ("full", "when_no", "each")},
        **{f"rows_{name}": limits.get(name) for name in ("min", "max")},
        "veto": veto_name(veto),
        "veto_points": next(iter(veto.values()), None) if isinstance(veto, dict) else None,
        "evidence": item.get("evidence", "never"),
        **{name: item.get(name, "") for name in ("severity", "check")},
        "fixed": "\n".join(str(name) for name in item.get("fixed") or ()),
        "section": place(draft, item["id"])[0].get("id"),
    }


def veto_name(veto: Any) -> str:
    if isinstance(veto, dict):
        return str(next(iter(veto), "none"))
    return str(veto or "none")


def dropped(kind: str) -> Data:
    """The fields that an item of this type must not have, as changes."""
    found: Data = {name: None for name, kinds in OWN_FIELDS.items() if kind not in kinds}
    if kind not in SCORABLE or kind in words.CHOICES:
        found["score"] = None
    if kind not in words.YES_NO:
        found["veto"] = None
    if kind not in words.JUDGED:
        found["severity"] = None
    if kind in NO_EVIDENCE:
        found["evidence"] = found["check"] = None
    if kind == "note":
        found["required"] = None
    return found


def _number(value: Decimal | None) -> int | float | None:
    return None if value is None else plain(value)


def _numbers(values: Mapping[str, Any]) -> Data:
    return {name: plain(Decimal(value)) for name, value in values.items() if value is not None}

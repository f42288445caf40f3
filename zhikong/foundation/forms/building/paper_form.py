"""The properties of the whole form and of a section as plain form controls."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from zhikong.foundation.access.roles import ROLES
from zhikong.foundation.forms.building import words
from zhikong.foundation.forms.building.documents import Data, chinese, listed, with_chinese
from zhikong.foundation.forms.building.item_form import line, number_field
from zhikong.foundation.forms.building.outline import EditError
from zhikong.foundation.forms.building.scores import plain, total

ROLE_CHOICES = [(code, role.title) for code, role in ROLES.items()]
SPARE_GRADES, MOST_GRADES = 2, 12
LANGUAGES = (("en", _("名称（英文）")), ("zh-hant", _("名称（繁体）")))


class PaperForm(forms.Form):
    """What is said of the whole form."""

    title = line(_("名称"), longest=80, required=True)
    kind = forms.ChoiceField(label=_("种类"), choices=list(words.KINDS.items()))
    purpose = line(_("用途"), longest=300, help_text=_("一句话：为什么填、填了给谁看。"))
    subject = forms.ChoiceField(label=_("一张表针对"), choices=list(words.SUBJECTS.items()))
    fill = forms.MultipleChoiceField(
        label=_("谁可以填"), required=False, choices=ROLE_CHOICES, widget=forms.CheckboxSelectMultiple,
        help_text=_("都不勾选，则范围内人人可填。"),
    )  # fmt: skip
    document = line(_("依据文件"), longest=200, help_text=_("没有外部文件就写本院制度的名称。"))
    source_clause = line(_("文件条款"), longest=200)
    mark = forms.ChoiceField(label=_("可靠程度"), choices=list(words.MARKS.items()))
    owner = forms.ChoiceField(label=_("负责部门"), choices=ROLE_CHOICES)
    checker = forms.ChoiceField(
        label=_("核对部门"), choices=ROLE_CHOICES, help_text=_("不能与负责部门相同。")
    )
    next_review = forms.DateField(
        label=_("下次复核"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    title_en = line(LANGUAGES[0][1], longest=80)
    title_hant = line(LANGUAGES[1][1], longest=80)
    number = line(_("编号格式"), longest=60, help_text=_("如 JJC-{year}-{serial:04d}，可以留空。"))
    notes = line(_("使用前说明"), longest=600, help_text=_("医院使用前要核对或自己决定的事，印在空白表上。"))

    def __init__(self, data: Mapping | None = None, *, draft: Data, **kwargs: Any) -> None:
        self.draft = draft
        super().__init__(data, initial=_paper(draft), **kwargs)
        points = total(draft)
        if points:
            self.fields["pass_score"] = number_field(
                _("合格分"), help_text=_("满分 %(n)s 分，由各题分值相加得出。") % {"n": plain(points)}
            )

    def main(self) -> list[forms.BoundField]:
        first = (
            "title",
            "kind",
            "purpose",
            "subject",
            "pass_score",
            "document",
            "owner",
            "checker",
            "next_review",
            "fill",
        )
        return [self[name] for name in first if name in self.fields]

    def more(self) -> list[forms.BoundField]:
        return [self[name] for name in ("source_clause", "mark", "title_en", "title_hant", "number", "notes")]

    def changes(self) -> Data:
        values = self.cleaned_data
        found: Data = {name: values[name] for name in ("kind", "purpose", "subject", "owner", "checker")}
        found["title"] = self._title()
        found["source"] = {
            k: v
            for k, v in (
                ("document", values["document"]),
                ("clause", values["source_clause"]),
                ("mark", values["mark"]),
            )
            if v
        }
        found["fill"], found["number"] = values["fill"] or None, values["number"] or None
        found["notes"] = values["notes"] or None
        if values["next_review"]:
            found["next_review"] = values["next_review"]
        if "pass_score" in values:
            score = values["pass_score"]
            found["pass_score"] = None if score is None else plain(score)
            found["grades"] = grades(self.data) or None
        return found

    def _title(self) -> Data:
        old = self.draft.get("title")
        title = with_chinese(old if isinstance(old, dict) else {}, self.cleaned_data["title"].strip())
        for name, code in (("title_en", "en"), ("title_hant", "zh-hant")):
            title = {k: v for k, v in title.items() if k != code}
            if self.cleaned_data[name]:
                title[code] = self.cleaned_data[name]
        return title


def _paper(draft: Data) -> Data:
    title = draft.get("title") if isinstance(draft.get("title"), dict) else {}
    source = draft.get("source") if isinstance(draft.get("source"), dict) else {}
    return {
        **{k: draft.get(k) for k in ("kind", "owner", "checker", "next_review", "fill", "pass_score")},
        **{k: chinese(draft.get(k)) for k in ("title", "purpose", "number", "notes")},
        "subject": draft.get("subject", "department"),
        "document": source.get("document", ""),
        "source_clause": source.get("clause", ""),
        "mark": source.get("mark", "memory"),
        "title_en": title.get("en", ""),
        "title_hant": title.get("zh-hant", ""),
    }


def grade_rows(draft: Data) -> list[Data]:
    known = [g for g in listed(draft.get("grades")) if isinstance(g, dict)]
    return known + [{"at_least": None, "name": ""}] * SPARE_GRADES


def grades(post: Mapping[str, Any]) -> list[Data]:
    """The grades from the highest down. Raises EditError for a bound that is no number."""
    found = []
    for index in range(MOST_GRADES):
        name = str(post.get(f"grade_{index}_name", "")).strip()
        if name:
            found.append({"at_least": _bound(str(post.get(f"grade_{index}_at_least", ""))), "name": name})
    return sorted(found, key=lambda grade: grade["at_least"], reverse=True)


def _bound(text: str) -> int | float:
    try:
        value = Decimal(text.strip() or "0")
    except InvalidOperation:
        value = Decimal("NaN")
    if not value.is_finite():
        raise EditError(_now("等级的分数“%(text)s”不是数字。") % {"text": text[:20]})
    return plain(value)


class SectionForm(forms.Form):
    """What is said of one section."""

    title = line(_("分节名称"), longest=80, required=True)
    help = line(_("填写说明"), longest=600)
    scoring = forms.ChoiceField(label=_("计分方式"), required=False, choices=list(words.SCORING.items()))
    cap = number_field(_("本节最多"), help_text=_("各题加起来超过它时，最多扣（得）这么多分；一般留空。"))

    def __init__(self, data: Mapping | None = None, *, section: Data, **kwargs: Any) -> None:
        start = {
            "title": chinese(section.get("title")),
            "help": chinese(section.get("help")),
            "scoring": section.get("scoring", "deduct"),
            "cap": section.get("cap"),
        }
        super().__init__(data, initial=start, **kwargs)

    def changes(self) -> Data:
        values = self.cleaned_data
        return {
            "title": values["title"].strip(),
            "help": values["help"] or None,
            "scoring": None if values["scoring"] in ("", "deduct") else values["scoring"],
            "cap": None if values["cap"] is None else plain(values["cap"]),
        }

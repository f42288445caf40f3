"""What is entered for a year."""

from __future__ import annotations

from datetime import date, datetime, time

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from zhikong.hospital.functions.indicators import months as calendar
from zhikong.hospital.overviews.years.models import RollOverLine, Summary

LONGEST = 8000


class MomentForm(forms.Form):
    """The day as of which figures are read; empty: now."""

    as_of = forms.DateField(
        label=_("数据时点（空为现在）"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )

    def moment(self, now: datetime) -> datetime | None:
        """The end of the day, no later than now."""
        day = self.cleaned_data.get("as_of")
        if day is None:
            return None
        return min(now, datetime.combine(day, time.max, tzinfo=timezone.get_current_timezone()))


class BeginForm(MomentForm):
    """Which year is prepared."""

    year = forms.TypedChoiceField(label=_("结转到"), coerce=int)
    field_order = ("year", "as_of")

    def __init__(self, *args, today: date, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["year"].choices = [
            (y, _("%(year)d 年") % {"year": y}) for y in (today.year + 1, today.year)
        ]


class ChooseForm(forms.Form):
    """The decision on one line."""

    choice = forms.ChoiceField(choices=RollOverLine.Choice)
    low = forms.DecimalField(required=False, max_digits=14, decimal_places=4)
    high = forms.DecimalField(required=False, max_digits=14, decimal_places=4)
    note = forms.CharField(required=False, max_length=300)


class SummaryForm(MomentForm):
    """Which period is summed up."""

    period = forms.ChoiceField(label=_("期间"))
    field_order = ("period", "as_of")

    def __init__(self, *args, today: date, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["period"].choices = periods(today)

    def said_period(self) -> tuple[str, str]:
        """(kind, last month)."""
        kind, _space, month = self.cleaned_data["period"].partition(":")
        return kind, month


def periods(today: date) -> list[tuple[str, str]]:
    """Years, half years and quarters that have begun, newest first, of this year and the one before."""
    found = []
    for year in (today.year, today.year - 1):
        for kind, length in ((Summary.Kind.YEAR, 12), (Summary.Kind.HALF, 6), (Summary.Kind.QUARTER, 3)):
            for last in range(12, 0, -length):
                month = f"{year}-{last:02d}"
                if calendar.first_day(calendar.shifted(month, 1 - length)) <= today:
                    found.append((f"{kind}:{month}", Summary(kind=kind, last_month=month).title))
    return found


class SectionsForm(forms.Form):
    """One text area for each section of a summary."""

    def __init__(self, *args, summary: Summary, **kwargs):
        super().__init__(*args, **kwargs)
        for section in summary.sections:
            rows = min(14, 3 + section["text"].count("\n") + len(section["text"]) // 60)
            self.fields[section["key"]] = forms.CharField(
                label=section["title"], required=False, max_length=LONGEST, initial=section["text"], strip=False,
                widget=forms.Textarea(attrs={"rows": rows}),
                error_messages={"max_length": _("这一节最多 %(limit_value)d 字，现在有 %(show_value)d 字。")},
            )  # fmt: skip


class TemplateForm(forms.Form):
    """The hospital's own Word template."""

    file = forms.FileField(label=_("Word 模板（.docx，不超过 2 MB）"))


class BookForm(forms.Form):
    """The months of a record book."""

    first = forms.CharField(label=_("起始月份"), widget=forms.TextInput(attrs={"type": "month"}))
    last = forms.CharField(label=_("结束月份"), widget=forms.TextInput(attrs={"type": "month"}))

    def clean(self):
        said = super().clean()
        first, last = said.get("first", ""), said.get("last", "")
        if not (calendar.is_month(first) and calendar.is_month(last)) or first > last:
            raise forms.ValidationError(_("请选择起止月份，起始不晚于结束。"))
        if len(calendar.span(first, last)) > 24:
            raise forms.ValidationError(_("一册最多 24 个月。"))
        return said

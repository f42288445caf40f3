"""Fields and the base of forms about disputes. Money is typed in yuan and comes out as whole fen."""

from __future__ import annotations

from decimal import Decimal

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from zhikong.hospital.functions.complaints.queries.disputes.rules import rules

EMPTY = ("", "—")
MOMENT = "%Y-%m-%dT%H:%M"


class Yuan(forms.DecimalField):
    """An amount typed in yuan; its clean value is whole fen."""

    def __init__(self, most: str = "99999999.99", **more):
        super().__init__(min_value=0, max_value=Decimal(most), decimal_places=2, **more)

    def clean(self, value):
        yuan = super().clean(value)
        return None if yuan is None else int(yuan * 100)


def day(label, **more):
    widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    return forms.DateField(label=label, widget=widget, **more)


def today(label, **more):
    return day(label, initial=timezone.localdate, **more)


def moment(label, **more):
    widget = forms.DateTimeInput(format=MOMENT, attrs={"type": "datetime-local"})
    return forms.DateTimeField(label=label, widget=widget, input_formats=[MOMENT], **more)


def just_now(label, **more):
    return moment(label, initial=lambda: timezone.localtime().replace(second=0, microsecond=0), **more)


def text(label, most=2000, rows=2, **more):
    return forms.CharField(label=label, max_length=most, widget=forms.Textarea(attrs={"rows": rows}), **more)


def line(label, most=120, **more):
    return forms.CharField(label=label, max_length=most, **more)


def named(label, part: str, **more):
    """One of a part of the rules in force."""
    return forms.ChoiceField(
        label=label, choices=lambda: [EMPTY, *((one.code, one.title) for one in getattr(rules(), part))], **more
    )  # fmt: skip


def chosen(label, choices, **more):
    return forms.ChoiceField(label=label, choices=[EMPTY, *choices.choices], **more)


def somebody(label, found, **more):
    """One of some accounts; gives the account, None for none."""
    by_pk = {str(one.pk): one for one in found}
    return forms.TypedChoiceField(
        label=label, coerce=by_pk.__getitem__, empty_value=None,
        choices=[EMPTY, *((pk, str(one)) for pk, one in by_pk.items())], **more,
    )  # fmt: skip


def tick(label, **more):
    return forms.BooleanField(label=label, required=False, **more)


class ForDispute(forms.Form):
    """A form on a dispute's page: it may ask the dispute for its people and routes."""

    def __init__(self, *args, dispute=None, staff=(), **more):
        super().__init__(*args, **more)
        self.dispute, self.staff = dispute, staff
        self.ready()

    def ready(self) -> None:
        """Fields that depend on the dispute."""

    def branches(self):
        known = rules()
        found = self.dispute.branches.order_by("pk") if self.dispute else ()
        by_pk = {str(one.pk): one for one in found}
        return forms.TypedChoiceField(
            label=_("属于哪条途径"), required=False, coerce=by_pk.__getitem__, empty_value=None,
            choices=[EMPTY, *((pk, known.word("routes", one.route)) for pk, one in by_pk.items())],
        )  # fmt: skip

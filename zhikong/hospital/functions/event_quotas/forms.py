"""What is entered for a year's quotas."""

from __future__ import annotations

from decimal import Decimal

from django import forms
from django.utils.translation import gettext_lazy as _

from zhikong.hospital.functions.event_quotas import rules
from zhikong.hospital.functions.event_quotas.models import GROUPS
from zhikong.hospital.functions.event_quotas.queries import Planner

MOST = 999


def money(label) -> forms.DecimalField:
    return forms.DecimalField(label=label, min_value=Decimal(0), max_value=Decimal(10000), decimal_places=2)


class PlanForm(forms.Form):
    """Target, money, and for each department its group and number."""

    per_100_beds = forms.IntegerField(label=_("每百张床位年报告目标（例）"), min_value=1, max_value=500)
    short = money(_("每差一例（元）"))
    over = money(_("每超一例（元）"))

    def __init__(self, data=None, *, planner: Planner, plan=None):
        short, over = (plan.short_fen, plan.over_fen) if plan else (rules.SHORT_FEN, rules.OVER_FEN)
        initial = {
            "per_100_beds": planner.per_100,
            "short": Decimal(short) / 100,
            "over": Decimal(over) / 100,
        }
        super().__init__(data, initial={key: f"{value:g}" for key, value in initial.items()})
        self.rows = planner.rows
        for row in self.rows:
            self._add(row)

    def _add(self, row) -> None:
        pk, name = row.department.id, row.department.name
        group = forms.ChoiceField(label=_("组别"), choices=GROUPS, initial=row.group)
        group.widget.attrs["aria-label"] = f"{name} {_('组别')}"
        quota = forms.IntegerField(label=_("指标"), min_value=0, max_value=MOST, initial=row.quota)
        quota.widget.attrs["aria-label"] = f"{name} {_('指标')}"
        self.fields[f"group_{pk}"], self.fields[f"quota_{pk}"] = group, quota

    def lines(self) -> list[tuple]:
        """(row, field of the group, field of the quota) in the order of the departments."""
        return [
            (row, self[f"group_{row.department.id}"], self[f"quota_{row.department.id}"]) for row in self.rows
        ]

    def heads(self):
        return [self["per_100_beds"], self["short"], self["over"]]

    def quotas(self) -> dict[int, tuple[str, int]]:
        """department → (group, number), as ``actions.save_plan`` takes it."""
        found = {row.department.id: row for row in self.rows}
        return {pk: (self.cleaned_data[f"group_{pk}"], self.cleaned_data[f"quota_{pk}"]) for pk in found}

    def fen(self, name: str) -> int:
        return int(self.cleaned_data[name] * 100)

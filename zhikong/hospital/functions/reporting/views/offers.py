"""Which steps a reader may take on a sheet now, each with the form it needs."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from zhikong.hospital.functions.reporting import permissions, rules
from zhikong.hospital.functions.reporting.forms import ExtendForm, NoForm, ReasonForm, RemindForm
from zhikong.hospital.functions.reporting.queries import Grid
from zhikong.hospital.functions.reporting.rules import Act


@dataclass(frozen=True)
class Step:
    """One step as the page offers it. leading: it is what the page is waiting for."""

    key: str
    act: Act
    title: Any
    button: Any
    form: type[forms.Form]
    office: bool = True
    leading: bool = False
    danger: bool = False


STEPS = (
    Step("accept", Act.ACCEPT, _("接收并锁定"), _("接收并锁定"), NoForm, leading=True),
    Step("return", Act.RETURN, _("退回科室"), _("退回"), ReasonForm, leading=True, danger=True),
    Step("remind", Act.REMIND, _("催报"), _("发出催报"), RemindForm),
    Step("extend", Act.EXTEND, _("延期"), _("同意延期"), ExtendForm),
    Step("correct", Act.CORRECT, _("更正已接收的数"), _("开始更正"), ReasonForm, office=False),
)


def step_named(key: str) -> Step | None:
    return next((step for step in STEPS if step.key == key), None)


def allowed(user, grid: Grid, step: Step) -> bool:
    """The state allows it and the person may; nobody decides on what he sent himself."""
    sheet = grid.sheet
    if not rules.may_follow(sheet.state, step.act):
        return False
    accepts = permissions.may_accept(user, grid.set, sheet.department_id)
    fills = permissions.may_fill(user, grid.set, sheet.department_id)
    own = step.act is Act.ACCEPT and sheet.submitted_by_id == user.pk
    return (accepts and not own) or (fills and not step.office)


def offers(user, grid: Grid, *, step: str = "", form=None) -> list[tuple[Step, forms.Form]]:
    """The steps that are open to the user; `form` stands in for the named step's empty one."""
    found = (one for one in STEPS if allowed(user, grid, one))
    return [
        (one, form if one.key == step and form is not None else one.form(prefix=one.key)) for one in found
    ]

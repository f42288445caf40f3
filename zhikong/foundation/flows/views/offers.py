"""What the person who looks at a case may do next, as forms; and what they may not, with the reason."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from zhikong.foundation.access.queries import users_with_role
from zhikong.foundation.flows import queries
from zhikong.foundation.flows.actions.acting import may_reassign, refusal
from zhikong.foundation.flows.definition import FlowDefinition, Kind, Transition
from zhikong.foundation.flows.forms import ActForm, DelegateForm
from zhikong.foundation.flows.models import Branch, Case
from zhikong.foundation.flows.views.asking import Asked, files_department


@dataclass
class Offer:
    """One step of one strand: its form, or the sentence why not."""

    step: Transition
    branch: Branch
    where: str  # the state, when several strands are open
    to: str
    form: ActForm | None = None
    asked: Asked | None = None
    why_not: str = ""

    @property
    def key(self) -> str:
        return f"{self.step.id}-{self.branch.number}"

    @property
    def is_forward(self) -> bool:
        return self.step.kind is Kind.FORWARD


def offers(request, case: Case, flow: FlowDefinition, *, bound: Offer | None = None) -> list[Offer]:
    """Every step out of where the case stands: the possible ones first, the forward ones before the others."""
    now, found = timezone.now(), queries.open_branches(case)
    person = queries.person(request.user, case.department_id, timezone.localdate(now))
    made = []
    for branch in found:
        for step in flow.leaving(branch.state):
            if step.roles or step.owner or step.kind is not Kind.FORWARD:  # else only the clock takes it
                made.append(_judged(request, case, flow, step, branch, person, now, several=len(found) > 1))
    if bound is not None:  # what was typed stays, also when the step is refused meanwhile
        made = [bound, *(offer for offer in made if offer.key != bound.key)]
    return sorted(made, key=lambda offer: (bool(offer.why_not), not offer.is_forward))


def _judged(request, case: Case, flow: FlowDefinition, step, branch, person, now, *, several: bool) -> Offer:
    offer = _offer(flow, step, branch, several=several)
    offer.why_not = refusal(case, branch, step, flow=flow, person=person, now=now)
    if not offer.why_not:
        fill(request, case, offer, post=False)
    return offer


def _offer(flow: FlowDefinition, step: Transition, branch: Branch, *, several: bool) -> Offer:
    where = flow.by_state[branch.state].title if several else ""
    return Offer(step, branch, where, "、".join(flow.by_state[target].title for target in step.targets))


def one(request, case: Case, flow: FlowDefinition, transition: str, branch: int) -> Offer | None:
    """The offer that a posted form belongs to, bound to what was posted; None when it stands there no more."""
    step = flow.by_transition.get(transition)
    strand = next((b for b in queries.open_branches(case) if b.number == branch), None)
    if step is None or strand is None or step not in flow.leaving(strand.state):
        return None
    offer = _offer(flow, step, strand, several=False)
    fill(request, case, offer, post=True)
    return offer


def fill(request, case: Case, offer: Offer, *, post: bool) -> None:
    """Give an offer its form; a bound one keeps its own."""
    if offer.form is not None:
        return
    initial = {"revision": case.revision, "branch": offer.branch.number}
    department = files_department(request, case.department_id)
    data = (request.POST, request.FILES) if post else (None, None)
    offer.form = ActForm(*data, step=offer.step, department_id=department, prefix=offer.key, initial=initial)
    url = reverse("flows:act", args=[case.pk, offer.step.id])
    offer.asked = Asked.of(offer.step.form, request, url=url, prefix=offer.key, case=case)


def delegation(
    request, case: Case, flow: FlowDefinition, data: Any = None
) -> list[tuple[Branch, DelegateForm]]:
    """A form for each strand that the person may hand on: their own, and every one for the quality office."""
    mine = [
        b for b in queries.open_branches(case) if b.owner_id == request.user.pk or may_reassign(request.user)
    ]
    return [(branch, _delegate_form(request, case, flow, branch, data)) for branch in mine]


def _delegate_form(request, case: Case, flow: FlowDefinition, branch: Branch, data: Any) -> DelegateForm:
    people = [(user.pk, str(user)) for user in hands(case, flow) if user.pk != branch.owner_id]
    return DelegateForm(data, people=people, prefix=f"to-{branch.number}", initial={"branch": branch.number})


def hands(case: Case, flow: FlowDefinition) -> list:
    """Whoever holds a role that the flow knows, in the case's department or hospital-wide."""
    today = timezone.localdate()
    roles = {role for step in flow.transitions for role in step.roles} | {"quality_office"}
    roles |= {state.owner.role for state in flow.states if state.owner and state.owner.role}
    found = {
        user.pk: user
        for role in sorted(roles)
        for user in users_with_role(role=role, department_id=case.department_id, on=today)
    }
    return sorted(found.values(), key=str)


def time_left(branch: Branch, now) -> tuple[str, str]:
    """(state for the tag, words): 还有 2 天 3 小时, or 逾期 5 小时."""
    if branch.due_at is None:
        return "none", _("没有规定期限")
    seconds = int((branch.due_at - now).total_seconds())
    days, hours, minutes = abs(seconds) // 86400, abs(seconds) % 86400 // 3600, abs(seconds) % 3600 // 60
    span = _("%(d)d 天 %(h)d 小时") % {"d": days, "h": hours} if days else \
        _("%(h)d 小时 %(m)d 分") % {"h": hours, "m": minutes}  # fmt: skip
    if seconds < 0:
        return "bad", _("逾期 %(span)s") % {"span": span}
    warned = branch.warn_at is not None and branch.warn_at <= now
    return "warn" if warned else "ok", _("还有 %(span)s") % {"span": span}

"""One occurrence: what it asks, what shows that it was done, and the acts on it."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from zhikong.foundation.access.permissions import Permission, can
from zhikong.foundation.duties import actions, evidence, matrix, periods, queries
from zhikong.foundation.duties.definition.model import BY_HAND, Duty
from zhikong.foundation.duties.forms import PURPOSE, RETENTION, ProofForm, ReasonForm
from zhikong.foundation.duties.models import Occurrence, Proof
from zhikong.foundation.duties.views.pages import words
from zhikong.foundation.files import queries as files
from zhikong.foundation.files.forms import settle


@login_required
@require_GET
def occurrence(request, pk: int):
    return _page(request, find(pk))


def find(pk: int) -> Occurrence:
    """The occurrence, or 404 when it is not in scope."""
    rows = queries.with_proofs(Occurrence.objects.select_related("excused_by"))
    return get_object_or_404(rows, pk=pk)


def _page(request, found: Occurrence, *, form=None, excuse=None):
    today, duty = timezone.localdate(), queries.definition(found)
    may_prove = actions.may_prove(request.user, found)
    proofs = list(found.proofs.select_related("by", "withdrawn_by").order_by("dated_on", "pk"))
    context = {
        "occurrence": found,
        "cell": matrix.cell(found, today),
        "period": periods.parse(found.period),
        "duty": duty,
        "words": words(duty) if duty else {},
        "owner": queries.owner_of(found),
        "proofs": [
            (proof, files.files(proof.file_ids), _may_withdraw(request.user, proof)) for proof in proofs
        ],
        "start_word": _start_word(duty) if may_prove and found.is_open else "",
        "form": (form or ProofForm(occurrence=found, hands=_hands(duty)))
        if may_prove and not found.excused_at
        else None,
        "excuse": (excuse or ReasonForm(prefix="excuse"))
        if can(request.user, Permission.EXCUSE_DUTY)
        else None,
        "today": today,
    }
    return render(request, "duties/occurrence.html", context)


def _hands(duty: Duty | None) -> tuple[str, ...]:
    return duty.evidence.hands if duty else tuple(BY_HAND)


def _start_word(duty: Duty | None) -> str:
    """What the button says that begins the work; empty when the work is done elsewhere or the evidence is linked."""
    if duty is None or duty.evidence.kind == "hand":
        return ""
    kind = evidence.find(duty.evidence.kind, duty.evidence.ref)
    return kind.title_of(duty.evidence.ref) if kind and kind.start else ""


def _may_withdraw(user, proof: Proof) -> bool:
    if proof.withdrawn_at is not None:
        return False
    own = proof.by_id == user.pk and proof.kind in BY_HAND
    return own or can(user, Permission.EXCUSE_DUTY)


@login_required
@require_POST
def start(request, pk: int):
    """Begin the work that the duty asks for: open its sheet or case and go there."""
    found = find(pk)
    duty = queries.definition(found)
    kind = evidence.find(duty.evidence.kind, duty.evidence.ref) if duty else None
    if kind is None or kind.start is None:
        raise Http404
    try:
        with transaction.atomic():
            url = kind.start(found, duty.evidence.ref, by=request.user, now=timezone.now())
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect("duties:occurrence", pk)
    return redirect(url)


@login_required
@require_POST
def prove(request, pk: int):
    """Link evidence by hand."""
    found = find(pk)
    form = ProofForm(request.POST, request.FILES, occurrence=found, hands=_hands(queries.definition(found)))
    if form.is_valid():
        try:
            with transaction.atomic():
                _prove(request, found, dict(form.cleaned_data))
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("已登记证据。"))
            return redirect("duties:occurrence", pk)
    return _page(request, find(pk), form=form)


def _prove(request, found: Occurrence, values: dict) -> None:
    now = timezone.now()
    attached = settle(
        values.pop("files"),
        by=request.user,
        now=now,
        department_id=found.department_id,
        purpose=PURPOSE,
        retention=RETENTION,
    )
    actions.add_proof(found, by=request.user, now=now, attached=attached, **values)


@login_required
@require_POST
def withdraw(request, pk: int):
    """Take a proof back, with the reason."""
    proof = get_object_or_404(Proof.objects.select_related("occurrence"), pk=pk)
    try:
        actions.withdraw_proof(
            proof, by=request.user, now=timezone.now(), reason=request.POST.get("reason", "")
        )
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, _("已撤回证据。"))
    return redirect("duties:occurrence", proof.occurrence_id)


@login_required
@require_POST
def excuse(request, pk: int):
    """免报, with the reason."""
    found = find(pk)
    form = ReasonForm(request.POST, prefix="excuse")
    if form.is_valid():
        try:
            actions.excuse(found, by=request.user, now=timezone.now(), **form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("已免报。"))
            return redirect("duties:occurrence", pk)
    return _page(request, find(pk), excuse=form)


@login_required
@require_POST
def restore(request, pk: int):
    """Take an excuse back."""
    found = find(pk)
    try:
        actions.restore(found, by=request.user, now=timezone.now())
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, _("已取消免报，重新布置。"))
    return redirect("duties:occurrence", pk)

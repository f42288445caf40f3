"""The matrix of a period, one's own duties, the committees' register, and one duty's history."""

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from zhikong.foundation.access.permissions import Permission, can
from zhikong.foundation.access.roles import ROLES
from zhikong.foundation.access.views_support import needs
from zhikong.foundation.duties import evidence, matrix, periods, queries
from zhikong.foundation.duties.definition.model import BODY_WORDS, BY_HAND, Duty
from zhikong.foundation.duties.dues import rule_words
from zhikong.foundation.duties.periods import Every
from zhikong.foundation.duties.places import STAND_INS
from zhikong.foundation.duties.rules import WORDS, State
from zhikong.foundation.packstore.queries import Broken, resolve

CARDS = (State.MISSING, State.SOON, State.OPEN, State.DONE, State.LATE_DONE, State.EXCUSED)
CSS = {State.MISSING: "is-bad", State.SOON: "is-warn", State.DONE: "is-ok"}
TABS = {
    Every.WEEK: _("周"),
    Every.MONTH: _("月"),
    Every.QUARTER: _("季度"),
    Every.HALF_YEAR: _("半年"),
    Every.YEAR: _("年"),
}
COMMITTEE_PERIODS = 4


@login_required
@needs(Permission.VIEW_DUTIES)
@require_GET
def period_matrix(request):
    """Department by duty for one period; the state of each cell leads to its occurrence."""
    today = timezone.localdate()
    period = _period(request, today)
    only = request.GET.get("state", "")
    only = only if only in tuple(State) else ""
    found = matrix.matrix(every=period.every.value, period=period.key, today=today, only=only)
    context = {
        "period": period,
        "is_running": today in period,
        "tabs": [(every.value, word, every is period.every) for every, word in TABS.items()],
        "found": found,
        "cards": [_card(state, found.counts[state.value], only) for state in CARDS],
        "only": only,
        "only_word": WORDS[State(only)][1] if only else "",
    }
    return render(request, "duties/matrix.html", context)


def _period(request, today) -> periods.Period:
    """The period asked for; without one, today's of the kind asked for, else this month."""
    if key := request.GET.get("period", ""):
        try:
            return periods.parse(key)
        except ValueError as error:
            raise Http404(str(error)) from error
    every = request.GET.get("every", "")
    return periods.period_of(Every(every) if every in tuple(Every) else Every.MONTH, today)


def _card(state: State, count: int, only: str) -> dict:
    return {
        "key": state.value,
        "label": WORDS[state][1],
        "count": count,
        "active": only == state.value,
        "css": CSS.get(state, "") if count else "",
    }


@login_required
@require_GET
def mine(request):
    """What is mine to do, and what my department owes; for the office also what is missing anywhere."""
    today = timezone.localdate()
    own = queries.mine(user=request.user, departments=_answered_departments(request.user))
    office = can(request.user, Permission.EXCUSE_DUTY)
    missing = queries.missing(today=today) if office else None
    context = {
        "cells": [matrix.cell(o, today) for o in own],
        "missing": Paginator(missing, 30).get_page(request.GET.get("page")) if office else None,
        "today": today,
    }
    if office:
        context["unowned"] = queries.unowned()
        context["missing_cells"] = [matrix.cell(o, today) for o in context["missing"]]
    return render(request, "duties/mine.html", context)


def _answered_departments(user) -> list[int]:
    """Departments whose duties are this person's business: head, head nurse, quality officer."""
    return sorted(
        {
            department
            for grant in user.grants()
            if grant.role.code in STAND_INS and grant.departments is not None
            for department in grant.departments
        }
    )


@login_required
@needs(Permission.VIEW_DUTIES)
@require_GET
def history(request, duty_id: str):
    """One duty: what it demands and where that is written, and how each place kept it."""
    today = timezone.localdate()
    occurrences = list(queries.history(duty_id=duty_id)[:2000])
    duty = _duty(duty_id, occurrences, today)
    keys, lines = matrix.lines(occurrences, today)
    context = {
        "duty": duty,
        "words": words(duty),
        "keys": [periods.parse(key) for key in keys],
        "lines": lines,
    }
    return render(request, "duties/history.html", context)


def _duty(duty_id: str, occurrences, today) -> Duty:
    try:
        found = resolve(queries.KIND, duty_id, on=today)
    except Broken:
        found = None
    duty = found.obj if found else next((d for o in occurrences if (d := queries.definition(o))), None)
    if duty is None:
        raise Http404
    return duty


def words(duty: Duty) -> dict[str, str]:
    """The duty's rules in the words of the pages."""
    return {
        "body": BODY_WORDS[duty.body],
        "role": ROLES[duty.who.role].title,
        "every": f"{duty.every.word}{'' if duty.times == 1 else f'至少 {duty.times} 次'}",
        "due": rule_words(duty.due, duty.every),
        "evidence": evidence_words(duty),
    }


def evidence_words(duty: Duty) -> str:
    """会议记录、决议; or the form's title."""
    rule = duty.evidence
    if rule.kind == "hand":
        return "、".join(BY_HAND[hand] for hand in rule.hands)
    kind = evidence.find(rule.kind, rule.ref)
    return kind.title_of(rule.ref) if kind else rule.ref


@login_required
@needs(Permission.VIEW_DUTIES)
@require_GET
def committees(request):
    """The committees' register of duties (ORG-05): each with the evidence of its last periods."""
    today = timezone.localdate()
    return render(request, "duties/committees.html", {"bodies": _bodies(today)})


def _bodies(today) -> list[tuple[str, list[dict]]]:
    bodies: dict[str, dict[str, list]] = {}
    for occurrence in queries.committee_occurrences():
        bodies.setdefault(occurrence.place_name, {}).setdefault(occurrence.duty_id, []).append(occurrence)
    order = {resolved.id: n for n, resolved in enumerate(queries.duties(on=today))}
    made = []
    for name in sorted(bodies):
        found = sorted(bodies[name].items(), key=lambda pair: order.get(pair[0], 999))
        made.append((name, [_register_row(rows, today) for _duty_id, rows in found]))
    return made


def _register_row(rows: list, today) -> dict:
    cells = [matrix.cell(occurrence, today) for occurrence in rows[:COMMITTEE_PERIODS]]
    return {"title": rows[0].title, "duty_id": rows[0].duty_id, "cells": cells}

"""The list of analyses, and the workspace of one: overview, timeline, causes, measures, people."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from zhikong.hospital.functions.incidents import drawings_analysis as drawings
from zhikong.hospital.functions.incidents import forms_analysis as forms
from zhikong.hospital.functions.incidents import rules_analysis as rules
from zhikong.hospital.functions.incidents.models.analysis import Analysis
from zhikong.hospital.functions.incidents.models.analysis_work import CauseNode
from zhikong.hospital.functions.incidents.queries.analysis import guards, reading
from zhikong.hospital.functions.incidents.queries.analysis.packs import factors, policy
from zhikong.hospital.functions.incidents.queries.reporting import categories
from zhikong.hospital.functions.incidents.rules_analysis_causation import RULES, broken
from zhikong.hospital.functions.incidents.rules_reporting import SHOWN_LEVELS
from zhikong.hospital.functions.incidents.views.analysis.common import analysing, analysis_or_404, departments

TABS = ("overview", "timeline", "causes", "measures", "team")


@require_GET
@analysing
def listed(request: HttpRequest) -> HttpResponse:
    """Analyses in reach, the most urgent first, and measures whose day has passed."""
    show = request.GET.get("show", "open")
    rows = list(reading.analyses(show=show)[:200])
    today = timezone.localdate()
    context = {
        "rows": rows, "show": show, "today": today, "late": reading.late_measures(today=today)[:20], "section": "analyses",
    }  # fmt: skip
    return render(request, "incidents/analysis/list.html", context)


@require_GET
def page(request: HttpRequest, code: str, tab: str = "overview") -> HttpResponse:
    """One analysis, for its team and for who reads it by role; everybody else finds no such page."""
    if tab not in TABS:
        raise Http404
    one = analysis_or_404(code)
    context = {
        "one": one, "tab": tab, "tabs": _tabs(), "rights": reading.rights(request.user, one), "section": "analyses",
        "today": timezone.localdate(), "obstacles": guards.finishing_obstacles(one) if one.is_open else [],
    }  # fmt: skip
    context |= VIEWS[tab](request, one)
    return render(request, f"incidents/analysis/{tab}.html", context)


def _tabs() -> list[tuple[str, str]]:
    words = (_("概要"), _("时间线"), _("原因"), _("措施"), _("团队与当事人"))
    return list(zip(TABS, words, strict=True))


def _overview(request: HttpRequest, one: Analysis) -> dict:
    found = reading.incidents_of(one)
    about = [(each, categories.title(each.category), SHOWN_LEVELS.get(each.level, "")) for each in found]
    initial = {name: getattr(one, name) for name in forms.WordsForm.base_fields}
    return {
        "incidents": about,
        "words_form": forms.WordsForm(initial=initial),
        "steps": one.analysissteps.select_related("by").order_by("-at", "-pk")[:30],
        "hours": policy().start_hours,
    }


def _timeline(request: HttpRequest, one: Analysis) -> dict:
    rows = list(one.timelineevents.select_related("person").order_by("at", "pk"))
    silent = drawings.silences(rows)
    chosen = _chosen(request, rows)
    return {
        "rows": [(row, silent.get(row.pk, "")) for row in rows],
        "picture": mark_safe(drawings.timeline(one)),
        "chosen": chosen,
        "form": forms.EventForm(
            people=one.casepersons.order_by("pk"), initial=_initial(chosen, forms.EventForm, "person")
        ),
    }


def _chosen(request: HttpRequest, rows):
    asked = request.GET.get("row", "")
    return next((row for row in rows if str(row.pk) == asked), None)


def _initial(row, form, *links: str) -> dict:
    if row is None:
        return {}
    found = {name: getattr(row, name) for name in form.base_fields if hasattr(row, name)}
    return found | {name: getattr(row, f"{name}_id") for name in links}


def _causes(request: HttpRequest, one: Analysis) -> dict:
    rows = list(one.causenodes.all())
    nodes = guards.nodes(one)
    tree, bones = (mark_safe(svg) for svg in drawings.causes(one))
    chosen = _chosen(request, rows)
    cause_form = forms.CauseForm(
        nodes=rows, initial=_initial(chosen, forms.CauseForm, "parent") | ({"factor": chosen.factor} if chosen else _under(request)),
        auto_id="cause_%s",
    )  # fmt: skip
    by_id = {row.pk: row for row in rows}
    return {
        "tree": tree, "bones": bones, "chosen": chosen, "form": cause_form,
        "chains": [[(by_id[node.id], factors().title_of(node.factor)) for node in chain] for chain in rules.chains(nodes)],
        "least": policy().whys_least, "asks": factors().groups,
        "statements": [(row, broken(guards.statement_of(row)), guards.statement_of(row).sentence) for row in one.causalstatements.select_related("node")],
        "statement_form": forms.StatementForm(nodes=[row for row in rows if row.root], auto_id="said_%s"),
        "rules": RULES.items(),
        "barriers": one.barriers.all(), "barrier_form": forms.BarrierForm(auto_id="barrier_%s"),
    }  # fmt: skip


def _under(request: HttpRequest) -> dict:
    asked = request.GET.get("under", "")
    return {"parent": int(asked)} if asked.isascii() and asked.isdigit() else {}


def _measures(request: HttpRequest, one: Analysis) -> dict:
    roots = list(CauseNode.objects.filter(analysis=one).exclude(status="ruled_out"))
    return {
        "measures": reading.measures_of(one, dropped=True),
        "form": forms.MeasureForm(departments=departments(), nodes=roots),
    }


def _team(request: HttpRequest, one: Analysis) -> dict:
    limits = policy()
    return {
        "team": reading.team(one), "least": limits.team_least, "most": limits.team_most,
        "member_form": forms.MemberForm(people=reading.candidates(), auto_id="member_%s"),
        "persons": one.casepersons.select_related("spoken_by").order_by("pk"),
        "person_form": forms.PersonForm(auto_id="person_%s"),
        "speak_form": forms.SpeakForm(auto_id="speak_%s"),
    }  # fmt: skip


VIEWS = {
    "overview": _overview,
    "timeline": _timeline,
    "causes": _causes,
    "measures": _measures,
    "team": _team,
}

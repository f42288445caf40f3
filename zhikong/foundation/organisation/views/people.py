"""Changes of people, their posts, QC groups and committees, by the quality office and the administrator."""

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from zhikong.foundation.access.permissions import Permission
from zhikong.foundation.access.views_support import needs
from zhikong.foundation.organisation import actions, forms, rosters
from zhikong.foundation.organisation.models import Body
from zhikong.foundation.organisation.views.support import edit, latest_version


@require_http_methods(["GET", "POST"])
@needs(Permission.MANAGE_ORGANISATION)
def members(request: HttpRequest, pk: int) -> HttpResponse:
    """Who is in a QC group or committee, from a day on."""
    body = _body(pk)
    today = timezone.localdate()
    seats = {m.person_id: m.seat for m in rosters.members(body=body, on=today)}
    form = forms.MembersForm(
        request.POST or None, people=_candidates(body, seats, today), seats=seats, initial={"on": today}
    )
    return edit(
        request,
        form,
        _("调整成员：%s") % body.name,
        lambda data: actions.set_members(
            by=request.user, now=timezone.now(), body_id=pk, on=data["on"], seats=form.seats()
        ),
        department_id=body.department_id,
    )


def _candidates(body: Body, seats: dict[int, str], today):
    """A group chooses among the department's people; a committee keeps its own and adds by staff number."""
    present = [m.person for m in rosters.members(body=body, on=today)]
    if body.department_id is None:
        return present
    return list(dict.fromkeys([*present, *rosters.people_of(department_id=body.department_id, on=today)]))


@require_http_methods(["GET", "POST"])
@needs(Permission.MANAGE_ORGANISATION)
def change_body(request: HttpRequest, pk: int) -> HttpResponse:
    """Name, remit and cycle of a group or committee (X-06)."""
    body = _body(pk)
    initial = {"name": body.name, "cycle_months": body.cycle_months, "remit": body.remit}
    form = forms.BodyForm(request.POST or None, initial=initial)
    return edit(
        request,
        form,
        _("变更：%s") % body.name,
        lambda data: actions.change_body(by=request.user, body_id=pk, **data),
        department_id=body.department_id,
    )


@require_http_methods(["GET", "POST"])
@needs(Permission.MANAGE_ORGANISATION)
def open_group(request: HttpRequest, pk: int) -> HttpResponse:
    """A department's first QC group."""
    latest = latest_version(pk)
    form = forms.GroupForm(
        request.POST or None, initial={"name": f"{latest.name}质控小组", "on": timezone.localdate()}
    )
    return edit(
        request,
        form,
        _("成立质控小组：%s") % latest.name,
        lambda data: actions.open_body(
            by=request.user, kind=Body.Kind.QC_GROUP, department_id=pk, cycle_months=1, **data
        ),
        department_id=pk,
    )


@require_http_methods(["GET", "POST"])
@needs(Permission.MANAGE_ORGANISATION)
def open_committee(request: HttpRequest) -> HttpResponse:
    form = forms.CommitteeForm(request.POST or None, initial={"on": timezone.localdate(), "cycle_months": 3})
    return edit(
        request,
        form,
        _("成立委员会"),
        lambda data: actions.open_body(by=request.user, size_max=99, **data),
        department_id=None,
    )


@require_http_methods(["GET", "POST"])
@needs(Permission.MANAGE_ORGANISATION)
def appoint(request: HttpRequest, pk: int) -> HttpResponse:
    """Somebody gets a post; a staff number that is new registers the person."""
    latest = latest_version(pk)
    form = forms.AppointForm(request.POST or None, initial={"on": timezone.localdate()})
    return edit(
        request,
        form,
        _("任职：%s") % latest.name,
        lambda data: actions.appoint_by_number(by=request.user, department_id=pk, **data),
        department_id=pk,
    )


@require_http_methods(["GET", "POST"])
@needs(Permission.MANAGE_ORGANISATION)
def end(request: HttpRequest, pk: int) -> HttpResponse:
    """A person leaves a post."""
    found = rosters.appointment(pk=pk)
    if found is None:
        raise Http404
    form = forms.EndForm(request.POST or None, initial={"on": timezone.localdate()})
    return edit(
        request,
        form,
        _("离任：%(name)s（%(post)s）") % {"name": found.person.name, "post": found.get_post_display()},
        lambda data: actions.end_appointment(
            by=request.user, now=timezone.now(), appointment_id=pk, on=data["on"]
        ),
        department_id=found.department_id,
    )


def _body(pk: int) -> Body:
    body = rosters.body(pk=pk)
    if body is None:
        raise Http404
    return body

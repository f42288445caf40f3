"""Record books of departments for printing."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from zhikong.foundation.access.permissions import Permission, can
from zhikong.foundation.access.views_support import needs
from zhikong.foundation.organisation.queries import department_on, departments, institution
from zhikong.hospital.functions.indicators import months as calendar
from zhikong.hospital.overviews.years.documents import book as documents
from zhikong.hospital.overviews.years.forms import BookForm
from zhikong.hospital.overviews.years.queries import books as queries
from zhikong.hospital.overviews.years.views.pages import file, tabs


@require_GET
@needs(Permission.VIEW_PLANS)
def books(request: HttpRequest) -> HttpResponse:
    """The departments whose book the reader may print, for a period."""
    today = timezone.localdate()
    month = calendar.month_of(today)
    usual = {"first": calendar.shifted(month, -2), "last": month}
    form = BookForm(request.GET if "first" in request.GET else usual)
    valid = form.is_valid()
    places = [
        d
        for d in departments(on=today)
        if d.kind != "ward" and can(request.user, Permission.VIEW_PLANS, d.id)
    ]
    sizes = queries.sizes(places, **form.cleaned_data) if valid else {}
    context = {
        "form": form,
        "period": form.cleaned_data if valid else usual,
        "rows": [(place, sizes.get(place.id, 0)) for place in places] if valid else [],
    }
    return render(request, "years/books.html", context | tabs(request, "books"))


@require_GET
@needs(Permission.VIEW_PLANS)
def book(request: HttpRequest, department_id: int) -> HttpResponse:
    place = department_on(department_id=department_id, on=timezone.localdate())
    form = BookForm(request.GET)
    if place is None or not can(request.user, Permission.VIEW_PLANS, department_id) or not form.is_valid():
        raise Http404
    wanted = [part for part in request.GET.getlist("part") if part in queries.PARTS] or queries.PARTS
    made = queries.book(place, **form.cleaned_data, wanted=wanted)
    data = documents.pdf(made, hospital=institution().name, by=request.user, now=timezone.now())
    name = f"{place.name}质量管理记录本{made.first}至{made.last}.pdf"
    return file(data, "application/pdf", name, f"book-{place.code}-{made.first}-{made.last}.pdf")

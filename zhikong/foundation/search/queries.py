"""What this app itself finds: departments and people of the hospital."""

from datetime import date

from django.db.models import Prefetch, Q

from zhikong.foundation.organisation.models import Appointment, DepartmentAlias, DepartmentVersion, Person
from zhikong.foundation.organisation.queries import in_force


def departments_named(q: str, *, on: date, most: int) -> list[DepartmentVersion]:
    """Departments whose name, code, pinyin or alias holds the words on a day; the shortest name first."""
    by_alias = DepartmentAlias.objects.filter(alias__icontains=q).values("department_id")
    fits = (
        Q(name__icontains=q)
        | Q(department__code__iexact=q)
        | Q(sort_key__istartswith=q)
        | Q(department_id__in=by_alias)
    )
    found = DepartmentVersion.objects.filter(in_force(on)).filter(fits).select_related("department")
    return sorted(found[: most * 4], key=lambda version: (len(version.name), version.name))[:most]


def people_named(q: str, *, on: date, most: int) -> list[Person]:
    """Staff by name or staff number, with ``posts`` in force on the day."""
    posts = Appointment.objects.filter(in_force(on)).select_related("department").order_by("pk")
    found = Person.objects.filter(Q(name__icontains=q) | Q(staff_number__iexact=q))
    with_posts = Prefetch("appointments", queryset=posts, to_attr="posts")
    return list(found.prefetch_related(with_posts).order_by("name", "pk")[:most])

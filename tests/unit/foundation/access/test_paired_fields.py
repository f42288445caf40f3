"""Who and when belong together: no table keeps a person without the moment of the act."""

from itertools import product

import pytest
from django.apps import apps
from django.db.models import BigIntegerField, CheckConstraint, Value

from zhikong.foundation.access.base import Protected


def pairs() -> list[tuple]:
    """(model, moment, person) of every x_at with an x_by beside it that a row may leave empty."""
    return [
        (model, field.name, f"{field.name[:-3]}_by")
        for model in apps.get_models()
        if issubclass(model, Protected)
        for field in model._meta.fields
        if field.name.endswith("_at") and field.null and _field(model, f"{field.name[:-3]}_by")
    ]


def _field(model, name):
    return next((field for field in model._meta.fields if field.name == name), None)


def _names(condition) -> set[str]:
    """Names of the fields that a condition looks at."""
    found = set()
    for child in condition.children:
        found |= {child[0].partition("__")[0]} if isinstance(child, tuple) else _names(child)
    return found


def guards(model, moment, person) -> list[CheckConstraint]:
    checks = [c for c in model._meta.constraints if isinstance(c, CheckConstraint)]
    return [c for c in checks if {moment, person} <= _names(c.condition)]


def nothing(field) -> Value:
    return Value(None, output_field=BigIntegerField() if field.is_relation else field)


def rows(model, names) -> list[dict]:
    """Every combination of the choices of the named fields; fields without choices are empty."""
    fields = {name: _field(model, name) for name in names}
    values = {n: [code for code, _ in f.choices] if f.choices else [nothing(f)] for n, f in fields.items()}
    return [dict(zip(values, row, strict=True)) for row in product(*values.values())]


def test_the_search_finds_the_pairs_of_all_apps():
    found = {(model._meta.label, moment) for model, moment, _ in pairs()}
    assert {
        ("findings.Finding", "closed_at"),
        ("findings.Finding", "verified_at"),
        ("tasks.Task", "done_at"),
        ("indicators.MonthClose", "closed_at"),
        ("reports.Brief", "published_at"),
    } <= found


@pytest.mark.parametrize(
    ("model", "moment", "person"), pairs(), ids=lambda value: getattr(value, "__name__", value)
)
def test_a_person_never_stands_without_the_moment(model, moment, person, db):
    found = guards(model, moment, person)
    assert found, f"{model._meta.label} needs paired({moment!r}, {person!r}, …) among its constraints"
    names = set().union(*(_names(c.condition) for c in found)) - {moment, person}
    someone = 7 if _field(model, person).is_relation else "王敏"
    for row in rows(model, names):
        row |= {moment: nothing(_field(model, moment)), person: someone}
        assert not all(c.condition.check(row) for c in found), row

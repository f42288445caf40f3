"""The first wall: what a scope may see of each model, as a filter made from the model's protection.

Every model that subclasses Protected gets it through its manager. The database's row policies (policies.py) say
the same once more, for whatever goes around the manager; a test holds the two against each other.
"""

from django.db import models
from django.db.models import Q, QuerySet

from zhikong.foundation.access.scope import Scope, current_scope, current_scope_or_none


def condition(model: type[models.Model], scope: Scope) -> Q:
    """Rows of a model that are in scope."""
    protection = model.protection
    same_institution = Q(institution_id=scope.institution_id) if protection.rows != "open" else Q()
    if protection.rows == "department" and not scope.whole_hospital:
        column = protection.department_column
        return same_institution & Q(**{f"{_field(model, column)}__in": scope.departments})
    if protection.rows == "participants":
        return same_institution & _participants(model, scope)
    if protection.rows == "parent":
        parent = model._meta.get_field(_field(model, protection.parent_column).removesuffix("_id"))
        shown = visible(parent.related_model._base_manager.all(), scope)
        return same_institution & Q(**{f"{parent.name}__in": shown})
    if protection.rows == "institution_itself":
        return Q(pk=scope.institution_id)
    if protection.rows == "own":
        return same_institution | Q(user_id=scope.user_id)
    if protection.rows == "trail" and not scope.whole_hospital:
        return Q(pk__in=())
    return same_institution


def _participants(model: type[models.Model], scope: Scope) -> Q:
    """As policies.py says it: jobs, participants, and by department and role."""
    if scope.user_id is None and scope.whole_hospital:
        return Q()
    column = _field(model, model.protection.department_column)
    reached = Q() if scope.whole_hospital else Q(**{f"{column}__in": scope.departments})
    admitted = Q(confidential=False) | Q(reader_roles__overlap=sorted(scope.roles) or [""])
    return Q(readers__contains=[scope.user_id]) | (admitted & reached)


def _field(model: type[models.Model], column: str) -> str:
    """The name by which the ORM knows a column."""
    return next(f.attname for f in model._meta.concrete_fields if f.column == column)


def visible(queryset: QuerySet, scope: Scope | None = None) -> QuerySet:
    """Narrow a queryset to what the current scope (or a given one) may see."""
    return queryset.filter(condition(queryset.model, scope or current_scope()))


class ScopedManager(models.Manager):
    """Shows what the current scope may see. Without a scope it adds nothing: the database shows no rows then."""

    def get_queryset(self):
        scope = current_scope_or_none()
        found = super().get_queryset()
        return found if scope is None else visible(found, scope)

"""Makes a fresh database quicker: the historical models are drawn anew only when somebody looks at them.

Django draws every model that is related to a changed one again after each operation, so that the next operation sees it.
With many small tables around one institution this is nearly all the time of a set-up. A new model, a new field, an index
or a constraint concern the table of one model: it alone is drawn, and the others learn of it before the first migration
that does more, or at the end.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db.migrations import operations
from django.db.migrations.migration import Migration
from django.db.migrations.state import ProjectState

OF_ONE_TABLE = (
    operations.CreateModel,
    operations.AddField,
    operations.AddIndex,
    operations.AddConstraint,
    operations.RemoveConstraint,
    operations.RemoveIndex,
    operations.AlterField,
    operations.RemoveField,
    operations.AlterUniqueTogether,
    operations.AlterModelOptions,
    operations.RunSQL,
)


@contextmanager
def drawn_when_needed() -> Iterator[None]:
    """Within the block, migrations of single tables draw those tables' models alone."""
    kept = ProjectState.reload_model, ProjectState.add_model, Migration.apply
    ProjectState.reload_model, ProjectState.add_model = _reload_model, _add_model
    Migration.apply = _applied(kept)
    try:
        yield
    finally:
        ProjectState.reload_model, ProjectState.add_model, Migration.apply = kept


def _reload_model(state: ProjectState, app_label: str, model_name: str, delay: bool = False) -> None:
    key = app_label, model_name
    if "apps" not in state.__dict__:
        return
    state.apps.unregister_model(*key)
    state.apps.render_multiple([state.models[key]])
    state.apps.clear_cache()
    _postpone(state, key)


def _add_model(state: ProjectState, model_state: Any) -> None:
    key = model_state.app_label, model_state.name_lower
    state.models[key] = model_state
    if state._relations is not None:
        state.resolve_model_relations(key)
    _reload_model(state, *key)


def _postpone(state: ProjectState, key: tuple[str, str]) -> None:
    """Whoever asks after the last migration gets all models drawn anew: Django's own word for it is "delayed"."""
    state.is_delayed = True
    state.__dict__.setdefault("postponed", set()).add(key)


def _applied(kept: tuple[Any, Any, Any]) -> Any:
    ours = _reload_model, _add_model
    original, apply = kept[:2], kept[2]

    def applied(migration: Migration, state: ProjectState, *args: Any, **kwargs: Any) -> ProjectState:
        if _is_of_one_table(migration):
            return apply(migration, state, *args, **kwargs)
        ProjectState.reload_model, ProjectState.add_model = original
        try:
            _catch_up(state)
            return apply(migration, state, *args, **kwargs)
        finally:
            ProjectState.reload_model, ProjectState.add_model = ours

    return applied


def _is_of_one_table(migration: Migration) -> bool:
    return all(isinstance(one, OF_ONE_TABLE) and not _may_be_referenced(one) for one in migration.operations)


def _may_be_referenced(operation: Any) -> bool:
    """Whether columns of other tables follow the field that is altered, or words of state stand beside plain SQL."""
    field = getattr(operation, "field", None)
    altered = isinstance(operation, operations.AlterField) and (field.primary_key or field.unique)
    return altered or bool(getattr(operation, "state_operations", ()))


def _catch_up(state: ProjectState) -> None:
    """The models that stand in relation to those that changed are drawn now."""
    postponed = {key for key in state.__dict__.pop("postponed", ()) if key in state.models}
    if postponed:
        state.reload_models(postponed, delay=False)

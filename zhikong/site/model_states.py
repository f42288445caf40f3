"""Makes a fresh database quicker: the historical models are drawn anew once a migration, not once an operation.

Django draws every model that is related to a changed one again after each operation, so that the next operation sees it.
An index or a constraint changes no field, and a new model is complete by itself: it is enough that the others learn of it
before the next migration begins. With many small tables around one institution this is most of the time of a set-up.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db.migrations.migration import Migration
from django.db.migrations.state import ProjectState


@contextmanager
def drawn_once_a_migration() -> Iterator[None]:
    """Within the block, migrations postpone drawing to their end."""
    kept = ProjectState._append_option, ProjectState.add_model, Migration.apply
    ProjectState._append_option, ProjectState.add_model = _append_option, _add_model
    Migration.apply = _applied(kept[2])
    try:
        yield
    finally:
        ProjectState._append_option, ProjectState.add_model, Migration.apply = kept


def _append_option(state: ProjectState, app_label: str, model_name: str, option: str, added: Any) -> None:
    options = state.models[app_label, model_name].options
    options[option] = [*options[option], added]
    _postpone(state, (app_label, model_name))


def _add_model(state: ProjectState, model_state: Any) -> None:
    key = model_state.app_label, model_state.name_lower
    state.models[key] = model_state
    if state._relations is not None:
        state.resolve_model_relations(key)
    if "apps" in state.__dict__:
        state.apps.render_multiple([model_state])
        state.apps.clear_cache()
        _postpone(state, key)


def _postpone(state: ProjectState, key: tuple[str, str]) -> None:
    if "apps" in state.__dict__:
        state.__dict__.setdefault("postponed", set()).add(key)


def _applied(apply: Any) -> Any:
    def applied(migration: Migration, state: ProjectState, *args: Any, **kwargs: Any) -> ProjectState:
        result = apply(migration, state, *args, **kwargs)
        postponed = {key for key in result.__dict__.pop("postponed", ()) if key in result.models}
        if postponed:
            result.reload_models(postponed, delay=False)
        return result

    return applied

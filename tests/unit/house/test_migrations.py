"""What the models say and what the migrations make are the same: nobody's change of a table is left without its step."""

from django.apps import apps
from django.db.migrations.autodetector import MigrationAutodetector
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.state import ProjectState
from django.utils import translation


def test_no_model_has_changed_without_a_migration():
    with translation.override(None):  # migrations keep the words before translation
        loader = MigrationLoader(None)
        now = ProjectState.from_apps(apps)
        assert MigrationAutodetector(loader.project_state(), now).changes(loader.graph) == {}
    assert len(now.models) > 300

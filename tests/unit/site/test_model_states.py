"""Drawing the historical models once a migration gives the same database as Django's own way."""

import os
import subprocess
import sys

import pytest
from django.db import connection, migrations, models
from django.db.migrations.state import ProjectState

from zhikong.site.model_states import drawn_when_needed

PLAIN = """
import sys
from zhikong.site import frame
with frame.database():
    frame.setup_django("operator")
    from django.core.management import call_command
    call_command("migrate", database="owner", interactive=False, verbosity=0)
"""
SCHEMA = """
import sys
from zhikong.site import frame
QUESTIONS = [
    "SELECT table_name, column_name, data_type, is_nullable, column_default, character_maximum_length "
    "FROM information_schema.columns WHERE table_schema = 'public' ORDER BY 1, 2",
    "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint "
    "WHERE connamespace = 'public'::regnamespace ORDER BY 1, 2",
    "SELECT tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = 'public' ORDER BY 1, 2",
    "SELECT tablename, policyname, cmd, qual, with_check, roles::text FROM pg_policies ORDER BY 1, 2",
    "SELECT event_object_table, trigger_name, action_statement FROM information_schema.triggers ORDER BY 1, 2, 3",
]
with frame.database():
    frame.setup_django("owner")
    from django.db import connections
    cursor = connections["owner"].cursor()
    for question in QUESTIONS:
        cursor.execute(question)
        print(*cursor.fetchall(), sep="\\n")
"""


def _run(code, home):
    """A process of its own, as an installation would be."""
    folder = {"ZHIKONG_HOME": str(home), "ZHIKONG_KEYS": f"{home}-keys"}
    kept = {k: v for k, v in os.environ.items() if k not in ("ZHIKONG_ROLE", "DATABASE_URL")} | folder
    done = subprocess.run([sys.executable, *code], env=kept, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout


@pytest.mark.skipif("ZHIKONG_TEST_ALL" not in os.environ, reason="sets up two whole databases: make test-all")
def test_a_database_is_the_same_either_way(tmp_path_factory):
    quick, plain = tmp_path_factory.mktemp("quick"), tmp_path_factory.mktemp("plain")
    for folder in (quick, plain):
        folder.parent.chmod(0o755)
    _run(["-m", "zhikong", "migrate"], quick / "home")
    _run(["-c", PLAIN], plain / "home")
    found = _run(["-c", SCHEMA], quick / "home")
    assert len(found.splitlines()) > 1000
    assert found == _run(["-c", SCHEMA], plain / "home")


def _migration(name, *operations):
    made = migrations.Migration(name, "tried")
    made.operations = list(operations)
    return made


def test_the_next_migration_sees_what_the_last_one_made(hospital):
    """A relation back to a new model, an index and a constraint are there when the following migration begins."""
    number = models.BigAutoField(primary_key=True)
    first = _migration(
        "0001",
        migrations.CreateModel("House", [("id", number), ("floors", models.IntegerField())]),
        migrations.CreateModel(
            "Room", [("id", number.clone()), ("house", models.ForeignKey("tried.House", models.CASCADE))]
        ),
        migrations.AddConstraint("House", models.UniqueConstraint(fields=["floors"], name="floors_once")),
    )
    second = _migration("0002", migrations.AddField("Room", "size", models.IntegerField(default=1)))
    state = ProjectState()
    _ = state.apps  # drawn from the start, as in a run of migrations
    with drawn_when_needed(), connection.schema_editor(collect_sql=True) as editor:
        state = first.apply(state, editor)
        house = state.apps.get_model("tried", "House")
        assert [c.name for c in house._meta.constraints] == ["floors_once"]
        assert house._meta.get_field("room").related_model is state.apps.get_model("tried", "Room")
        state = second.apply(state, editor)
        assert state.apps.get_model("tried", "Room")._meta.get_field("size").default == 1
    assert sum("CREATE TABLE" in line for line in editor.collected_sql) == 2
    assert any("floors_once" in line for line in editor.collected_sql)

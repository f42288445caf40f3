"""The import rules in pyproject.toml: they hold, and each of them breaks on the violation it is there for."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[3]

# contract, file that is planted, what it says
VIOLATIONS = {
    "upward import": (
        "storeys",
        "foundation/tasks/planted.py",
        "import zhikong.hospital.functions.indicators",
    ),
    "web with logic of an app": ("storeys", "web/planted.py", "import zhikong.foundation.access.models"),
    "engine knows a function": ("storeys", "engine/planted.py", "import zhikong.foundation.facts"),
    "undeclared folder": ("storeys", "annex/__init__.py", ""),
    "function reads an overview": (
        "hospital",
        "hospital/functions/indicators/planted.py",
        "import zhikong.hospital.overviews.home",
    ),
    "undeclared folder in the hospital": ("hospital", "hospital/annex/__init__.py", ""),
    "sideways import": (
        "functions",
        "hospital/functions/indicators/planted.py",
        "import zhikong.hospital.functions.datasources",
    ),
    "pay reads incidents": (
        "incidents-closed",
        "hospital/overviews/performance/planted.py",
        "import zhikong.hospital.functions.incidents.neutral",
    ),
    "incidents go around their door": (
        "incidents-door",
        "hospital/functions/incidents/actions/planted.py",
        "import zhikong.foundation.tasks.models",
    ),
    "Django in the engine": ("no-django", "engine/planted.py", "from django.db import models"),
    "Django in intake": ("no-django", "intake/planted.py", "import django.conf"),
    "simulator reads definitions": (
        "simulator",
        "simulator/planted.py",
        "from zhikong.engine import definitions",
    ),
    "simulator reads packs": ("simulator", "simulator/planted.py", "import yaml"),
    "product uses the simulator": (
        "simulator-users",
        "foundation/facts/planted.py",
        "import zhikong.simulator",
    ),
    "second reader of the lake": ("one-gateway", "hospital/functions/indicators/planted.py", "import duckdb"),
    "intake computes": ("intake", "intake/planted.py", "import zhikong.engine.annex"),
}


@pytest.fixture(scope="module")
def copied(tmp_path_factory):
    """A copy of the package, Python only, with the rules beside it."""
    folder = tmp_path_factory.mktemp("house")
    shutil.copy(PROJECT / "pyproject.toml", folder)
    shutil.copytree(PROJECT / "zhikong", folder / "zhikong", ignore=_only_python)
    return folder


def _only_python(folder, names):
    return [
        name
        for name in names
        if name == "__pycache__" or not (name.endswith(".py") or Path(folder, name).is_dir())
    ]


def lint(folder, *contracts):
    """Exit code and text of lint-imports on a copy."""
    chosen = [part for name in contracts for part in ("--contract", name)]
    command = [sys.executable, "-c", "from importlinter.cli import lint_imports_command as c; c()"]
    done = subprocess.run([*command, *chosen], cwd=folder, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


def plant(folder, path, text):
    """Write a module with its package; gives what to remove afterwards."""
    target = folder / "zhikong" / path
    package = target.parent
    new = not package.exists()
    package.mkdir(parents=True, exist_ok=True)
    (package / "__init__.py").touch()
    if text or target.name != "__init__.py":
        target.write_text(text + "\n", encoding="utf-8")
    return package if new else target


def remove(planted):
    if planted.is_dir():
        shutil.rmtree(planted)
    else:
        planted.unlink()


def test_the_house_keeps_its_rules(copied):
    code, text = lint(copied)
    assert code == 0, text


@pytest.mark.parametrize("violation", VIOLATIONS)
def test_each_rule_breaks_on_its_violation(copied, violation):
    contract, path, text = VIOLATIONS[violation]
    planted = [plant(copied, path, text)]
    if "engine.annex" in text:
        planted.append(plant(copied, "engine/annex.py", ""))
    try:
        code, said = lint(copied, contract)
    finally:
        for item in planted:
            remove(item)
    assert code == 1, f"{violation} was not noticed:\n{said}"
    assert "BROKEN" in said


def test_inside_an_app_models_do_not_call_actions(copied):
    plant(copied, "foundation/annex/actions.py", "")
    plant(copied, "foundation/annex/models.py", "import zhikong.foundation.annex.actions")
    try:
        code, said = lint(copied, "apps")
    finally:
        shutil.rmtree(copied / "zhikong/foundation/annex")
    assert code == 1
    assert "zhikong.foundation.annex.models -> zhikong.foundation.annex.actions" in said

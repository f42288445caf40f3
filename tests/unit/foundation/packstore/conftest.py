"""A made-up kind of definitions, and folders of packs that stand in for the packaged ones."""

from pathlib import Path

import pytest

from zhikong.engine.definitions.located import read_text
from zhikong.engine.definitions.problems import Problem
from zhikong.foundation.packstore import kinds, shelf


def parse(text, *, file):
    located = read_text(text, file=file)
    if isinstance(located, Problem):
        return [located]
    if not isinstance(located.data, dict) or "title" not in located.data:
        return [located.problem((), "缺少 title。", "请写 title。")]
    return located.data


def effect(old, new, *, now):
    return [f"名称由“{old['title'] if old else '无'}”变为“{new['title']}”。"]


KIND = kinds.Kind(
    code="recipe",
    folder="recipes",
    title="菜谱",
    parse=parse,
    title_of=lambda data: data["title"],
    effect=effect,
    starter="id: {id}\nversion: 1\ntitle: 新菜谱\n",
)


@pytest.fixture
def recipes():
    """The kind “recipe”, known during the test."""
    kinds.register(KIND)
    yield KIND
    kinds.unregister("recipe")


@pytest.fixture
def shelf_of(tmp_path, recipes):
    """shelf_of({"soup": "..."}, pack="national") lets these files be the packaged ones until the test ends."""
    opened = []

    def put(texts, *, pack="national", level="national", root="packs", keep=False):
        folder = tmp_path / root / pack / "recipes"
        folder.mkdir(parents=True, exist_ok=True)
        (folder.parent / "pack.yaml").write_text(f"id: {pack}\nversion: '1'\nlevel: {level}\n", "utf-8")
        if not keep:
            for old in folder.glob("*.yaml"):
                old.unlink()
        for name, text in texts.items():
            (folder / f"{name}.yaml").write_text(text, "utf-8")
        shelf.forget()
        if not opened:
            opened.append(shelf.instead(tmp_path / root))
            opened[0].__enter__()
        return Path(folder)

    yield put
    for one in opened:
        one.__exit__(None, None, None)


def recipe(name, title, version=1, **more):
    lines = [f"id: {name}", f"version: {version}", f"title: {title}"]
    return "\n".join([*lines, *(f"{key}: {value}" for key, value in more.items())]) + "\n"

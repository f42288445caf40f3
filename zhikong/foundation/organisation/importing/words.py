"""The words of hospitals' lists, from ``words.yaml``."""

from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from zhikong.foundation.organisation.importing.cells import plain

FILE = Path(__file__).with_name("words.yaml")


@cache
def words() -> dict[str, Any]:
    """Everything in the file."""
    return yaml.safe_load(FILE.read_text(encoding="utf-8"))


@cache
def columns(kind: str) -> dict[str, str]:
    """A column's plain heading → the field that it means, for one kind of list."""
    return {plain(word): field for field, said in words()["columns"][kind].items() for word in said}


def understood(kind: str, read: dict[str, str]) -> list[tuple[str, str]]:
    """(our name of a column, the heading that was taken for it), in the order of the template."""
    return [(said[0], read[field]) for field, said in words()["columns"][kind].items() if field in read]


def is_private(heading: str) -> bool:
    """A column that is never read, whatever it is matched with."""
    return any(word in heading for word in words()["never"])


def first(pairs: Iterable[tuple[str, Iterable[str]]], text: str) -> str:
    """The first meaning of which a word stands in the text; '' when there is none."""
    return next((meaning for meaning, said in pairs if any(word in text for word in said)), "")


def department_kind(text: str) -> str:
    """临床 → clinical; '' when the word is none of ours."""
    found = {word: kind for kind, said in words()["department_kinds"].items() for word in said}
    return found.get(plain(text), "")


def kind_by_name(name: str) -> str:
    """The class that a department's name suggests; clinical when it suggests nothing."""
    return first(words()["kind_by_name"].items(), name) or "clinical"


def function_by_name(names: Iterable[str]) -> str:
    """The duty that a department carries by one of its names; '' for most."""
    found = {word: duty for duty, said in words()["functions"].items() for word in said}
    return next((found[name] for name in names if name in found), "")


def profession(text: str, title: str, post: str) -> str:
    """doctor, nurse, … by the title, else by the class, else by the post; manager when nothing tells."""
    pairs = words()["professions"].items()
    known = (first(pairs, said) for said in (title, text, post))
    return next((found for found in known if found), "manager")


def posts(text: str, job: str) -> list[str]:
    """The posts that the words mean, such as 科主任、质控员; the plain post of the profession when they mean none."""
    found = [_post(plain(part)) for part in _parts(text)]
    return list(dict.fromkeys(filter(None, found))) or [words()["post_by_profession"][job]]


def _post(part: str) -> str:
    """副主任医师 is a title and no post; 质控医师 is one."""
    if part.endswith(tuple(words()["not_posts"])) and "质控" not in part:
        return ""
    return next((post for post, said in words()["posts"] if part.endswith(tuple(said))), "")


def seat(text: str) -> str:
    """组长 → chair; member when nothing is written, '' when the word is unknown."""
    return first(words()["seats"], plain(text)) if text else "member"


def body_kind(*texts: str) -> str:
    """qc_group, record_committee, … by the class or the name; '' when unknown."""
    return next(filter(None, (first(words()["body_kinds"], text) for text in texts)), "")


def _parts(text: str) -> list[str]:
    for mark in "、，,;；/兼+和 ":
        text = text.replace(mark, "|")
    return [part for part in text.split("|") if part]

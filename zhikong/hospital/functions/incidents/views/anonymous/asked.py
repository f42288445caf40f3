"""What an anonymous page knows of a request, and what it answers. There is no place here for a header or an address."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.template.loader import render_to_string
from django.utils import translation

FOLDER = "incidents/anonymous"
LANGUAGES = (("zh-hans", "简体"), ("zh-hant", "繁體"), ("en", "English"))


@dataclass(frozen=True)
class Asked:
    """method: GET or POST. refused: why a body could not be read, '' when it could."""

    method: str
    path: str
    query: Mapping[str, str] = field(default_factory=dict)
    fields: Mapping[str, str] = field(default_factory=dict)
    files: Mapping[str, list[bytes]] = field(default_factory=dict)
    refused: str = ""
    language: str = "zh-hans"


@dataclass(frozen=True)
class Page:
    """An answer."""

    status: int
    html: str


def page(template: str, *, status: int = 200, **context: Any) -> Page:
    """A template of this part, rendered without a request: no context processor, no user, no message."""
    shared = {"language": translation.get_language(), "languages": LANGUAGES, "path": ""}
    return Page(status, render_to_string(f"{FOLDER}/{template}.html", {**shared, **context}))


def message(title: str, text: str, *, status: int, again: str = "") -> Page:
    """A page of one sentence. again: where to go on."""
    return page("message", status=status, title=title, text=text, again=again)

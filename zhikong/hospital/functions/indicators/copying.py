"""A definition's text under another id and name. Pure."""

import json
import re

_LINES = {
    name: re.compile(rf"^{name}:.*(?:\n[ \t]+.*)*$", re.MULTILINE)
    for name in ("id", "version", "status", "name")
}


def copied(text: str, *, new_id: str, name: str) -> str:
    """The text as the first version of a new definition; everything but id, version, status and name stays."""
    said = {
        "id": f"id: {new_id}",
        "version": "version: 1",
        "status": "status: published",
        "name": f"name: {{zh: {json.dumps(name, ensure_ascii=False)}}}",
    }
    for part, line in said.items():
        pattern = _LINES[part]
        text = (
            pattern.sub(lambda _found, line=line: line, text, count=1)
            if pattern.search(text)
            else f"{line}\n{text}"
        )
    return text

"""As much of JSON Schema as the reader's schema uses: a checker of thirty lines instead of a dependency."""

import re

TYPES = {
    "object": dict, "array": list, "string": str, "boolean": bool, "integer": int, "number": (int, float),
    "null": type(None),
}  # fmt: skip


def problems(value, schema: dict, at: str = "$") -> list[str]:
    """Where a value is not as the schema says."""
    if "anyOf" in schema:
        tried = [problems(value, one, at) for one in schema["anyOf"]]
        return [] if [] in tried else tried[-1]
    found = []
    if "enum" in schema and not any(value is one or value == one for one in schema["enum"]):
        found.append(f"{at}: {value!r} is none of {schema['enum']}")
    if "type" in schema and not _of_type(value, schema["type"]):
        return [*found, f"{at}: {value!r} is no {schema['type']}"]
    if isinstance(value, str) and "pattern" in schema and not re.search(schema["pattern"], value):
        found.append(f"{at}: {value!r} does not fit {schema['pattern']}")
    if isinstance(value, int | float) and not schema.get("minimum", value) <= value <= schema.get(
        "maximum", value
    ):
        found.append(f"{at}: {value!r} is out of bounds")
    if isinstance(value, list):
        found += [
            p for n, one in enumerate(value) for p in problems(one, schema.get("items", {}), f"{at}[{n}]")
        ]
    return found + (_of_object(value, schema, at) if isinstance(value, dict) else [])


def _of_object(value: dict, schema: dict, at: str) -> list[str]:
    known = schema.get("properties", {})
    found = [f"{at}: {name} is missing" for name in schema.get("required", ()) if name not in value]
    if schema.get("additionalProperties") is False:
        found += [f"{at}: {name} is not known" for name in value if name not in known]
    return found + [
        p for name, one in value.items() if name in known for p in problems(one, known[name], f"{at}.{name}")
    ]


def _of_type(value, types) -> bool:
    return any(
        isinstance(value, TYPES[one]) and not (isinstance(value, bool) and one in ("integer", "number"))
        for one in ([types] if isinstance(types, str) else types)
    )

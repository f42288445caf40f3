"""The table of requirement rows: proved by a page, a journey or acceptance, partly by unit tests, or not at all.

A test proves a row by `@pytest.mark.proves("IND-04")` on itself, its class, or its module's `pytestmark`.
"""

import ast
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

PROVING = frozenset({"pages", "journeys", "acceptance"})
STATES = ("proved", "partial", "missing")
PRIORITIES = ("core", "important", "nice")
REGISTERED = re.compile(r"^\| ([A-Z]{2,3}-\d+) \| (core|important|nice) \|[^|]*\|([^|]*)\|", re.M)
FURTHER = re.compile(
    r"^\| ((?:SYS|WF|X|F)-\d+) \|([^|]*)\|", re.M
)  # systems, workflows, contradictions, additions


@dataclass(frozen=True)
class Proof:
    """A test that carries a row's id."""

    folder: str
    name: str


@dataclass(frozen=True)
class Row:
    """One row of the register; systems, workflows and additions have no priority of their own."""

    id: str
    priority: str
    words: str


def proofs(tests: Path) -> dict[str, list[Proof]]:
    """Requirement id -> tests that carry it, over all test files."""
    found = defaultdict(list)
    for path in sorted(tests.rglob("test_*.py")):
        file = path.relative_to(tests)
        for name, ids in marks(ast.parse(path.read_text("utf-8"))):
            for row in ids:
                found[row].append(Proof(file.parts[0], f"{file.as_posix()}{name}"))
    return found


def marks(tree: ast.Module) -> Iterator[tuple[str, tuple[str, ...]]]:
    """("::test", requirement ids) for each marked function or class; "" for a module's own mark."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and any(getattr(t, "id", "") == "pytestmark" for t in node.targets):
            yield from (("", _ids(call)) for call in ast.walk(node.value) if _is_mark(call))
        for decorator in getattr(node, "decorator_list", ()):
            if _is_mark(decorator):
                yield f"::{node.name}", _ids(decorator)


def _is_mark(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "proves"


def _ids(call: ast.Call) -> tuple[str, ...]:
    """The ids must be written out: a computed one would be invisible here."""
    if not all(isinstance(argument, ast.Constant) for argument in call.args):
        raise ValueError(f"line {call.lineno}: write the rows of proves(…) out as texts")
    return tuple(argument.value for argument in call.args)


def state(found: Sequence[Proof]) -> str:
    """Only what a person could see counts as proved; a unit test alone is part of a proof."""
    if any(proof.folder in PROVING for proof in found):
        return "proved"
    return "partial" if found else "missing"


def register(text: str) -> dict[str, Row]:
    """The rows of the requirement register by id; the first mention wins."""
    rows = {m[1]: Row(m[1], m[2], m[3].strip()) for m in REGISTERED.finditer(text)}
    for m in FURTHER.finditer(text):
        rows.setdefault(m[1], Row(m[1], "", m[2].strip()))
    return rows


def summary(rows: Mapping[str, Row], found: Mapping[str, list[Proof]]) -> str:
    """One sentence for the terminal and the head of the table."""
    count = Counter(state(found.get(row, [])) for row in rows)
    return ", ".join(f"{count[name]} {name}" for name in STATES) + f" of {len(rows)} rows"


def table(rows: Mapping[str, Row], found: Mapping[str, list[Proof]]) -> str:
    """The page docs/generated/proved.md."""
    lines = [
        "# What is proved",
        "",
        "> Printed by `make docs` from the marks of the tests; not edited by hand.",
        "",
    ]
    lines += [
        f"{summary(rows, found)}. A page, a journey or acceptance proves a row; unit tests alone prove it in part.",
        "",
    ]
    lines += ["| Priority | proved | partial | missing |", "|---|---|---|---|"]
    lines += [_count(priority, rows, found) for priority in (*PRIORITIES, "")]
    unknown = sorted(set(found) - set(rows))
    if unknown:
        lines += ["", f"Tests name rows that the register does not have: {', '.join(unknown)}."]
    for name in STATES:
        lines += _section(name, [row for row in rows.values() if state(found.get(row.id, [])) == name], found)
    return "\n".join(lines) + "\n"


def _count(priority: str, rows: Mapping[str, Row], found: Mapping[str, list[Proof]]) -> str:
    count = Counter(state(found.get(row.id, [])) for row in rows.values() if row.priority == priority)
    return f"| {priority or 'further'} | " + " | ".join(str(count[name]) for name in STATES) + " |"


def _section(name: str, rows: Sequence[Row], found: Mapping[str, list[Proof]]) -> list[str]:
    head = ["", f"## {name.capitalize()}: {len(rows)}", ""]
    if name == "missing":
        return [*head, *(_ids_of(priority, rows) for priority in (*PRIORITIES, "")), ""]
    lines = [f"| {row.id} | {row.priority} | {row.words} | {_tests(found[row.id])} |" for row in rows]
    return [*head, "| Row | Priority | In the words of the source | By |", "|---|---|---|---|", *lines]


def _ids_of(priority: str, rows: Sequence[Row]) -> str:
    ids = [row.id for row in rows if row.priority == priority]
    return f"- {priority or 'further'} ({len(ids)}): {', '.join(ids) or 'none'}"


def _tests(found: Sequence[Proof]) -> str:
    """The strongest proofs first, at most three."""
    ordered = sorted(found, key=lambda proof: proof.folder not in PROVING)
    more = f" and {len(found) - 3} more" if len(found) > 3 else ""
    return "<br>".join(f"`{proof.name}`" for proof in ordered[:3]) + more

"""Builds docs/generated: the data contract, the definition language and the table of proved requirements.

Run by `make docs`. The requirement register lies outside the project; its path is $ZHIKONG_REQUIREMENTS
(default ../shared/domain/requirements.md). Without it the table lists what is proved, not what is missing.
"""

import ast
import os
import re
from collections import defaultdict
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
GENERATED = ROOT / "docs" / "generated"
ROW = re.compile(r"^\| ([A-Z]{2,3}-\d+[a-z]?) \| (core|important|nice) \|[^|]*\|\s*([^|]+)\|", re.M)
PROVING_FOLDERS = {"pages", "journeys", "acceptance"}


def marks(tree: ast.AST) -> list[tuple[str, tuple[str, ...]]]:
    """(test name, requirement ids) for each function or class marked with ``proves``."""
    found = []
    for node in ast.walk(tree):
        for decorator in getattr(node, "decorator_list", ()):
            if isinstance(decorator, ast.Call) and getattr(decorator.func, "attr", "") == "proves":
                ids = tuple(a.value for a in decorator.args if isinstance(a, ast.Constant))
                found.append((node.name, ids))
    return found


def proofs(tests: Path) -> dict[str, list[tuple[str, str]]]:
    """Requirement id -> [(folder, test)] over all test files."""
    table = defaultdict(list)
    for path in sorted(tests.rglob("test_*.py")):
        folder = path.relative_to(tests).parts[0]
        for name, ids in marks(ast.parse(path.read_text("utf-8"))):
            for row in ids:
                table[row].append((folder, f"{path.relative_to(tests)}::{name}"))
    return table


def state(found: list[tuple[str, str]]) -> str:
    if any(folder in PROVING_FOLDERS for folder, _ in found):
        return "proved"
    return "partial" if found else "missing"


def proved_table(register: Path, tests: Path) -> str:
    found = proofs(tests)
    text = register.read_text("utf-8") if register.exists() else ""
    rows = {m[1]: (m[2], m[3].strip()) for m in ROW.finditer(text)} or {r: ("", "") for r in found}
    unknown = sorted(set(found) - set(rows))
    counts = defaultdict(int)
    lines = ["# What is proved", "", "| Row | Priority | State | By |", "|---|---|---|---|"]
    for row, (priority, _) in rows.items():
        counts[state(found.get(row, []))] += 1
        tests_named = "<br>".join(name for _, name in found.get(row, [])[:3])
        lines.append(f"| {row} | {priority} | {state(found.get(row, []))} | {tests_named} |")
    summary = f"{counts['proved']} proved, {counts['partial']} partial, {counts['missing']} missing"
    lines[1:1] = ["", summary + (f"; unknown ids in tests: {', '.join(unknown)}" if unknown else "") + "."]
    print(summary)
    return "\n".join(lines) + "\n"


def main() -> None:
    from zhikong.engine import manual

    register = Path(os.environ.get("ZHIKONG_REQUIREMENTS", ROOT.parent / "shared/domain/requirements.md"))
    GENERATED.mkdir(parents=True, exist_ok=True)
    pages = {
        "data-contract.md": manual.data_contract(),
        "definition-language.md": manual.language(),
        "proved.md": proved_table(register, ROOT / "tests"),
    }
    for name, text in pages.items():
        (GENERATED / name).write_text(text, "utf-8")


if __name__ == "__main__":
    main()

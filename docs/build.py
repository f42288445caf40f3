"""Builds docs/generated: the data contract, the definition language, measures, the language of record rules, the dialects, how
well record rules find what was planted, who may open which page, the table of proved requirements; and docs/guide/interface.md.

Run by `make docs`. The requirement register lies outside the project; its path is $ZHIKONG_REQUIREMENTS
(default ../shared/domain/requirements.md). Without it the table of what is proved is left as it is.
"""

import os
import sys
from pathlib import Path

import dialects
import interface
import manual
import measures
import permissions
import proofs
import record_rule_proof
import record_rules

ROOT = Path(__file__).resolve().parent.parent
GENERATED = ROOT / "docs" / "generated"
MANUALS = {
    "data-contract.md": manual.data_contract,
    "definition-language.md": manual.language,
    "dialects.md": dialects.matrix,
    "measures.md": measures.page,
    "permission-matrix.md": permissions.page,
    "record-rule-language.md": record_rules.page,
    "record-rule-proof.md": record_rule_proof.page,
}


def proved() -> str | None:
    """The page of proved rows, or None when the register is not at hand."""
    path = Path(os.environ.get("ZHIKONG_REQUIREMENTS", ROOT.parent / "shared/domain/requirements.md"))
    if not path.exists():
        return None
    rows, found = proofs.register(path.read_text("utf-8")), proofs.proofs(ROOT / "tests")
    sys.stdout.write(f"{proofs.summary(rows, found)}\n")
    return proofs.table(rows, found)


def main() -> None:
    GENERATED.mkdir(parents=True, exist_ok=True)
    pages = {name: make() for name, make in MANUALS.items()} | {"proved.md": proved()}
    for name, text in pages.items():
        if text is None:
            sys.stdout.write(f"{name}: no requirement register, left as it is\n")
        else:
            (GENERATED / name).write_text(text, "utf-8")
    (ROOT / "docs" / "guide" / "interface.md").write_text(interface.page(), "utf-8")


if __name__ == "__main__":
    main()

"""The guides as tests read them: pages, their blocks, and what they name."""

from functools import cache
from pathlib import Path

from zhikong.hospital.overviews.help.reading import Block, blocks

ROOT = Path(__file__).resolve().parents[3]
GUIDE = ROOT / "docs" / "guide"
PICTURES = ROOT / "docs" / "pictures" / "jobs"


def names() -> list[str]:
    """Every guide's path below docs/guide, without .md."""
    return sorted(file.relative_to(GUIDE).with_suffix("").as_posix() for file in GUIDE.rglob("*.md"))


@cache
def page(name: str) -> tuple[Block, ...]:
    return tuple(blocks((GUIDE / f"{name}.md").read_text("utf-8")))


def files_in(name: str) -> dict[str, str]:
    """Code blocks that are whole files: ```yaml indicators/x.yaml → {"indicators/x.yaml": text}."""
    return {
        block.info.split(" ", 1)[1]: f"{block.text}\n"
        for block in page(name)
        if block.kind == "code" and " " in block.info
    }

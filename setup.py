"""Everything about the package stands in pyproject.toml; here the guides of docs/ are put into the wheel."""

import shutil
from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py

DOCS = Path(__file__).resolve().parent / "docs"
INSIDE = Path("zhikong/hospital/overviews/help/guide")


def copy_guides(built: Path) -> None:
    """Guides and their pictures into the built package, where the help looks for them."""
    target = Path(built) / INSIDE
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(DOCS / "guide", target / "guide")
    shutil.copytree(DOCS / "pictures" / "jobs", target / "pictures" / "jobs", dirs_exist_ok=True)


class BuildWithGuides(build_py):
    """The usual build, and the guides; an editable installation reads docs/ itself."""

    def run(self):
        super().run()
        if not self.editable_mode and DOCS.is_dir():
            copy_guides(Path(self.build_lib))


if __name__ == "__main__":
    setup(cmdclass={"build_py": BuildWithGuides})

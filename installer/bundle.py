"""Makes the bundle that a hospital without internet installs: ``make bundle``.

    python installer/bundle.py --arch x86_64 --arch aarch64 --out dist

Wheels are chosen by platform tag, so another machine's bundle is made here too. Nothing is built on the hospital's side.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import tomllib
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(PROJECT))

from installer.onsite import sums  # noqa: E402

ARCHES = ("x86_64", "aarch64")
PYTHON = "3.11"
NEWEST_GLIBC = 28  # of 2.x: Kylin V10 and openEuler 20.03 have it
OLD_NAMES = {
    "x86_64": ("manylinux2014", "manylinux2010", "manylinux1"),
    "aarch64": ("manylinux2014",),
}
WITH_IT = ("install.sh", "Containerfile", "README.md")


def main() -> None:
    """One archive for each processor asked for."""
    asked = argparse.ArgumentParser(description="生成离线安装包")
    asked.add_argument("--arch", action="append", choices=ARCHES, help="处理器，可重复；默认全部")
    asked.add_argument("--out", type=Path, default=PROJECT / "dist")
    asked.add_argument("--wheels", type=Path, help="下载的缓存文件夹，默认 .cache/wheels")
    chosen = asked.parse_args()
    cache = chosen.wheels or PROJECT / ".cache" / "wheels"
    chosen.out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="zhikong-bundle-") as work:
        own = our_wheel(Path(work))
        for arch in chosen.arch or ARCHES:
            fetch(arch, cache / arch)
            sys.stdout.write(f"{pack(arch, cache / arch, own, chosen.out)}\n")


def version() -> str:
    """The product's version, as pyproject.toml names it."""
    return tomllib.loads((PROJECT / "pyproject.toml").read_text("utf-8"))["project"]["version"]


def platforms(arch: str) -> list[str]:
    """Platform tags that run on the oldest system we promise, newest first."""
    tags = [f"manylinux_2_{minor}_{arch}" for minor in range(NEWEST_GLIBC, 4, -1)]
    return [*tags, *(f"{name}_{arch}" for name in OLD_NAMES[arch])]


def fetch(arch: str, folder: Path) -> None:
    """Every wheel of the lock file, and pip itself, for a machine that has only Python."""
    folder.mkdir(parents=True, exist_ok=True)
    tags = [word for tag in platforms(arch) for word in ("--platform", tag)]
    abis = [word for abi in ("cp311", "abi3", "none") for word in ("--abi", abi)]
    command = [sys.executable, "-m", "pip", "--disable-pip-version-check", "download", "--quiet", "--no-deps"]
    command += ["--only-binary", ":all:", "--python-version", PYTHON, "--implementation", "cp", *abis, *tags]
    command += ["--dest", str(folder), "-r", str(PROJECT / "requirements.lock"), "pip"]
    subprocess.run(command, check=True)


def our_wheel(work: Path) -> Path:
    """Our own wheel, built once from what is committed; it holds the charts' script and the guides."""
    source = work / "source"
    source.mkdir()
    archive = subprocess.run(["git", "archive", "HEAD"], cwd=PROJECT, check=True, capture_output=True).stdout
    subprocess.run(["tar", "-x", "-C", str(source)], input=archive, check=True)
    script = "from zhikong.web.charts import bundle; bundle.build()"
    subprocess.run([sys.executable, "-c", script], cwd=source, check=True)
    command = [sys.executable, "-m", "pip", "--disable-pip-version-check", "wheel", "--quiet", "--no-deps"]
    subprocess.run([*command, "--no-build-isolation", "-w", str(work), "."], cwd=source, check=True)
    return next(work.glob("zhikong-*.whl"))


def pack(arch: str, wheels: Path, own: Path, out: Path) -> Path:
    """The archive of one processor; a folder of the same name is inside."""
    name = f"zhikong-{version()}-{arch}"
    target = out / f"{name}.tar.gz"
    with tempfile.TemporaryDirectory(prefix="zhikong-pack-", dir=out) as work:
        folder = Path(work) / name
        fill(folder, arch, [*needed(wheels), own])
        draft = Path(work) / "archive"
        # wheels are compressed already; a higher level costs minutes and saves nothing
        with tarfile.open(draft, "w:gz", compresslevel=1) as archive:
            archive.add(folder, arcname=name, filter=_nobody)
        os.replace(draft, target)
    return target


def needed(wheels: Path) -> list[Path]:
    """Wheels of the lock file in a cache that may hold older ones too: the newest written of each name."""
    newest: dict[str, Path] = {}
    for path in sorted(wheels.glob("*.whl"), key=lambda one: one.stat().st_mtime):
        newest[path.name.split("-")[0].lower()] = path
    return sorted(newest.values())


def fill(folder: Path, arch: str, wheels: list[Path]) -> None:
    """Lay out a bundle and write its checksums last."""
    (folder / "wheels").mkdir(parents=True)
    for wheel in wheels:
        shutil.copyfile(wheel, folder / "wheels" / wheel.name)
    for name in WITH_IT:
        shutil.copy2(PROJECT / "installer" / name, folder)
    shutil.copytree(
        PROJECT / "installer" / "onsite", folder / "onsite", ignore=shutil.ignore_patterns("__pycache__")
    )
    (folder / "VERSION").write_text(f"version={version()}\narch={arch}\npython={PYTHON}\n", encoding="utf-8")
    sums.write(folder)


def _nobody(entry: tarfile.TarInfo) -> tarfile.TarInfo:
    """No names of whoever built it."""
    entry.uid = entry.gid = 0
    entry.uname = entry.gname = "root"
    return entry


if __name__ == "__main__":
    main()

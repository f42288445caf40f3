"""From an empty server to the first real month: one afternoon of a hospital's information department, with its seconds.

    .venv/bin/python -m tests.installation.afternoon [--bundle dist/zhikong-….tar.gz] [--keep FOLDER]

Everything after the bundle was made happens in a network namespace without a route, as an account without rights,
with the system's Python: install, init, imports, the first month's brief, backup, wipe, restore, the same numbers;
then what the last release left behind is upgraded and rolled back. Needs root, or user namespaces.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
ACCOUNT = "nobody"
INSIDE = "--inside"
ANSWERS = """\
[institution]
code = "48010101-3"
name = "离线安装演练医院"
level = "三级"
beds = 600
[address]
listen = "127.0.0.1"
port = 8431
security = "none"
[administrator]
staff_number = "9001"
name = "林晓"
[backup]
to = "{backups}"
"""


def main() -> None:
    asked = argparse.ArgumentParser()
    asked.add_argument("--bundle", type=Path, help="安装包；不写则先制作")
    asked.add_argument("--keep", type=Path, help="在这个文件夹里做，完成后不删")
    asked.add_argument(INSIDE, type=Path, help=argparse.SUPPRESS)
    chosen = asked.parse_args()
    if chosen.inside:
        Afternoon(chosen.inside).run()
        return
    folder = chosen.keep or Path(tempfile.mkdtemp(prefix="zhikong-afternoon-"))
    try:
        prepare(folder, chosen.bundle)
        sys.exit(subprocess.run(_walled(folder), check=False, cwd="/").returncode)
    finally:
        if not chosen.keep:
            shutil.rmtree(folder, ignore_errors=True)


def prepare(folder: Path, bundle: Path | None) -> None:
    """What an information department has in its hands: the bundle, its exports; and the last release's hospital."""
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o755)
    with step("bundle"):
        if bundle is None:
            _python("installer/bundle.py", "--arch", "x86_64", "--out", str(folder))
            bundle = next(folder.glob("zhikong-*.tar.gz"))
        subprocess.run(["tar", "-xf", str(bundle), "-C", str(folder)], check=True)
        unpacked = next(path for path in folder.glob("zhikong-*") if path.is_dir())
        unpacked.rename(folder / "bundle")
    with step("exports"):
        _python("-m", "tests.installation.exports", str(folder / "exports"))
    here = PROJECT / "tests" / "installation"
    for name in ("afternoon.py", "stored_values.py", "release_home.py"):
        shutil.copy(here / name, folder)
    shutil.copytree(_last_release(), folder / "release")
    subprocess.run(["chmod", "-R", "a+rX", str(folder)], check=True)
    if os.geteuid() == 0:
        subprocess.run(["chown", "-R", f"{ACCOUNT}:", str(folder)], check=True)


def _python(*words: str) -> None:
    subprocess.run([sys.executable, *words], cwd=PROJECT, check=True, stdout=subprocess.DEVNULL)


def _last_release() -> Path:
    folders = [told.parent for told in (PROJECT / "tests" / "releases").glob("*/told.json")]
    return max(folders, key=lambda one: tuple(map(int, one.name.split("."))))


def _walled(folder: Path) -> list[str]:
    """The same script in a namespace with a loopback and nothing else, as an account without rights."""
    is_root = os.geteuid() == 0
    wall = ["unshare", "--net"] if is_root else ["unshare", "--net", "--map-current-user", "--keep-caps"]
    drop = f"setpriv --reuid={ACCOUNT} --regid=$(id -g {ACCOUNT}) --clear-groups" if is_root else ""
    bare = f"env -i PATH=/usr/bin:/bin HOME={folder} LANG=C.UTF-8"
    script = f"PATH=$PATH:/usr/sbin:/sbin; ip link set lo up && exec {drop} {bare} /usr/bin/python3 {folder}/afternoon.py {INSIDE} {folder}"
    return [*wall, "sh", "-c", script]


@contextmanager
def step(name: str) -> Iterator[None]:
    """One line with the seconds that a step took."""
    began = time.monotonic()
    yield
    sys.stdout.write(f"{name:<28}{time.monotonic() - began:8.1f} s\n")
    sys.stdout.flush()


class Afternoon:
    """The steps, in the folder that was prepared."""

    def __init__(self, folder: Path):
        self.folder = folder
        self.site = folder / "site"

    def run(self) -> None:
        began = time.monotonic()
        self.refuse_network()
        with step("install"):
            self.install(self.site)
        self.set_up()
        self.bring_in()
        self.first_month()
        self.back_up_wipe_restore()
        self.serve()
        self.upgrade()
        sys.stdout.write(f"{'the afternoon':<28}{time.monotonic() - began:8.1f} s\n")

    def refuse_network(self) -> None:
        """The proof is worth nothing on a machine that could have asked somebody."""
        routes = Path("/proc/net/route").read_text().splitlines()[1:]
        assert routes == [], routes
        assert os.geteuid() != 0

    def install(self, prefix: Path) -> None:
        self.call(str(self.folder / "bundle" / "install.sh"), "--prefix", str(prefix))

    def set_up(self) -> None:
        answers = self.folder / "answers.toml"
        answers.write_text(ANSWERS.format(backups=self.site / "backups"), encoding="utf-8")
        with step("init"):
            told = self.zhikong("init", "--answers", str(answers))
        assert "9001" in told
        with step("doctor"):
            self.zhikong("doctor", allowed=(0, 1, 2))

    def bring_in(self) -> None:
        exports = self.folder / "exports"
        for kind, name in (("departments", "科室.csv"), ("staff", "人员.csv")):
            with step(f"import {kind}"):
                self.zhikong("import", kind, str(exports / name), "--accept", allowed=(0, 2))
        with step("import targets"):
            self.zhikong("import", "targets", "--preset", "tertiary_hospital", "--from", "2024-11")
        files = [str(path) for path in sorted((exports / "hqms").glob("*.csv")) if path.name != "填报数.csv"]
        with step("import history"):
            self.zhikong("import", "history", *files, allowed=(0, 2))

    def first_month(self) -> None:
        with step("first month's brief"):
            self.zhikong(
                "starting", "--first-month", "--month", "2026-10", "--out", str(self.folder / "brief")
            )
        briefs = sorted(path.name for path in (self.folder / "brief").iterdir())
        assert [name.rpartition(".")[2] for name in briefs] == ["docx", "pdf"], briefs
        self.before = self.numbers()
        assert len(self.before.splitlines()) > 100, self.before[:500]
        sys.stdout.write(f"values: {len(self.before.splitlines())}\n")

    def back_up_wipe_restore(self) -> None:
        with step("backup"):
            told = self.zhikong("backup")
        with step("verify the backup"):
            self.zhikong("backup", "--verify")
        key = self.folder / "recovery.key"
        key.write_text(
            next(line for line in told.splitlines() if line.count("-") == 7).strip(), encoding="ascii"
        )
        for name in ("data", "keys"):
            inside = (self.site / name).resolve()
            shutil.rmtree(inside)
            inside.mkdir(mode=0o700)
        with step("restore after a wipe"):
            self.zhikong("restore", "--from", str(self.site / "backups"), "--recovery-key", str(key))
        assert self.numbers() == self.before, "the restored numbers are others"

    def serve(self) -> None:
        with step("start until ready"):
            service = subprocess.Popen([self.site / "bin" / "zhikong", "serve"], stdout=subprocess.DEVNULL)
            end = time.monotonic() + 180
            while "服务正常" not in self.zhikong("alive", "--ready", allowed=(0, 1)):
                assert service.poll() is None, "the service ended"
                assert time.monotonic() < end, "the service is not ready"
                time.sleep(1)
        with step("stop"):
            service.terminate()
            service.wait(120)

    def upgrade(self) -> None:
        """What the last release left behind, in an installation of its own."""
        prefix = self.folder / "upgraded"
        self.install(prefix)
        environment = {"ZHIKONG_HOME": f"{prefix}/data", "ZHIKONG_KEYS": f"{prefix}/keys"}
        python = str(prefix / "current" / "venv" / "bin" / "python")
        self.call(python, str(self.folder / "release_home.py"), str(self.folder / "release"), **environment)
        before = (prefix / "current").resolve()
        with step("upgrade"):
            told = self.call(str(self.folder / "bundle" / "install.sh"), "--prefix", str(prefix))
        assert "试运行通过" in told
        assert (prefix / "current").resolve() != before
        with step("roll back"):
            self.call(str(prefix / "bin" / "zhikong-site"), "rollback")
        assert (prefix / "current").resolve() == before

    def numbers(self) -> str:
        environment = {"ZHIKONG_HOME": f"{self.site}/data", "ZHIKONG_KEYS": f"{self.site}/keys"}
        python = str(self.site / "current" / "venv" / "bin" / "python")
        return self.call(python, str(self.folder / "stored_values.py"), **environment)

    def zhikong(self, *words: str, allowed: tuple[int, ...] = (0,)) -> str:
        return self.call(str(self.site / "bin" / "zhikong"), *words, allowed=allowed)

    def call(self, *command: str, allowed: tuple[int, ...] = (0,), **more: str) -> str:
        """Output of a command; one that fails ends the afternoon with what it said."""
        done = subprocess.run(
            command, capture_output=True, text=True, check=False, env={**os.environ, **more}, cwd=self.folder
        )
        with (self.folder / "said.txt").open("a", encoding="utf-8") as file:
            file.write(f"$ {' '.join(command)}\n{done.stdout}{done.stderr}[{done.returncode}]\n")
        if done.returncode not in allowed:
            sys.exit(f"{' '.join(command)}: {done.returncode}\n{done.stdout[-2000:]}{done.stderr[-4000:]}")
        return done.stdout


if __name__ == "__main__":
    main()

"""The bundle's own checksums: everything is checked before anything is touched."""

import hashlib
from pathlib import Path

from .words import Refused

FILE = "SHA256SUMS"
BLOCK = 1 << 20


def digest(path: Path) -> str:
    """SHA-256 of a file in hexadecimal."""
    found = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            found.update(block)
    return found.hexdigest()


def write(folder: Path) -> None:
    """List every file of a folder with its checksum, in the form that ``sha256sum -c`` reads."""
    files = sorted(path for path in folder.rglob("*") if path.is_file() and path.name != FILE)
    lines = [f"{digest(path)}  {path.relative_to(folder).as_posix()}\n" for path in files]
    (folder / FILE).write_text("".join(lines), encoding="utf-8")


def check(folder: Path) -> int:
    """Number of files that are as they were made; refuses a missing, changed or added one, by name."""
    listed = _listed(folder)
    for name, wanted in listed.items():
        path = folder / name
        if not path.is_file():
            raise Refused(f"安装包不完整：缺少 {name}。请重新拷贝整个安装包。没有改动任何东西。")
        if digest(path) != wanted:
            raise Refused(f"安装包已损坏或被改动：{name} 的校验值不符。请重新拷贝。没有改动任何东西。")
    if added := _found(folder) - set(listed):
        raise Refused(f"安装包里多出了文件 {sorted(added)[0]}。请用原来的压缩包重新解开。没有改动任何东西。")
    return len(listed)


def _listed(folder: Path) -> dict[str, str]:
    try:
        lines = (folder / FILE).read_text(encoding="utf-8").splitlines()
        return {name: wanted for wanted, name in (line.split("  ", 1) for line in lines)}
    except (OSError, ValueError) as error:
        raise Refused(f"读不了 {folder / FILE}。请用原来的压缩包重新解开。没有改动任何东西。") from error


def _found(folder: Path) -> set[str]:
    files = (path for path in folder.rglob("*") if path.is_file() and "__pycache__" not in path.parts)
    return {path.relative_to(folder).as_posix() for path in files} - {FILE}

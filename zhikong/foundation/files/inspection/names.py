"""File names as people may see and save them: no paths, no control characters, nothing that reads backwards."""

import re
import unicodedata

LONGEST = 100  # characters
LONGEST_BYTES = 200  # file systems take 255; browsers add a number to a second download
RESERVED = {"con", "prn", "aux", "nul", *(f"{p}{n}" for p in ("com", "lpt") for n in range(1, 10))}
FORBIDDEN = re.compile(r'[<>:"|?*\\/]')


def safe_name(raw: str, *, extension: str = "") -> str:
    """A harmless name for any raw one. extension: given when the name has none at all."""
    base = re.split(r"[\\/]", unicodedata.normalize("NFC", raw))[-1]
    visible = "".join(c for c in base if not _hidden(c))
    plain = FORBIDDEN.sub("_", visible)
    plain = re.sub(r"\s+", " ", plain).rstrip(" .")
    stem, dot, ending = plain.rpartition(".")
    if not dot:
        stem, ending = plain, extension
    stem = stem.strip(" .") or "文件"
    if stem.split(".")[0].strip().lower() in RESERVED:
        stem = f"_{stem}"
    ending = ending[:10]
    return f"{_cut(stem, ending)}.{ending}" if ending else _cut(stem, "")


def _hidden(character: str) -> bool:
    """Control, format (among them the marks that turn the writing round), surrogate and private characters."""
    return unicodedata.category(character) in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")


def _cut(stem: str, ending: str) -> str:
    room = LONGEST - len(ending) - 1
    stem = stem[:room]
    while len(stem.encode()) + len(ending.encode()) + 1 > LONGEST_BYTES:
        stem = stem[:-1]
    return stem.rstrip(" .")


def extension_of(name: str) -> str:
    """The ending in small letters, or nothing."""
    return name.rpartition(".")[2].lower() if "." in name else ""

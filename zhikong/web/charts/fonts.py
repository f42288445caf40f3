"""Where Chinese fonts come from: a folder that the hospital names, the package, or Debian's; in that order."""

import os
from importlib.util import find_spec
from pathlib import Path

DEBIAN = (Path("/usr/share/fonts/opentype/noto"), Path("/usr/share/fonts/truetype/wqy"))
SANS = "Noto Sans SC"
SERIF = "Noto Serif SC"
# A page shows the same drawing on computers that lack the first font; the drawing itself is measured with it.
STACK = f"{SANS}, PingFang SC, Microsoft YaHei, Noto Sans CJK SC, WenQuanYi Micro Hei, sans-serif"
EMPTY_BOXES = "找到的字体画不出汉字（图中会是空框）。请安装 pylopdf-fonts-zh-cn，或用 ZHIKONG_FONTS 指定含 Noto Sans SC 的目录。"
SUFFIXES = {".otf", ".ttf", ".ttc"}


class FontMissing(RuntimeError):
    """No Chinese font was found: charts and documents would show empty boxes."""


def folders() -> list[Path]:
    """Folders with Chinese fonts, best first. Raises FontMissing with what to do when there is none."""
    found = [folder for folder in _candidates() if _has_font(folder)]
    if not found:
        raise FontMissing("没有找到中文字体。请安装 pylopdf-fonts-zh-cn，或用 ZHIKONG_FONTS 指定字体目录。")
    return found


def _candidates() -> list[Path]:
    named = os.environ.get("ZHIKONG_FONTS")
    spec = find_spec("pylopdf_fonts_zh_cn")
    packaged = [Path(spec.origin).parent] if spec and spec.origin else []
    return [*([Path(named)] if named else []), *packaged, *DEBIAN]


def _has_font(folder: Path) -> bool:
    return folder.is_dir() and any(p.suffix.lower() in SUFFIXES for p in folder.iterdir())

"""Decodes one picture and writes it anew, with a thumbnail. Runs as a script in a process with little to lose.

Nothing of ours is imported here: the process starts quickly and holds no secret and no connection. It limits its own
time, memory and output before it touches the content. Arguments: source, kind, target, thumbnail, the largest sides
of both, and as JSON the regions to hide, fractions of the upright picture. The answer is one line of JSON: {"width": …, "height": …} or {"error": code}.
"""

import json
import os
import sys

CPU_SECONDS = 20
MEMORY = 1536 * 1024 * 1024
OUTPUT = 64 * 1024 * 1024
MAX_PIXELS = 64_000_000
CELLS = (
    5  # what is hidden keeps so many cells along its longer side: light and dark, nobody's face and no letter
)
FORMATS = {"jpg": "JPEG", "png": "PNG", "webp": "WEBP"}


def limit():
    """Bounds that the kernel keeps; Windows has none of them and relies on the parent's clock."""
    try:
        import resource
    except ImportError:
        return
    for what, most in (
        (resource.RLIMIT_CPU, CPU_SECONDS),
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_FSIZE, OUTPUT),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(what, (most, most))


def rewrite(source, kind, target, thumbnail, side, small_side, regions=()):
    """Write target and thumbnail, regions hidden in both; returns width and height in pixels."""
    from PIL import Image, ImageOps

    Image.MAX_IMAGE_PIXELS = None  # we judge by the header ourselves, with a sentence of our own
    with Image.open(source, formats=[FORMATS[kind]]) as picture:
        if picture.width * picture.height > MAX_PIXELS:
            raise OverflowError
        if kind == "jpg":
            picture.draft("RGB", (side, side))
        picture.seek(0)
        picture.load()
        upright = ImageOps.exif_transpose(picture)
        bare = _only_pixels(upright, kind)
    bare.thumbnail((side, side), Image.Resampling.LANCZOS)
    for region in regions:
        _hide(bare, region)
    _save(bare, kind, target)
    size = bare.size
    bare.thumbnail((small_side, small_side), Image.Resampling.LANCZOS)
    _save(bare, kind, thumbnail)
    return size


def _hide(picture, region):
    """Replace a rectangle by a few large cells of its mean colours; nothing of what was there can be told from them."""
    from PIL import Image

    width, height = picture.size
    left, top = int(region["x"] * width), int(region["y"] * height)
    right = min(width, max(left + 1, round((region["x"] + region["w"]) * width)))
    bottom = min(height, max(top + 1, round((region["y"] + region["h"]) * height)))
    part = picture.crop((left, top, right, bottom))
    longest = max(part.size)
    few = [max(1, round(CELLS * length / longest)) for length in part.size]
    cells = part.resize(few, Image.Resampling.BOX).resize(part.size, Image.Resampling.NEAREST)
    picture.paste(cells, (left, top))


def _only_pixels(picture, kind):
    """Pixels in sRGB and nothing else: no profile, comment, text, EXIF or further frame."""
    from PIL import Image

    mode = "RGBA" if kind != "jpg" and ("A" in picture.mode or "transparency" in picture.info) else "RGB"
    plain = _in_srgb(picture, mode)
    bare = Image.new(mode, plain.size)
    bare.paste(plain)
    return bare


def _in_srgb(picture, mode):
    from io import BytesIO

    from PIL import ImageCms

    profile = picture.info.get("icc_profile")
    if profile and picture.mode == "RGB" and mode == "RGB":
        try:
            given = ImageCms.ImageCmsProfile(BytesIO(profile))
            return ImageCms.profileToProfile(picture, given, ImageCms.createProfile("sRGB"), outputMode="RGB")
        except ImageCms.PyCMSError:
            pass  # a broken profile changes shades only
    return picture.convert(mode)


def _save(picture, kind, path):
    options = {"jpg": {"quality": 88, "optimize": True}, "png": {"optimize": False}, "webp": {"quality": 88}}
    picture.save(path, format=FORMATS[kind], **options[kind])


def main():
    source, kind, target, thumbnail, side, small_side, regions = sys.argv[1:]
    limit()
    try:
        hidden = json.loads(regions)
        width, height = rewrite(source, kind, target, thumbnail, int(side), int(small_side), hidden)
        answer = {"width": width, "height": height}
    except (OverflowError, MemoryError):
        answer = {"error": "large"}
    except Exception as error:  # noqa: BLE001 (a decoder may raise anything; the parent makes a sentence of it)
        answer = {"error": "broken", "detail": type(error).__name__}
    os.write(1, json.dumps(answer).encode())


main()

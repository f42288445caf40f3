"""Decodes one picture and writes it anew, with a thumbnail. Runs as a script in a process with little to lose.

Nothing of ours is imported here: the process starts quickly and holds no secret and no connection. It limits its own
time, memory and output before it touches the content. Arguments: source, kind, target, thumbnail, the largest sides
of both. The answer is one line of JSON: {"width": …, "height": …} or {"error": code}.
"""

import json
import os
import sys

CPU_SECONDS = 20
MEMORY = 1536 * 1024 * 1024
OUTPUT = 64 * 1024 * 1024
MAX_PIXELS = 64_000_000
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


def rewrite(source, kind, target, thumbnail, side, small_side):
    """Write target and thumbnail; returns width and height in pixels."""
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
    _save(bare, kind, target)
    size = bare.size
    bare.thumbnail((small_side, small_side), Image.Resampling.LANCZOS)
    _save(bare, kind, thumbnail)
    return size


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
    source, kind, target, thumbnail, side, small_side = sys.argv[1:]
    limit()
    try:
        width, height = rewrite(source, kind, target, thumbnail, int(side), int(small_side))
        answer = {"width": width, "height": height}
    except (OverflowError, MemoryError):
        answer = {"error": "large"}
    except Exception as error:  # noqa: BLE001 (a decoder may raise anything; the parent makes a sentence of it)
        answer = {"error": "broken", "detail": type(error).__name__}
    os.write(1, json.dumps(answer).encode())


main()

"""Takes the pictures of the guides: ``python -m tests.journeys.pictures http://127.0.0.1:8218 [name …]``.

The address is that of a freshly loaded demo hospital in which nobody has worked yet. Beside each picture stands what
its page said (`.yaml`); tests compare it with the page of today, so that a stale picture fails the build.
"""

import hashlib
import io
import sys
from pathlib import Path

import yaml
from PIL import Image

from tests.journeys.conftest import CHROMIUM, FLAGS, PASSWORD
from tests.journeys.pictures.shots import SHOTS, Shot
from tests.journeys.pictures.visiting import Visitor, shape
from tests.journeys.pictures.words import said

FOLDER = Path(__file__).resolve().parents[3] / "docs" / "pictures" / "jobs"
COLOURS = 64


def main(base: str, names: list[str]) -> None:
    from playwright.sync_api import sync_playwright

    FOLDER.mkdir(parents=True, exist_ok=True)
    wanted = [shot for shot in SHOTS if not names or shot.name in names]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        for account in dict.fromkeys(shot.account for shot in wanted):
            _take_all(browser, base, [shot for shot in wanted if shot.account == account])
        browser.close()


def _take_all(browser, base: str, shots: list[Shot]) -> None:
    """All pictures of one account, which signs in once."""
    visitor = Visitor(base, shots[0].account)
    page = browser.new_context(base_url=base, locale="zh-CN").new_page()
    page.goto("/account/login/")
    page.get_by_label("用户名").fill(shots[0].account)
    page.get_by_label("密码", exact=False).first.fill(PASSWORD)
    page.get_by_role("button", name="登录", exact=True).click()
    page.wait_for_url(lambda url: "login" not in url)
    for shot in shots:
        _take(page, visitor, shot)
    page.context.close()


def _take(page, visitor: Visitor, shot: Shot) -> None:
    address, text = visitor.page_of(shot)
    picture = _small(_photograph(page, shot, address))
    (FOLDER / f"{shot.name}.png").write_bytes(picture)
    words = said(text, whole=shot.whole)
    told = {
        "account": shot.account,
        "address": shape(address),
        "picture": hashlib.sha256(picture).hexdigest()[:16],
        "says": sorted(words.always - set(shot.sometimes)),
        "says_with_data": sorted(words.passing),
    }
    written = yaml.safe_dump(told, allow_unicode=True, sort_keys=False, width=120)
    (FOLDER / f"{shot.name}.yaml").write_text(written, "utf-8")
    sys.stdout.write(f"{shot.name}: {len(picture) // 1024} KB, {len(told['says'])} words, {address}\n")


def _photograph(page, shot: Shot, address: str) -> bytes:
    page.set_viewport_size({"width": shot.width, "height": shot.height})
    page.goto(address)
    page.wait_for_load_state("networkidle")
    if shot.whole:
        return page.screenshot()
    frame = page.locator("main").bounding_box()
    height = min(frame["height"], shot.height - frame["y"])
    return page.screenshot(clip={**frame, "height": height})


def _small(picture: bytes) -> bytes:
    """A palette of few colours: a screen has no more."""
    image = Image.open(io.BytesIO(picture)).convert("RGB")
    out = io.BytesIO()
    image.quantize(COLOURS, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE).save(
        out, "PNG", optimize=True
    )
    return out.getvalue()


if __name__ == "__main__":
    main(sys.argv[1].rstrip("/"), sys.argv[2:])

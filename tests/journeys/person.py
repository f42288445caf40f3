"""A person at a screen: does what a user does and adds up the published operator times.

Keystroke-level model (Card, Moran and Newell 1980): a key 0.28 s, pointing 1.1 s, a click 0.2 s, moving the hand
to the keyboard or back 0.4 s, making up one's mind 1.35 s. Chinese is typed through pinyin: three keys a character.
Reading Chinese: 6.3 characters a second (Brysbaert 2019: about 380 a minute). On a phone a tap is one pointing.
The sum is deterministic; nothing here measures wall time.
"""

from playwright.sync_api import Locator, Page

KEY, POINT, CLICK, HAND, MIND = 0.28, 1.1, 0.2, 0.4, 1.35
CHARACTERS_A_SECOND = 6.3
KEYS_PER_CHINESE_CHARACTER = 3


class Person:
    """Wraps a page; each act is done in the browser and its time is added to ``seconds``."""

    def __init__(self, page: Page):
        self.page = page
        self.seconds = 0.0
        self.acts: list[str] = []

    def click(self, target: Locator, note: str = "") -> None:
        self._spend(MIND + POINT + CLICK, note or "click")
        target.click()

    def tick(self, target: Locator, note: str = "") -> None:
        self._spend(POINT + CLICK, note or "tick")
        target.check()

    def choose(self, target: Locator, label: str) -> None:
        self._spend(MIND + 2 * (POINT + CLICK), f"choose {label}")
        target.select_option(label=label)

    def type(self, target: Locator, text: str) -> None:
        keys = sum(KEYS_PER_CHINESE_CHARACTER if ord(c) > 0x2E80 else 1 for c in text)
        self._spend(POINT + CLICK + 2 * HAND + keys * KEY, f"type {text}")
        target.fill(text)

    def press(self, keys: str, note: str = "") -> None:
        """Single keys without the mouse, such as "j j y"; the hands stay on the keyboard."""
        pressed = keys.split()
        self._spend(MIND + KEY * len(pressed), note or f"press {keys}")
        for key in pressed:
            self.page.keyboard.press(key)

    def write(self, text: str) -> None:
        """Words into the field that has the focus, without reaching for the mouse."""
        keys = sum(KEYS_PER_CHINESE_CHARACTER if ord(c) > 0x2E80 else 1 for c in text)
        self._spend(keys * KEY, f"write {text}")
        self.page.keyboard.insert_text(text)

    def photograph(self, button: Locator, picture: bytes) -> None:
        """Open the camera, aim, release, take the picture over."""
        self._spend(2 * MIND + 3 * (POINT + CLICK), "photograph")
        with self.page.expect_file_chooser() as chooser:
            button.click()
        chooser.value.set_files({"name": "photo.jpg", "mimeType": "image/jpeg", "buffer": picture})

    def draw(self, target: Locator, strokes: int = 6) -> None:
        """A signature by finger: 0.9 s a straight stroke and 0.16 s a centimetre, four centimetres each."""
        self._spend(MIND + POINT + strokes * (0.9 + 0.16 * 4), f"draw {strokes} strokes")
        target.scroll_into_view_if_needed()
        frame = target.bounding_box()
        for number in range(strokes):
            left = frame["x"] + frame["width"] * (0.1 + 0.13 * number)
            self.page.mouse.move(left, frame["y"] + frame["height"] * 0.3)
            self.page.mouse.down()
            self.page.mouse.move(left + 20, frame["y"] + frame["height"] * 0.7, steps=4)
            self.page.mouse.up()

    def read(self, target: Locator) -> str:
        text = " ".join(target.inner_text().split())
        self._spend(len(text) / CHARACTERS_A_SECOND, f"read {len(text)} characters")
        return text

    def _spend(self, seconds: float, note: str) -> None:
        self.seconds += seconds
        self.acts.append(f"{seconds:5.1f} s  {note}")

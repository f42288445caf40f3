"""What runs in the drawing process: Vega-Lite to SVG or PNG. Nothing else imports vl-convert at run time."""

import json
import os
import signal
import threading
from multiprocessing import connection, parent_process

from zhikong.web.charts import fonts

_ready = False


def end_with_parent() -> None:
    """Ends this process when the one that it draws for is gone, also after a kill -9: no orphan stays.

    Ctrl-C is for the one that it draws for, which then ends this one in order.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)

    def watch() -> None:
        connection.wait([parent_process().sentinel])
        os._exit(0)

    threading.Thread(target=watch, daemon=True).start()


def _prepare() -> None:
    """Registers fonts before the first drawing: text is measured with the fonts known then."""
    global _ready
    if not _ready:
        import vl_convert

        for folder in fonts.folders()[:1]:
            vl_convert.register_font_directory(str(folder))
        if _glyph("质") == _glyph("控"):
            raise fonts.FontMissing(fonts.EMPTY_BOXES)
        _ready = True


def _glyph(character: str) -> bytes:
    """One character as a picture. Without a fitting font every one is the same empty box, and no error."""
    import vl_convert

    mark = {"type": "text", "text": character, "font": fonts.SANS, "fontSize": 24}
    return vl_convert.vegalite_to_png({"data": {"values": [{}]}, "mark": mark}, scale=1)


def draw(text: str, kind: str, scale: float) -> bytes:
    """The drawing of a specification given as JSON text, or of SVG text; kind is ``svg`` or ``png``.

    Raises FontMissing when Chinese would come out as empty boxes.
    """
    import vl_convert

    _prepare()
    if text.startswith("<svg"):
        return text.encode() if kind == "svg" else vl_convert.svg_to_png(text, scale=scale)
    spec = json.loads(text)
    if kind == "svg":
        return vl_convert.vegalite_to_svg(spec).encode()
    return vl_convert.vegalite_to_png(spec, scale=scale)

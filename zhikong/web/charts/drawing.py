"""What runs in the drawing process: Vega-Lite to SVG or PNG. Nothing else imports vl-convert at run time."""

import json

_ready = False


def _prepare() -> None:
    """Registers fonts before the first drawing: text is measured with the fonts known then."""
    global _ready
    if not _ready:
        import vl_convert

        from zhikong.web.charts import fonts

        for folder in fonts.folders()[:1]:
            vl_convert.register_font_directory(str(folder))
        _ready = True


def draw(text: str, kind: str, scale: float) -> bytes:
    """The drawing of a specification given as JSON text; kind is ``svg`` or ``png``."""
    import vl_convert

    _prepare()
    spec = json.loads(text)
    if kind == "svg":
        return vl_convert.vegalite_to_svg(spec).encode()
    return vl_convert.vegalite_to_png(spec, scale=scale)

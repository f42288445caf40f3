"""The script that makes charts on a page answer to the pointer: built at installation, never committed."""

from pathlib import Path

import vl_convert

FOLDER = Path(__file__).resolve().parents[1] / "static" / "generated"
NAME = "vega.js"
# The page's strict content policy forbids eval: ast makes Vega interpret its expressions instead.
SNIPPET = """
const drawn = (element) => {
  const source = document.getElementById(element.dataset.chart);
  if (!source) return;
  const spec = JSON.parse(source.textContent);
  const options = { ast: true, actions: false, renderer: "svg", defaultStyle: false, tooltip: { disableDefaultStyle: true } };
  vegaEmbed(element, spec, options).then(() => element.classList.add("is-live")).catch(() => {});
};
window.zhikongCharts = (root) => root.querySelectorAll("[data-chart]").forEach(drawn);
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-chart-live]");
  if (button) { window.zhikongCharts(document); button.hidden = true; }
});
"""


def build(folder: Path = FOLDER) -> Path:
    """Write the bundle (vega, vega-lite, vega-embed and our few lines) as one function of its own.

    The library's bundle declares names at top level that would overwrite the page's.
    """
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / NAME
    text = f"(() => {{\n{vl_convert.javascript_bundle(SNIPPET)}\n}})();\n"
    if not (path.exists() and path.read_text("utf-8") == text):  # an installed program may belong to root
        path.write_text(text, "utf-8")
    return path

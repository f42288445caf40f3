// The text editor of the pack store: line numbers beside the text, and problems that lead to their line.
(() => {
  "use strict";
  const form = document.querySelector("form[data-source-editor]");
  if (!form) return;
  const area = form.querySelector("textarea.source");
  const gutter = form.querySelector("[data-gutter]");
  const place = form.querySelector("[data-place]");

  const number = () => {
    const count = area.value.split("\n").length;
    gutter.textContent = Array.from({ length: count }, (_, i) => i + 1).join("\n");
    gutter.scrollTop = area.scrollTop;
  };
  const tellLine = () => {
    const line = area.value.slice(0, area.selectionStart).split("\n").length;
    place.textContent = `（光标在第 ${line} 行）`;
  };

  const goTo = (line) => {
    const lines = area.value.split("\n");
    const at = Math.min(Math.max(line, 1), lines.length);
    const start = lines.slice(0, at - 1).reduce((sum, text) => sum + text.length + 1, 0);
    area.focus();
    area.setSelectionRange(start, start + lines[at - 1].length);
    const height = parseFloat(getComputedStyle(area).lineHeight) || 20;
    area.scrollTop = Math.max(0, (at - 1) * height - area.clientHeight / 3);
    gutter.scrollTop = area.scrollTop;
    tellLine();
  };

  area.addEventListener("input", number);
  area.addEventListener("scroll", () => { gutter.scrollTop = area.scrollTop; });
  for (const kind of ["keyup", "click", "focus"]) area.addEventListener(kind, tellLine);
  document.addEventListener("click", (event) => {
    const link = event.target.closest("[data-line]");
    if (!link) return;
    event.preventDefault();
    goTo(Number(link.dataset.line));
  });
  number();
})();

// Lists with check boxes: one box for all of the page, and how many are chosen. Works without: every row has its box.
(() => {
  "use strict";
  document.querySelectorAll("form[data-choose]").forEach((form) => {
    const all = form.querySelector("[data-choose-all]");
    const boxes = () => [...form.querySelectorAll("input[type=checkbox][name]")];
    const label = form.querySelector("[data-chosen]");
    const empty = label?.textContent;
    const show = () => {
      const chosen = boxes().filter((box) => box.checked).length;
      if (all) {
        all.checked = chosen > 0 && chosen === boxes().length;
        all.indeterminate = chosen > 0 && !all.checked;
      }
      if (label) label.textContent = chosen ? `${chosen} / ${boxes().length}` : empty;
    };
    form.addEventListener("change", (event) => {
      if (event.target === all) boxes().forEach((box) => (box.checked = all.checked));
      show();
    });
    window.addEventListener("pageshow", show);
  });
})();

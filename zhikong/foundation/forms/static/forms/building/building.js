// The form editor's small helps; the editor works without them by its own buttons.
(() => {
  "use strict";
  const panel = () => document.getElementById("panel");

  // A button of the outline may be exchanged while its press waits in the queue: the form remembers it.
  document.addEventListener("click", (event) => {
    const button = event.target.closest('button[form="act-form"][name="press"]');
    if (button) document.querySelector('#act-form [name="pressed"]').value = button.value;
  }, true);

  // What others did, and what could not be saved, stays to be read until it is closed.
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-close-note]")) event.target.closest(".note").remove();
  });

  // What is typed while the fields are being drawn anew is put back afterwards and saved.
  // (a form with a field named "id" hides its own id)
  const isItemForm = (element) => element?.getAttribute("id") === "item-form";
  let sent = null;
  let kept = [];
  const values = () => new Map([...panel().querySelectorAll("input, textarea, select")]
    .filter((control) => control.name && control.type !== "checkbox" && control.type !== "hidden")
    .map((control) => [control.name, control.value]));
  document.addEventListener("htmx:beforeRequest", (event) => {
    if (isItemForm(event.detail.elt)) sent = values();
  });
  document.addEventListener("htmx:beforeSwap", (event) => {
    kept = [];
    if (!isItemForm(event.detail.requestConfig?.elt) || !sent) return;
    for (const [name, value] of values()) if (sent.has(name) && sent.get(name) !== value) kept.push([name, value]);
  });
  document.addEventListener("htmx:afterSwap", (event) => {
    if (event.detail.target?.id !== "panel") return;
    for (const [name, value] of kept) {
      const control = panel().querySelector(`[name="${CSS.escape(name)}"]`);
      if (!control || control.value === value) continue;
      control.value = value;
      if (control !== document.activeElement) control.dispatchEvent(new Event("change", { bubbles: true }));
    }
    kept = [];
    // a new item waits for its text; other exchanges leave the focus where it is
    panel().querySelector("[data-focus] textarea")?.focus();
  });

  // Nothing typed is lost by leaving: a field that still has the focus has not been saved yet.
  window.addEventListener("beforeunload", (event) => {
    const active = document.activeElement;
    if (panel()?.contains(active) && "defaultValue" in active && sent?.get(active.name) !== active.value
      && active.defaultValue !== active.value) event.preventDefault();
  });
})();

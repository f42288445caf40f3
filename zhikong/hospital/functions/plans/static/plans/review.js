// The review of a plan: from a span to its item and back, keys for each decision, and a selection becomes a new item.
(() => {
  "use strict";
  let here = null;
  const items = () => [...document.querySelectorAll("#plan-items > [data-item]")];

  function go(item, focus = true) {
    if (!item) return;
    here = item.dataset.item;
    items().forEach((one) => one.classList.toggle("here", one === item));
    document.querySelectorAll("#plan-text a").forEach((span) => span.classList.toggle("here", span.dataset.items.split(" ").includes(here)));
    const span = document.querySelector("#plan-text a.here"), text = document.getElementById("plan-text");
    if (span && text) text.scrollTop = span.offsetTop - text.clientHeight / 3;
    if (focus) { item.focus({ preventScroll: true }); item.scrollIntoView({ block: "nearest" }); }
  }

  const current = () => items().find((one) => one.dataset.item === here);

  function step(by) {
    const all = items(), at = all.findIndex((one) => one.dataset.item === here);
    go(all[Math.min(Math.max(at + by, 0), all.length - 1)]);
  }

  document.addEventListener("click", (event) => {
    const picked = event.target.closest("[data-pick]");
    if (picked) {
      pick(...picked.dataset.pick.split(" "), picked.closest("li").querySelector("label").textContent);
      adding();
      return;
    }
    const span = event.target.closest("#plan-text a[data-items]");
    if (span) {
      const item = document.getElementById(`item-${span.dataset.items.split(" ")[0]}`);
      if (item) { event.preventDefault(); go(item); }
      return;
    }
    const item = event.target.closest("#plan-items > [data-item]");
    if (item && !event.target.closest("a, button, input, select, summary, label")) go(item, false);
  });

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, select, textarea")) return;
    const key = event.key.toLowerCase();
    if (key === "n") { adding(); event.preventDefault(); return; }
    if (key === "j" || key === "k") { step(key === "j" ? 1 : -1); event.preventDefault(); return; }
    const place = key === "u" ? document.getElementById("board") : current();
    const button = place?.querySelector(`[data-key="${CSS.escape(key)}"]`);
    if (button) { event.preventDefault(); button.click(); if (key === "x") button.parentElement.querySelector("input")?.focus(); }
  });

  function adding() {
    const box = document.getElementById("plan-adding");
    if (!box) return;
    box.open = true;
    box.scrollIntoView({ block: "nearest" });
    box.querySelector("select, input:not([type=hidden])")?.focus();
  }

  function pick(first, last, words) {
    const form = document.getElementById("plan-add");
    if (!form) return;
    form.elements["add-start"].value = first;
    form.elements["add-end"].value = last;
    const shown = form.querySelector("[data-picked]");
    shown.textContent = words;
    shown.hidden = !words;
  }

  // A selection inside the text becomes the place of a new item: offsets are the paragraph's start and what stands before.
  document.addEventListener("selectionchange", () => {
    const form = document.getElementById("plan-add"), chosen = document.getSelection();
    if (!form || !chosen || chosen.isCollapsed || !chosen.rangeCount) return;
    const range = chosen.getRangeAt(0);
    const first = place(range.startContainer, range.startOffset), last = place(range.endContainer, range.endOffset);
    if (first === null || last === null) return;
    pick(first, last, chosen.toString());
  });

  function place(node, offset) {
    const row = (node.nodeType === 3 ? node.parentElement : node).closest("#plan-text p[data-start]");
    if (!row) return null;
    const before = document.createRange();
    before.setStart(row, 0);
    before.setEnd(node, offset);
    return Number(row.dataset.start) + [...before.toString()].length;
  }

  document.addEventListener("htmx:afterSwap", (event) => {
    const target = event.detail.target;
    if (target.id.startsWith("edit-")) { target.querySelector("select, input:not([type=hidden])")?.focus(); return; }
    const wrong = document.querySelector("#board .plan-edit");
    if (wrong) { wrong.scrollIntoView({ block: "nearest" }); return; }
    if (event.detail.requestConfig?.elt.id === "plan-add" && !document.querySelector("#board [role=alert]")) {
      document.getElementById("plan-add").reset();
      pick("", "", "");
    }
    const again = current();
    go(again?.hasAttribute("data-open") ? again : items().find((one) => one.hasAttribute("data-open")) || again);
  });
})();

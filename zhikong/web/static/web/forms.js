// Filling a sheet: htmx saves each item; this marks what is not saved, tries again, and never lets it be lost.
// Without this script the page is one form with a button. Nothing is kept outside the page.
(() => {
  "use strict";
  const form = document.querySelector("form[data-sheet]");
  if (!form) return;
  const trouble = document.getElementById("trouble");
  const word = (name) => trouble.dataset[name];
  const PAUSE = 5000;
  const ASK_OTHERS = 30000;
  let timer = null;
  const onTheWay = new Set();
  const sentAt = new WeakMap(); // request -> when it left
  const touchedAt = new WeakMap(); // item -> when somebody last changed something in it
  let answered = { item: null, at: 0 }; // whose answer is being drawn, and when it was asked

  const itemOf = (element) => element?.closest?.("[data-item]") || null;
  const unsaved = () => [...form.querySelectorAll("[data-item][data-unsaved]")];
  const statusOf = (item) => document.getElementById(`status-${item.dataset.item}`);

  // --- what is shown ---------------------------------------------------------------------------------------
  const mark = (item, text) => {
    const status = statusOf(item);
    if (!status) return;
    let note = status.querySelector(".unsaved");
    if (!note) {
      note = document.createElement("span");
      note.className = "unsaved";
      status.prepend(note);
    }
    status.querySelector(".saved")?.remove();
    note.textContent = text;
  };
  const waiting = (item) => {
    item.dataset.unsaved = "yes";
    mark(item, word("unsaved"));
  };
  const settled = (item) => {
    delete item.dataset.unsaved;
    statusOf(item)?.querySelector(".unsaved")?.remove();
  };
  const say = (name) => {
    trouble.querySelector("span").textContent = name ? word(name) : "";
    trouble.querySelector("a").hidden = name !== "expired";
    trouble.hidden = !name;
  };

  // --- is anybody there, and is it still me ------------------------------------------------------------------
  const renew = (token) => {
    document.body.setAttribute("hx-headers", JSON.stringify({ "X-CSRFToken": token }));
    form.querySelector("input[name=csrfmiddlewaretoken]").value = token;
  };
  const alive = async () => {
    try {
      const answer = await fetch(form.dataset.alive, { redirect: "manual", headers: { Accept: "application/json" } });
      if (answer.type === "opaqueredirect" || answer.status === 401) return "expired";
      if (!answer.ok) return "offline";
      const said = await answer.json();
      if (String(said.user) !== form.dataset.user) return "another";
      renew(said.token);
      return "";
    } catch {
      return "offline";
    }
  };
  const again = async () => {
    timer = null;
    if (!unsaved().length) return say("");
    const problem = await alive();
    say(problem);
    if (!problem) unsaved().forEach((item) => htmx.trigger(item, "retry"));
    if (problem) later();
  };
  const later = () => {
    timer = timer || setTimeout(again, PAUSE);
  };

  // --- saving ----------------------------------------------------------------------------------------------
  const ofSheet = (event) => event.detail.requestConfig?.verb === "post" && itemOf(event.detail.elt);
  document.body.addEventListener("htmx:beforeRequest", (event) => {
    sentAt.set(event.detail.xhr, performance.now());
    const item = ofSheet(event);
    if (!item) return;
    onTheWay.add(event.detail.xhr);
    mark(item, word("saving"));
  });
  document.body.addEventListener("htmx:beforeSwap", (event) => {
    const asked = event.detail.requestConfig?.elt;
    answered = { item: itemOf(asked), at: sentAt.get(event.detail.xhr) ?? 0 };
    if (!form.contains(event.detail.elt)) return;
    const said = event.detail.xhr.getResponseHeader("X-Sheet-Saved");
    if (!said) event.detail.shouldSwap = false; // a page for signing in, or an error page: not meant for this place
    else if (event.detail.xhr.status === 409) event.detail.shouldSwap = true;
  });
  document.body.addEventListener("htmx:afterRequest", (event) => {
    onTheWay.delete(event.detail.xhr); // before all else: an item drawn anew by its own answer is found no more
    const item = ofSheet(event);
    if (!item) return;
    const said = event.detail.xhr?.getResponseHeader("X-Sheet-Saved");
    if (said) {
      settled(item);
      if (!unsaved().length) say("");
      return;
    }
    waiting(item);
    if (event.detail.xhr?.status >= 400 && event.detail.xhr.status !== 403) say("refused");
    later();
  });
  // An answer that arrives after a signature takes the signature away: whoever signs or hands in waits for all of them.
  const quiet = async () => {
    for (let look = 0; onTheWay.size && look < 300; look += 1) await new Promise((go) => setTimeout(go, 30));
  };
  document.body.addEventListener("htmx:confirm", (event) => {
    if (!form.contains(event.detail.elt) || event.detail.elt.name !== "sign" || !onTheWay.size) return;
    event.preventDefault();
    quiet().then(() => event.detail.issueRequest(true));
  });
  // What others wrote, or an older answer of one's own, must not fall into what somebody has typed or ticked since.
  document.body.addEventListener("htmx:oobBeforeSwap", (event) => {
    const item = itemOf(event.detail.target);
    if (!item || item !== event.detail.target || item === answered.item || item.hidden) return;
    const busy = item.dataset.unsaved || item.dataset.typing || item.contains(document.activeElement);
    if (busy || (touchedAt.get(item) ?? -1) > answered.at) event.detail.shouldSwap = false;
  });
  const touch = (event) => {
    const item = itemOf(event.target);
    if (item) touchedAt.set(item, performance.now());
  };
  form.addEventListener("input", touch, true);
  form.addEventListener("change", touch, true);
  form.addEventListener("input", (event) => {
    const item = itemOf(event.target);
    if (item && !event.target.matches("[data-no-save]")) item.dataset.typing = "yes";
  });
  document.body.addEventListener("htmx:afterRequest", (event) => {
    const item = ofSheet(event);
    if (item) delete item.dataset.typing;
  });
  // A field that only searches, or holds a password, is no answer.
  document.addEventListener("change", (event) => {
    if (event.target.matches("[data-no-save]")) event.stopPropagation();
  }, true);

  // --- buttons ---------------------------------------------------------------------------------------------
  const count = (button) => {
    const box = button.closest("[data-counter]");
    const [n, m] = box.querySelectorAll("input");
    const number = (field) => Number.parseInt(field.value, 10) || 0;
    if (button.dataset.count === "yes") n.value = number(n) + 1;
    else n.value = number(n);
    m.value = number(m) + 1;
    htmx.trigger(itemOf(button), "counted");
  };
  const empty = (button) => {
    itemOf(button).querySelectorAll("input[type=radio]").forEach((radio) => { radio.checked = false; });
    htmx.trigger(itemOf(button), "cleared");
  };
  form.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (button?.dataset.count) count(button);
    if (button?.hasAttribute("data-clear")) empty(button);
  });

  // --- leaving and handing in --------------------------------------------------------------------------------
  window.addEventListener("beforeunload", (event) => {
    if (unsaved().length && !form.dataset.sent) event.preventDefault();
  });
  document.addEventListener("submit", async (event) => {
    if (event.target !== form || form.dataset.checked) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    await quiet();
    const problem = await alive();
    say(problem);
    if (problem) return later();
    form.dataset.checked = "yes";
    form.requestSubmit(event.submitter);
  }, true);
  window.addEventListener("pageshow", () => delete form.dataset.checked);
  window.addEventListener("online", again);

  // --- the others --------------------------------------------------------------------------------------------
  setInterval(() => {
    if (document.hidden || !trouble.hidden) return;
    const since = document.getElementById("progress").dataset.revision;
    htmx.ajax("GET", `${form.dataset.changes}?since=${since}`, { source: "#others", target: "#others", swap: "none" });
  }, ASK_OTHERS);

  document.getElementById("problems")?.focus();
})();

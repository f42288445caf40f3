/* Reviewing by keyboard. Every act goes to the server at once; what could not be sent waits in this browser and is
   sent again, in order, so that nothing is lost when the line or the session breaks. */
(() => {
  "use strict";
  const root = document.getElementById("review");
  if (!root) return;
  const words = document.getElementById("words").dataset;
  const mine = root.dataset.mine === "1";
  const trouble = document.getElementById("trouble");
  const store = `review:${root.dataset.user}:${root.dataset.review}`;
  const board = () => document.getElementById("board");
  const all = (selector) => [...board().querySelectorAll(selector)];
  const rows = () => all("[data-row]");
  const read = (key) => { try { return JSON.parse(localStorage.getItem(key) || "[]"); } catch { return []; } };
  const write = (key, value) => { try { localStorage.setItem(key, JSON.stringify(value)); } catch { /* full or forbidden: the queue in memory still holds it */ } };
  let queue = read(store), returned = new Set(read(`${store}:returned`)), busy = false, current = "", picked = null;

  // ---- sending -------------------------------------------------------------------------------------------------
  function send(verb, data = {}) {
    queue.push({ verb, ...data });
    write(store, queue);
    const saved = document.getElementById("saved");
    if (saved) saved.textContent = words.saving;
    pump();
  }

  async function pump() {
    if (busy || !queue.length) return;
    busy = true;
    const act = queue[0], body = new URLSearchParams();
    for (const [name, value] of Object.entries(act)) for (const one of [value].flat()) body.append(name, one);
    let answer;
    try {
      answer = await fetch(root.dataset.act, { method: "POST", body, redirect: "manual", headers: { "X-CSRFToken": root.dataset.token } });
    } catch { answer = null; }
    busy = false;
    if (!answer || answer.status >= 500) return later(trouble.dataset.offline);
    if (answer.type === "opaqueredirect") return later(trouble.dataset.expired);
    const json = (answer.headers.get("content-type") || "").includes("json");
    const told = json ? await answer.json() : await answer.text();
    queue.shift();
    write(store, queue);
    trouble.hidden = answer.ok;
    if (!answer.ok) { trouble.textContent = trouble.dataset.refused + (json ? told.error : answer.status); refresh(); }
    else if (json && told.go) { localStorage.removeItem(`${store}:returned`); location.href = told.go; return; }
    else show(told);
    pump();
  }

  function later(sentence) {
    trouble.textContent = sentence;
    trouble.hidden = false;
    setTimeout(pump, 5000);
  }

  function show(html) {
    const at = document.getElementById("rows").scrollTop, holder = document.createElement("template");
    const inside = board().contains(document.activeElement) || document.activeElement === document.body;
    holder.innerHTML = html;
    board().replaceWith(holder.content.querySelector("#board"));
    document.getElementById("rows").scrollTop = at;
    refresh();
    if (inside) focus(rows().find((row) => row.dataset.key === current), false);
  }

  function refresh() {
    for (const box of all("[data-return]")) box.checked = returned.has(box.value);
    rows().forEach((row) => row.classList.toggle("current", row.dataset.key === current));
  }

  // ---- moving --------------------------------------------------------------------------------------------------
  const row = () => rows().find((one) => one.dataset.key === current) || null;

  function focus(one, scroll = true) {
    if (!one) return;
    current = one.dataset.key;
    refresh();
    one.focus({ preventScroll: !scroll });
    if (scroll) one.scrollIntoView({ block: "nearest" });
  }

  function step(by) {
    const list = rows(), at = list.indexOf(row());
    focus(list[Math.min(list.length - 1, Math.max(0, at + by))] || list[0]);
  }

  function part(by) {
    const parts = all("[data-part]"), at = parts.indexOf(row()?.closest("[data-part]"));
    focus(parts[Math.min(parts.length - 1, Math.max(0, at + by))]?.querySelector("[data-row]"));
  }

  function waiting() {
    const list = rows(), at = list.indexOf(row());
    focus([...list.slice(at + 1), ...list.slice(0, at + 1)].find((one) => one.dataset.waits === "1"));
  }

  // ---- evidence ------------------------------------------------------------------------------------------------
  const articles = () => [...document.querySelectorAll("#texts article[data-document]")];
  const sentences = () => [...document.querySelectorAll("#texts .sentence")];

  function document_(by) {
    const list = articles(), at = list.findIndex((one) => one.classList.contains("current"));
    const next = list[Math.min(list.length - 1, Math.max(0, at + by))];
    if (next) { mark_(next); next.scrollIntoView({ block: "start" }); pick(null); }
  }

  function mark_(article) { articles().forEach((one) => one.classList.toggle("current", one === article)); }

  function pick(sentence) {
    sentences().forEach((one) => one.classList.toggle("picked", one === sentence));
    picked = sentence;
    document.getElementById("evidence").textContent = sentence ? words.picked + sentence.textContent.trim().slice(0, 24) : words.hint;
    if (sentence) { mark_(sentence.closest("article")); sentence.scrollIntoView({ block: "nearest" }); }
  }

  function sentence(by) {
    const here = articles().find((one) => one.classList.contains("current")) || articles()[0];
    const list = sentences(), at = picked ? list.indexOf(picked) : list.indexOf(here?.querySelector(".sentence")) - (by > 0 ? 1 : 0);
    pick(list[Math.min(list.length - 1, Math.max(0, at + by))] || null);
  }

  function evidence(one) {
    const { document: key, section, start, end } = one.dataset;
    const article = key ? articles().find((a) => a.dataset.document === key) : null;
    sentences().forEach((s) => s.classList.remove("found"));
    if (!article) { document.getElementById("evidence").textContent = words.noevidence; return; }
    mark_(article);
    const place = [...article.querySelectorAll("[data-section]")].find((s) => s.dataset.section === section);
    const found = start === "" || !place ? [] : [...place.querySelectorAll(".sentence")].filter((s) => +s.dataset.start < +end && +s.dataset.end > +start);
    found.forEach((s) => s.classList.add("found"));
    (found[0] || place || article).scrollIntoView({ block: "center" });
  }

  function chosen() {
    if (!picked) return {};
    return { document: picked.closest("article").dataset.document, section: picked.closest("[data-section]").dataset.section,
      start: picked.dataset.start, end: picked.dataset.end };
  }

  // ---- asking --------------------------------------------------------------------------------------------------
  const dialog = document.getElementById("ask"), text = document.getElementById("ask-text");

  function ask(title, label, then, { value = "", about = "" } = {}) {
    document.getElementById("ask-title").textContent = title;
    document.getElementById("ask-label").textContent = label;
    document.getElementById("ask-about").textContent = about;
    text.value = value;
    dialog.returnValue = "";
    dialog.onclose = () => { focus(row(), false); if (dialog.returnValue === "ok") then(text.value.trim()); };
    dialog.showModal();
    text.focus();
    text.select();
  }

  text.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) { event.preventDefault(); dialog.close("ok"); }
  });

  // ---- acts ----------------------------------------------------------------------------------------------------
  const is = (one, kind) => one && one.dataset.kind === kind;

  function fault(one, points, said = "") {
    send("mark", { item: one.dataset.item, points, text: said || one.dataset.text, ...chosen() });
    pick(null);
  }

  function accept(one) {
    if (one.dataset.item) return send("accept", { rule: one.dataset.rule, item: one.dataset.item });
    ask(words.find, words.nomatch, (wanted) => {
      const item = wanted && rows().find((r) => is(r, "item") && r.dataset.text.includes(wanted));
      if (item) send("accept", { rule: one.dataset.rule, item: item.dataset.item });
      else { trouble.textContent = words.noitem; trouble.hidden = false; }
    }, { about: one.dataset.text });
  }

  const refute = (one) => ask(words.refute, words.why, (said) => send("refute", { rule: one.dataset.rule, text: said }), { about: one.dataset.text });

  const acts = {
    yes(one) {
      if (is(one, "finding")) { if (one.dataset.waits === "1" || one.dataset.mark) accept(one); }
      else send("settle", { item: one.dataset.item, answer: "yes" });
    },
    no(one) {
      if (is(one, "finding")) return refute(one);
      if (one.dataset.yes === "1") return fault(one, one.dataset.full);
      ask(words.fault, words["faultLabel"], (said) => {
        const number = said.match(/^\s*(\d+(?:\.\d+)?)\s*/);
        fault(one, number ? number[1] : "1", number ? said.slice(number[0].length) : said);
      }, { about: one.dataset.text, value: `1 ${one.dataset.text}` });
    },
    accept, refute, evidence,
    digit(one, digit) {
      const points = digit === "0" ? "0.5" : digit;
      if (is(one, "item")) fault(one, one.dataset.yes === "1" ? one.dataset.full : points);
      else if (one.dataset.item) send("accept", { rule: one.dataset.rule, item: one.dataset.item, points });
    },
    unmark(one, mark) {
      const key = mark || one.dataset.mark;
      if (key) { returned.delete(key); write(`${store}:returned`, [...returned]); send("unmark", { mark: key }); }
      else if (is(one, "item")) send("settle", { item: one.dataset.item, answer: "" });
    },
    na(one) { if (is(one, "item")) send("settle", { item: one.dataset.item, answer: "na" }); },
    unknown(one) { if (is(one, "item")) ask(words.unknown, words.missing, (said) => send("unknown", { item: one.dataset.item, text: said }), { about: one.dataset.text }); },
    reword(one) { if (one.dataset.mark) ask(words.reword, words.words, (said) => send("reword", { mark: one.dataset.mark, text: said }), { value: one.querySelector(".mark span")?.textContent || "" }); },
    rest() { send("rest"); },
    give(one) {
      const key = one.dataset.mark;
      if (!key) return;
      if (returned.has(key)) returned.delete(key); else returned.add(key);
      write(`${store}:returned`, [...returned]);
      refresh();
    },
    finish() {
      const total = document.querySelector("#total").textContent, standing = all("[data-return]").map((box) => box.value);
      const back = [...returned].filter((key) => standing.includes(key));
      const about = `${total}；${back.length ? `${back.length} ${words.returned}` : words.none}`;
      ask(words.finish, words.finishLabel, (said) => send("finish", { text: said, returned: back }), { about });
    },
    find() {
      ask(words.find, words.findLabel, (wanted) => {
        const found = rows().find((one) => is(one, "item") && wanted && one.dataset.text.includes(wanted));
        if (found) focus(found);
      });
    },
  };

  const keys = { y: "yes", n: "no", e: "evidence", x: "unmark", i: "na", u: "unknown", t: "reword", r: "give" };
  const moves = { j: () => step(1), k: () => step(-1), ArrowDown: () => step(1), ArrowUp: () => step(-1), J: () => part(1), K: () => part(-1),
    w: waiting, "[": () => document_(-1), "]": () => document_(1), ",": () => sentence(-1), ".": () => sentence(1),
    "/": acts.find, "?": () => document.getElementById("keys").showModal(), Escape: () => pick(null) };

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || document.querySelector("dialog[open]")) return;
    if (event.target.closest("input:not([type=checkbox]), textarea, select")) return;
    const one = row(), move = moves[event.key];
    if (move) { event.preventDefault(); return move(); }
    if (!mine) { if (event.key === "e" && one) evidence(one); return; }
    if (event.key === "A" || event.key === "f") { event.preventDefault(); return event.key === "A" ? acts.rest() : acts.finish(); }
    if (!one) return;
    if (/^[0-9]$/.test(event.key)) { event.preventDefault(); return acts.digit(one, event.key); }
    if (keys[event.key]) { event.preventDefault(); acts[keys[event.key]](one); }
  });

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-do]"), said = event.target.closest(".sentence"), line = event.target.closest("[data-row]");
    if (event.target.closest("[data-keys]")) return document.getElementById("keys").showModal();
    if (said && mine) return pick(said === picked ? null : said);
    if (line) { current = line.dataset.key; refresh(); }
    if (button) acts[button.dataset.do](line, button.dataset.mark);
  });

  document.addEventListener("change", (event) => {
    const box = event.target.closest("[data-return]");
    if (!box) return;
    if (box.checked) returned.add(box.value); else returned.delete(box.value);
    write(`${store}:returned`, [...returned]);
  });

  window.addEventListener("online", pump);
  window.addEventListener("focus", pump);
  window.addEventListener("beforeunload", (event) => { if (queue.length) event.preventDefault(); });
  refresh();
  mark_(articles()[0]);
  focus(rows().find((one) => one.dataset.waits === "1") || rows()[0], false);
  pump();
})();

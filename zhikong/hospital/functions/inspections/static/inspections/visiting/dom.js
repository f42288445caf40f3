// Building elements without markup in strings: what people wrote can never become a tag.

/** h("button.primary", {type: "button", onclick: f}, "text", child): an element; false and null children are left out. */
export const h = (what, attributes = {}, ...children) => {
  const [tag, ...classes] = what.split(".");
  const element = document.createElement(tag || "div");
  if (classes.length) element.className = classes.join(" ");
  for (const [name, value] of Object.entries(attributes)) set(element, name, value);
  add(element, children);
  return element;
};

const PROPERTIES = new Set(["value", "checked", "disabled", "hidden", "open", "selected", "multiple"]);

const set = (element, name, value) => {
  if (value === null || value === undefined || value === false) return;
  if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
  else if (PROPERTIES.has(name)) element[name] = value;
  else if (name === "data") Object.assign(element.dataset, value);
  else element.setAttribute(name, value === true ? "" : value);
};

const add = (element, children) => {
  for (const child of children.flat(3)) {
    if (child === null || child === undefined || child === false || child === "") continue;
    element.append(child instanceof Node ? child : String(child));
  }
};

/** Put new content in the place of the old. */
export const fill = (element, ...children) => {
  element.replaceChildren();
  add(element, children);
  return element;
};

/** Put new content in only when `key` has changed: what somebody is typing in, or stands on, is left alone. */
export const slot = (element, key, build) => {
  if (element.slotKey === key) return;
  element.slotKey = key;
  fill(element, build());
};

/** An icon that the page carries as a template; decoration only, a word must stand beside it. */
export const icon = (name) => {
  const kept = document.getElementById(`icon-${name}`);
  return kept ? kept.content.firstElementChild.cloneNode(true) : "";
};

const SHAPES = { ok: "●", warn: "■", bad: "◆", none: "○", info: "◇" };

/** A state as shape and word. */
export const tag = (kind, word) => h(`span.tag.${kind}`, {}, h("b", { "aria-hidden": "true" }, SHAPES[kind]), word);

export const button = (word, onclick, { kind = "", sign = "", ...more } = {}) =>
  h(`button.button${kind ? `.${kind}` : ""}`, { type: "button", onclick, ...more }, sign && icon(sign), word);

/** A message that is read out and goes by itself. */
export const toast = (text, kind = "ok") => {
  const box = document.getElementById("toasts");
  const note = h(`div.toast${kind === "bad" ? ".error" : kind === "warn" ? ".warning" : ""}`, {}, h("span", {}, text));
  box.append(note);
  setTimeout(() => note.remove(), 5000);
};

/** A question with answers as buttons; resolves to the chosen key, or "" when it was closed. */
export const ask = (title, body, answers) =>
  new Promise((decided) => {
    const id = `ask-${Math.random().toString(36).slice(2)}`;
    const close = (key) => {
      dialog.close();
      dialog.remove();
      decided(key);
    };
    const dialog = h("dialog", { "aria-labelledby": id },
      h("header", {}, h("h2", { id }, title)),
      h("div.dialog-body", {}, body),
      h("footer.buttons", {}, answers.map(([key, word, kind]) => button(word, () => close(key), { kind }))));
    dialog.addEventListener("cancel", (event) => {
      event.preventDefault();
      close("");
    });
    document.body.append(dialog);
    dialog.showModal();
  });

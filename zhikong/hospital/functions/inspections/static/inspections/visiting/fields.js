// One control for each type of item; `save(value)` is called with the stored form of the answer, null takes it away.
import { button, h } from "./dom.js";
import { say } from "./words.js";
import { isEmpty } from "./checks.js";
import { observation } from "./observation.js";
import { table } from "./table.js";

const FEW = 6;
const SHORT = 7;
const TYPING = 1200;

const YES_NO = { yes_no: ["yes", "no"], yes_no_na: ["yes", "no", "na"] };

/** at: {id, visit, label}; id is unique on the page and names the control. */
export const control = (item, value, save, at) => {
  const draw = CONTROLS[item.type];
  return draw ? draw(item, value, save, at) : null;
};

/** Types that are drawn as a group with a legend; others have one label. */
export const isGroup = (item) => GROUPS.has(item.type) || (item.type === "choice" && item.options.length <= FEW);
const GROUPS = new Set(["yes_no", "yes_no_na", "choices", "observation", "table", "photo", "signature"]);

const pill = (name, code, text, checked, pick, kind) =>
  h(`label.pill${kind ? `.${kind}` : ""}`, {},
    h("input", { type: "radio", name, value: code, checked, onchange: () => pick(code) }),
    h("span", {}, text));

const yesNo = (item, value, save, at) =>
  h("div.pills.answers-yes-no", {}, YES_NO[item.type].map((code) => pill(at.id, code, say(code), value === code, save, code)));

const choice = (item, value, save, at) => {
  if (item.options.length > FEW) return list(item.options.map((o) => [o.code, o.text]), value, save, at);
  const long = item.options.some((o) => o.text.length > SHORT);
  return h(`div.pills${long ? ".long" : ""}`, {}, item.options.map((o) => pill(at.id, o.code, o.text, value === o.code, save)));
};

const choices = (item, value, save, at) => {
  const chosen = new Set(value ?? []);
  const pick = (code, on) => {
    chosen[on ? "add" : "delete"](code);
    const kept = item.options.map((o) => o.code).filter((one) => chosen.has(one));
    save(kept.length ? kept : null);
  };
  return h("div.pills.long", {}, item.options.map((o) =>
    h("label.pill", {},
      h("input", { type: "checkbox", name: `${at.id}-${o.code}`, checked: chosen.has(o.code), onchange: (event) => pick(o.code, event.target.checked) }),
      h("span", {}, o.text))));
};

const list = (options, value, save, at, read = (text) => text) =>
  h("select", { id: at.id, "aria-label": at.label, onchange: (event) => save(event.target.value === "" ? null : read(event.target.value)) },
    h("option", { value: "" }, say("please_choose")),
    options.map(([code, text]) => h("option", { value: String(code), selected: String(code) === String(value ?? "") }, text)));

/** A long list with a field that narrows it. */
const picker = (options, value, save, at) => {
  const box = list(options, value, save, at, Number);
  const narrow = (event) => {
    const wanted = event.target.value.trim().toLowerCase();
    const current = box.value;
    const fits = options.filter(([code, text]) => !wanted || text.toLowerCase().includes(wanted) || String(code) === current);
    box.replaceChildren(h("option", { value: "" }, say("please_choose")), ...fits.map(([code, text]) => h("option", { value: String(code), selected: String(code) === current }, text)));
  };
  if (options.length <= 12) return box;
  return h("div.picker", {}, h("input.picker-search", { type: "search", placeholder: say("search"), "aria-label": say("search_in", { what: at.label ?? "" }), oninput: narrow }), box);
};

const person = (item, value, save, at) =>
  picker(at.visit.held.people.map((one) => [one.id, [one.name, one.staff_number, one.post].filter(Boolean).join(" · ")]), value, save, at);

const department = (item, value, save, at) => picker(at.visit.held.departments.map((one) => [one.id, one.name]), value, save, at);

/** Saves while typing pauses, and at once when the field is left. */
export const typed = (element, save) => {
  let timer = null;
  const now = () => {
    clearTimeout(timer);
    if (timer !== null) save(element.value);
    timer = null;
  };
  element.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(now, TYPING);
  });
  element.addEventListener("change", now);
  element.addEventListener("blur", now);
  return element;
};

const words = (text) => (text.trim() === "" ? null : text.trim());

const text = (item, value, save, at) =>
  typed(h("input", { type: "text", id: at.id, value: value ?? "", "aria-label": at.label, maxlength: 500, autocomplete: "off" }), (one) => save(words(one)));

const longText = (item, value, save, at) =>
  typed(h("textarea", { id: at.id, rows: 3, value: value ?? "", "aria-label": at.label }), (one) => save(words(one)));

/** What is typed with full-width digits or a Chinese point is a number too; what is no number stays as typed. */
export const asNumber = (text) => {
  const plain = text.normalize("NFKC").replace(/[,，\s]/g, "").replace("。", ".");
  if (plain === "") return null;
  return /^[+-]?(\d+\.?\d*|\.\d+)$/.test(plain) ? Number(plain) : text;
};

const number = (item, value, save, at) =>
  h("div.with-unit", {},
    typed(h("input", { type: "text", inputmode: item.decimals ? "decimal" : "numeric", id: at.id, value: value ?? "", "aria-label": at.label, autocomplete: "off" }), (one) => save(asNumber(one))),
    item.unit && h("span.unit", {}, item.unit));

const native = (type) => (item, value, save, at) => {
  const field = h("input", { type, id: at.id, value: value ?? "", "aria-label": at.label, onchange: (event) => save(event.target.value || null) });
  return h("div.row", {}, field, button(type === "date" ? say("today") : say("now"), () => {
    field.value = local(type);
    save(field.value);
  }, { kind: "quiet" }));
};

const local = (type, at = new Date()) => {
  const text = new Date(at.getTime() - at.getTimezoneOffset() * 60_000).toISOString();
  return { date: text.slice(0, 10), time: text.slice(11, 16), "datetime-local": text.slice(0, 16) }[type];
};

/** Only bed and initials are on the phone; a patient is picked among those that were drawn for this visit. */
const patient = (item, value, save, at) => {
  const drawn = at.visit.held.sample.filter((one) => one.of === "patient");
  if (!drawn.length) return h("p.help", {}, say("patient_later"));
  return list(drawn.map((one) => [`sample:${one.id}`, one.label]), value, save, at);
};

const CONTROLS = {
  yes_no: yesNo,
  yes_no_na: yesNo,
  choice,
  choices,
  number,
  text,
  long_text: longText,
  date: native("date"),
  time: native("time"),
  datetime: native("datetime-local"),
  person,
  department,
  patient,
  observation,
  table,
};

/** An answer in words, for history and for two answers side by side. */
export const inWords = (item, value, visit) => {
  if (isEmpty(value)) return say("no_answer");
  if (YES_NO[item.type]) return say(value);
  if (item.options.length) return [value].flat().map((code) => item.options.find((o) => o.code === code)?.text ?? code).join("、");
  if (item.type === "observation") return `${value.n}/${value.m}`;
  if (item.type === "person") return visit.held.people.find((one) => one.id === value)?.name ?? say("somebody");
  if (item.type === "department") return visit.held.departments.find((one) => one.id === value)?.name ?? String(value);
  if (item.type === "signature") return value.name ?? say("signed");
  if (item.type === "table") return say("n_rows", { n: value.length });
  if (Array.isArray(value)) return say("n_photos", { n: value.length });
  return `${String(value).replace("T", " ")}${item.unit ? ` ${item.unit}` : ""}`;
};

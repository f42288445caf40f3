// What can be noted beside an answer: a correction on the spot, a voice note, words, and the history of the item.
import { button, fill, h, icon, toast } from "./dom.js";
import { inWords } from "./fields.js";
import { kept, photos, take } from "./photos.js";
import { camera } from "./photo.js";
import { canRecord, player, recorder } from "./voice.js";
import { clock, say } from "./words.js";
import { FILES, isEmpty } from "./checks.js";

const kinds = new Set(["fixed", "note", "voice"]);
const own = (view) => view.visit.ops.filter((op) => op.sheet === view.sheet.id && op.item === view.item.id && kinds.has(op.kind));
const isWide = (view, isNo) => isNo || view.opened;

/** Change when the row, or the list of what was noted, must be drawn anew. */
export const toolRowKey = (view, isNo) => JSON.stringify([isWide(view, isNo), isNo, view.visit.isOpen, isEmpty(view.value), canAttach(view)]);
export const notedKey = (view) => JSON.stringify([own(view).map((op) => [op.id, op.sent]), view.visit.held.corrections?.length]);

/** The row of tools of an item: open at a "no", behind one button otherwise. */
export const toolRow = (view, isNo) => {
  if (!isWide(view, isNo)) {
    const more = () => {
      view.opened = true;
      view.refresh();
      view.parts.row.querySelector("button")?.focus();
    };
    return h("button.button.quiet.more", { type: "button", onclick: more, "aria-label": say("more_for", { n: view.number }) }, icon("ellipsis"), say("more"));
  }
  const tool = (word, draw, more) => button(say(word), () => view.open(draw(view)), more);
  return h("div.tool-row", { role: "group", "aria-label": say("more_for", { n: view.number }) },
    view.visit.isOpen && [
      isNo && tool("fix_now", fixing, { sign: "wrench" }),
      canAttach(view) && tool("add_photo", photos, { sign: "camera" }),
      canRecord() && tool("voice_note", speaking, { sign: "mic" }),
      tool("write_note", writing, { sign: "pencil" }),
      !isEmpty(view.value) && view.item.type !== "signature" && button(say("clear"), () => view.save(null).then(() => view.draw()), { kind: "quiet" }),
    ],
    tool("history", history, { kind: "quiet", sign: "history" }));
};

const canAttach = (view) => view.item.type !== "photo" && view.item.evidence !== "never" && isEmpty(view.answers[view.item.id + FILES]) && !(view.item.evidence === "when_no" && view.value === "no");

/** What has been noted beside this item on this phone or elsewhere. */
export const noted = (view) => {
  const here = own(view);
  const others = (view.visit.held.corrections ?? []).filter((one) => one.sheet === view.sheet.id && one.item === view.item.id);
  const mine = here.filter((op) => op.kind === "fixed" && op.sent).map((op) => op.value.what);
  const lines = [
    ...here.map((op) => line(view, op)),
    ...others.filter((one) => !mine.includes(one.what)).map((one) => h("li", {}, icon("wrench"), say("fixed_by", { what: one.what, who: one.who || one.by || "" }))),
  ];
  return lines.length > 0 && h("ul.noted", {}, lines);
};

const line = (view, op) => {
  const state = h("span.help", {}, op.sent ? say("uploaded") : say("saved_on_phone"));
  if (op.kind === "fixed") return h("li", {}, icon("wrench"), say("fixed_by", { what: op.value.what, who: op.value.who ?? "" }), (op.value.after ?? []).map((id) => kept(view.app.media, id)), state);
  if (op.kind === "note") return h("li", {}, icon("pencil"), op.value.text, state);
  const sound = view.app.media.find(op.value.media);
  const bytes = sound && view.app.media.content(sound);
  return h("li", {}, icon("mic"), bytes ? player(bytes, sound.type) : say("voice_note"), state);
};

/** Corrected while the inspector stands there: what was done, by whom, and a photo of how it is now. */
const fixing = (view) => {
  const after = [];
  const what = h("input", { type: "text", id: `${view.id}-what`, maxlength: 300, autocomplete: "off" });
  const who = h("input", { type: "text", id: `${view.id}-who`, maxlength: 60, autocomplete: "off", list: peopleList(view) });
  const list = h("div.row");
  const problem = h("p.is-bad", { role: "alert" });
  const save = async () => {
    const said = what.value.trim();
    if (!after.length && said.length < 4) return fill(problem, say("fix_needs"));
    await view.app.record(view.visit, { kind: "fixed", sheet: view.sheet.id, item: view.item.id, value: { what: said, who: who.value.trim(), after } });
    toast(say("fix_saved"));
    view.open(null);
    view.refresh();
    view.changed(view);
  };
  const taken = async (file) => {
    const one = await take(view.app, view.visit, file);
    if (!one) return;
    after.push(one.id);
    list.append(kept(view.app.media, one.id));
  };
  return h("div.tool-form", { role: "group", "aria-label": say("fix_now") },
    h("p.help", {}, say("fix_help")),
    h("label", { for: what.id }, say("fix_what")), what,
    h("label", { for: who.id }, say("fix_who")), who,
    camera(say("after_photo"), taken), list, problem,
    button(say("fix_save"), save, { kind: "primary" }));
};

/** Names of the department's staff as proposals; one list for the page. */
const peopleList = (view) => {
  const id = `people-${view.visit.id}`;
  if (!document.getElementById(id)) {
    document.body.append(h("datalist", { id }, view.visit.held.people.map((one) => h("option", { value: one.name }))));
  }
  return id;
};

const speaking = (view) =>
  h("div.tool-form", {}, h("p.help", {}, say("voice_help")), recorder(async (note) => {
    const one = await view.app.keepMedia(view.visit, { kind: "voice", type: note.type, name: "voice", seconds: note.seconds }, note.bytes);
    await view.app.record(view.visit, { kind: "voice", sheet: view.sheet.id, item: view.item.id, value: { media: one.id } });
    view.open(null);
    view.refresh();
    view.changed(view);
  }, (problem) => toast(problem, "bad")));

const writing = (view) => {
  const field = h("textarea", { rows: 2, id: `${view.id}-note`, maxlength: 1000 });
  const save = async () => {
    const text = field.value.trim();
    if (!text) return field.focus();
    await view.app.record(view.visit, { kind: "note", sheet: view.sheet.id, item: view.item.id, value: { text } });
    view.open(null);
    view.refresh();
    view.changed(view);
  };
  return h("div.tool-form", {}, h("label", { for: field.id }, say("write_note")), field, button(say("save"), save, { kind: "primary" }));
};

/** Every answer to this item: this phone's own at once, those of others when there is a network. */
const history = (view) => {
  const box = h("div.tool-form", { role: "group", "aria-label": say("history") });
  const typed = view.visit.ops.filter((op) => op.sheet === view.sheet.id && op.item === view.item.id && ["answer", "choose"].includes(op.kind));
  const entry = (value, by, at, more) => h("li", {}, h("span.strong", {}, inWords(view.item, value, view.visit)), h("span.help", {}, `${by} · ${clock(at)}`, more && ` · ${more}`));
  const local = () => typed.map((op) => entry(op.value, say("mine"), op.at, op.why || (op.sent ? say("uploaded") : say("saved_on_phone")))).reverse();
  const draw = (lines, note) => fill(box, lines.length ? h("ol.entries", {}, lines) : h("p.help", {}, say("no_history")), note && h("p.help", {}, note));
  draw(local(), say("history_here"));
  view.app.history(view.visit, view.sheet, view.item.id).then((entries) => {
    if (!entries) return;
    const unsent = typed.filter((op) => !op.sent).map((op) => entry(op.value, say("mine"), op.at, say("saved_on_phone"))).reverse();
    draw([...unsent, ...entries.map((one) => entry(one.value, one.by, one.at, [one.why, drifted(one)].filter(Boolean).join(" · ")))], "");
  });
  return box;
};

const drifted = (one) => (Math.abs(one.drift ?? 0) > 120 ? say("phone_said", { at: clock(one.phone_at) }) : "");

// One item as the person sees it: text, control, evidence, what is saved, what is wrong, and what else can be noted.
import { FILES, isEmpty, missing, wantsEvidence, wrong } from "./checks.js";
import { button, fill, h, icon, slot, tag } from "./dom.js";
import { control, inWords, isGroup } from "./fields.js";
import { photos, photosKey } from "./photos.js";
import { signatureItem } from "./signing.js";
import { noted, notedKey, toolRow, toolRowKey } from "./tools.js";
import { clock, say } from "./words.js";
import { key } from "./visit.js";

const STEPS = { kept: ["warn", "saved_on_phone"], sent: ["ok", "uploaded"] };

/** What the drawing of one item shares. app: the program; visit, sheet, item; number on paper; changed(): redraw others. */
export class ItemView {
  constructor({ app, visit, sheet, item, number, changed }) {
    Object.assign(this, { app, visit, sheet, item, number, changed });
    this.key = key(sheet.id, item.id);
    this.id = `i-${sheet.id}-${item.id}`;
    this.element = h("div.item", { id: this.id, data: { item: item.id, key: this.key } });
    this.wrong = "";
    this.opened = false;
    this.draw();
  }

  get answers() { return this.visit.answers(this.sheet); }
  get value() { return this.answers[this.item.id]; }

  /** Draw anew; not while somebody types in it. */
  draw() {
    const { item } = this;
    if (item.type === "note") return fill(this.element, h("p.note", {}, item.text));
    this.drawn = JSON.stringify(this.value ?? null);
    this.parts = Object.fromEntries(["conflict", "veto", "photos", "noted", "row", "room"].map((name) => [name, h(`div.part-${name}`)]));
    this.extra = h("div.item-extra", {}, Object.values(this.parts));
    this.status = h("div.status", { "aria-live": "polite", id: `${this.id}-status` });
    const help = item.help && h("p.help", {}, item.help);
    const field = this.#field();
    const body = isGroup(item)
      ? h("fieldset", { "aria-describedby": `${this.id}-status` }, h("legend", {}, this.#text()), help, field)
      : [h("label.item-text", { for: `${this.id}-field` }, this.#text()), help, field];
    fill(this.element, body, this.extra, this.status);
    this.refresh();
  }

  #field() {
    const { item, visit } = this;
    if (!visit.isOpen) return h("p.answer-read", {}, inWords(item, this.value, visit));
    if (item.type === "signature") return signatureItem(this);
    if (item.type === "photo") return null;
    const at = { id: `${this.id}-field`, visit };
    return control(item, this.value, (value) => this.save(value), at);
  }

  #text() {
    const { item } = this;
    return [
      h("span.item-number", {}, `${this.number}. `), item.text,
      item.required && h("span.required", { title: say("required_mark") }, " *", h("span.visually-hidden", {}, say("required_mark"))),
      " ", item.points && h("span.worth", {}, say("worth", { n: Number(item.points.full) })),
      item.veto && h("span.worth.veto", {}, say("veto")),
      item.check && h("span.worth", {}, say(`check_${item.check}`)),
      item.clause && h("span.clause", {}, item.clause),
    ];
  }

  /** Store an answer; what cannot be one is said and not stored. */
  async save(value) {
    this.wrong = wrong(this.item, value);
    if (this.wrong) return this.refresh();
    this.drawn = JSON.stringify(value ?? null); // the control shows it already: nothing of it is drawn anew
    await this.app.answer(this.visit, this.sheet, this.item.id, value);
    this.refresh();
    this.changed(this);
  }

  async saveFiles(value, name = this.item.type === "photo" ? this.item.id : this.item.id + FILES) {
    await this.app.answer(this.visit, this.sheet, name, value.length ? value : null);
    this.refresh();
    this.changed(this);
  }

  /** The parts around the control: they follow every answer without touching the control itself. */
  refresh() {
    if (this.item.type === "note") return;
    const isNo = this.visit.isNo({ item: this.item, answer: this.value });
    this.element.classList.toggle("is-no", isNo);
    this.element.classList.toggle("is-open", isEmpty(this.value));
    this.element.classList.toggle("is-wrong", Boolean(this.wrong));
    this.#extra(isNo);
    this.#status(isNo);
  }

  /** Each part is drawn anew only when it has changed; the room of an open tool never is. */
  #extra(isNo) {
    const { parts } = this;
    const conflict = this.visit.conflicts().get(this.key);
    const wanted = this.item.type === "photo" || wantsEvidence(this.item, this.value) || !isEmpty(this.answers[this.item.id + FILES]);
    slot(parts.conflict, conflict ? JSON.stringify([conflict.mine.value, conflict.theirs?.value, conflict.of]) : "", () => conflict && this.#conflict(conflict));
    slot(parts.veto, String(isNo), () => isNo && this.item.veto && h("p.note.bad", {}, this.item.veto.sentence));
    slot(parts.photos, wanted ? photosKey(this) : "", () => wanted && photos(this));
    slot(parts.noted, notedKey(this), () => noted(this));
    slot(parts.row, toolRowKey(this, isNo), () => toolRow(this, isNo));
  }

  /** Open a tool below the item; null closes it. */
  open(content) {
    fill(this.parts.room, content);
    this.parts.room.querySelector("input:not([type=file]), textarea, button")?.focus();
  }

  /** Two answers stand side by side; nothing is merged, a person chooses. */
  #conflict(found) {
    const same = found.item === this.item.id;
    const side = (title, one) => h("div.one-of-two", {}, h("p.side-who", {}, title), h("p.side-answer", {}, same ? inWords(this.item, one.value, this.visit) : say("n_photos", { n: one.value?.length ?? 0 })), h("p.help", {}, clock(one.at)),
      this.visit.isOpen && button(say("use_this"), () => this.app.choose(this.visit, found, one).then(() => this.again()), { "aria-label": say("use_this_of", { who: title }) }));
    const who = (one, own) => (one.by_id === this.app.me?.id && own ? say("mine") : one.by_id === this.app.me?.id ? say("mine_elsewhere") : one.by || say("somebody"));
    return h("div.conflict.note.warn", { role: "group", "aria-label": say("two_answers") },
      h("p.strong", {}, icon("git-compare"), " ", say("two_answers")),
      h("div.sides", {}, side(who(found.mine, true), found.mine), side(who(found.theirs, false), found.theirs)));
  }

  #status(isNo) {
    const { last, waiting } = this.visit.status(this.sheet, this.item.id);
    const lines = [];
    if (this.wrong) lines.push(h("span.is-bad", { role: "alert" }, this.wrong));
    else if (last && ["refused", "set_aside", "malformed"].includes(last.status)) lines.push(h("span.is-bad", {}, last.why));
    else if (last) lines.push(this.#step(last, waiting));
    else this.#from(lines);
    const lack = !isEmpty(this.value) && !this.wrong ? missing(this.item, this.answers) : "";
    if (lack) lines.push(h("span.is-warn", {}, lack));
    fill(this.status, lines);
  }

  #step(last, waiting) {
    if (last.status === "conflict") return tag("warn", say("kept_beside"));
    const [kind, word] = STEPS[last.sent && !waiting.length ? "sent" : "kept"];
    const more = waiting.length ? say("n_to_upload", { n: waiting.length }) : "";
    return [tag(kind, say(word)), h("span.help", {}, clock(last.at), more && ` · ${more}`)];
  }

  #from(lines) {
    const seen = this.visit.seen(this.sheet, this.item.id);
    if (seen && !isEmpty(seen.value)) lines.push(h("span.help", {}, say("answered_by", { who: seen.by ?? "", at: clock(seen.at) })));
  }

  /** Draw the control again when its answer was changed by somebody else; a hand on it is not disturbed. */
  again() {
    const busy = this.element.contains(document.activeElement) && document.activeElement.matches("input[type=text], textarea, select");
    if (busy || JSON.stringify(this.value ?? null) === this.drawn) return this.refresh();
    const stood = this.element.contains(document.activeElement);
    this.draw();
    if (stood) this.element.querySelector("input:checked, input, select, textarea, button")?.focus({ preventScroll: true });
  }
}

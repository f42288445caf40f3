// The end of a visit: what is missing, what was found, the inspected side's words, signatures, handing over.
import { button, fill, h, slot, tag, toast } from "./dom.js";
import { numbered } from "./fill.js";
import { signer } from "./signing.js";
import { clock, say } from "./words.js";

export class EndPage {
  constructor(app, visit) {
    Object.assign(this, { app, visit });
    this.element = h("div.visit.visit-end");
    this.unknown = {}; // key of an item → why it stays open
    this.note = "";
    this.parts = Object.fromEntries(["left", "found", "said", "speak", "inspected", "inspector", "finish"].map((name) => [name, h(`div.part-${name}`)]));
    fill(this.element, h("h2", {}, say("end_title", { place: visit.held.visit.department.name })), 
      this.parts.left, this.parts.found,
      this.#card("comment_title", this.parts.said, this.parts.speak),
      this.#card("signatures_title", this.parts.inspected, this.parts.inspector),
      this.parts.finish);
    this.draw();
  }

  #card = (title, ...content) => h("section.card", {}, h("header", {}, h("h3", {}, say(title))), h("div.body.stack", {}, content));

  news() { this.draw(); }

  /** Each part is drawn anew only when it has changed: a signature half drawn or words half written are left alone. */
  draw() {
    const { parts, visit } = this;
    const left = this.#leftItems();
    const fixed = this.#fixed();
    slot(parts.left, JSON.stringify([left.map((one) => [one.key, one.missing]), visit.conflicts().size, visit.isOpen]), () => this.#left(left));
    slot(parts.found, JSON.stringify([this.#no().map((one) => one.key), [...fixed]]), () => this.#found(fixed));
    const said = this.#said();
    slot(parts.said, JSON.stringify(said), () => this.#saidList(said));
    slot(parts.speak, JSON.stringify([said.length > 0, visit.isOpen]), () => visit.isOpen && this.#commentForm(said.length));
    for (const role of ["inspected", "inspector"]) {
      const signed = this.#signed().filter((one) => one.role === role);
      slot(parts[role], JSON.stringify([signed.map((one) => one.name), visit.isOpen, role === "inspected" && this.inspected]), () => this.#signatures(role, signed));
    }
    slot(parts.finish, JSON.stringify([visit.finished, visit.finished && visit.unsent(), visit.isOpen, this.#refused()?.id, this.#mayConclude()]), () => this.#finish());
  }

  #numbers = (sheet) => numbered(this.visit.form(sheet));
  #link = (one) => h("a", { href: `#/visit/${this.visit.id}/item/${one.key}` }, `${this.#numbers(one.sheet).get(one.item.id)}. ${one.item.text}`);

  #leftItems = () => this.visit.asked().filter((one) => one.missing || one.open);
  #no = () => this.visit.asked().filter((one) => this.visit.isNo(one));

  #left(left) {
    const conflicts = this.visit.conflicts().size;
    if (!left.length && !conflicts) return h("p.note.ok", {}, say("all_answered"));
    return h("section.card", {}, h("header", {}, h("h3", {}, say("left_title", { n: left.length }))),
      h("div.body", {},
        conflicts > 0 && h("p.note.warn", {}, say("conflicts_left", { n: conflicts })),
        left.length > 0 && h("ul.left-list", {}, left.map((one) => h("li", {}, this.#link(one), h("span.help", {}, one.missing || say("not_answered")), one.missing && this.#why(one))))));
  }

  /** An item that cannot be answered here and now stays open with a reason; it is no silent pass. */
  #why(one) {
    const field = h("input", { type: "text", maxlength: 200, value: this.unknown[one.key] ?? "", autocomplete: "off", "aria-label": say("why_open"), onchange: (event) => {
      const said = event.target.value.trim();
      if (said) this.unknown[one.key] = said;
      else delete this.unknown[one.key];
    } });
    return h("details.why-open", { open: Boolean(this.unknown[one.key]) }, h("summary", {}, say("cannot_here")), field);
  }

  #fixed() {
    const here = this.visit.ops.filter((op) => op.kind === "fixed").map((op) => `${op.sheet}:${op.item}`);
    return new Set([...here, ...(this.visit.held.corrections ?? []).map((one) => `${one.sheet}:${one.item}`)]);
  }

  #found(fixed) {
    const no = this.#no();
    return h("section.card", {}, h("header", {}, h("h3", {}, say("found_title", { n: no.length }))),
      no.length
        ? h("ul.rows", {}, no.map((one) => h("li", {}, h("span.text", {}, this.#link(one)), fixed.has(one.key) ? tag("ok", say("fixed_here")) : tag("bad", say("to_rectify")))))
        : h("p.body.muted", {}, say("nothing_found")));
  }

  /** What the inspected side said: as the server has it, and what is still on this phone. */
  #said() {
    const there = this.visit.held.exchange ?? [];
    const here = this.visit.ops.filter((op) => op.kind === "comment" && !(op.sent && there.some((one) => one.text === op.value.text && one.name === op.value.by_name)));
    return [
      ...there.map((one) => ({ text: one.text, name: one.name || one.by, kind: one.kind_name, at: one.at, sent: true })),
      ...here.map((op) => ({ text: op.value.text, name: op.value.by_name, at: op.at, sent: op.sent })),
    ];
  }

  #saidList(said) {
    if (!said.length) return null;
    return h("ul.noted", {}, said.map((one) => h("li", {}, h("span", {}, `“${one.text}”`), h("span.help", {}, `${[one.name, one.kind].filter(Boolean).join(" · ")} ${clock(one.at)} · ${say(one.sent ? "uploaded" : "saved_on_phone")}`))));
  }

  #commentForm(again) {
    const name = h("input", { type: "text", id: "comment-name", maxlength: 60, autocomplete: "off", value: this.inspected ?? "" });
    const text = h("textarea", { id: "comment-text", rows: 3, maxlength: 2000 });
    const problem = h("p.is-bad", { role: "alert" });
    const keep = async (agrees) => {
      if (!name.value.trim() || (!agrees && text.value.trim().length < 4)) return fill(problem, say(name.value.trim() ? "objection_needs_words" : "name_first"));
      this.inspected = name.value.trim();
      await this.app.record(this.visit, { kind: "comment", value: { text: text.value.trim() || say("no_objection"), by_name: this.inspected, agrees } });
      toast(say("comment_kept"));
      this.draw();
    };
    const form = h("div.tool-form", {},
      h("p.help", {}, say("comment_help")),
      h("label", { for: "comment-name" }, say("comment_name")), name,
      h("label", { for: "comment-text" }, say("comment_text")), text, problem,
      h("div.row", {}, button(say("agrees"), () => keep(true), { kind: "primary" }), button(say("objects"), () => keep(false))));
    return again ? h("details", {}, h("summary", {}, say("comment_more")), form) : form;
  }

  /** Signatures that the server has, and those that are still on this phone. */
  #signed() {
    const there = this.visit.held.signatures ?? [];
    const known = (op) => op.sent && there.some((one) => one.role === op.value.role && one.name === op.value.name);
    const here = this.visit.ops.filter((op) => op.kind === "signature" && !known(op));
    return [...there, ...here.map((op) => ({ role: op.value.role, name: op.value.name, at: op.at, how: op.value.typed ? "typed" : "drawn" }))];
  }

  #signatures(role, done) {
    const proposed = role === "inspected" ? (this.inspected ?? "") : (this.app.me?.name ?? "");
    const form = () => signer({ app: this.app, visit: this.visit, role, word: say(`role_${role}`), proposed, signed: () => this.draw() });
    return h("div.sign-part", {}, h("h4", {}, say(`role_${role}`)),
      done.map((one) => h("p", {}, tag("ok", say("signed")), ` ${one.name} ${clock(one.at)} `, h("span.help", {}, one.how_name ?? say(`how_${one.how}`)))),
      this.visit.isOpen && (done.length ? h("details", {}, h("summary", {}, say("sign_more")), form()) : form()));
  }

  #finish() {
    const { visit } = this;
    if (visit.finished) return h("p.note.ok", {}, visit.unsent() ? say("finished_waiting", { n: visit.unsent() }) : say("finished_sent"));
    if (!visit.isOpen) return h("p.note", {}, say("visit_over", { state: visit.held.visit.state_name ?? "" }));
    const note = h("textarea", { id: "finish-note", rows: 2, maxlength: 1000, value: this.note, oninput: () => (this.note = note.value) });
    const conclude = h("input", { type: "checkbox", id: "finish-conclude", checked: this.#mayConclude() });
    const problem = h("p.is-bad", { role: "alert" }, this.#refused()?.why ?? "");
    const hand = async () => {
      const blocking = visit.asked().filter((one) => one.missing && !this.unknown[one.key]);
      if (visit.conflicts().size || blocking.length) {
        fill(problem, say("cannot_finish", { n: blocking.length + visit.conflicts().size }));
        return this.element.querySelector(".left-list input, .note.warn")?.scrollIntoView({ block: "center" });
      }
      const unknown = { ...this.unknown, ...this.#signedInstead() };
      const value = { note: note.value.trim(), ...(Object.keys(unknown).length ? { unknown } : {}) };
      await this.app.finish(visit, value, conclude.checked && this.#mayConclude() ? note.value.trim() : null);
      this.draw();
    };
    return h("section.card", {}, h("header", {}, h("h3", {}, say("finish_title"))),
      h("div.body.stack", {},
        h("p.help", {}, say("finish_help")),
        h("label", { for: "finish-note" }, say("finish_note")), note,
        visit.isLead && h("label.check", {}, conclude, h("span", {}, say("conclude_now"))),
        problem, button(say("finish"), hand, { kind: "primary", sign: "check" })));
  }

  #refused = () => this.visit.toSee().filter((op) => ["finish", "conclude"].includes(op.kind)).at(-1);

  /** A signature item of a form asks for a password and a network; the inspector's signature here stands for it. */
  #signedInstead() {
    if (!this.#signed().some((one) => one.role === "inspector")) return {};
    const open = this.visit.asked().filter((one) => one.item.type === "signature" && one.item.required && !one.answer);
    return Object.fromEntries(open.map((one) => [one.key, say("signed_on_phone")]));
  }

  /** The lead may conclude at once when the inspected side has spoken and does not object. */
  #mayConclude() {
    const words = this.visit.ops.filter((op) => op.kind === "comment").map((op) => op.value.agrees);
    return this.visit.isLead && !words.includes(false) && (words.length > 0 || (this.visit.held.exchange ?? []).length > 0);
  }
}

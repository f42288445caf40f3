// The page of one visit: sections of items, filters, the next unanswered one under the thumb.
import { button, fill, h, icon, tag } from "./dom.js";
import { ItemView } from "./item.js";
import { say } from "./words.js";
import { TO_SEE } from "./oplog.js";

const FILTERS = ["all", "open", "no", "see"];

export class FillPage {
  constructor(app, visit) {
    Object.assign(this, { app, visit, filter: "all", views: new Map(), sections: [] });
    this.element = h("div.visit");
    this.draw();
  }

  draw() {
    const { visit } = this;
    this.head = h("div.visit-head");
    this.filters = h("div.filters", { role: "group", "aria-label": say("show_which") });
    this.empty = h("p.empty", { hidden: true });
    this.foot = h("div.visit-foot");
    const sheets = visit.sheets.map((sheet) => this.#sheet(sheet));
    fill(this.element, this.head, this.filters, sheets, this.empty, this.foot);
    this.changed();
  }

  #sheet(sheet) {
    const form = this.visit.form(sheet);
    const numbers = numbered(form);
    const title = sheet.title || form.title;
    const by = this.visit.held.visit.inspectors?.find((one) => one.id === sheet.inspector && one.id !== this.app.me?.id);
    return h("section.sheet-on-phone", { "aria-label": title },
      h("h2", {}, title, sheet.number && h("span.muted", {}, ` ${sheet.number}`), by && h("span.muted", {}, ` ${say("sheet_of", { who: by.name })}`)),
      sheet.superseded_by && h("p.note", {}, sheet.superseded_by.why),
      form.sections.map((section) => this.#section(sheet, section, numbers)));
  }

  #section(sheet, section, numbers) {
    const count = h("span.count");
    const views = section.items.map((item) => {
      const view = new ItemView({ app: this.app, visit: this.visit, sheet, item, number: numbers.get(item.id), changed: () => this.changed() });
      this.views.set(view.key, view);
      return view;
    });
    const element = h("details.form-section.card", { open: true }, h("summary", {}, h("h3", {}, section.title), count), section.help && h("p.help.section-help", {}, section.help), views.map((view) => view.element));
    this.sections.push({ element, count, views });
    return element;
  }

  /** After any answer, mine or others': what is shown, counted, scored. Controls are left alone. */
  changed() {
    const asked = new Map(this.visit.asked().map((one) => [one.key, one]));
    const conflicts = this.visit.conflicts();
    const kinds = new Map([...asked].map(([key, one]) => [key, this.#kinds(one, conflicts)]));
    if (this.filter === "see" && ![...kinds.values()].some((one) => one.has("see"))) this.filter = "all"; // all is dealt with
    const visible = new Set(this.visit.sheets.flatMap((sheet) => [...this.visit.visible(sheet)].map((item) => `${sheet.id}:${item}`)));
    let shown = 0;
    for (const [key, view] of this.views) {
      const fits = this.filter === "all" || kinds.get(key)?.has(this.filter) || view.element.contains(document.activeElement);
      view.element.hidden = !visible.has(key) || !fits;
      shown += view.element.hidden ? 0 : 1;
    }
    this.empty.hidden = shown > 0;
    this.empty.textContent = say(`none_${this.filter}`);
    this.#counts(asked);
    this.#filters(kinds);
    this.#head();
    this.#foot();
  }

  #kinds(one, conflicts) {
    const found = new Set();
    if (one.open || one.missing) found.add("open");
    if (this.visit.isNo(one)) found.add("no");
    const refused = this.visit.status(one.sheet, one.item.id).last;
    if (conflicts.has(one.key) || (refused && TO_SEE.has(refused.status) && refused.status !== "conflict")) found.add("see");
    return found;
  }

  #counts(asked) {
    for (const { element, count, views } of this.sections) {
      const mine = views.map((view) => asked.get(view.key)).filter((one) => one && one.item.type !== "signature");
      const filled = mine.filter((one) => !one.open).length;
      fill(count, mine.length > 0 && filled === mine.length ? tag("ok", `${filled}/${mine.length}`) : `${filled}/${mine.length}`);
      element.hidden = views.every((view) => view.element.hidden);
    }
  }

  #filters(kinds) {
    const counts = { all: kinds.size, open: 0, no: 0, see: 0 };
    for (const one of kinds.values()) for (const name of one) counts[name] += 1;
    const choose = (name) => {
      this.filter = name;
      document.activeElement?.blur();
      this.changed();
      this.filters.querySelector("[aria-pressed=true]")?.focus();
      scrollTo({ top: 0 });
    };
    fill(this.filters, FILTERS.filter((name) => name !== "see" || counts.see || this.filter === "see").map((name) =>
      h("button.filter", { type: "button", "aria-pressed": String(this.filter === name), onclick: () => choose(name) }, say(`filter_${name}`), h("b", {}, String(counts[name])))));
  }

  #head() {
    const { visit } = this.visit.held;
    fill(this.head,
      h("p.visit-where", {}, h("strong", {}, visit.department.name), visit.place && ` · ${visit.place}`),
      h("p.muted", {}, [visit.number, visit.title].filter(Boolean).join(" · ")),
      visit.notes?.map((note) => h("p.note", {}, note)),
      !this.visit.isOpen && h("p.note", {}, say("visit_over", { state: visit.state_name ?? "" })),
      this.visit.held.sample?.length > 0 && this.#sample());
  }

  /** What was drawn for this visit; patients by bed and initials only. */
  #sample() {
    return h("details.sample", {}, h("summary", {}, say("sample_n", { n: this.visit.held.sample.length })),
      h("ul", {}, this.visit.held.sample.map((one) => h("li", {}, one.label, one.reason && h("span.help", {}, ` ${one.reason}`)))));
  }

  #foot() {
    const { filled, all } = this.visit.progress();
    const scores = this.visit.sheets.map((sheet) => this.visit.score(sheet)).filter((one) => one && one.total !== null);
    // a verdict on a sheet that is half empty would only frighten; a veto is said at once
    const failed = (one) => one.passed === false && (filled === all || one.vetoed.some((item) => item.veto.effect === "fail"));
    fill(this.foot,
      h("div.foot-figures", {},
        h("progress", { max: all || 1, value: filled, "aria-label": say("answered_n_of", { n: filled, m: all }) }),
        h("span", {}, `${filled}/${all}`),
        scores.map((one) => h("span.foot-score", { title: say("score_so_far") }, h("span.visually-hidden", {}, say("score_so_far")), `${one.total} / ${one.full}`, failed(one) && tag("bad", say("failed")), filled === all && one.passed !== false && one.grade && h("span", {}, one.grade)))),
      h("div.foot-buttons", {},
        filled < all && this.visit.isOpen ? button(say("next_open"), () => this.next(), { kind: "primary", sign: "arrow-down" }) : null,
        button(say("to_end"), () => (location.hash = `#/visit/${this.visit.id}/end`), { kind: filled < all && this.visit.isOpen ? "" : "primary", sign: "check" })));
  }

  /** To the next item without an answer, after the one that is looked at; sections open by themselves. */
  next() {
    const open = this.visit.asked().filter((one) => one.open);
    if (!open.length) return;
    if (this.filter === "no" || this.filter === "see") this.filter = "all";
    this.changed();
    const top = this.element.querySelector(".filters").getBoundingClientRect().bottom;
    const below = open.find((one) => (this.views.get(one.key)?.element.getBoundingClientRect().top ?? 0) > top + 8);
    this.show((below ?? open[0]).key);
  }

  /** Scroll an item into view and put the focus on its first control. */
  show(key) {
    const view = this.views.get(key);
    if (!view) return;
    view.element.hidden = false;
    view.element.closest("details").open = true;
    view.element.scrollIntoView({ block: "center" });
    view.element.querySelector("input, select, textarea, button")?.focus({ preventScroll: true });
  }

  /** Others have written, or an answer was judged: draw what changed. */
  news() {
    if (this.wasOpen !== undefined && this.wasOpen !== this.visit.isOpen) return this.#anew();
    this.wasOpen = this.visit.isOpen;
    for (const view of this.views.values()) view.again();
    this.changed();
  }

  #anew() {
    this.views.clear();
    this.sections = [];
    this.wasOpen = this.visit.isOpen;
    this.draw();
  }
}

/** Numbers as on paper: notes have none. */
export const numbered = (form) => {
  const found = new Map();
  let number = 0;
  for (const item of form.sections.flatMap((section) => section.items)) found.set(item.id, item.type === "note" ? "" : (number += 1));
  return found;
};

export const backLink = (word, hash) => h("a.back", { href: hash }, icon("chevron-left"), word);

// The first page: visits that wait, what is on this phone, and whatever somebody must know before starting.
import { button, fill, h, icon, tag } from "./dom.js";
import { deposit, discard, leftovers } from "./leftovers.js";
import { clock, say, settings } from "./words.js";

export class HomePage {
  /** place: the code of a scanned place; visit: the one that a link leads to. Both narrow the list. */
  constructor(app, { place = "", visit = 0 } = {}) {
    Object.assign(this, { app, place, visit });
    this.element = h("div.home");
    this.draw();
  }

  /** Drawn anew only when what it shows has changed: a list that jumps under the thumb opens the wrong visit. */
  news() {
    if (this.#state() !== this.drawn) this.draw();
  }

  #state() {
    const { app } = this;
    const here = [...app.visits.values()].map((visit) => [visit.id, visit.progress(), visit.unsent(), visit.conflicts().size]);
    return JSON.stringify([here, app.waiting, [...app.fetching], leftovers(app), app.persisted, app.me, here.length || app.waiting.length ? "" : app.sync.state]);
  }

  draw() {
    const { app } = this;
    const opened = this.element.querySelector(".about details")?.open;
    this.drawn = this.#state();
    const here = [...app.visits.values()];
    const ids = new Set(here.map((visit) => visit.id));
    const elsewhere = app.waiting.filter((one) => !ids.has(one.id));
    const fits = (one) => (!this.place || one.place_code === this.place) && (!this.visit || one.id === this.visit);
    fill(this.element,
      (this.place || this.visit > 0) && this.#narrowed(here, elsewhere, fits),
      this.#section(say("on_this_phone"), here.filter((visit) => fits(visit.held.visit)).map((visit) => this.#held(visit)), ""),
      this.#sealed(),
      this.#section(say("to_fetch"), elsewhere.filter(fits).map((one) => this.#waiting(one)), here.length ? "" : this.#nothing()),
      this.#keeping(opened));
  }

  #narrowed(here, elsewhere, fits) {
    const found = here.some((visit) => fits(visit.held.visit)) || elsewhere.some(fits);
    const words = this.place ? say(found ? "place_found" : "place_none") : found ? "" : say("visit_not_here");
    return h("p.note", {}, words, " ", h("a", { href: "#/" }, say("show_all")));
  }

  #nothing() {
    const { state } = this.app.sync;
    if (state === "expired") return say("expired");
    if (state === "busy") return say("looking");
    return state === "offline" ? say("none_offline") : say("none_planned");
  }

  #section(title, cards, empty) {
    if (!cards.length && !empty) return null;
    return h("section", { "aria-label": title }, h("h2", {}, title), cards.length ? h("ul.visit-list", {}, cards) : h("div.card.empty", {}, icon("clipboard"), h("p", {}, empty)));
  }

  #held(visit) {
    const about = visit.held.visit;
    const { filled, all } = visit.progress();
    const unsent = visit.unsent();
    const until = this.app.until.get(visit.id);
    return h("li.card.visit-card", {},
      h("a.visit-link", { href: `#/visit/${visit.id}` }, h("strong", {}, about.department.name, about.place && ` · ${about.place}`), icon("chevron-right")),
      h("p.muted", {}, [about.title, about.number].filter(Boolean).join(" · ")),
      h("div.row", {}, h("progress", { max: all || 1, value: filled, "aria-label": say("answered_n_of", { n: filled, m: all }) }), h("span", {}, `${filled}/${all}`),
        unsent ? tag("warn", say("n_unsent", { n: unsent })) : tag("ok", say("all_uploaded")),
        visit.conflicts().size > 0 && tag("bad", say("n_conflicts", { n: visit.conflicts().size }))),
      h("p.help", {}, say("kept_until", { at: clock(new Date(until).toISOString()) })),
      h("div.row", {}, button(say("go_on"), () => (location.hash = `#/visit/${visit.id}`), { kind: "primary" }),
        button(say("remove_from_phone"), () => this.app.removeVisit(visit.id), { kind: "quiet", sign: "trash" })));
  }

  #waiting(one) {
    const busy = this.app.fetching.has(one.id);
    return h("li.card.visit-card", {},
      h("strong", {}, one.department.name, one.place && ` · ${one.place}`),
      h("p.muted", {}, [one.title, one.number, one.planned_on].filter(Boolean).join(" · ")),
      h("div.row", {}, tag("info", one.state_name ?? ""), h("span.help", {}, say("n_items", { n: one.items })),
        button(busy ? say("fetching") : say("fetch"), () => this.app.fetchVisit(one.id), { kind: "primary", sign: "download", disabled: busy, "aria-label": say("fetch_of", { what: one.department.name }) })));
  }

  /** What is not sent of visits that can no longer be read: sealed, counted, sent as soon as possible. */
  #sealed() {
    const counts = leftovers(this.app);
    if (!counts.length) return null;
    return h("section", { "aria-label": say("sealed_title") }, h("h2", {}, say("sealed_title")),
      counts.map((one) => h("div.card.body.stack", {},
        h("p", {}, tag("warn", say("n_unsent", { n: one.count })), " ", say(one.mine ? "sealed_mine" : "sealed_other")),
        h("div.row", {},
          one.mine ? button(say("send_now"), () => this.app.sync.now(), { kind: "primary" }) : button(say("give_to_lead"), () => deposit(this.app, one), { kind: "primary" }),
          button(say("discard"), () => discard(this.app, one), { kind: "danger" })))));
  }

  #keeping(opened) {
    const { persisted, me } = this.app;
    return h("section.card.about", {}, h("details", { open: opened }, h("summary", {}, icon("lock"), say("about_phone")),
      h("ul.about-list", {},
        h("li", {}, say("about_sealed")), h("li", {}, say("about_who")), h("li", {}, say("about_wiped")), h("li", {}, say("about_unsent")),
        h("li", {}, persisted === true ? say("persist_yes") : say("persist_no")), h("li", {}, say("about_install"))),
      h("div.row", {},
        me && button(say("sign_out"), () => this.app.signOut(), { sign: "log-out" }),
        h("a.button", { href: settings.home }, say("full_site")))));
  }
}

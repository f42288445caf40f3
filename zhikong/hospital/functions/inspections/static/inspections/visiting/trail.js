// The trail: what has been done on this phone and what became of each entry.
import { button, fill, h, tag } from "./dom.js";
import { clock, say, span } from "./words.js";

const WORDS = { undefined: ["warn", "saved_on_phone"], stored: ["ok", "uploaded"], waiting: ["warn", "waits_for_photo"], old: ["none", "older"], conflict: ["bad", "kept_beside"], refused: ["bad", "refused"], set_aside: ["warn", "set_aside"], malformed: ["bad", "malformed"] };
const MOST = 300;

export class TrailPage {
  constructor(app) {
    Object.assign(this, { app });
    this.element = h("div.trail");
    this.draw();
  }

  news() {
    if (this.#state() !== this.drawn) this.draw();
  }

  #state = () => JSON.stringify([this.app.log.ops.map((op) => [op.id, op.status]), this.app.unsent(), this.app.sync.state, this.app.sync.drift]);

  draw() {
    const { app } = this;
    this.drawn = this.#state();
    const ops = [...app.log.ops].filter((op) => app.visits.has(op.visit)).reverse().slice(0, MOST);
    fill(this.element,
      h("h2", {}, say("trail_title")),
      h("div.card.body.stack", {},
        h("p", {}, app.unsent() ? tag("warn", say("n_unsent", { n: app.unsent() })) : tag("ok", say("all_uploaded")), " ", say(`state_${app.sync.state}`)),
        app.sync.why && h("p.is-bad", {}, app.sync.why),
        h("p.help", {}, Math.abs(app.sync.drift.seconds) > 120 ? app.sync.drift.note || say("drift", { by: span(app.sync.drift.seconds) }) : say("no_drift")),
        button(say("send_now"), () => app.sync.now(), { kind: "primary", sign: "upload" })),
      h("ol.card.rows.trail-list", {}, ops.map((op) => this.#row(op))),
      !ops.length && h("p.empty", {}, say("trail_empty")));
  }

  #row(op) {
    const visit = this.app.visits.get(op.visit);
    const sheet = op.sheet && visit.sheet(op.sheet);
    const item = sheet && visit.form(sheet).sections.flatMap((section) => section.items).find((one) => one.id === op.item?.replace("__files", ""));
    const [kind, word] = WORDS[op.status] ?? WORDS.stored;
    return h("li", {}, h("span.text", {}, `${say(`kind_${op.kind}`)}${item ? `：${item.text}` : ""}`), tag(kind, say(word)), h("span.detail", {}, clock(op.at), op.why && ` · ${op.why}`));
  }
}

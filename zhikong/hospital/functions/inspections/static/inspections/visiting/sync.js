// Sending what waits, fetching what others did. May be cut off at any point and started again: ids make it harmless.
import { call, me, Trouble } from "./api.js";
import { BOOT, mono, wire } from "./oplog.js";

const PIECE = 512 * 1024;
const MOST_OPS = 100;
const MOST_BYTES = 200_000;
const PAUSES = [4, 8, 15, 30, 60]; // seconds between tries without a network
const ENDS = new Set(["finish", "conclude"]);
const LOOK_AGAIN = 30_000;

export class Sync {
  /** app: {log, media, visits (Map), identity, me, onstate(state), onvisit(visit), onme(found)}. */
  constructor(app) {
    this.app = app;
    this.state = "idle"; // idle, busy, offline, expired, server, other_account, forbidden
    this.why = "";
    this.drift = { seconds: 0, note: "" };
    this.tries = 0;
    this.timer = null;
    this.running = null;
    this.again = false;
  }

  start() {
    addEventListener("online", () => this.soon(0));
    addEventListener("offline", () => this.#say("offline"));
    document.addEventListener("visibilitychange", () => !document.hidden && this.soon(0));
    setInterval(() => !document.hidden && ["idle", "expired"].includes(this.state) && this.soon(0), LOOK_AGAIN);
    return this.now();
  }

  /** Sync shortly; several answers in a row go together. */
  soon(pause = 600) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.now(), pause);
  }

  /** One whole round; a call during a round asks for one more after it. */
  async now() {
    clearTimeout(this.timer);
    this.timer = null;
    if (this.running) {
      this.again = true;
      return this.running;
    }
    this.running = this.#guarded();
    await this.running;
    this.running = null;
    if (this.again) {
      this.again = false;
      return this.now();
    }
  }

  async #guarded() {
    this.#say("busy");
    try {
      await this.#round();
      this.tries = 0;
      this.#say(this.others().length ? "other_account" : "idle");
    } catch (problem) {
      if (!(problem instanceof Trouble)) throw problem;
      this.#trouble(problem);
    }
  }

  #trouble(problem) {
    const known = ["offline", "expired", "server", "other_account"];
    this.#say(known.includes(problem.kind) ? problem.kind : "server", problem.why);
    if (problem.kind === "expired") return; // the page comes back from signing in and starts anew; looking again is harmless
    const pause = PAUSES[Math.min(this.tries++, PAUSES.length - 1)];
    this.soon((problem.body?.retry_after ?? pause) * 1000);
  }

  #say(state, why = "") {
    this.state = state;
    this.why = why;
    this.app.onstate(this);
  }

  /** Entries of another account that used this phone; they are never sent under mine. */
  others = () => this.app.log.unsent().filter((op) => op.author !== this.app.me?.id);

  async #round() {
    const { app } = this;
    const asked = Date.now();
    const found = await me();
    await app.onme(found);
    this.#clock(asked, found.now);
    const waiting = [...app.log.unsent(), ...app.media.unsent()].map((one) => one.visit);
    for (const visit of new Set([...waiting, ...app.visits.keys()])) await this.#visit(visit);
  }

  /** How far this phone's clock is from the server's; the server's time counts, the drift is recorded there. */
  #clock(asked, now) {
    const middle = (asked + Date.now()) / 2;
    this.drift.seconds = Math.round((middle - Date.parse(now)) / 1000);
  }

  async #visit(id) {
    try {
      await this.#ops(id, (op) => !ENDS.has(op.kind));
      const sent = await this.#media(id);
      if (sent && this.app.log.of(id).some((op) => op.status === "waiting")) await this.#arrived(id);
      // the end of a visit is judged with all its evidence: it goes when nothing else waits
      if (!this.#pending(id)) await this.#ops(id, () => true);
      await this.#changes(id);
      await this.app.onsynced(id);
    } catch (problem) {
      // a visit that is not mine any more must not hold up the others
      if (!(problem instanceof Trouble) || !["unknown_visit", "forbidden"].includes(problem.kind)) throw problem;
      await this.app.onrefused(id, problem.why);
    }
  }

  #pending = (id) => this.app.media.unsent(id).some((item) => item.author === this.app.me.id && !item.why);

  async #ops(id, which) {
    for (;;) {
      const batch = this.#batch(this.app.log.unsent(id).filter((op) => op.author === this.app.me.id && which(op)));
      if (!batch.length) return;
      const body = { device: this.app.identity.device, author: this.app.me.id, sent_at: new Date().toISOString(), boot: BOOT, mono: mono(), ops: batch.map(wire) };
      const said = await call(`visits/${id}/ops/`, { method: "POST", body });
      this.drift = { seconds: said.drift_seconds ?? this.drift.seconds, note: said.drift_note ?? "" };
      let settled = 0;
      for (const result of said.results) {
        const op = await this.app.log.settle(result.id, result);
        if (!op) continue;
        settled += 1;
        this.app.visits.get(id)?.fold(op);
      }
      if (said.state) this.app.visits.get(id)?.take({ state: said.state, state_name: said.state_name });
      if (!settled) return; // an answer that names none of ours would be asked for ever
    }
  }

  #batch(ops) {
    const found = [];
    let size = 0;
    for (const op of ops.slice(0, MOST_OPS)) {
      size += JSON.stringify(wire(op)).length * 3;
      if (found.length && size > MOST_BYTES) break;
      found.push(op);
    }
    return found;
  }

  /** Send photos and voice in pieces, from where the server stands; true when something became complete. */
  async #media(id) {
    let complete = false;
    for (const item of this.app.media.unsent(id)) {
      if (item.author !== this.app.me.id || item.why) continue;
      complete = (await this.#upload(item)) || complete;
    }
    return complete;
  }

  async #upload(item) {
    const bytes = this.app.media.content(item);
    if (!bytes) return false;
    let offset = item.received;
    for (let tries = 0; tries < 400; tries += 1) {
      const said = await this.#piece(item, bytes, offset);
      if (said.stop) {
        await this.app.media.note(item, { why: said.stop });
        return false;
      }
      offset = said.received;
      await this.app.media.note(item, { received: offset, done: Boolean(said.done), file: said.file ?? null });
      this.app.onstate(this);
      if (said.done) return true;
    }
    return false;
  }

  async #piece(item, bytes, offset) {
    const headers = {
      "Content-Type": "application/octet-stream", "X-Visit": item.visit, "X-Kind": item.kind, "X-Total": bytes.byteLength, "X-Offset": offset,
      "X-Device": this.app.identity.device, "X-Type": item.type, "X-Name": encodeURIComponent(item.name ?? ""),
      ...(item.blur ? { "X-Blur": JSON.stringify(item.blur) } : {}),
    };
    try {
      return await call(`media/${item.id}/`, { method: "PUT", body: bytes.slice(offset, offset + PIECE), headers, patience: 60_000 });
    } catch (problem) {
      if (problem.kind === "offset") return { received: problem.body.received };
      if (["too_large", "refused"].includes(problem.kind)) return { stop: problem.why };
      throw problem;
    }
  }

  /** What others did, and what became of mine. */
  async #changes(id) {
    const visit = this.app.visits.get(id);
    if (!visit) return;
    const news = await call(`visits/${id}/changes/?since=${encodeURIComponent(visit.held.cursor ?? "")}`);
    visit.take(news);
    await this.app.onvisit(visit);
  }

  /** The last piece has come: entries that waited for it stand on the sheet now. */
  async #arrived(id) {
    for (const op of this.app.log.of(id).filter((one) => one.status === "waiting")) {
      const files = [op.value].flat().map((value) => value?.after ?? value?.media ?? value).flat();
      const pending = files.filter((file) => typeof file === "string").some((file) => this.app.media.find(file)?.done === false);
      if (!pending) await this.app.log.settle(op.id, { status: "stored" });
    }
  }
}

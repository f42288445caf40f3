// What the person can do, and what the phone must do on its own: the acts behind all pages.
import { call, csrf, forgetToken, Trouble } from "./api.js";
import { open, seal } from "./crypto.js";
import { ask, h, toast } from "./dom.js";
import { deadline, Keeping } from "./keeping.js";
import { sentence } from "./notices.js";
import { Media } from "./media.js";
import { Log, TO_SEE } from "./oplog.js";
import { mark as readMark, persist, signedOut, Store } from "./store.js";
import { Sync } from "./sync.js";
import { say, settings } from "./words.js";
import { Visit } from "./visit.js";

const LOOK_AT_CLOCK = 30_000;

export class Program {
  constructor() {
    Object.assign(this, { visits: new Map(), until: new Map(), authors: new Map(), tickets: new Map(), waiting: [], fetching: new Set(), me: null, lost: null, persisted: null, storageWhy: "" });
    this.listeners = new Set();
    this.store = new Store();
    this.sync = new Sync(this);
  }

  /** Open the storage and what may still be read of it. Nothing is asked of the network yet. */
  async start() {
    const before = readMark();
    await this.store.connect();
    this.identity = await this.store.identity();
    this.log = await new Log(this.store, this.identity).load();
    this.media = await new Media(this.store, this.identity).load();
    this.keeping = new Keeping(this.store, this.identity, this.log, this.media);
    this.store.onlost = () => this.#recover();
    if (before && before.device !== this.identity.device) this.lost = { ...before, held: null };
    if (signedOut()) await this.#clear();
    await this.#readMe();
    await this.#load();
    setInterval(() => this.#load(), LOOK_AT_CLOCK);
    this.persisted = await persist().catch(() => null);
    return this;
  }

  async #readMe() {
    const record = await this.store.get("keys", "me");
    this.me = record ? await open(this.identity.key, "me", record).catch(() => null) : null;
    for (const record of (await this.store.get("keys", "tickets"))?.list ?? []) this.tickets.set(...record);
  }

  /** Packages within their time; wipes the others, and says so. */
  async #load() {
    const { found, wiped } = await this.keeping.load();
    for (const { held, until, author } of found) {
      this.until.set(held.visit.id, until);
      this.authors.set(held.visit.id, author);
      if (author === this.me?.id && !this.visits.has(held.visit.id)) this.visits.set(held.visit.id, new Visit(held, this.log, this.media, this.me));
    }
    for (const visit of wiped) {
      this.visits.delete(visit);
      toast(say("wiped_by_time"), "warn");
    }
    if (wiped.length) this.changed();
    this.mark();
  }

  onchange(listener) {
    this.listeners.add(listener);
  }
  changed() {
    this.listeners.forEach((listener) => listener());
  }
  /** Note outside the storage what stands in it. */
  mark() {
    this.keeping.mark([...this.visits.keys()]);
  }

  unsent = () => this.log.unsent().length + this.media.unsent().length;

  // --- what the person does ---------------------------------------------------------------------------------------

  async fetchVisit(id) {
    this.fetching.add(id);
    this.changed();
    try {
      const held = await call(`visits/${id}/package/`, { method: "POST", body: { device: this.identity.device, label: label() } });
      await this.#hold(held);
      location.hash = `#/visit/${id}`;
    } catch (problem) {
      toast(sentence(problem), "bad");
    }
    this.fetching.delete(id);
    this.changed();
  }

  async #hold(held) {
    const { id } = held.visit;
    const until = deadline(held);
    this.until.set(id, until);
    if (held.ticket) this.tickets.set(id, held.ticket);
    await this.store.put("keys", { id: "tickets", list: [...this.tickets] });
    await this.keeping.hold(held, until, this.me.id);
    this.visits.set(id, new Visit(held, this.log, this.media, this.me));
    this.mark();
  }

  /** Note something; it stands in memory at once and on the phone a moment later, whatever the network does. */
  async record(visit, fields) {
    try {
      return await this.log.add({ visit: visit.id, author: this.me.id, ...fields });
    } catch (problem) {
      this.#full(problem);
    } finally {
      this.mark();
      this.sync.soon();
      this.changed();
    }
  }

  answer(visit, sheet, item, value) {
    return this.record(visit, { kind: "answer", sheet: sheet.id, item, value, base: visit.base(sheet, item) });
  }

  choose(visit, conflict, side) {
    const base = conflict.theirs?.rev ?? visit.base(visit.sheet(conflict.sheet), conflict.item);
    return this.record(visit, { kind: "choose", sheet: conflict.sheet, item: conflict.item, value: side.value ?? null, base, of: conflict.of });
  }

  async keepMedia(visit, fields, bytes) {
    try {
      return await this.media.add({ visit: visit.id, author: this.me.id, ...fields }, bytes);
    } catch (problem) {
      this.#full(problem);
      return this.media.items.at(-1);
    }
  }

  async finish(visit, value, conclusion) {
    await this.record(visit, { kind: "finish", value });
    if (conclusion !== null) await this.record(visit, { kind: "conclude", value: { note: conclusion } });
    await this.sync.now();
  }

  async history(visit, sheet, item) {
    try {
      return (await call(`visits/${visit.id}/history/?sheet=${sheet.id}&item=${encodeURIComponent(item)}`)).entries;
    } catch (problem) {
      if (problem instanceof Trouble) return null;
      throw problem;
    }
  }

  async removeVisit(id) {
    const unsent = this.log.unsent(id).length + this.media.unsent(id).length;
    const text = unsent ? say("remove_unsent", { n: unsent }) : say("remove_sent");
    if ((await ask(say("remove_from_phone"), h("p", {}, text), [["yes", say("remove_from_phone"), "danger"], ["", say("cancel")]])) !== "yes") return;
    await this.wipe(id);
    this.changed();
  }

  async wipe(id) {
    this.visits.delete(id);
    this.until.delete(id);
    await this.keeping.wipe(id);
    this.mark();
  }

  // --- signing out --------------------------------------------------------------------------------------------------

  async signOut() {
    await this.sync.now();
    const unsent = this.unsent();
    if (unsent) {
      const chosen = await ask(say("sign_out"), h("p", {}, say("sign_out_unsent", { n: unsent })), [["keep", say("sign_out_keep"), "primary"], ["drop", say("sign_out_drop"), "danger"], ["", say("cancel")]]);
      if (!chosen) return;
      if (chosen === "drop") for (const id of new Set([...this.log.ops, ...this.media.items].map((one) => one.visit))) await this.keeping.discard(id);
    }
    await this.#clear();
    await this.#leave();
  }

  /** Nothing stays readable: packages go, what was sent goes, what was not stays sealed for its author. */
  async #clear() {
    const held = (await this.store.all("packages")).map((one) => one.visit);
    for (const id of new Set([...held, ...this.log.ops.map((op) => op.visit)])) await this.wipe(id);
    await this.store.remove("keys", "me");
    this.me = null;
  }

  async #leave() {
    const token = csrf();
    forgetToken();
    try {
      await fetch(settings.logout, { method: "POST", headers: { "X-CSRFToken": token }, redirect: "manual", credentials: "same-origin" });
      location.assign(settings.login);
    } catch {
      await this.store.put("keys", { id: "leaving", at: Date.now() }); // without a network: at the next contact
      this.changed();
    }
  }

  // --- what the synchronisation tells -----------------------------------------------------------------------------

  onstate() {
    this.changed();
  }

  async onme(found) {
    if (await this.store.get("keys", "leaving")) {
      await this.store.remove("keys", "leaving");
      return this.#leave();
    }
    this.waiting = found.visits;
    if (this.me?.id !== found.user.id) await this.#another(found.user);
    if (this.lost && !this.lost.held) await this.#askHeld();
    this.changed();
  }

  /** Somebody else has signed in on this phone: what the first person could read is not theirs to read. */
  async #another(user) {
    const known = this.me;
    this.me = { id: user.id, name: user.name };
    await this.store.put("keys", { id: "me", ...(await seal(this.identity.key, "me", this.me)) });
    if (known) for (const id of [...this.visits.keys()]) await this.wipe(id);
    await this.#load();
  }

  async #askHeld() {
    const counts = [];
    for (const visit of this.lost.visits ?? []) {
      const title = this.waiting.find((one) => one.id === visit)?.department.name ?? "";
      try {
        counts.push({ visit, title, ...(await call(`visits/${visit}/held/?device=${this.lost.device}`)) });
      } catch (problem) {
        if (!(problem instanceof Trouble) || problem.kind === "offline") throw problem;
      }
    }
    this.lost.held = counts;
  }

  async onvisit(visit) {
    await this.keeping.hold(visit.held, this.until.get(visit.id), this.me.id);
  }

  /** All of a visit has been sent: when it is handed over, or can no longer be read, it leaves the phone. */
  async onsynced(id) {
    this.mark();
    const visit = this.visits.get(id);
    if (this.log.unsent(id).length || this.media.unsent(id).length) return;
    if (!visit) return this.wipe(id);
    const over = !["planned", "open"].includes(visit.state) && visit.ops.some((op) => op.kind === "finish");
    if (!over || visit.ops.some((op) => TO_SEE.has(op.status) && op.kind === "conclude")) return;
    this.done = { place: visit.held.visit.department.name, url: visit.held.visit.url || settings.visit.replace("/0/", `/${id}/`), state: visit.held.visit.state_name, count: visit.ops.length };
    await this.wipe(id);
    location.hash = "#/done";
  }

  async onrefused(id, why) {
    toast(why || say("not_yours"), "bad");
  }

  // --- storage that goes away ---------------------------------------------------------------------------------------

  /** The browser cleared the storage under the open page: everything in memory is written again. */
  async #recover() {
    try {
      await new Promise((go) => setTimeout(go, 100));
      await this.store.put("keys", { id: "identity", device: this.identity.device, key: this.identity.key, made: this.identity.made });
      await this.log.rewrite();
      await this.media.rewrite();
      for (const visit of this.visits.values()) await this.onvisit(visit);
      if (this.me) await this.store.put("keys", { id: "me", ...(await seal(this.identity.key, "me", this.me)) });
      toast(say("storage_rewritten"), "warn");
    } catch (problem) {
      this.#full(problem);
    }
  }

  #full(problem) {
    this.storageWhy = problem?.name === "QuotaExceededError" ? say("storage_full") : say("storage_failed");
    this.changed();
  }
}

const label = () => {
  const found = /(Android|iPhone|iPad|HarmonyOS|Windows|Macintosh|Linux)/.exec(navigator.userAgent);
  return `${found?.[1] ?? ""} ${/(MicroMessenger|Edg|Chrome|Firefox|Safari)/.exec(navigator.userAgent)?.[1] ?? ""}`.trim();
};

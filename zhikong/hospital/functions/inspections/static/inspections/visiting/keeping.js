// How long things stay on the phone: wiped when all is sent, at logout, and after 24 hours. What has not been sent is
// never lost in silence: it stays sealed and unreadable until it is sent or the person says to throw it away.
import { leaveMark } from "./store.js";
import { open, seal } from "./crypto.js";

export const HOURS = 24;
const LIFE = HOURS * 3600 * 1000;

/** Until when a package may be read, by this phone's clock: the server's limit, shifted by the drift, at most 24 h. */
export const deadline = (held, now = Date.now()) => {
  const left = Date.parse(held.expires_at) - Date.parse(held.now);
  return now + Math.min(LIFE, Number.isFinite(left) ? left : LIFE);
};

export class Keeping {
  constructor(store, identity, log, media) {
    Object.assign(this, { store, key: identity.key, device: identity.device, log, media });
  }

  /** Seal a package. until: when it must go, by the phone's clock. */
  async hold(held, until, author) {
    const id = `visit/${held.visit.id}`;
    await this.store.put("packages", { id, visit: held.visit.id, until, author, ...(await seal(this.key, id, held)) });
  }

  /** Packages that may still be read: [{held, until, author}]; those whose time is over are wiped. */
  async load(now = Date.now()) {
    await this.#clockTurnedBack(now);
    const found = [];
    const gone = [];
    for (const record of await this.store.all("packages")) {
      if (record.until <= now) gone.push(record.visit);
      else found.push({ until: record.until, author: record.author, held: await open(this.key, record.id, record).catch(() => null) });
    }
    for (const visit of gone) await this.wipe(visit);
    await this.store.put("keys", { id: "seen", at: now });
    return { found: found.filter((one) => one.held), wiped: gone };
  }

  /** A clock that was set back gives nobody more time. */
  async #clockTurnedBack(now) {
    const seen = await this.store.get("keys", "seen");
    const back = (seen?.at ?? now) - now;
    if (back <= 0) return;
    for (const record of await this.store.all("packages")) await this.store.put("packages", { ...record, until: record.until - back });
  }

  /** Take a visit off the phone: what can be read goes at once, what has not been sent stays sealed. */
  async wipe(visit) {
    await this.store.remove("packages", `visit/${visit}`);
    await this.log.forget(this.log.of(visit).filter((op) => op.sent));
    await this.media.forget(this.media.of(visit).filter((item) => item.done));
  }

  /** Throw everything of these visits away, also what was not sent; only after the person has said so. */
  async discard(visit) {
    await this.store.remove("packages", `visit/${visit}`);
    await this.log.forget(this.log.of(visit));
    await this.media.forget(this.media.of(visit));
  }

  /** A note outside the storage of what stands in it, so that its loss is noticed. */
  mark(visits) {
    const unsent = this.log.unsent().length + this.media.unsent().length;
    if (!unsent && !visits.length) return leaveMark(null);
    leaveMark({ device: this.device, unsent, visits, at: new Date().toISOString() });
  }
}

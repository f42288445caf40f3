// The log of what the person did: appended, sealed, kept until the server has said what became of each entry.
import { open, seal } from "./crypto.js";

/** One life of this page: the server can order entries of a phone whose clock jumps. */
export const BOOT = crypto.randomUUID?.() ?? "";
export const mono = () => Math.round(performance.now());

/** What the server may say of an entry, and whether the person must still look at it. */
export const TO_SEE = new Set(["conflict", "refused", "set_aside", "malformed"]);

export class Log {
  /** ops: all entries in order of seq: {id, visit, author, seq, kind, sheet, item, value, base, at, sent, status, why, current}. */
  constructor(store, identity) {
    this.store = store;
    this.key = identity.key;
    this.ops = [];
    this.sealed = []; // entries that this phone's key cannot open: never thrown away in silence
    this.seq = 0;
  }

  async load() {
    const counter = await this.store.get("keys", "counter");
    for (const record of await this.store.all("ops")) {
      try {
        this.ops.push({ ...(await open(this.key, record.id, record)), sent: record.sent });
      } catch {
        this.sealed.push(record);
      }
    }
    this.ops.sort((a, b) => a.seq - b.seq);
    this.seq = Math.max(counter?.seq ?? 0, ...this.ops.map((op) => op.seq));
    return this;
  }

  async add(fields) {
    const op = { id: crypto.randomUUID(), seq: ++this.seq, at: new Date().toISOString(), boot: BOOT, mono: mono(), sent: false, ...fields };
    this.ops.push(op);
    await this.keep(op);
    return op;
  }

  /** Write an entry; the counter goes with it so that numbers rise even after a wipe. */
  async keep(op) {
    const record = { id: op.id, visit: op.visit, author: op.author, sent: op.sent, ...(await seal(this.key, op.id, op)) };
    await this.store.put("ops", record);
    await this.store.put("keys", { id: "counter", seq: this.seq });
  }

  /** Everything in memory is written again: after the browser has cleared the storage under an open page. */
  async rewrite() {
    for (const op of this.ops) await this.keep(op);
  }

  of = (visit) => this.ops.filter((op) => op.visit === visit);
  unsent = (visit) => this.ops.filter((op) => !op.sent && (visit === undefined || op.visit === visit));
  history = (visit, sheet, item) => this.of(visit).filter((op) => op.sheet === sheet && op.item === item);

  /** What the server answered to one entry. malformed is the only word after which it was not taken. */
  async settle(id, result) {
    const op = this.ops.find((one) => one.id === id);
    if (!op) return null;
    const status = result.status === "again" ? (result.first ?? "stored") : result.status;
    Object.assign(op, { sent: true, status, why: result.why ?? "", current: result.current ?? null });
    await this.keep(op);
    return op;
  }

  async forget(ops) {
    const gone = new Set(ops.map((op) => op.id));
    if (!gone.size) return;
    this.ops = this.ops.filter((op) => !gone.has(op.id));
    await this.store.remove("ops", ...gone);
  }
}

/** An entry as the server wants it: without what the phone notes for itself. */
export const wire = ({ id, seq, kind, sheet, item, value, base, of, at, boot, mono: when }) => {
  const op = { id, seq, kind, at, boot, mono: when };
  for (const [name, part] of Object.entries({ sheet, item, base, of })) if (part !== undefined && part !== null) op[name] = part;
  if (value !== undefined) op.value = value;
  return op;
};

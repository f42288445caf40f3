// Photos and voice on the phone: sealed bytes until they are uploaded, afterwards only a small sealed picture.
import { open, openBytes, seal, sealBytes } from "./crypto.js";

export class Media {
  /** items: {id, visit, author, kind, type, name, total, blur, thumb, received, done, file, why} without bytes. */
  constructor(store, identity) {
    this.store = store;
    this.key = identity.key;
    this.items = [];
    this.sealed = [];
    this.bytes = new Map(); // id → ArrayBuffer, of what was taken since the page opened
  }

  async load() {
    for (const record of await this.store.all("media")) {
      try {
        this.items.push(await open(this.key, record.id, record));
        // what is not uploaded is held in memory too: it outlives a storage that is cleared under an open page
        if (record.content) this.bytes.set(record.id, await openBytes(this.key, `${record.id}/content`, record.content));
      } catch {
        this.sealed.push(record);
      }
    }
    return this;
  }

  /** Keep a photo or a voice note; bytes: ArrayBuffer. */
  async add(fields, bytes) {
    const item = { id: crypto.randomUUID(), received: 0, done: false, file: null, why: "", blur: null, thumb: "", ...fields, total: bytes.byteLength };
    this.items.push(item);
    this.bytes.set(item.id, bytes);
    await this.#write(item, bytes);
    return item;
  }

  async #write(item, bytes) {
    const content = bytes ? await sealBytes(this.key, `${item.id}/content`, bytes) : null;
    await this.store.put("media", { id: item.id, visit: item.visit, author: item.author, done: item.done, content, ...(await seal(this.key, item.id, item)) });
  }

  /** The bytes; null when they have been uploaded and dropped. */
  content = (item) => this.bytes.get(item.id) ?? null;

  /** Note progress; what is uploaded whole is dropped and keeps its small picture only. */
  async note(item, fields) {
    Object.assign(item, fields);
    const bytes = item.done ? null : this.content(item);
    if (item.done) this.bytes.delete(item.id);
    await this.#write(item, bytes);
  }

  async rewrite() {
    for (const item of this.items) await this.#write(item, this.bytes.get(item.id) ?? null);
  }

  find = (id) => this.items.find((item) => item.id === id || (item.file !== null && item.file === id));
  of = (visit) => this.items.filter((item) => item.visit === visit);
  unsent = (visit) => this.items.filter((item) => !item.done && (visit === undefined || item.visit === visit));

  async forget(items) {
    const gone = new Set(items.map((item) => item.id));
    if (!gone.size) return;
    this.items = this.items.filter((item) => !gone.has(item.id));
    gone.forEach((id) => this.bytes.delete(id));
    await this.store.remove("media", ...gone);
  }
}

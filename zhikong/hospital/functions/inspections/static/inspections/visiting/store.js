// The phone's storage: IndexedDB with sealed records. What the browser takes away is noticed, never guessed.
import { makeKey } from "./crypto.js";

export const DATABASE = "zhikong-visits";
const VERSION = 1;
/** keys: key, device, counters · packages: visits to read · ops: what the person did · media: photos and voice. */
export const STORES = ["keys", "packages", "ops", "media"];
const COOKIE = "zhikong_phone";
const MONTH = 30 * 24 * 3600;

const done = (request) =>
  new Promise((yes, no) => {
    request.onsuccess = () => yes(request.result);
    request.onerror = () => no(request.error);
  });

export class Store {
  constructor() {
    this.db = null;
    this.onlost = () => {};
  }

  async connect() {
    const request = indexedDB.open(DATABASE, VERSION);
    request.onupgradeneeded = () => STORES.forEach((name) => request.result.createObjectStore(name, { keyPath: "id" }));
    this.db = await done(request);
    // Closed by the browser (storage cleared), or asked to let go because somebody deletes it.
    this.db.onclose = () => this.#lost();
    this.db.onversionchange = () => {
      this.db.close();
      this.#lost();
    };
    return this;
  }

  #lost() {
    this.db = null;
    this.onlost();
  }

  async #run(names, mode, work) {
    if (!this.db) await this.connect();
    const transaction = this.db.transaction(names, mode, mode === "readwrite" ? { durability: "strict" } : {});
    const ended = new Promise((yes, no) => {
      transaction.oncomplete = yes;
      transaction.onabort = () => no(transaction.error ?? new Error("aborted"));
    });
    const found = await work(transaction);
    await ended;
    return found;
  }

  get = (name, id) => this.#run([name], "readonly", (t) => done(t.objectStore(name).get(id)));
  all = (name) => this.#run([name], "readonly", (t) => done(t.objectStore(name).getAll()));
  put = (name, ...records) =>
    this.#run([name], "readwrite", (t) => Promise.all(records.map((one) => done(t.objectStore(name).put(one)))));
  remove = (name, ...ids) =>
    this.#run([name], "readwrite", (t) => Promise.all(ids.map((id) => done(t.objectStore(name).delete(id)))));

  /** The key and this phone's own id; made anew when the storage is empty. `fresh` tells that it was. */
  async identity() {
    const known = await this.get("keys", "identity");
    if (known) return { ...known, fresh: false };
    const made = { id: "identity", device: crypto.randomUUID(), key: await makeKey(), made: new Date().toISOString() };
    await this.put("keys", made);
    return { ...made, fresh: true };
  }
}

// --- a mark outside the storage: it stays when a browser short of space clears the storage -----------------------

/** {device, unsent, visits, at} of the last time, or null. Says nothing about anybody. */
export const mark = () => {
  const found = document.cookie.split("; ").find((part) => part.startsWith(`${COOKIE}=`));
  try {
    return found ? JSON.parse(decodeURIComponent(found.slice(COOKIE.length + 1))) : null;
  } catch {
    return null;
  }
};

export const leaveMark = (value) => {
  const text = value ? encodeURIComponent(JSON.stringify(value)) : "";
  document.cookie = `${COOKIE}=${text}; path=/inspections/; max-age=${value ? MONTH : 0}; samesite=strict`;
};

const SIGNED_OUT = "zhikong_signed_out";

/** Whether somebody signed out on another page since the last time; asking takes the note away. */
export const signedOut = () => {
  const found = document.cookie.split("; ").some((part) => part.startsWith(`${SIGNED_OUT}=`));
  if (found) document.cookie = `${SIGNED_OUT}=; path=/inspections/; max-age=0; samesite=strict`;
  return found;
};

/** Asks the browser not to clear by itself; true, false, or null when it cannot say. */
export const persist = async () => {
  if (!navigator.storage?.persist) return null;
  return (await navigator.storage.persisted()) || navigator.storage.persist();
};

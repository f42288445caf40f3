// One visit on the phone: what the server sent, with what the person did since laid over it. No drawing in here.
import { shown } from "./condition.js";
import { FILES, isEmpty, missing } from "./checks.js";
import { score } from "./scoring.js";
import { TO_SEE } from "./oplog.js";

const equal = (left, right) => JSON.stringify(left ?? null) === JSON.stringify(right ?? null);
const ANSWERS = new Set(["answer", "choose"]);

export class Visit {
  constructor(held, log, media, me) {
    Object.assign(this, { held, log, media, me });
  }

  get id() { return this.held.visit.id; }
  get sheets() { return this.held.sheets; }
  get state() { return this.held.visit.state; }
  get isOpen() { return ["planned", "open"].includes(this.state) && !this.finished; }
  get isLead() { return this.held.visit.inspectors?.some((one) => one.lead && one.id === this.me.id) ?? false; }
  get ops() { return this.log.of(this.id); }
  get finished() { return this.ops.some((op) => op.kind === "finish" && !TO_SEE.has(op.status)); }

  form(sheet) { return this.held.forms[sheet.form]; }
  sheet(id) { return this.sheets.find((one) => one.id === id); }

  /** Answers of a sheet by item: the server's, then this phone's own that the server has not answered yet. */
  answers(sheet) {
    const found = {};
    for (const [item, answer] of Object.entries(sheet.answers)) if (!isEmpty(answer.value)) found[item] = answer.value;
    for (const op of this.#overlay(sheet.id)) {
      if (isEmpty(op.value)) delete found[op.item];
      else found[op.item] = op.value;
    }
    return found;
  }

  #overlay = (sheet) => this.ops.filter((op) => op.sheet === sheet && ANSWERS.has(op.kind) && this.#stands(op));
  #stands = (op) => !op.status || op.status === "waiting";

  visible(sheet) {
    return shown(this.form(sheet), this.answers(sheet), today());
  }

  /** The answers that count: of items that are shown. */
  counted(sheet) {
    const [answers, visible] = [this.answers(sheet), this.visible(sheet)];
    return Object.fromEntries(Object.entries(answers).filter(([name]) => visible.has(name.replace(FILES, ""))));
  }

  score(sheet) { return score(this.form(sheet), this.counted(sheet)); }

  /** Items of all sheets that ask something and are shown: {sheet, item, key, answer, missing, open}. */
  asked() {
    const found = [];
    for (const sheet of this.sheets) {
      const [answers, visible] = [this.counted(sheet), this.visible(sheet)];
      for (const section of this.form(sheet).sections) {
        for (const item of section.items) {
          if (item.type === "note" || !visible.has(item.id)) continue;
          const answer = answers[item.id];
          found.push({ sheet, section, item, key: key(sheet.id, item.id), answer, open: isEmpty(answer) && item.type !== "signature", missing: missing(item, answers) });
        }
      }
    }
    return found;
  }

  progress() {
    const asked = this.asked().filter((one) => one.item.type !== "signature");
    return { filled: asked.filter((one) => !one.open).length, all: asked.length };
  }

  isNo = (one) => one.answer === "no" || (one.item.type === "observation" && one.answer?.n < one.answer?.m);

  /** What the server last said of this answer; the revision that a new answer builds on. */
  seen(sheet, item) { return sheet.answers[item] ?? null; }
  base(sheet, item) { return this.seen(sheet, item)?.rev ?? sheet.revision ?? 0; }

  /** Two answers to one item that a person must choose between: {mine, theirs, of} by key of the item. */
  conflicts() {
    const found = new Map();
    for (const one of this.held.conflicts ?? []) {
      if (one.op && this.#chosen(one.op)) continue;
      found.set(key(one.sheet, bare(one.item)), { item: one.item, sheet: one.sheet, of: one.op, mine: { value: one.value, by: one.by, by_id: one.by_id, at: one.at, device: one.device }, theirs: one.current });
    }
    for (const op of this.ops) {
      if (op.status !== "conflict" || this.#chosen(op.id) || !this.#unknownToServer(op)) continue;
      found.set(key(op.sheet, bare(op.item)), { item: op.item, sheet: op.sheet, of: op.id, mine: { value: op.value, by: this.me.name, by_id: this.me.id, at: op.at }, theirs: op.current });
    }
    return found;
  }

  #chosen = (id) => this.ops.some((op) => op.kind === "choose" && op.of === id && !TO_SEE.has(op.status));
  /** An answer in conflict stands in the server's list until it is chosen; before the next look at it, here only. */
  #unknownToServer = (op) => (op.looked ?? 0) === 0;

  status(sheet, item) {
    const own = this.ops.filter((op) => op.sheet === sheet.id && op.item && bare(op.item) === item);
    const files = own.flatMap((op) => (Array.isArray(op.value) ? op.value : (op.value?.after ?? [op.value?.media]))).filter((id) => typeof id === "string");
    const waiting = files.map((id) => this.media.find(id)).filter((one) => one && !one.done);
    return { last: own.at(-1) ?? null, unsent: own.some((op) => !op.sent) || waiting.length > 0, waiting };
  }

  unsent() { return this.log.unsent(this.id).length + this.media.unsent(this.id).length; }

  /** Entries that the server could not put on the sheet and that nobody has looked at yet. */
  toSee() { return this.ops.filter((op) => ["refused", "set_aside", "malformed"].includes(op.status) && !this.#replaced(op)); }
  #replaced = (op) => this.ops.some((later) => later.seq > op.seq && later.sheet === op.sheet && later.item === op.item && later.kind === op.kind);

  /** Take in what the server says has changed. Lists are whole, answers are news. */
  take(news) {
    for (const one of news.answers ?? []) {
      const sheet = this.sheet(one.sheet);
      if (sheet) sheet.answers[one.item] = { value: one.value, rev: one.rev, by: one.by, by_id: one.by_id, at: one.at, device: one.device };
    }
    for (const [id, revision] of Object.entries(news.revisions ?? {})) {
      const sheet = this.sheets.find((one) => String(one.id) === String(id));
      if (sheet) sheet.revision = revision;
    }
    for (const name of ["conflicts", "corrections", "exchange", "signatures", "cursor"]) if (news[name] !== undefined) this.held[name] = news[name];
    if (news.state) Object.assign(this.held.visit, { state: news.state, state_name: news.state_name });
    if (news.conflicts !== undefined) this.ops.forEach((op) => op.status === "conflict" && (op.looked = 1));
  }

  /** The server has put an answer of this phone on the sheet. */
  fold(op) {
    const sheet = this.sheet(op.sheet);
    if (!sheet || !ANSWERS.has(op.kind) || op.status !== "stored") return;
    const older = sheet.answers[op.item];
    sheet.answers[op.item] = { value: op.value ?? null, rev: op.current?.rev ?? older?.rev ?? op.base ?? 0, by: this.me.name, by_id: this.me.id, at: op.at, device: null };
  }

  /** Whether an answer that somebody else gave meanwhile is different from mine that has not been sent yet. */
  differs(op) {
    const seen = this.seen(this.sheet(op.sheet) ?? { answers: {} }, op.item);
    return !op.sent && op.kind === "answer" && seen && seen.rev > (op.base ?? 0) && !equal(seen.value, op.value);
  }
}

export const key = (sheet, item) => `${sheet}:${item}`;
export const bare = (item) => item.replace(FILES, "");

export const today = (now = new Date()) =>
  `${now.getFullYear()}-${String(now.getMonth() + 1).padStart(2, "0")}-${String(now.getDate()).padStart(2, "0")}`;

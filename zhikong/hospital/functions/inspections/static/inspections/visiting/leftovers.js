// Unsent entries that nobody can read here any more: of a visit that was wiped, or of another account.
import { call } from "./api.js";
import { ask, h, toast } from "./dom.js";
import { sentence } from "./notices.js";
import { BOOT, mono, wire } from "./oplog.js";
import { say } from "./words.js";

const MOST = 100;

/** [{visit, author, mine, count}] */
export const leftovers = (app) => {
  const found = new Map();
  for (const one of [...app.log.unsent(), ...app.media.unsent()]) {
    if (app.visits.has(one.visit)) continue;
    const key = `${one.visit}/${one.author}`;
    const known = found.get(key) ?? { visit: one.visit, author: one.author, mine: one.author === app.me?.id, count: 0 };
    found.set(key, { ...known, count: known.count + 1 });
  }
  return [...found.values()];
};

/** Throw them away, after the person has said so. */
export const discard = async (app, { visit, author, count }) => {
  const text = h("p", {}, say("discard_sure", { n: count }));
  if ((await ask(say("discard"), text, [["yes", say("discard"), "danger"], ["", say("cancel")]])) !== "yes") return;
  await app.log.forget(app.log.of(visit).filter((op) => op.author === author));
  await app.media.forget(app.media.of(visit).filter((item) => item.author === author));
  app.mark();
  app.changed();
};

/** Entries of somebody who cannot sign in here go to the lead inspector, who decides; nothing is applied by itself. */
export const deposit = async (app, { visit, author }) => {
  const ops = app.log.unsent(visit).filter((op) => op.author === author).slice(0, MOST);
  try {
    const said = await call("deposit/", { method: "POST", body: { ticket: app.tickets.get(visit) ?? "", device: app.identity.device, sent_at: new Date().toISOString(), boot: BOOT, mono: mono(), ops: ops.map(wire) } });
    for (const result of said.results) await app.log.settle(result.id, result);
    await app.log.forget(app.log.of(visit).filter((op) => op.sent));
    toast(say("given_to_lead"));
  } catch (problem) {
    toast(sentence(problem), "bad");
  }
  app.mark();
  app.changed();
};

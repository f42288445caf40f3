// What somebody must know whatever page is open, and why a call did not work, in words.
import { Trouble } from "./api.js";
import { clock, say, settings } from "./words.js";

const NOTABLE = 120; // seconds of drift

/** Why a call that the person asked for did not work. */
export const sentence = (problem) => {
  if (!(problem instanceof Trouble)) throw problem;
  if (problem.kind === "offline") return say("needs_network");
  return problem.kind === "expired" ? say("expired") : problem.why || say("server_trouble");
};

/** [{kind, text, link?, close?}], the gravest first. */
export const notices = (app) => {
  const { state, why, drift } = app.sync;
  const found = [];
  if (app.storageWhy) found.push({ kind: "bad", text: app.storageWhy });
  if (app.lost) found.push({ kind: "bad", text: lost(app.lost), close: () => (app.lost = null) });
  if (state === "expired") found.push({ kind: "warn", text: say("expired_keep", { n: app.unsent() }), link: [settings.login, say("sign_in")] });
  if (state === "other_account") found.push({ kind: "warn", text: say("other_account") });
  if (state === "server") found.push({ kind: "warn", text: why || say("server_trouble") });
  if (Math.abs(drift.seconds) > NOTABLE && drift.note) found.push({ kind: "warn", text: drift.note });
  return found;
};

/** The storage was cleared: what was there, and what of it stands on the server. */
const lost = ({ at, unsent, held }) => {
  const first = say("storage_lost", { at: clock(at), n: unsent });
  if (!held) return `${first} ${say("storage_lost_ask")}`;
  const there = held.map((one) => say("storage_lost_there", { place: one.title, n: one.ops, m: one.media.filter((file) => file.done).length }));
  return [first, ...there, say("storage_lost_then")].join(" ");
};

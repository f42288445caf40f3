// Talking to the server: every call ends in an answer, in "no network", or in "sign in again"; never in a surprise.
import { settings } from "./words.js";

const PATIENCE = 20_000;
let token = "";

export class Trouble extends Error {
  /** kind: offline, expired, forbidden, other_account, server, or the server's own word; why: its sentence. */
  constructor(kind, why = "", body = {}, status = 0) {
    super(why || kind);
    Object.assign(this, { kind, why, body, status });
  }
}

const trouble = (status, body) => {
  if (status === 401) return new Trouble("expired", body.why, body, status);
  if (status === 409 && body.error === "other_account") return new Trouble("other_account", body.why, body, status);
  if (status >= 500 || status === 429) return new Trouble("server", body.why, body, status);
  return new Trouble(body.error ?? "server", body.why, body, status);
};

const read = async (answer) => {
  const isJson = (answer.headers.get("content-type") ?? "").includes("json");
  return isJson ? answer.json() : {};
};

const send = async (path, { method = "GET", body, headers = {}, patience = PATIENCE } = {}) => {
  const raw = body instanceof Blob || body instanceof ArrayBuffer;
  try {
    return await fetch(settings.sync + path, {
      method,
      body: body === undefined || raw ? body : JSON.stringify(body),
      headers: {
        Accept: "application/json",
        ...(method === "GET" ? {} : { "X-CSRFToken": token }),
        ...(body === undefined || raw ? {} : { "Content-Type": "application/json" }),
        ...headers,
      },
      redirect: "manual",
      credentials: "same-origin",
      cache: "no-store",
      signal: AbortSignal.timeout(patience),
    });
  } catch {
    throw new Trouble("offline");
  }
};

/** Who I am and what waits for me; brings the token that every writing call needs. */
export const me = async () => {
  const found = await once("me/");
  token = found.token;
  return found;
};

const once = async (path, options) => {
  const answer = await send(path, options);
  if (answer.type === "opaqueredirect") throw new Trouble("expired"); // a page for signing in: the session has ended
  const body = await read(answer).catch(() => ({}));
  if (answer.ok) return body;
  throw trouble(answer.status, body);
};

/** One call; a stale token is renewed once. Throws Trouble. */
export const call = async (path, options = {}) => {
  if (options.method && options.method !== "GET" && !token) await me();
  try {
    return await once(path, options);
  } catch (problem) {
    if (problem.status !== 403 || problem.kind !== "csrf") throw problem;
    await me();
    return once(path, options);
  }
};

export const forgetToken = () => (token = "");
export const csrf = () => token;

// The program starts here: what the browser can do, which page is shown, what stands in the bar at the top.
import { isPossible } from "./crypto.js";
import { button, fill, h, icon, tag } from "./dom.js";
import { EndPage } from "./end.js";
import { backLink, FillPage } from "./fill.js";
import { HomePage } from "./home.js";
import { notices as toKnow } from "./notices.js";
import { Program } from "./program.js";
import { TrailPage } from "./trail.js";
import { say, settings } from "./words.js";

const main = document.getElementById("main");
const bar = document.getElementById("bar");
const notices = document.getElementById("notices");
let page = null;
let pages = {};

/** Where somebody is: #/ · #/visit/3 · #/visit/3/item/12:sealed · #/visit/3/end · #/trail · #/place/<code> · #/fetch/3 · #/done */
const route = () => location.hash.replace(/^#\/?/, "").split("/").filter(Boolean).map(decodeURIComponent);

const draw = (app) => {
  const [what = "", id, part, item] = route();
  const visit = what === "visit" ? app.visits.get(Number(id)) : null;
  if (what === "visit" && !visit) return location.replace(`#/fetch/${id}`);
  if (what === "fetch" && app.visits.has(Number(id))) return location.replace(`#/visit/${id}`);
  if (what !== "visit" || page?.visit !== visit) pages = {};
  if (what === "visit") page = visited(app, visit, part);
  else if (what === "trail") page = new TrailPage(app);
  else if (what === "done") page = { element: done(app) };
  else page = new HomePage(app, { place: what === "place" ? id : "", visit: what === "fetch" ? Number(id) : 0 });
  fill(main, page.element);
  frame(app);
  if (part === "item" && item) page.show(item);
  else if (part !== "item") scrollTo({ top: 0 });
};

/** The page of items is kept while somebody looks at the end of the visit: it comes back where it was. */
const visited = (app, visit, part) => {
  if (part === "end") return new EndPage(app, visit);
  pages.fill ??= new FillPage(app, visit);
  pages.fill.news();
  return pages.fill;
};

const done = (app) =>
  h("div.done.card.empty", {}, icon("check-circle"),
    h("h2", {}, app.done ? say("done_title", { place: app.done.place }) : say("all_uploaded")),
    h("p", {}, say("done_text")),
    h("div.buttons", {}, app.done?.url && h("a.button.primary", { href: app.done.url }, say("see_visit")), h("a.button", { href: "#/" }, say("to_visits"))));

const CHIPS = { busy: ["info", "state_busy"], offline: ["none", "state_offline"], expired: ["bad", "state_expired"], server: ["warn", "state_server"], other_account: ["warn", "state_other_account"] };

/** The bar and the notices: they follow every change, the page itself only when it must. */
const frame = (app) => {
  const [what, id, part] = route();
  const unsent = app.unsent();
  const chip = unsent ? ["warn", say("n_unsent", { n: unsent })] : ["ok", say("all_uploaded")];
  const state = CHIPS[app.sync.state];
  const back = what === "visit" && part === "end" ? backLink(say("back_to_items"), `#/visit/${id}`) : what ? backLink(say("to_visits"), "#/") : null;
  fill(bar, back ?? h("span.brand-word", {}, icon("shield-check"), say("title")),
    h("a.sync-chip", { href: "#/trail", "aria-label": `${say("trail_title")}：${chip[1]}${state ? `，${say(state[1])}` : ""}` }, tag(...chip), state && state[0] !== "info" && tag(state[0], say(state[1])), state?.[0] === "info" && h("span.spin", { "aria-hidden": "true" })));
  fill(notices, toKnow(app).map((one) =>
    h(`div.note.${one.kind}`, {}, h("span", {}, one.text), one.link && h("a.button", { href: one.link[0] }, one.link[1]),
      one.close && button(say("understood"), () => { one.close(); app.changed(); }, { kind: "quiet" }))));
};

/** Changes come in bursts: one drawing for all of them. */
const gathered = (work) => {
  let asked = false;
  return () => {
    if (asked) return;
    asked = true;
    queueMicrotask(() => {
      asked = false;
      work();
    });
  };
};

const install = async () => {
  if (!navigator.serviceWorker) return;
  await navigator.serviceWorker.register(settings.worker, { scope: settings.scope });
};

const impossible = () =>
  fill(main, h("div.card.empty", {}, icon("lock"), h("h2", {}, say("insecure_title")), h("p", {}, say("insecure_text")), h("div.buttons", {}, h("a.button.primary", { href: settings.home }, say("full_site")))));

const begin = async () => {
  if (!isPossible()) return impossible();
  const app = new Program();
  try {
    await app.start();
  } catch (problem) {
    fill(main, h("div.card.empty", {}, h("h2", {}, say("storage_failed")), h("p", {}, String(problem?.message ?? problem))));
    throw problem;
  }
  app.onchange(gathered(() => {
    const [what, id] = route();
    if (what === "visit" && !app.visits.has(Number(id))) return location.replace("#/");
    frame(app);
    page?.news?.();
  }));
  addEventListener("hashchange", () => draw(app));
  draw(app);
  await install().catch((problem) => console.warn(problem));
  await app.sync.start();
};

begin();

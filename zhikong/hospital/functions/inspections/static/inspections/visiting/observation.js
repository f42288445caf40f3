// Counting moments: two large buttons, one for done and one for not done; the last tap can be taken back.
import { button, h } from "./dom.js";
import { say } from "./words.js";

const PAUSE = 1000;

export const observation = (item, value, save, at) => {
  let [n, m] = [value?.n ?? 0, value?.m ?? 0];
  const taps = [];
  let timer = null;
  const shownCount = h("output.count-shown", { "aria-live": "polite" });
  const show = () => {
    shownCount.textContent = m ? say("done_of", { n, m, percent: Math.round((n / m) * 1000) / 10 }) : say("nothing_counted");
    back.disabled = !taps.length;
  };
  const store = () => {
    clearTimeout(timer);
    timer = null;
    save(m ? { n, m } : null);
  };
  const later = () => {
    clearTimeout(timer);
    timer = setTimeout(store, PAUSE); // a run of taps is one answer
    show();
  };
  const tap = (done) => {
    taps.push(done);
    n += done ? 1 : 0;
    m += 1;
    navigator.vibrate?.(15);
    later();
  };
  const undo = () => {
    if (!taps.length) return;
    n -= taps.pop() ? 1 : 0;
    m -= 1;
    later();
  };
  const field = (label, read, write) =>
    h("label", {}, label, h("input", { type: "text", inputmode: "numeric", value: String(read()), onchange: (event) => {
      const typed = Number.parseInt(event.target.value, 10);
      write(Number.isNaN(typed) || typed < 0 ? 0 : typed);
      taps.length = 0;
      show();
      store();
    } }));
  const back = button(say("undo_tap"), undo, { kind: "quiet", sign: "undo" });
  show();
  return h("div.counting", { id: at.id },
    h("div.counting-taps", {},
      h("button.button.count.yes", { type: "button", onclick: () => tap(true) }, say("was_done")),
      h("button.button.count.no", { type: "button", onclick: () => tap(false) }, say("was_not_done"))),
    h("div.row", {}, shownCount, back),
    h("details", {}, h("summary", {}, say("type_the_numbers")), h("div.row", {},
      field(say("count_done"), () => n, (typed) => (n = typed)),
      field(say("count_seen"), () => m, (typed) => (m = typed)))));
};

// A signature by finger, as strokes between 0 and 1000; whoever cannot draw types the name instead.
import { button, h } from "./dom.js";
import { say } from "./words.js";

const MOST = 18_000; // numbers; the server takes 20 000
const SIZE = 1000;

/** → {element, strokes(): [[x, y, …], …]}; colour comes from the page, so that it is seen on dark too. */
export const pad = (label) => {
  const strokes = [];
  const canvas = h("canvas.pad", { width: 720, height: 240, role: "img", "aria-label": label });
  let current = null;
  const pen = canvas.getContext("2d");
  const where = (event) => {
    const frame = canvas.getBoundingClientRect();
    const part = (value) => Math.round(Math.min(Math.max(value, 0), 1) * SIZE);
    return [part((event.clientX - frame.left) / frame.width), part((event.clientY - frame.top) / frame.height)];
  };
  const draw = () => {
    pen.clearRect(0, 0, canvas.width, canvas.height);
    Object.assign(pen, { lineWidth: 5, lineCap: "round", lineJoin: "round", strokeStyle: getComputedStyle(canvas).color });
    for (const stroke of strokes) {
      pen.beginPath();
      for (let n = 0; n < stroke.length; n += 2) pen.lineTo((stroke[n] / SIZE) * canvas.width, (stroke[n + 1] / SIZE) * canvas.height);
      pen.stroke();
    }
  };
  const count = () => strokes.reduce((sum, stroke) => sum + stroke.length, 0);
  canvas.addEventListener("pointerdown", (event) => {
    canvas.setPointerCapture(event.pointerId);
    current = [...where(event)];
    strokes.push(current);
  });
  canvas.addEventListener("pointermove", (event) => {
    if (!current || count() > MOST) return;
    current.push(...where(event));
    draw();
  });
  const lift = () => (current = null);
  canvas.addEventListener("pointerup", lift);
  canvas.addEventListener("pointercancel", lift);
  const clear = () => {
    strokes.length = 0;
    draw();
  };
  return {
    element: h("div.signing", {}, canvas, h("div.row", {}, h("span.help", {}, label), button(say("sign_again"), clear, { kind: "quiet", sign: "undo" }))),
    strokes: () => strokes.filter((stroke) => stroke.length > 2).map((stroke) => [...stroke]),
    clear,
  };
};

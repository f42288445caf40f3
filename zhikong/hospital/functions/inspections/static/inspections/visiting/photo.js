// A photo: taken, made small, drawn anew (which leaves position and camera behind), and marked where it must be blurred.
import { ask, button, fill, h } from "./dom.js";
import { say } from "./words.js";

const SIDE = 1600;
const THUMB = 160;
const QUALITY = 0.82;

const drawn = (bitmap, side) => {
  const scale = Math.min(1, side / Math.max(bitmap.width, bitmap.height));
  const [width, height] = [bitmap.width, bitmap.height].map((length) => Math.max(1, Math.round(length * scale)));
  const canvas = h("canvas", { width, height });
  const pen = canvas.getContext("2d");
  pen.imageSmoothingQuality = "high";
  pen.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  return canvas;
};

/** A file of the camera → {bytes, thumb, canvas, type}; however large it was. Throws when it is no picture. */
export const shrink = async (file, side = SIDE) => {
  const bitmap = await createImageBitmap(file, { imageOrientation: "from-image" });
  try {
    const canvas = drawn(bitmap, side);
    const blob = await new Promise((yes) => canvas.toBlob(yes, "image/jpeg", QUALITY));
    const thumb = drawn(canvas, THUMB).toDataURL("image/jpeg", 0.7);
    return { bytes: await blob.arrayBuffer(), type: "image/jpeg", thumb, canvas };
  } finally {
    bitmap.close();
  }
};

/** The button that opens the camera. taken(file) is called for each picture. */
export const camera = (word, taken, { several = true } = {}) => {
  const field = h("input", {
    type: "file", accept: "image/*", capture: "environment", multiple: several, hidden: true, // the button beside it opens it
    onchange: async (event) => {
      const files = [...event.target.files];
      event.target.value = "";
      for (const file of files) await taken(file);
    },
  });
  return h("span.camera", {}, button(word, () => field.click(), { sign: "camera" }), field);
};

const STEP = 0.04;
const MOVES = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
const held = (value, low, high) => Math.min(Math.max(value, low), high);
const tidy = (regions) =>
  regions.map((one) => Object.fromEntries(Object.entries(one).map(([name, part]) => [name, Math.round(part * 1000) / 1000])));

/** Asks where faces, names and wrist bands are. → {regions} | {none: true} | {whole: true} | null when it was put off. */
export const askBlur = async (canvas) => {
  const regions = [];
  const layer = h("div.blur-layer", {});
  const list = () => fill(layer, regions.map((region, number) => box(region, number)));
  const box = (region, number) => {
    const element = h("button.blur-box", {
      type: "button", "aria-label": say("blur_box", { n: number + 1 }),
      onkeydown: (event) => {
        if (event.key === "Delete" || event.key === "Backspace") {
          regions.splice(number, 1);
          list();
        }
        const move = MOVES[event.key];
        if (!move) return;
        event.preventDefault();
        if (event.shiftKey) {
          region.w = held(region.w + move[0] * STEP, STEP, 1 - region.x);
          region.h = held(region.h + move[1] * STEP, STEP, 1 - region.y);
        } else {
          region.x = held(region.x + move[0] * STEP, 0, 1 - region.w);
          region.y = held(region.y + move[1] * STEP, 0, 1 - region.h);
        }
        place(element, region);
      },
    });
    place(element, region);
    return element;
  };
  const place = (element, region) => {
    // a CSSOM write is no inline style attribute, which the page's policy forbids
    Object.assign(element.style, { left: `${region.x * 100}%`, top: `${region.y * 100}%`, width: `${region.w * 100}%`, height: `${region.h * 100}%` });
  };
  const add = () => {
    regions.push({ x: 0.35, y: 0.35, w: 0.3, h: 0.2 });
    list();
    layer.lastElementChild.focus();
  };
  const take = () => {
    regions.pop();
    list();
  };
  drag(layer, regions, list);
  const body = h("div.blur", {},
    h("p.help", {}, say("blur_help")),
    h("div.blur-picture", {}, canvas, layer),
    h("div.row", {}, button(say("blur_add"), add, { sign: "plus" }), button(say("blur_undo"), take, { sign: "undo" })));
  const chosen = await ask(say("blur_title"), body, [["ok", say("blur_ok"), "primary"], ["none", say("blur_none")], ["whole", say("blur_whole")]]);
  if (chosen === "whole") return { whole: true };
  if (chosen === "none" || (chosen === "ok" && !regions.length)) return { none: true };
  return chosen === "ok" ? { regions: tidy(regions) } : regions.length ? { regions: tidy(regions) } : null;
};

/** A finger drawn over the picture makes a box. */
const drag = (layer, regions, list) => {
  let start = null;
  const where = (event) => {
    const frame = layer.getBoundingClientRect();
    return { x: held((event.clientX - frame.left) / frame.width, 0, 1), y: held((event.clientY - frame.top) / frame.height, 0, 1) };
  };
  layer.addEventListener("pointerdown", (event) => {
    if (event.target !== layer) return;
    layer.setPointerCapture(event.pointerId);
    start = where(event);
    regions.push({ ...start, w: 0.01, h: 0.01 });
  });
  layer.addEventListener("pointermove", (event) => {
    if (!start) return;
    const now = where(event);
    Object.assign(regions.at(-1), { x: Math.min(start.x, now.x), y: Math.min(start.y, now.y), w: Math.abs(now.x - start.x), h: Math.abs(now.y - start.y) });
    list();
  });
  const end = () => {
    if (!start) return;
    start = null;
    if (regions.at(-1).w < 0.02 || regions.at(-1).h < 0.02) regions.pop(); // a touch, not a box
    list();
  };
  layer.addEventListener("pointerup", end);
  layer.addEventListener("pointercancel", end);
};

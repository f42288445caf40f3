// The photos of one item: small pictures, taking, blurring, removing.
import { FILES, wantsEvidence } from "./checks.js";
import { h, icon, tag, toast } from "./dom.js";
import { askBlur, camera, shrink } from "./photo.js";
import { say, settings } from "./words.js";

const MOST = 20;

/** Take one picture of the camera into the phone; returns the medium, or null when it was no picture. */
export const take = async (app, visit, file) => {
  let small;
  try {
    small = await shrink(file, visit.held.max_photo_side ? Math.min(1600, visit.held.max_photo_side) : 1600);
  } catch {
    toast(say("not_a_picture", { name: file.name }), "bad");
    return null;
  }
  const blur = await askBlur(small.canvas);
  return app.keepMedia(visit, { kind: "photo", type: small.type, name: "photo.jpg", thumb: small.thumb, blur }, small.bytes);
};

const picture = (view, id, index, remove) => {
  const one = view.app.media.find(id);
  const address = one?.thumb || (typeof id === "number" ? null : `${settings.sync}media/${id}/picture/?small=1`);
  const word = say("photo_n", { n: index + 1 });
  return h("li.photo", {},
    address ? h("img", { src: address, alt: word, width: 88, height: 88 }) : h("span.photo-none", {}, icon("image"), h("span", {}, word)),
    h("span.photo-state", {}, state(one, id)),
    view.visit.isOpen && h("button.button.photo-remove", { type: "button", "aria-label": say("remove_photo", { n: index + 1 }), onclick: remove }, icon("trash")));
};

const state = (one, id) => {
  if (!one) return typeof id === "number" ? tag("ok", say("uploaded")) : "";
  if (one.why) return h("span.is-bad", {}, one.why);
  if (one.done) return tag("ok", say("uploaded"));
  return one.received ? `${Math.round((one.received / one.total) * 100)}%` : tag("warn", say("saved_on_phone"));
};

const nameOf = (view) => (view.item.type === "photo" ? view.item.id : view.item.id + FILES);

/** Changes when the strip must be drawn anew. */
export const photosKey = (view) => {
  const ids = view.answers[nameOf(view)] ?? [];
  const states = ids.map((id) => view.app.media.find(id)).map((one) => one && [one.received, one.done, one.why]);
  return JSON.stringify([ids, states, view.visit.isOpen, wantsEvidence(view.item, view.value)]);
};

/** The strip of one item, with the camera's button. */
export const photos = (view) => {
  const name = nameOf(view);
  const ids = view.answers[name] ?? [];
  const remove = (index) => view.saveFiles(ids.filter((_, n) => n !== index), name);
  const taken = async (file) => {
    const one = await take(view.app, view.visit, file);
    if (one) await view.saveFiles([...(view.answers[name] ?? []), one.id], name);
  };
  const asked = wantsEvidence(view.item, view.value) && !ids.length;
  return h("div.photos", {},
    asked && h("p.help.is-warn", {}, say("missing_evidence")),
    ids.length > 0 && h("ul.photo-list", {}, ids.map((id, index) => picture(view, id, index, () => remove(index)))),
    view.visit.isOpen && ids.length < MOST && camera(say("take_photo"), taken));
};

/** A line for a photo that is kept with something else than an answer. */
export const kept = (media, id) => {
  const one = media.find(id);
  return one?.thumb ? h("img.photo-small", { src: one.thumb, alt: say("photo"), width: 56, height: 56 }) : h("span.help", {}, say("photo"));
};

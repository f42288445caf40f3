// Who signs, and how: by finger, by typed name, or by the person's own account when there is a network.
import { call } from "./api.js";
import { button, fill, h, tag, toast } from "./dom.js";
import { sentence } from "./notices.js";
import { pad } from "./signature.js";
import { clock, say } from "./words.js";

/** A signature item of the form itself: the signed-in inspector's password, which only the server can check. */
export const signatureItem = (view) => {
  const signed = view.value;
  if (signed) return h("p", {}, tag("ok", say("signed")), ` ${signed.name} ${clock(signed.at)}`);
  const password = h("input", { type: "password", id: `${view.id}-field`, autocomplete: "current-password", "aria-label": say("my_password") });
  const problem = h("p.is-bad", { role: "alert" });
  const sign = async () => {
    try {
      await view.app.sync.now(); // what was typed before must stand on the sheet that is signed
      await call(`visits/${view.visit.id}/sign/`, { method: "POST", body: { device: view.app.identity.device, id: crypto.randomUUID(), role: "inspector", password: password.value, sheet: view.sheet.id, item: view.item.id } });
      await view.app.sync.now();
      view.draw();
      view.changed(view);
    } catch (trouble) {
      fill(problem, sentence(trouble));
    }
  };
  return own(sign, h("p.help", {}, say("form_signature_help")), h("div.row", {}, password, h("button.button", { type: "submit" }, say("sign"))), problem);
};

/** A password stands in a form of its own, so that Enter signs and a password manager knows what it is. */
const own = (work, ...children) =>
  h("form.tool-form", { onsubmit: (event) => {
    event.preventDefault();
    work();
  } }, children);

/** Signing by a role at the end of a visit. proposed: a name to begin with. signed(): called when it is kept. */
export const signer = ({ app, visit, role, word, proposed = "", signed }) => {
  const name = h("input", { type: "text", id: `name-${role}`, value: proposed, maxlength: 60, autocomplete: "off" });
  const drawing = pad(say("sign_here"));
  const problem = h("p.is-bad", { role: "alert" });
  const keep = async () => {
    if (!name.value.trim()) {
      fill(problem, say("name_first"));
      return name.focus();
    }
    const strokes = drawing.strokes();
    await app.record(visit, { kind: "signature", value: { role, name: name.value.trim(), strokes, ...(strokes.length ? {} : { typed: true }) } });
    toast(say("signature_kept"));
    signed();
  };
  return h("div.signer", { role: "group", "aria-label": word },
    h("label", { for: name.id }, say("name")), name,
    drawing.element,
    h("p.help", {}, say("typed_is_enough")),
    problem,
    h("div.row", {}, button(say("sign_as", { word }), keep, { kind: "primary", sign: "pen" })),
    role === "inspected" && byAccount({ app, visit, signed }));
};

/** The person's own account and password on this phone: identity is checked, nobody is signed in by it. */
const byAccount = ({ app, visit, signed }) => {
  const user = h("input", { type: "text", id: "sign-user", autocomplete: "off", autocapitalize: "none" });
  const password = h("input", { type: "password", id: "sign-password", autocomplete: "off" });
  const problem = h("p.is-bad", { role: "alert" });
  const sign = async () => {
    try {
      await call(`visits/${visit.id}/sign/`, { method: "POST", body: { device: app.identity.device, id: crypto.randomUUID(), role: "inspected", username: user.value.trim(), password: password.value } });
      password.value = "";
      await app.sync.now();
      signed();
    } catch (trouble) {
      fill(problem, sentence(trouble));
    }
  };
  return h("details.by-account", {}, h("summary", {}, say("sign_by_account")),
    own(sign, h("p.help", {}, say("sign_by_account_help")),
      h("label", { for: user.id }, say("account")), user,
      h("label", { for: password.id }, say("password")), password,
      problem, h("button.button", { type: "submit" }, say("sign"))));
};

// Small helps on top of pages that work without script. No inline script, no eval, nothing stored of patients.
(() => {
  "use strict";
  const root = document.documentElement;
  const year = 60 * 60 * 24 * 365;

  // Theme and row height are cookies, so that the server renders them and the page never flashes.
  const remember = (name, value) => {
    document.cookie = `${name}=${value}; path=/; max-age=${value ? year : 0}; samesite=lax`;
  };
  const isDark = () =>
    root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  const switchTheme = () => {
    root.dataset.theme = isDark() ? "light" : "dark";
    remember("theme", root.dataset.theme);
  };

  // Only the menus of the top bar and the bottom bar close by themselves; a page's own details stay open.
  const closeMenus = (except) => {
    document.querySelectorAll("details.menu[open]").forEach((menu) => {
      if (menu !== except) menu.open = false;
    });
  };

  document.addEventListener("click", (event) => {
    const target = event.target;
    closeMenus(target.closest("details.menu"));
    if (target.closest("[data-switch-theme]")) switchTheme();
    if (target.closest("[data-print]")) window.print();
    const opener = target.closest("[data-open-dialog]");
    if (opener) document.getElementById(opener.dataset.openDialog)?.showModal();
    if (target.closest("[data-close-dialog]")) target.closest("dialog")?.close();
    if (target.closest("[data-close-toast]")) target.closest(".toast")?.remove();
  });

  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    const open = document.querySelector("details.menu[open]");
    if (open) {
      open.open = false;
      open.querySelector("summary").focus();
    }
  });

  // A filter form marked data-submit-on-change sends itself; its button stays for those without script.
  document.addEventListener("change", (event) => {
    event.target.closest("form[data-submit-on-change]")?.requestSubmit();
  });

  // A form is sent once: a second press while the first is under way would write twice.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method !== "post" || form.hasAttribute("hx-post")) return;
    if (form.dataset.sent) event.preventDefault();
    form.dataset.sent = "yes";
  });

  // Signing out takes the visits that an inspector carries off this phone: at once by the service worker that keeps
  // them readable offline, and by a note for the module, should the worker be asleep.
  document.addEventListener("submit", async (event) => {
    if (!event.target.action?.includes("/logout/") || !navigator.serviceWorker) return;
    document.cookie = "zhikong_signed_out=1; path=/inspections/; max-age=2592000; samesite=strict";
    (await navigator.serviceWorker.getRegistration("/inspections/phone/"))?.active?.postMessage("signed-out");
  });

  // Leaving a half-filled form asks first: a user must not lose what was typed.
  let dirty = null;
  document.addEventListener("input", (event) => {
    dirty = event.target.closest("form[data-guard]") || dirty;
  });
  window.addEventListener("beforeunload", (event) => {
    if (dirty && !dirty.dataset.sent) event.preventDefault();
  });
  // The back button may bring a sent page back from memory; it can be sent again then.
  window.addEventListener("pageshow", () => {
    document.querySelectorAll("form[data-sent]").forEach((form) => delete form.dataset.sent);
    dirty = null;
  });

  root.classList.add("has-script");
})();

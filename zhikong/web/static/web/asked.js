// A form's fields on the page of a case: an answer shows or hides others. The server says which fields there are now;
// here they are put in and taken out, and what was typed meanwhile in the fields that stay is left alone.
(() => {
  "use strict";
  if (window.askedOnce) return; // a page may hold several such forms, each with this script
  window.askedOnce = true;
  const key = (field) => field.querySelector("[name]")?.name;

  const merge = (area, fresh) => {
    const list = area.querySelector(".fields");
    const old = new Map([...list.children].map((field) => [key(field), field]));
    const wanted = [...fresh.querySelectorAll(".fields > *")].map((field) => old.get(key(field)) ?? field);
    const stay = new Set(wanted);
    old.forEach((field) => stay.has(field) || field.remove());
    wanted.forEach((field, place) => {
      if (list.children[place] === field) return;
      list.insertBefore(field, list.children[place] ?? null);
      window.htmx.process(field);
    });
  };

  document.addEventListener("htmx:afterRequest", (event) => {
    const area = event.target.closest?.("[data-asked]");
    if (!area || !event.detail.successful) return;
    const page = new DOMParser().parseFromString(event.detail.xhr.responseText, "text/html");
    const fresh = page.getElementById(area.id);
    if (fresh) merge(area, fresh);
  });
})();

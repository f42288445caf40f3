// Asks for fresh numbers each minute, only while the page is in sight. An element says how often: data-poll="60".
(() => {
  "use strict";
  let asked = Date.now();
  const ask = () => {
    if (document.hidden || !window.htmx) return;
    asked = Date.now();
    document.querySelectorAll("[data-poll]").forEach((element) => window.htmx.trigger(element, "poll"));
  };
  setInterval(ask, 60 * 1000);
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden && Date.now() - asked > 60 * 1000) ask();
  });
})();

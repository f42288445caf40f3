// The short report: suggested categories are tapped, the gravest outcomes say what comes first, the department goes
// along to the anonymous page. The page works without any of this; nothing that is typed is kept in the browser.
(() => {
  const form = document.querySelector("form.report");
  if (!form) return;
  document.addEventListener("click", (event) => {
    const pick = event.target.closest("[data-pick]");
    if (!pick) return;
    form.elements.category.value = pick.dataset.pick;
    form.elements.category.dispatchEvent(new Event("change", { bubbles: true }));
  });
  const grave = form.querySelector("[data-grave]");
  const speak = form.querySelector("[data-speak]");
  const look = () => {
    const chosen = form.querySelector("input[name=harm]:checked");
    grave.hidden = !(chosen && "GHI".includes(chosen.value));
    const address = new URL(speak.dataset.speak, location.origin);
    const place = form.elements.department.value;
    if (place && place !== "-") address.searchParams.set("d", place);
    else address.searchParams.delete("d");
    speak.href = address.pathname + address.search;
  };
  form.addEventListener("change", look);
  look();
})();

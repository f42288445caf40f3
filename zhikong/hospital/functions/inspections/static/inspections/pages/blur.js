// Rectangles over a photo, by finger, mouse or numbers; what is sent are fractions of the picture.
(() => {
  const stage = document.getElementById("stage");
  if (!stage) return;
  const space = "http://www.w3.org/2000/svg";
  const sheet = stage.appendChild(document.createElementNS(space, "svg"));
  sheet.setAttribute("viewBox", "0 0 100 100");
  sheet.setAttribute("preserveAspectRatio", "none");
  sheet.setAttribute("aria-hidden", "true");
  const field = document.getElementById("regions");
  const count = document.getElementById("count");
  const regions = [];
  let drawn = null;

  const within = (n) => Math.min(1, Math.max(0, n));
  const at = (event) => {
    const box = stage.getBoundingClientRect();
    return [within((event.clientX - box.left) / box.width), within((event.clientY - box.top) / box.height)];
  };
  const between = ([ax, ay], [bx, by]) => ({
    x: Math.min(ax, bx), y: Math.min(ay, by), w: Math.abs(ax - bx), h: Math.abs(ay - by),
  });
  const show = (more) => {
    sheet.replaceChildren(...[...regions, ...(more ? [more] : [])].map((one) => {
      const rect = document.createElementNS(space, "rect");
      for (const [name, n] of [["x", one.x], ["y", one.y], ["width", one.w], ["height", one.h]]) {
        rect.setAttribute(name, String(n * 100));
      }
      return rect;
    }));
    field.value = JSON.stringify(regions);
    count.textContent = regions.length ? count.dataset.word.replace("n", String(regions.length)) : "";
  };
  const add = (one) => {
    if (one.w > 0.005 && one.h > 0.005 && regions.length < 40) regions.push(one);
    show();
  };

  stage.addEventListener("pointerdown", (event) => {
    drawn = at(event);
    stage.setPointerCapture(event.pointerId);
  });
  stage.addEventListener("pointermove", (event) => { if (drawn) show(between(drawn, at(event))); });
  stage.addEventListener("pointerup", (event) => {
    if (!drawn) return;
    const begun = drawn;
    drawn = null;
    add(between(begun, at(event)));
  });
  stage.addEventListener("pointercancel", () => { drawn = null; show(); });
  document.getElementById("key-add").addEventListener("click", () => {
    const [x, y, w, h] = ["x", "y", "w", "h"].map((name) => Number(document.getElementById(`key-${name}`).value) / 100);
    add({ x: within(x), y: within(y), w: Math.min(w, 1 - within(x)), h: Math.min(h, 1 - within(y)) });
  });
  document.getElementById("key-undo").addEventListener("click", () => { regions.pop(); show(); });
})();

// A signature by finger or pen: strokes between 0 and 1000 go into the form's hidden field as JSON.
const MOST = 18_000; // numbers; the server takes 20 000
const SIZE = 1000;

for (const form of document.querySelectorAll("form[data-signing]")) {
  const canvas = form.querySelector("canvas");
  const field = form.querySelector("[name=strokes]");
  const pen = canvas.getContext("2d");
  const strokes = [];
  let current = null;
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
  const keep = () => {
    const drawn = strokes.filter((stroke) => stroke.length > 2);
    field.value = drawn.length ? JSON.stringify(drawn) : "";
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
  const lift = () => {
    current = null;
    keep();
  };
  canvas.addEventListener("pointerup", lift);
  canvas.addEventListener("pointercancel", lift);
  form.querySelector("[data-clear]").addEventListener("click", () => {
    strokes.length = 0;
    draw();
    keep();
  });
}

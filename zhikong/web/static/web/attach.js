// Uploads files as soon as they are chosen, so that a form on a ward's poor network is sent with ids only.
// Without this script the same field is sent with its form. May be loaded by every component; it starts once.
(() => {
  "use strict";
  if (window.zhikongAttach) return;
  window.zhikongAttach = true;

  const csrf = () => JSON.parse(document.body.getAttribute("hx-headers") || "{}")["X-CSRFToken"] || "";

  const changed = (box) => {
    box.dispatchEvent(new CustomEvent("attach:changed", { bubbles: true }));
    box.closest("form")?.dispatchEvent(new Event("input", { bubbles: true }));
  };

  const line = (box, className, text) => {
    const item = document.createElement("li");
    item.className = className;
    item.textContent = text;
    box.querySelector(".attach-list").append(item);
    return item;
  };

  const problem = (box, text) => {
    const said = document.createElement("span");
    said.setAttribute("role", "alert");
    said.textContent = text;
    line(box, "attach-problem", "").append(said);
  };

  const received = (box, waiting, request) => {
    // a session that has ended leads to the page for signing in, which is no answer
    const ours = request.responseURL.endsWith(box.dataset.url);
    const answered = ours && (request.status === 200 || request.status === 422);
    if (answered) waiting.insertAdjacentHTML("beforebegin", request.responseText);
    const single = request.status === 200 && !box.querySelector("input[type=file]").multiple;
    const stored = waiting.previousElementSibling;
    if (single) box.querySelectorAll("[data-attached]").forEach((old) => old !== stored && old.remove());
    waiting.remove();
    if (!answered) return problem(box, `${waiting.dataset.file}：${box.dataset.wordFailed}`);
    if (request.status === 200) changed(box);
  };

  const send = (box, file) => {
    if (file.size > Number(box.dataset.largest)) return problem(box, `${file.name}：${box.dataset.wordLarge}`);
    const waiting = line(box, "attach-sending", `${box.dataset.wordSending} ${file.name}`);
    const bar = document.createElement("progress");
    bar.max = 100;
    bar.setAttribute("aria-label", file.name);
    waiting.dataset.file = file.name;
    waiting.append(bar);
    const form = new FormData();
    form.append("token", box.dataset.token);
    form.append("file", file);
    const request = new XMLHttpRequest();
    request.open("POST", box.dataset.url);
    request.setRequestHeader("X-CSRFToken", csrf());
    request.upload.addEventListener("progress", (event) => {
      if (event.lengthComputable) bar.value = (event.loaded / event.total) * 100;
    });
    request.addEventListener("load", () => received(box, waiting, request));
    request.addEventListener("error", () => received(box, waiting, request));
    request.addEventListener("loadend", () => {
      if (!box.querySelector(".attach-sending")) delete box.dataset.sending;
    });
    box.dataset.sending = "yes";
    request.send(form);
  };

  const sendAll = (box, files) => {
    box.querySelectorAll(".attach-problem").forEach((old) => old.remove());
    [...files].forEach((file) => send(box, file));
  };

  document.addEventListener("change", (event) => {
    const box = event.target.closest("[data-attach]");
    if (!box || event.target.type !== "file") return;
    sendAll(box, event.target.files);
    event.target.value = ""; // what is uploaded is not sent a second time with the form
    event.stopPropagation();
  });

  document.addEventListener("click", (event) => {
    const pick = event.target.closest("[data-attach-pick]");
    if (pick) pick.closest("[data-attach]").querySelector("input[type=file]").click();
    const button = event.target.closest("[data-attach-remove]");
    if (!button) return;
    const box = button.closest("[data-attach]");
    button.closest("[data-attached]").remove();
    box.querySelector("[data-attach-pick]").focus();
    changed(box);
  });

  document.addEventListener("dragover", (event) => {
    const box = event.target.closest?.("[data-attach]");
    document.querySelectorAll("[data-attach].is-over").forEach((other) => other !== box && other.classList.remove("is-over"));
    if (!box) return;
    event.preventDefault();
    box.classList.add("is-over");
  });

  document.addEventListener("drop", (event) => {
    const box = event.target.closest?.("[data-attach]");
    if (!box) return;
    event.preventDefault();
    box.classList.remove("is-over");
    sendAll(box, event.dataTransfer.files);
  });

  // A form that is sent while a file is on its way would lose it.
  document.addEventListener("submit", (event) => {
    const sending = event.target.querySelector?.("[data-attach][data-sending]");
    if (!sending) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    sending.querySelector(".attach-sending")?.scrollIntoView({ block: "nearest" });
  }, true);
})();

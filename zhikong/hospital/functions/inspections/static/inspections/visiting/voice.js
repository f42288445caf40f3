// A voice note of at most two minutes; where the browser cannot record, the button is not offered.
import { button, fill, h } from "./dom.js";
import { say } from "./words.js";

const LONGEST = 120; // seconds
const TYPES = ["audio/webm;codecs=opus", "audio/mp4"]; // what the server takes

export const canRecord = () => Boolean(globalThis.MediaRecorder && navigator.mediaDevices?.getUserMedia);

/** A recorder that shows its seconds; taken({bytes, type, seconds}) when it was stopped, failed(sentence) when it could not start. */
export const recorder = (taken, failed) => {
  const box = h("div.voice", { "aria-live": "polite" });
  let state = null;
  const idle = () => fill(box, button(say("voice_start"), start, { sign: "mic" }));
  const start = async () => {
    try {
      state = await record();
    } catch {
      return failed(say("voice_refused"));
    }
    const seconds = h("span.voice-seconds", {}, "0");
    const tick = setInterval(() => {
      seconds.textContent = String(Math.round((Date.now() - state.began) / 1000));
      if (Date.now() - state.began >= LONGEST * 1000) stop();
    }, 500);
    const stop = async () => {
      clearInterval(tick);
      const note = await state.stop();
      idle();
      if (note.bytes.byteLength) taken(note);
    };
    fill(box, h("span.voice-on", {}, say("voice_on"), " ", seconds, ` / ${LONGEST}`), button(say("voice_stop"), stop, { kind: "danger", sign: "square" }));
    box.querySelector("button").focus();
  };
  idle();
  return box;
};

const record = async () => {
  const stream = await navigator.mediaDevices.getUserMedia({ audio: true });
  const type = TYPES.find((one) => MediaRecorder.isTypeSupported(one)) ?? "";
  const machine = new MediaRecorder(stream, { ...(type ? { mimeType: type } : {}), audioBitsPerSecond: 32_000 });
  const parts = [];
  const began = Date.now();
  const ended = new Promise((yes) => (machine.onstop = yes));
  machine.ondataavailable = (event) => parts.push(event.data);
  machine.start(1000);
  return {
    began,
    stop: async () => {
      if (machine.state !== "inactive") machine.stop();
      await ended;
      stream.getTracks().forEach((track) => track.stop());
      const blob = new Blob(parts, { type: machine.mimeType });
      return { bytes: await blob.arrayBuffer(), type: machine.mimeType.split(";")[0], seconds: Math.round((Date.now() - began) / 1000) };
    },
  };
};

/** A player for a note that is still on the phone. */
export const player = (bytes, type) => {
  const address = URL.createObjectURL(new Blob([bytes], { type }));
  return h("audio", { controls: true, src: address, "aria-label": say("voice_note") });
};

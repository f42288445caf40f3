// The words and addresses that the page carries; nothing in the modules is written in a language.
const block = (id) => JSON.parse(document.getElementById(id).textContent);
const words = block("phone-words");
export const settings = block("phone-settings");

/** A word by its name, with its %(places)s filled. */
export const say = (name, values = {}) =>
  (words[name] ?? name).replace(/%\((\w+)\)s/g, (_, place) => String(values[place] ?? ""));

const two = (number) => String(number).padStart(2, "0");

/** 14:05 today, 11-21 14:05 on other days; the phone's own clock. */
export const clock = (iso, now = new Date()) => {
  const at = new Date(iso);
  if (Number.isNaN(at.getTime())) return "";
  const time = `${two(at.getHours())}:${two(at.getMinutes())}`;
  return at.toDateString() === now.toDateString() ? time : `${two(at.getMonth() + 1)}-${two(at.getDate())} ${time}`;
};

/** A length of time in words: minutes, or days and hours. */
export const span = (seconds) => {
  const minutes = Math.round(Math.abs(seconds) / 60);
  const days = Math.floor(minutes / 1440);
  const hours = Math.floor((minutes % 1440) / 60);
  const parts = [];
  if (days) parts.push(say("days", { n: days }));
  if (hours) parts.push(say("hours", { n: hours }));
  if (!days && (minutes % 60 || !hours)) parts.push(say("minutes", { n: minutes % 60 }));
  return parts.join(" ");
};

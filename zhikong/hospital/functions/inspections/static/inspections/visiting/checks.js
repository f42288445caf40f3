// What is missing or cannot be an answer, said at the item while typing. The server judges every answer again.
import { say } from "./words.js";

export const FILES = "__files";
const LONGEST = { text: 500, long_text: 10_000 };
const YES_NO = ["yes_no", "yes_no_na"];

export const isEmpty = (value) =>
  value === undefined || value === null || value === "" || (Array.isArray(value) && !value.length);

const number = (item, value) => {
  if (typeof value !== "number" || Number.isNaN(value)) return say("not_a_number");
  if (item.min !== null && value < Number(item.min)) return say("too_small", { n: item.min, unit: item.unit });
  if (item.max !== null && value > Number(item.max)) return say("too_large", { n: item.max, unit: item.unit });
  const digits = (String(value).split(".")[1] ?? "").length;
  if (digits > item.decimals) return item.decimals ? say("too_fine", { n: item.decimals }) : say("not_whole");
  return "";
};

/** A sentence about an answer that cannot stand, or "". */
export const wrong = (item, value) => {
  if (isEmpty(value)) return "";
  if (item.type === "number") return number(item, value);
  if (item.type === "observation" && value.n > value.m) return say("more_than_seen");
  if (LONGEST[item.type] && String(value).length > LONGEST[item.type]) return say("too_long", { n: LONGEST[item.type] });
  if (item.type === "table") return table(item, value);
  return "";
};

const table = (item, rows) => {
  for (const [number, row] of rows.entries()) {
    for (const column of item.columns) {
      const problem = wrong(column, row[column.id]);
      if (problem) return say("in_row", { row: item.fixed[number] ?? number + 1, column: column.text, problem });
    }
  }
  return "";
};

export const wantsEvidence = (item, value) =>
  item.evidence === "always" ? !isEmpty(value) : item.evidence === "when_no" && YES_NO.includes(item.type) && value === "no";

/** What is still missing before this item is complete, or "". Signatures of the form are made with a password, later. */
export const missing = (item, answers) => {
  const value = answers[item.id];
  if (item.type === "signature" || item.type === "note") return "";
  if (item.required && isEmpty(value)) return say("missing_answer");
  if (wantsEvidence(item, value) && isEmpty(answers[item.id + FILES])) return say("missing_evidence");
  return item.type === "table" && !isEmpty(value) ? missingCells(item, value) : "";
};

const missingCells = (item, rows) => {
  for (const [number, row] of rows.entries()) {
    const filled = item.columns.some((column) => !isEmpty(row[column.id]));
    const without = item.columns.find((column) => column.required && isEmpty(row[column.id]));
    if (filled && without) return say("in_row", { row: item.fixed[number] ?? number + 1, column: without.text, problem: say("missing_answer") });
  }
  return "";
};

// Conditions of items (show-if), as trees from the server, with the same three-valued truth: null is unknown.
const same = (left, right) => (left === null || right === null ? null : left === right);
const below = (left, right, equal) =>
  left === null || right === null ? null : left < right || (equal && left === right);

const all = (values) => (values.includes(false) ? false : values.includes(null) ? null : true);
const any = (values) => (values.includes(true) ? true : values.includes(null) ? null : false);
const not = (value) => (value === null ? null : !value);

const COMPARE = {
  "=": same,
  "<>": (left, right) => not(same(left, right)),
  "<": (left, right) => below(left, right, false),
  "<=": (left, right) => below(left, right, true),
};
const COUNT = { "+": (a, b) => a + b, "-": (a, b) => a - b, "*": (a, b) => a * b };

const DAY = 86_400_000;
const LENGTH = { minutes: 60_000, hours: 3_600_000 };
/** Local wall time without zone, as the server computes: counted as if it were UTC, so that no summer time slips in. */
const instant = (text) => Date.parse(text.length === 10 ? `${text}T00:00Z` : `${text}Z`);

const elapsed = (unit, start, end) => {
  if (start === null || end === null) return null;
  if (unit === "days") return (instant(end.slice(0, 10)) - instant(start.slice(0, 10))) / DAY;
  return Math.floor((instant(end) - instant(start)) / LENGTH[unit]);
};

const MEANINGS = {
  Value: (node) => node.value,
  Ref: (node, values) => values[node.name] ?? null,
  Not: (node, values) => not(evaluate(node.operand, values)),
  And: (node, values) => all(node.items.map((one) => evaluate(one, values))),
  Or: (node, values) => any(node.items.map((one) => evaluate(one, values))),
  Compare: (node, values) => COMPARE[node.op](evaluate(node.left, values), evaluate(node.right, values)),
  In: (node, values) => {
    const value = evaluate(node.operand, values);
    return value === null ? null : node.values.some((one) => one.value === value);
  },
  IsNull: (node, values) => evaluate(node.operand, values) === null,
  IsTrue: (node, values) => evaluate(node.operand, values) === true,
  Arithmetic: (node, values) => {
    const [left, right] = [evaluate(node.left, values), evaluate(node.right, values)];
    return left === null || right === null ? null : COUNT[node.op](left, right);
  },
  Negate: (node, values) => {
    const value = evaluate(node.operand, values);
    return value === null ? null : -value;
  },
  Elapsed: (node, values) => elapsed(node.unit, evaluate(node.start, values), evaluate(node.end, values)),
  Coalesce: (node, values) => node.items.map((one) => evaluate(one, values)).find((value) => value !== null) ?? null,
  If: (node, values) => evaluate(evaluate(node.condition, values) === true ? node.then : node.otherwise, values),
};

/** The value of a tree; throws on a kind that a form cannot contain. */
export const evaluate = (node, values) => {
  const meaning = MEANINGS[node.node];
  if (!meaning) throw new Error(`unknown condition ${node.node}`);
  return meaning(node, values);
};

/** Answers by item → values by name, as conditions call them. */
export const named = (items, answers, today) => {
  const found = { today };
  for (const item of items) {
    const answer = answers[item.id];
    if (answer === undefined || answer === null) continue;
    if (item.type === "choices") item.options.forEach((o) => (found[`${item.id}__${o.code}`] = answer.includes(o.code)));
    else if (item.type === "observation") Object.assign(found, { [`${item.id}__n`]: answer.n, [`${item.id}__m`]: answer.m });
    else if (typeof answer !== "object") found[item.id] = answer;
  }
  return found;
};

/** Ids of the items that the answers show. A condition looks at the shown items above it only. */
export const shown = (form, answers, today) => {
  const visible = new Set();
  const above = [];
  const counted = {};
  for (const item of form.sections.flatMap((section) => section.items)) {
    if (!item.show_if || evaluate(item.show_if, named(above, counted, today)) === true) {
      visible.add(item.id);
      if (answers[item.id] !== undefined) counted[item.id] = answers[item.id];
    }
    above.push(item);
  }
  return visible;
};

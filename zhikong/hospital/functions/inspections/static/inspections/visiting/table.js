// A table on a phone: each row a card, each cell an ordinary control; the whole table is one answer.
import { button, fill, h } from "./dom.js";
import { say } from "./words.js";
import { control, isGroup } from "./fields.js";
import { isEmpty } from "./checks.js";

export const table = (item, value, save, at) => {
  const least = item.fixed.length || Math.max(item.rows_min, 1);
  const rows = Array.from({ length: Math.max(least, value?.length ?? 0) }, (_, n) => ({ ...(value?.[n] ?? {}) }));
  const box = h("div.sheet-table", { id: at.id });

  const store = () => {
    const filled = rows.map((row) => Object.fromEntries(Object.entries(row).filter(([, cell]) => !isEmpty(cell))));
    const kept = item.fixed.length ? filled : filled.filter((row) => Object.keys(row).length);
    save(kept.some((row) => Object.keys(row).length) ? kept : null);
  };
  const cell = (column, row, number) => {
    const label = column.text + (column.required ? ` ${say("required_mark")}` : "");
    const where = { ...at, id: `${at.id}-${number}-${column.id}`, label: `${item.fixed[number] ?? say("row_n", { n: number + 1 })} ${column.text}` };
    const drawn = control(column, row[column.id], (one) => {
      row[column.id] = one;
      store();
    }, where);
    return isGroup(column)
      ? h("fieldset.cell", {}, h("legend", {}, label), drawn)
      : h(`div.cell.kind-${column.type}`, {}, h("span.cell-label", { "aria-hidden": "true" }, label), drawn);
  };
  const card = (row, number) =>
    h("div.sheet-row", {},
      h("div.row-head", {}, item.fixed[number] ?? say("row_n", { n: number + 1 })),
      item.columns.map((column) => cell(column, row, number)),
      !item.fixed.length && rows.length > least && button(say("remove_row"), () => {
        rows.splice(number, 1);
        store();
        draw();
      }, { kind: "quiet" }));
  const draw = () =>
    fill(box, rows.map(card), !item.fixed.length && rows.length < item.rows_max && button(say("add_row"), () => {
      rows.push({});
      draw();
      box.querySelectorAll(".sheet-row").item(rows.length - 1).querySelector("input, select, textarea")?.focus();
    }, { sign: "plus" }));
  draw();
  return box;
};

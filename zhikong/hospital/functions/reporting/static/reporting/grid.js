// A block copied from a spreadsheet goes into the grid from the cell in which it is pasted; arrows move between rows.
(() => {
  "use strict";

  // Lines of cells parted by tabs; a cell with line breaks or tabs stands in quotes, a quote in it is doubled.
  const parse = (text) => {
    const rows = [[""]];
    let quoted = false;
    const source = text.replace(/\r\n?/g, "\n").replace(/\n$/, "");
    for (let i = 0; i < source.length; i += 1) {
      const row = rows[rows.length - 1];
      const letter = source[i];
      if (quoted) {
        if (letter !== '"') row[row.length - 1] += letter;
        else if (source[i + 1] === '"') { row[row.length - 1] += '"'; i += 1; }
        else quoted = false;
      } else if (letter === '"' && row[row.length - 1] === "") quoted = true;
      else if (letter === "\t") row.push("");
      else if (letter === "\n") rows.push([""]);
      else row[row.length - 1] += letter;
    }
    return rows.map((row) => row.map((cell) => cell.trim()));
  };

  const isNumber = (text) => text === "" || /^[\d０-９,，.\s]+$/.test(text);

  // Names in the first column mean that the lines may stand in another order: the server understands and shows them.
  const sendForPreview = (form, text) => {
    const preview = document.createElement("form");
    preview.method = "post";
    preview.action = form.dataset.paste;
    for (const [name, value] of [
      ["csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value],
      ["text", text],
    ]) {
      const field = document.createElement("textarea");
      field.name = name;
      field.value = value;
      preview.append(field);
    }
    preview.hidden = true;
    document.body.append(preview);
    preview.submit();
  };

  const fill = (form, start, block) => {
    const lines = [...form.querySelectorAll("tr[data-item]")];
    const first = lines.indexOf(start.closest("tr"));
    const column = Number(start.dataset.col);
    block.forEach((cells, down) => {
      cells.forEach((text, right) => {
        const input = lines[first + down]?.querySelector(`[data-col="${column + right}"]`);
        if (input) input.value = text;
      });
    });
  };

  document.addEventListener("paste", (event) => {
    const start = event.target.closest("[data-grid] input[data-col]");
    const text = event.clipboardData?.getData("text/plain") || "";
    if (!start || !/[\t\n]/.test(text.replace(/\n$/, ""))) return;
    event.preventDefault();
    const form = start.closest("form");
    const block = parse(text);
    const intoNumbers = Number(start.dataset.col) < 2;
    if (intoNumbers && block.some((cells) => !isNumber(cells[0]))) {
      sendForPreview(form, text);
      return;
    }
    fill(form, start, block);
    form.dispatchEvent(new Event("pasted"));
  });

  document.addEventListener("keydown", (event) => {
    const input = event.target.closest?.("[data-grid] input[data-col]");
    if (!input || !["ArrowUp", "ArrowDown", "Enter"].includes(event.key) || event.isComposing) return;
    event.preventDefault(); // Enter goes on as in a spreadsheet; the sheet is sent by its button only
    const cells = [...input.closest("form").querySelectorAll(`[data-col="${input.dataset.col}"]`)];
    const next = cells[cells.indexOf(input) + (event.key === "ArrowUp" ? -1 : 1)];
    if (next) { next.focus(); next.select(); } else input.blur();
  });
})();

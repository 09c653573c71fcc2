"use strict";
// The page is whole without this: it adds sorting and filtering to the table of programs, and folds figures that a chart shows too on a phone.
(() => {
  const part = 1000, counted = (count) => count.toLocaleString("en");
  // of a very long table one part is laid out, and another when it is asked for; in print it is whole
  const drawing = (table, rows) => {
    const more = document.createElement("p"), next = document.createElement("button"), left = document.createElement("span");
    let all = rows, most = part;
    const draw = (count) => {
      most = count;
      const drawn = new DocumentFragment();
      for (const row of all.slice(0, most)) drawn.append(row);
      table.tBodies[0].replaceChildren(drawn);
      more.hidden = all.length <= most;
      left.textContent = `${counted(Math.min(most, all.length))} of ${counted(all.length)} rows are shown${table.tFoot ? "; the total is of all" : ""}. `;
    };
    if (part < rows.length) {
      next.type = "button";
      next.textContent = `Show ${counted(part)} more`;
      next.addEventListener("click", () => draw(most + part));
      left.setAttribute("role", "status");
      more.className = "find more";
      more.append(left, next);
      table.parentElement.after(more);
      table.parentElement.classList.add("drawn");
      let before = most;
      addEventListener("beforeprint", () => { before = most; draw(Infinity); });
      addEventListener("afterprint", () => draw(before));
      draw(part);
    }
    return (chosen) => { all = chosen; draw(part); };
  };

  const table = document.querySelector("#programs table.programs");
  const rows = [...table.tBodies[0].rows];
  const show = drawing(table, rows);
  for (const other of document.querySelectorAll("table.long")) if (other !== table) drawing(other, [...other.tBodies[0].rows]);
  let text = null;  // of each row; a table may have very many
  let inOrder = rows, found = null;  // all rows in the order asked for, and the set of those that were searched for
  const draw = () => show(found ? inOrder.filter((row) => found.has(row)) : inOrder);
  const figure = (cell) => {
    const first = cell.firstChild ? cell.firstChild.textContent : "";
    const number = first.replace(/\u2212/g, "-").replace(/[^0-9.\-]/g, "");
    return Number(number);  // words stand for nothing: "new", "not funded"
  };

  const headers = [...table.tHead.rows[0].cells];
  const sortable = headers.map((header, at) => at).filter((at) => !at || headers[at].classList.contains("r"));
  const sort = (at, rising) => {
    for (const header of headers) header.removeAttribute("aria-sort");
    headers[at].setAttribute("aria-sort", rising ? "ascending" : "descending");
    const keys = new Map(rows.map((row) => [row, at ? figure(row.cells[at]) : row.cells[0].textContent]));
    const compare = at ? (one, other) => keys.get(one) - keys.get(other) || 0 : (one, other) => keys.get(one).localeCompare(keys.get(other));
    inOrder = [...rows].sort((one, other) => (rising ? 1 : -1) * compare(one, other));
    draw();
  };

  // on a phone, which does not show the heads of tables, a list takes the place of the buttons
  const phone = matchMedia("screen and (max-width: 44rem)");
  const order = document.createElement("select");
  for (const at of sortable) {
    const header = headers[at], name = header.textContent, button = document.createElement("button");
    button.type = "button";
    button.textContent = header.dataset.header = name;
    const place = () => header.replaceChildren(phone.matches ? name : button);
    phone.addEventListener("change", place);
    place();
    button.addEventListener("click", () => {
      const now = header.getAttribute("aria-sort");
      sort(at, now === "descending" || (!at && now !== "ascending"));
    });
    for (const [rising, words] of at ? [[0, "largest first"], [1, "smallest first"]] : [[1, "A to Z"], [0, "Z to A"]]) {
      order.append(new Option(`${name}, ${words}`, `${at} ${rising}`));
    }
  }
  order.prepend(new Option("as in the scenario", "", true, true));
  order.addEventListener("change", () => {
    const [at, rising] = order.value.split(" ").map(Number);
    if (order.value) return sort(at, rising === 1);
    inOrder = rows;
    draw();
  });
  const sorting = document.createElement("label");
  sorting.className = "find sort";
  sorting.append("Sort programs ", order);
  if (rows.length > 1) table.parentElement.before(sorting);

  if (rows.length > 8) {
    const label = document.createElement("label");
    label.className = "find";
    label.append("Find programs ");
    const input = document.createElement("input");
    input.type = "search";
    const count = document.createElement("span");
    count.className = "note";
    count.setAttribute("role", "status");
    label.append(input, count);
    table.parentElement.before(label);
    input.addEventListener("input", () => {
      text = text || rows.map((row) => row.textContent.toLowerCase());
      const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
      found = words.length ? new Set(rows.filter((row, at) => words.every((word) => text[at].includes(word)))) : null;
      draw();
      count.textContent = found ? `${counted(found.size)} of ${counted(rows.length)} found; the total is of all` : "";
    });
  }

  if (phone.matches) {
    for (const part of document.querySelectorAll("details.figures")) part.open = false;
  }
})();

"use strict";
// The page is whole without this: it adds sorting and filtering to the table of programs, folds figures that a chart shows too on a phone, and opens what is folded for print.
(() => {
  const table = document.querySelector("#programs table.programs");
  const body = table.tBodies[0];
  const rows = [...body.rows];
  const text = rows.map((row) => row.textContent.toLowerCase());
  const figure = (cell) => {
    const first = cell.firstChild ? cell.firstChild.textContent : "";
    const number = first.replace(/\u2212/g, "-").replace(/[^0-9.\-]/g, "");
    return Number(number);  // words stand for nothing: "new", "not funded"
  };

  [...table.tHead.rows[0].cells].forEach((header, at) => {
    if (at && !header.classList.contains("r")) return;
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = header.dataset.header = header.textContent;
    header.replaceChildren(button);
    button.addEventListener("click", () => {
      const rising = header.getAttribute("aria-sort") === "descending" || (!at && header.getAttribute("aria-sort") !== "ascending");
      for (const other of table.tHead.rows[0].cells) other.removeAttribute("aria-sort");
      header.setAttribute("aria-sort", rising ? "ascending" : "descending");
      const keys = new Map(rows.map((row) => [row, at ? figure(row.cells[at]) : row.cells[0].textContent]));
      const compare = at ? (one, other) => keys.get(one) - keys.get(other) || 0 : (one, other) => keys.get(one).localeCompare(keys.get(other));
      body.append(...[...rows].sort((one, other) => (rising ? 1 : -1) * compare(one, other)));
    });
  });

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
      const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
      let shown = 0;
      rows.forEach((row, at) => {
        row.hidden = !words.every((word) => text[at].includes(word));
        shown += !row.hidden;
      });
      count.textContent = words.length ? `${shown.toLocaleString("en")} of ${rows.length.toLocaleString("en")} shown; the total is of all` : "";
    });
  }

  if (matchMedia("screen and (max-width: 44rem)").matches) {
    for (const part of document.querySelectorAll("details.figures")) part.open = false;
  }

  let folded = [];
  addEventListener("beforeprint", () => {
    folded = [...document.querySelectorAll("details:not([open])")];
    for (const part of folded) part.open = true;
  });
  addEventListener("afterprint", () => {
    for (const part of folded) part.open = false;
  });
})();

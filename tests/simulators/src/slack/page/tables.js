// table and data_table. A data_table is sorted, searched and paged here, without asking the app.

import { element } from "./elements.js";
import { h, richText } from "./text.js";

/** What a reader sees in a cell, as words. */
function cellWords(cell) {
  if (cell.type === "action_cell") return cell.fallback?.text ?? cell.element.text.text;
  if (cell.type === "rich_text") {
    const inner = (part) => part.text ?? (part.elements ?? []).map(inner).join(" ");
    return inner(cell);
  }
  return cell.text ?? "";
}

function cellContent(cell, block, context) {
  if (cell.type === "rich_text") return richText(cell.elements, context.people);
  if (cell.type === "action_cell") return element(cell.element, block, context);
  return cell.text;
}

function frame(...inside) {
  return h("div", { class: "table-frame" }, ...inside);
}

/** The plain table: the first row is the header. */
export function table(block, context) {
  const [head, ...rows] = block.rows;
  const setting = (index) => block.column_settings?.[index] ?? {};
  const numeric = (index) => rows.length && rows.every((row) => row[index]?.type === "raw_number");
  const style = (index) => `${setting(index).align ?? (numeric(index) ? "number" : "")} ${setting(index).is_wrapped ? "wrap" : ""}`;
  const cells = (row, tag) => row.map((cell, index) => h(tag, { class: style(index), scope: tag === "th" ? "col" : undefined }, cellContent(cell, block, context)));
  return frame(h("div", { class: "table-scroll" }, h("table", {}, h("thead", {}, h("tr", {}, cells(head, "th"))),
    h("tbody", {}, rows.map((row) => h("tr", {}, cells(row, "td")))))));
}

function compare(numeric, index, direction) {
  return (left, right) => {
    const [a, b] = [left[index], right[index]];
    const order = numeric ? a.value - b.value : cellWords(a).localeCompare(cellWords(b), "en", { sensitivity: "base" });
    return order * direction;
  };
}

function csv(rows) {
  const cell = (text) => {
    // A spreadsheet must not take a cell for a formula.
    const safe = /^[=+\-@\t\r]/.test(text) && !/^-?[\d.,]+$/.test(text) ? `'${text}` : text;
    return /[",\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
  };
  return rows.map((row) => row.map((one) => cell(cellWords(one))).join(",")).join("\r\n");
}

/** The data_table: caption, search, sort by header, pages. */
export function dataTable(block, context) {
  const [head, ...rows] = block.rows;
  const size = block.page_size ?? 5;
  const numeric = head.map((_, index) => rows.every((row) => row[index].type === "raw_number"));
  const view = { page: 0, sort: null, direction: 1, search: "" };
  const body = h("tbody");
  const headRow = h("tr");
  const count = h("span", { "aria-live": "polite" });
  const back = h("button", { class: "button", type: "button", "aria-label": "Previous page", onclick: () => { view.page -= 1; draw(); } }, "‹");
  const next = h("button", { class: "button", type: "button", "aria-label": "Next page", onclick: () => { view.page += 1; draw(); } }, "›");
  const search = h("input", { type: "search", placeholder: "Search", "aria-label": `Search in ${block.caption}`, oninput: () => { view.search = search.value; view.page = 0; draw(); } });
  const copy = h("button", { class: "button", type: "button", onclick: () => navigator.clipboard?.writeText(csv(block.rows)) }, "Copy");

  const sortBy = (index) => {
    view.direction = view.sort === index ? -view.direction : 1;
    view.sort = index;
    view.page = 0;
    draw();
  };
  const matching = () => {
    const wanted = view.search.trim().toLowerCase();
    const kept = wanted ? rows.filter((row) => row.some((cell) => cellWords(cell).toLowerCase().includes(wanted))) : [...rows];
    return view.sort === null ? kept : kept.sort(compare(numeric[view.sort], view.sort, view.direction));
  };
  const drawHead = () => headRow.replaceChildren(...head.map((cell, index) => {
    const sorted = view.sort === index ? (view.direction > 0 ? "ascending" : "descending") : "none";
    return h("th", { scope: "col", class: numeric[index] ? "number" : "", "aria-sort": sorted },
      h("button", { type: "button", onclick: () => sortBy(index) }, cell.text));
  }));
  const drawRow = (row) => h("tr", {}, row.map((cell, index) => {
    const isHead = index === block.row_header_column_index;
    return h(isHead ? "th" : "td", { scope: isHead ? "row" : undefined, class: numeric[index] ? "number" : "", title: cellWords(cell) }, cellContent(cell, block, context));
  }));
  const draw = () => {
    const all = matching();
    const pages = Math.max(1, Math.ceil(all.length / size));
    view.page = Math.min(Math.max(view.page, 0), pages - 1);
    const from = view.page * size;
    const page = all.slice(from, from + size);
    drawHead();
    body.replaceChildren(...(page.length ? page.map(drawRow) : [h("tr", {}, h("td", { colspan: String(head.length) }, "No rows match"))]));
    count.textContent = all.length ? `${from + 1}–${from + page.length} of ${all.length}` : "0 rows";
    back.disabled = view.page === 0;
    next.disabled = view.page >= pages - 1;
  };
  draw();
  return frame(h("div", { class: "table-top" }, h("b", { title: block.caption }, block.caption), search),
    h("div", { class: "table-scroll" }, h("table", { "aria-label": block.caption }, h("thead", {}, headRow), body)),
    h("div", { class: "table-foot" }, count, h("span", { class: "grow" }), copy, back, next));
}

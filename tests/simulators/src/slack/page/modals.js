// Modals: a stack, the one in front can be used. Typed text is kept here until something is sent.

import { blocks } from "./blocks.js";
import { h, words } from "./text.js";

const host = document.getElementById("modals");
const drawn = new Map();
const drafts = new Map();

/** Fields typed since the last call, as the control call wants them. */
export function takeDrafts(viewId) {
  const fields = [...(drafts.get(viewId)?.values() ?? [])];
  drafts.delete(viewId);
  return fields;
}

/** Remembers typed text under a view. */
export function keepDraft(viewId, block, element, gesture) {
  if (!drafts.has(viewId)) drafts.set(viewId, new Map());
  drafts.get(viewId).set(`${block.block_id} ${element.action_id}`, [block.block_id, element.action_id, gesture]);
}

/** The view's values with what was typed on top. */
export function valuesWithDrafts(view) {
  const values = structuredClone(view.values ?? {});
  for (const [block, action, gesture] of drafts.get(view.id)?.values() ?? []) {
    const known = values[block]?.[action];
    if (known && "text" in gesture) known.value = gesture.text;
  }
  return values;
}

function draw(view, isFront, below, actions) {
  const context = actions.contextOf({ view: view.id }, valuesWithDrafts(view), view.errors);
  const submit = view.view.submit
    ? h("button", { class: "button primary", type: "submit", disabled: view.view.submit_disabled === true }, words(view.view.submit)) : null;
  const title = h("div", {}, below ? h("p", { class: "crumb" }, `‹ ${words(below.view.title)}`) : null, h("h2", { id: `title-${view.id}` }, words(view.view.title)));
  const form = h("form", { class: "modal", role: "dialog", "aria-modal": "true", "aria-labelledby": `title-${view.id}`, novalidate: true,
    onsubmit: async (event) => {
      event.preventDefault();
      if (!submit) return;
      submit.classList.add("busy");
      await actions.submit(view.id);
      submit.classList.remove("busy");
    } },
    h("header", {}, title, h("button", { class: "icon", type: "button", "aria-label": "Close", onclick: () => actions.close(true) }, "✕")),
    view.problem ? h("div", { class: "banner", role: "alert" }, view.problem) : null,
    h("div", { class: "body" }, blocks(view.view.blocks, context)),
    h("footer", {}, h("button", { class: "button", type: "button", onclick: () => actions.close(false) }, words(view.view.close) || "Cancel"), submit));
  form.addEventListener("keydown", (event) => { if (event.key === "Escape") actions.close(false); });
  return h("div", { class: isFront ? "veil" : "veil below", hidden: !isFront, "data-view": view.id }, form);
}

function focused() {
  const node = document.activeElement;
  const key = node?.closest?.("[data-key]")?.dataset.key;
  return key ? { key, start: node.selectionStart, end: node.selectionEnd } : null;
}

function refocus(node, before) {
  const wrong = node.querySelector(".field.wrong");
  if (wrong) {
    wrong.scrollIntoView({ block: "center" });
    wrong.querySelector("input:not([hidden]), textarea, select")?.focus();
    return;
  }
  const wanted = before && [...node.querySelectorAll("[data-key]")].find((one) => one.dataset.key === before.key);
  const target = wanted ? (wanted.matches("input, textarea") ? wanted : wanted.querySelector("input")) : null;
  if (target) {
    target.focus();
    if (before.start !== null && before.start !== undefined && target.setSelectionRange) target.setSelectionRange(before.start, before.end);
    return;
  }
  (node.querySelector("[data-focus]") ?? node.querySelector(".body input, .body textarea, .body select, footer .primary, footer button"))?.focus();
}

/** Shows the stack; modals that did not change stay as they are, with focus and open menus. */
export function showModals(views, actions) {
  const wanted = new Set(views.map((view) => view.id));
  for (const [id, one] of drawn) {
    if (!wanted.has(id)) { one.node.remove(); drawn.delete(id); drafts.delete(id); }
  }
  views.forEach((view, index) => {
    const isFront = index === views.length - 1;
    const key = JSON.stringify([view.hash, view.errors, view.problem, isFront]);
    const known = drawn.get(view.id);
    if (known?.key === key) return;
    const before = isFront ? focused() : null;
    const node = draw(view, isFront, views[index - 1], actions);
    if (known) known.node.replaceWith(node);
    else host.append(node);
    drawn.set(view.id, { key, node });
    if (isFront) refocus(node, before);
  });
}

/** Forgets everything drawn, when another person is acted as. */
export function resetModals() {
  host.replaceChildren();
  drawn.clear();
  drafts.clear();
}

// Interactive elements: buttons, menus, selects, fields. `context.act(block, element, gesture, button)` tells the workspace.

import { h, textObject, words } from "./text.js";

/** What an element holds now: from the view or message, else what the app started it with. */
function held(block, element, context) {
  return context.values?.[block.block_id]?.[element.action_id] ?? {};
}

/** Asks before doing, if the app wants that. Resolves to whether to go on. */
function confirmed(element) {
  const ask = element.confirm;
  if (!ask) return Promise.resolve(true);
  return new Promise((resolve) => {
    const answer = (value) => () => { dialog.close(); dialog.remove(); resolve(value); };
    const go = h("button", { class: `button ${ask.style === "danger" ? "danger" : "primary"}`, type: "button", onclick: answer(true) }, words(ask.confirm));
    const dialog = h("dialog", { class: "confirm", "aria-label": words(ask.title), oncancel: answer(false) },
      h("h2", {}, words(ask.title)), textObject(ask.text, { users: [], channels: [] }),
      h("footer", {}, h("button", { class: "button", type: "button", onclick: answer(false) }, words(ask.deny)), go));
    document.body.append(dialog);
    dialog.showModal();
    go.focus();
  });
}

function button(element, block, context) {
  const node = h("button", { class: `button ${element.style ?? ""}`, type: "button", "aria-label": element.accessibility_label,
    onclick: async () => {
      if (!(await confirmed(element))) return;
      if (element.url) window.open(element.url, "_blank", "noopener");
      node.classList.add("busy");
      await context.act(block, element, "press");
      node.classList.remove("busy");
    } }, words(element.text));
  return node;
}

async function choose(block, element, context, gesture) {
  if (await confirmed(element)) await context.act(block, element, gesture);
}

function nativeSelect(element, block, context) {
  const chosen = held(block, element, context).selected_option?.value ?? "";
  const option = (one) => h("option", { value: one.value, selected: one.value === chosen }, words(one.text));
  const inside = element.option_groups
    ? element.option_groups.map((group) => h("optgroup", { label: words(group.label) }, group.options.map(option)))
    : element.options.map(option);
  const node = h("select", { class: "input", "aria-label": words(element.placeholder) || element.action_id,
    onchange: () => choose(block, element, context, node.value === "" ? "clear" : { choose: node.value }) },
    h("option", { value: "", selected: chosen === "" }, words(element.placeholder) || "Choose an option"), inside);
  return node;
}

/** Options a combobox offers for what was typed: groups of {label, options: [{value, label, description}]}. */
async function offers(element, block, context, typed) {
  const flat = (option) => ({ value: option.value, label: words(option.text), description: words(option.description), option });
  const fits = (one) => one.label.toLowerCase().includes(typed.toLowerCase());
  if (element.type.endsWith("external_select")) {
    const least = element.min_query_length ?? 3;
    if (typed.length < least) return { note: `Type ${least} or more characters`, groups: [] };
    const answer = await context.suggest(block, element, typed);
    const groups = (answer.option_groups ?? [{ options: answer.options ?? [] }]).map((group) => ({ label: words(group.label), options: group.options.map(flat) }));
    return { note: answer.problem ?? "No results", groups };
  }
  if (element.type.endsWith("static_select")) {
    const lists = element.option_groups ?? [{ options: element.options }];
    return { note: "No results", groups: lists.map((group) => ({ label: words(group.label), options: group.options.map(flat).filter(fits) })) };
  }
  const people = context.people.users.filter((user) => !user.is_bot).map((user) => ({ value: user.id, label: user.real_name, description: user.title }));
  const channels = context.people.channels.filter((channel) => !channel.is_im).map((channel) => ({ value: channel.id, label: `#${channel.name}`, description: "" }));
  const list = element.type.includes("users") ? people : element.type.includes("channels") ? channels : [...channels, ...people];
  return { note: "No results", groups: [{ label: "", options: list.filter(fits) }] };
}

function startingChips(element, block, context) {
  const value = held(block, element, context);
  const options = value.selected_options ?? (value.selected_option ? [value.selected_option] : []);
  const ids = ["user", "channel", "conversation"].flatMap((name) => value[`selected_${name}s`] ?? value[`selected_${name}`] ?? []);
  const named = (id) => context.people.users.find((user) => user.id === id)?.real_name ?? `#${context.people.channels.find((one) => one.id === id)?.name ?? id}`;
  return [...options.map((option) => ({ value: option.value, label: words(option.text) })), ...ids.map((id) => ({ value: id, label: named(id) }))];
}

let combos = 0;

/** A field that offers options while one types; one or several can be chosen. */
function combobox(element, block, context) {
  const many = element.type.startsWith("multi_");
  const listId = `combo-${(combos += 1)}`;
  let chosen = startingChips(element, block, context);
  let shown = [];
  let at = -1;
  let asked = 0;
  const list = h("ul", { class: "popup", role: "listbox", id: listId, hidden: true });
  const input = h("input", { type: "text", role: "combobox", "aria-expanded": "false", "aria-controls": listId, "aria-autocomplete": "list",
    "aria-label": words(element.placeholder) || element.action_id, placeholder: words(element.placeholder) || "Search" });
  const chips = h("span", { class: "chips" });
  const box = h("div", { class: "combo", "data-key": `${block.block_id} ${element.action_id}` }, chips, input, list);
  const tell = () => {
    const values = chosen.map((one) => one.value);
    return choose(block, element, context, many ? { choose_many: values } : values.length ? { choose: values[0] } : "clear");
  };
  const drawChips = () => {
    chips.replaceChildren(...chosen.map((one) => h("span", { class: "chip" }, one.label,
      h("button", { type: "button", "aria-label": `Remove ${one.label}`, onclick: () => { chosen = chosen.filter((other) => other !== one); drawChips(); tell(); } }, "✕"))));
    input.hidden = !many && chosen.length > 0;
  };
  const close = () => { list.hidden = true; input.setAttribute("aria-expanded", "false"); at = -1; };
  const take = (one) => {
    chosen = many ? [...chosen.filter((other) => other.value !== one.value), one] : [one];
    input.value = "";
    close();
    drawChips();
    tell();
  };
  const mark = (index) => {
    at = index;
    list.querySelectorAll("[role=option]").forEach((node, number) => node.setAttribute("aria-selected", String(number === at)));
    list.querySelectorAll("[role=option]")[at]?.scrollIntoView({ block: "nearest" });
  };
  const open = async () => {
    const mine = (asked += 1);
    list.hidden = false;
    input.setAttribute("aria-expanded", "true");
    list.replaceChildren(h("li", { class: "note" }, "Loading…"));
    const { note, groups } = await offers(element, block, context, input.value.trim());
    if (mine !== asked || list.hidden) return;
    shown = groups.flatMap((group) => group.options);
    const items = groups.flatMap((group) => [
      group.label && group.options.length ? h("li", { class: "group" }, group.label) : null,
      ...group.options.map((one) => h("li", { role: "option", "aria-selected": "false", onmousedown: (event) => { event.preventDefault(); take(one); } },
        one.label, one.description ? h("small", {}, one.description) : null)),
    ]).filter(Boolean);
    list.replaceChildren(...(shown.length ? items : [h("li", { class: "note" }, note)]));
    at = -1;
  };
  let waiting;
  input.addEventListener("input", () => { clearTimeout(waiting); waiting = setTimeout(open, 120); });
  input.addEventListener("focus", open);
  input.addEventListener("blur", () => setTimeout(close, 100));
  input.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown") { event.preventDefault(); if (list.hidden) open(); else mark(Math.min(at + 1, shown.length - 1)); }
    else if (event.key === "ArrowUp") { event.preventDefault(); mark(Math.max(at - 1, 0)); }
    else if (event.key === "Enter") { event.preventDefault(); const one = shown[at] ?? (shown.length === 1 ? shown[0] : null); if (one) take(one); }
    else if (event.key === "Escape" && !list.hidden) { event.stopPropagation(); close(); }
    else if (event.key === "Backspace" && !input.value && chosen.length) { chosen = chosen.slice(0, -1); drawChips(); tell(); }
  });
  drawChips();
  return box;
}

function overflow(element, block, context) {
  const list = h("ul", { class: "popup", role: "menu", hidden: true }, element.options.map((one) =>
    h("li", { role: "menuitem", tabindex: "-1", onclick: () => pick(one), onkeydown: (event) => event.key === "Enter" && pick(one) }, words(one.text),
      one.description ? h("small", {}, words(one.description)) : null)));
  const pick = (one) => { list.hidden = true; choose(block, element, context, { choose: one.value }); };
  const opener = h("button", { class: "button", type: "button", "aria-haspopup": "menu", "aria-label": "More actions",
    onclick: () => { list.hidden = !list.hidden; if (!list.hidden) list.firstChild?.focus(); } }, "⋯");
  const box = h("span", { class: "overflow" }, opener, list);
  box.addEventListener("focusout", (event) => { if (!box.contains(event.relatedTarget)) setTimeout(() => { list.hidden = true; }, 120); });
  box.addEventListener("keydown", (event) => {
    if (event.key === "Escape") { event.stopPropagation(); list.hidden = true; opener.focus(); }
    const next = { ArrowDown: "nextSibling", ArrowUp: "previousSibling" }[event.key];
    if (next) { event.preventDefault(); document.activeElement[next]?.focus?.(); }
  });
  return box;
}

function choices(element, block, context) {
  const many = element.type === "checkboxes";
  const value = held(block, element, context);
  const on = new Set((value.selected_options ?? [value.selected_option]).filter(Boolean).map((option) => option.value));
  const name = `${block.block_id}-${element.action_id}`;
  const box = h("div", { class: "choices", role: many ? "group" : "radiogroup" });
  const tell = () => {
    const values = [...box.querySelectorAll("input:checked")].map((input) => input.value);
    return choose(block, element, context, many ? { choose_many: values } : { choose: values[0] });
  };
  box.append(...element.options.map((option) => h("label", {},
    h("input", { type: many ? "checkbox" : "radio", name, value: option.value, checked: on.has(option.value), onchange: tell }),
    h("span", {}, textObject(option.text, context.people), option.description ? h("small", {}, words(option.description)) : null))));
  return box;
}

function picker(element, block, context) {
  const value = held(block, element, context);
  const kind = { datepicker: "date", timepicker: "time", datetimepicker: "datetime-local" }[element.type];
  const local = (seconds) => new Date((seconds - new Date(seconds * 1000).getTimezoneOffset() * 60) * 1000).toISOString().slice(0, 16);
  const start = value.selected_date ?? value.selected_time ?? (value.selected_date_time ? local(value.selected_date_time) : "");
  const gesture = (text) => {
    if (!text) return "clear";
    if (kind === "date") return { date: text };
    return kind === "time" ? { time: text } : { date_time: Math.floor(new Date(text).getTime() / 1000) };
  };
  const node = h("input", { class: "input", type: kind, value: start, "aria-label": words(element.placeholder) || kind,
    onchange: () => choose(block, element, context, gesture(node.value)) });
  return node;
}

const INPUT_TYPE = { number_input: "text", email_text_input: "email", url_text_input: "url" };

function textInput(element, block, context) {
  const value = held(block, element, context).value ?? "";
  const attributes = { class: "input", "data-key": `${block.block_id} ${element.action_id}`, placeholder: words(element.placeholder),
    maxlength: element.max_length ? String(element.max_length) : undefined, inputmode: element.type === "number_input" ? "decimal" : undefined };
  const node = element.multiline ? h("textarea", attributes) : h("input", { ...attributes, type: INPUT_TYPE[element.type] ?? "text" });
  node.value = value;
  const onKey = element.dispatch_action_config?.trigger_actions_on?.includes("on_character_entered");
  node.addEventListener("input", () => context.draft(block, element, { text: node.value }, onKey && block.dispatch_action));
  node.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !element.multiline && block.dispatch_action) { event.preventDefault(); context.act(block, element, { text: node.value }); }
  });
  return node;
}

/** Any element that can be used. */
export function element(one, block, context) {
  switch (one.type) {
    case "button": case "workflow_button": case "icon_button": return button(one, block, context);
    case "overflow": return overflow(one, block, context);
    case "static_select": return nativeSelect(one, block, context);
    case "radio_buttons": case "checkboxes": return choices(one, block, context);
    case "datepicker": case "timepicker": case "datetimepicker": return picker(one, block, context);
    case "plain_text_input": case "number_input": case "email_text_input": case "url_text_input": return textInput(one, block, context);
    default: return one.type.endsWith("_select") ? combobox(one, block, context) : h("span", { class: "unknown" }, `[${one.type}]`);
  }
}

let fields = 0;

/** An input block: label, element, hint, error. */
export function field(block, context) {
  const error = context.errors?.[block.block_id];
  const inside = element(block.element, block, context);
  const input = inside.matches("input, select, textarea") ? inside : inside.querySelector("input");
  const id = `field-${(fields += 1)}`;
  const grouped = inside.classList.contains("choices");
  if (input && !grouped) input.id = id;
  if (input && error) { input.setAttribute("aria-invalid", "true"); input.setAttribute("aria-describedby", `${id}-error`); }
  if (block.element.focus_on_load && input) input.setAttribute("data-focus", "");
  const label = [words(block.label), block.optional ? h("span", { class: "optional" }, " (optional)") : null];
  return h(grouped ? "fieldset" : "div", { class: error ? "field wrong" : "field" },
    grouped ? h("legend", {}, label) : h("label", { for: id }, label), inside,
    error ? h("div", { class: "error", id: `${id}-error`, role: "alert" }, error) : null,
    block.hint ? h("div", { class: "hint" }, words(block.hint)) : null);
}

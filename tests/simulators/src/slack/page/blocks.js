// Blocks as DOM. `context` says who looks, what elements hold, and what happens when one is used.

import { element, field } from "./elements.js";
import { dataTable, table } from "./tables.js";
import { h, markdown, mrkdwn, richText, textObject, words } from "./text.js";

function image(block) {
  const source = block.image_url ?? block.slack_file?.url ?? (block.slack_file?.id ? `/files/${block.slack_file.id}` : "");
  return h("img", { src: source, alt: block.alt_text, title: block.alt_text });
}

function section(block, context) {
  const fields = block.fields?.length
    ? h("div", { class: "fields" }, block.fields.map((text) => textObject(text, context.people))) : null;
  const accessory = block.accessory
    ? h("div", { class: "accessory" }, block.accessory.type === "image" ? image(block.accessory) : element(block.accessory, block, context)) : null;
  return h("div", { class: "block-section" },
    h("div", { class: "content" }, textObject(block.text, context.people), fields), accessory);
}

function contextBlock(block, context) {
  const draw = (part) => (part.type === "image" ? image(part) : textObject(part, context.people));
  return h("div", { class: "block-context" }, block.elements.map(draw));
}

function chart(block) {
  const { chart: data } = block;
  const points = data.type === "pie"
    ? data.segments.map((one) => [one.label, one.value])
    : data.series.flatMap((series) => series.data.map((point) => [`${series.name} · ${point.label}`, point.value]));
  const most = Math.max(...points.map(([, value]) => value), 1);
  return h("figure", { class: "block-container", "aria-label": block.title }, h("b", {}, block.title),
    points.map(([label, value]) => h("div", { class: "bar-row" }, h("span", {}, label),
      h("meter", { max: String(most), value: String(value) }), h("span", {}, String(value)))));
}

const TASK_SIGN = { complete: "✓", in_progress: "…", error: "✕", pending: "○" };

function task(one, context) {
  return h("div", { class: "task" }, h("span", { "aria-hidden": "true" }, TASK_SIGN[one.status] ?? "○"),
    h("div", {}, h("b", {}, one.title), one.details ? richText(one.details.elements, context.people) : null,
      one.output ? richText(one.output.elements, context.people) : null));
}

function container(block, context) {
  const title = block.title ? words(block.title) : richText(block.rich_text_title?.elements, context.people);
  const inside = blocks(block.child_blocks, context);
  if (!block.is_collapsible) return h("div", { class: "block-container" }, h("b", {}, title), inside);
  return h("details", { class: "block-container", open: !block.default_collapsed }, h("summary", {}, title), inside);
}

function card(block, context) {
  return h("div", { class: "block-card" }, h("b", {}, words(block.title)), textObject(block.subtitle, context.people),
    textObject(block.body, context.people),
    block.actions ? h("div", { class: "block-actions" }, block.actions.map((one) => element(one, block, context))) : null);
}

const DRAW = {
  header: (block) => h("div", { class: `block-header level${block.level ?? 1}`, role: "heading", "aria-level": "3" }, words(block.text)),
  section,
  context: contextBlock,
  divider: () => h("hr", { class: "block-divider" }),
  actions: (block, context) => h("div", { class: "block-actions" }, block.elements.map((one) => element(one, block, context))),
  context_actions: (block, context) => h("div", { class: "block-actions" }, block.elements.map((one) => element(one, block, context))),
  image: (block) => h("figure", { class: "block-image" }, block.title ? h("figcaption", {}, words(block.title)) : null, image(block)),
  input: field,
  rich_text: (block, context) => richText(block.elements, context.people),
  markdown: (block) => markdown(block.text),
  table: (block, context) => table(block, context),
  data_table: (block, context) => dataTable(block, context),
  data_visualization: chart,
  alert: (block, context) => h("div", { class: `block-alert ${block.level ?? "default"}`, role: "note" }, textObject(block.text, context.people)),
  container,
  card,
  carousel: (block, context) => h("div", {}, block.elements.map((one) => card(one, context))),
  plan: (block, context) => h("div", { class: "block-container" }, h("b", {}, block.title), block.tasks.map((one) => task(one, context))),
  task_card: task,
  video: (block) => h("div", { class: "block-card" }, h("b", {}, words(block.title)), h("p", {}, block.alt_text)),
};

/** A list of blocks. */
export function blocks(list, context) {
  return h("div", { class: "blocks" }, list.map((block) => {
    const draw = DRAW[block.type];
    return draw ? draw(block, context) : h("div", { class: "unknown" }, `[${block.type}]`);
  }));
}

/** A message's blocks and attachments, or its text. */
export function content(message, context) {
  const parts = [];
  if (message.blocks.length) parts.push(blocks(message.blocks, context));
  else if (message.text) parts.push(mrkdwn(message.text, context.people));
  for (const attachment of message.attachments) {
    const box = h("div", { class: "attachment" }, attachment.pretext, attachment.text ? mrkdwn(attachment.text, context.people) : null,
      attachment.blocks ? blocks(attachment.blocks, context) : null);
    if (/^#?[0-9a-f]{3,8}$/i.test(attachment.color ?? "")) box.style.borderLeftColor = `#${attachment.color.replace("#", "")}`;
    parts.push(box);
  }
  return parts;
}

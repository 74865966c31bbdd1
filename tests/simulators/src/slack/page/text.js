// Text of messages as DOM nodes. Nothing here (or elsewhere in the page) ever becomes HTML by string.

/** Makes an element: properties (class, on..., aria-..., data) and children (nodes, strings, lists, nothing). */
export function h(tag, properties = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (name in node && typeof value !== "string") node[name] = value;
    else node.setAttribute(name === "className" ? "class" : name, value === true ? "" : value);
  }
  node.append(...children.flat(9).filter((child) => child !== undefined && child !== null && child !== false));
  return node;
}

// Drawn with symbols every font has, in colour, so that the page looks the same without an emoji font:
// names | emoji | symbol | colour.
const SYMBOLS = `
white_check_mark heavy_check_mark ballot_box_with_check|✅✔☑|✔|green
x heavy_multiplication_x negative_squared_cross_mark|❌✖❎|✘|red
warning|⚠|⚠|amber
hourglass hourglass_flowing_sand|⌛⏳|⌛|amber
red_circle|🔴|●|red
large_orange_circle|🟠|●|orange
large_yellow_circle|🟡|●|amber
large_green_circle|🟢|●|green
large_blue_circle|🔵|●|blue
white_circle|⚪|○|grey
black_circle|⚫|●|
no_entry no_entry_sign|⛔🚫|⊘|red
octagonal_sign stop_sign stop_button|🛑⏹|■|red
rotating_light exclamation|🚨❗|‼|red
question|❓|?|red
information_source bulb|ℹ💡|ℹ|blue
arrow_right point_right|➡👉|→|
arrow_left|⬅|←|
arrow_up outbox_tray|⬆📤|↑|
arrow_down inbox_tray|⬇📥|↓|
arrows_counterclockwise repeat|🔄🔁|↻|blue
leftwards_arrow_with_hook|↩|↩|
pause_button double_vertical_bar|⏸|‖|amber
arrow_forward|▶|▶|green
gear hammer_and_wrench|⚙🛠|⚙|grey
memo pencil pencil2|📝✏|✎|
link electric_plug|🔗🔌|⚯|blue
mag|🔍🔎|⌕|
house|🏠|⌂|
bust_in_silhouette busts_in_silhouette|👤👥|☻|grey
bar_chart clipboard page_facing_up|📊📋📄|▤|blue
chart_with_upwards_trend|📈|↗|green
chart_with_downwards_trend|📉|↘|red
calendar date|📅📆|▦|
package file_folder|📦📁|▣|grey
moneybag money_with_wings|💰💸|¤|green
tada sparkles star|🎉✨⭐|★|amber
zap|⚡|↯|amber
snowflake|❄|❄|blue
lock shield|🔒🛡|▣|amber
unlock|🔓|▢|grey
key|🔑|⚷|amber
bell|🔔|♪|amber
no_bell|🔕|♪|grey
eyes|👀|◉◉|
+1 thumbsup|👍|✔|green
-1 thumbsdown|👎|✘|red
wave|👋|☺|amber
wastebasket|🗑|⌫|grey
stopwatch alarm_clock clock1|⏱⏰🕐|◷|
heavy_plus_sign|➕|+|green
heavy_minus_sign|➖|−|red
small_blue_diamond|🔹|◆|blue
fire|🔥|▲|orange`.trim().split("\n").map((line) => line.split("|"));

const BY_NAME = new Map();
for (const [names, characters, symbol, colour] of SYMBOLS) {
  const drawn = { symbol, colour };
  for (const name of names.split(" ")) BY_NAME.set(`:${name}:`, drawn);
  for (const character of characters) BY_NAME.set(character, drawn);
}
const EMOJI = new RegExp(`:[a-z0-9_+-]+:|(?:${SYMBOLS.flatMap(([, characters]) => [...characters]).join("|")})\uFE0F?`, "gu");

function symbolOf(found) {
  return BY_NAME.get(found.replace("\uFE0F", ""));
}

/** Text with its emoji drawn: strings and elements. */
function emoji(text) {
  const nodes = [];
  let from = 0;
  for (const match of text.matchAll(EMOJI)) {
    const drawn = symbolOf(match[0]);
    if (!drawn) continue;
    nodes.push(text.slice(from, match.index), h("i", { class: `emoji ${drawn.colour}`, title: match[0] }, drawn.symbol));
    from = match.index + match[0].length;
  }
  nodes.push(text.slice(from));
  return nodes;
}

function unescape(text) {
  return text.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&");
}

function personName(people, id) {
  return people.users.find((user) => user.id === id)?.real_name ?? id;
}

function mention(people, id) {
  const name = personName(people, id);
  return h("span", { class: id === people.me ? "mention mine" : "mention" }, `@${name}`);
}

function safeLink(url, label) {
  // Only links a person would expect: no javascript: and the like.
  if (!/^(https?:|mailto:)/i.test(url)) return document.createTextNode(label);
  return h("a", { href: url, target: "_blank", rel: "noreferrer noopener" }, label);
}

function dateText(seconds, format) {
  const date = new Date(Number(seconds) * 1000);
  const day = (style) => date.toLocaleDateString("en-GB", style);
  const parts = {
    date_num: date.toISOString().slice(0, 10),
    date: day({ dateStyle: "long" }), date_pretty: day({ dateStyle: "long" }),
    date_short: day({ dateStyle: "medium" }), date_short_pretty: day({ dateStyle: "medium" }),
    date_long: day({ dateStyle: "full" }), date_long_pretty: day({ dateStyle: "full" }),
    time: date.toLocaleTimeString("en-GB", { timeStyle: "short" }), time_secs: date.toLocaleTimeString("en-GB"),
    ago: day({ dateStyle: "medium" }), day_divider_pretty: day({ dateStyle: "full" }),
  };
  return format.replace(/\{([a-z_]+)\}/g, (whole, name) => parts[name] ?? whole);
}

/** What stands between < and >. */
function angled(inside, people) {
  const [target, ...rest] = inside.split("|");
  const label = rest.length ? unescape(rest.join("|")) : undefined;
  if (target.startsWith("@")) return mention(people, target.slice(1));
  if (target.startsWith("#")) {
    const name = label || people.channels.find((channel) => channel.id === target.slice(1))?.name;
    return h("span", { class: "mention" }, `#${name ?? target.slice(1)}`);
  }
  if (target.startsWith("!date^")) {
    const [, seconds, format, link] = target.split("^");
    const text = dateText(seconds, format ?? "{date}");
    return link ? safeLink(unescape(link), text) : h("time", {}, text);
  }
  if (target.startsWith("!subteam^")) return h("span", { class: "mention" }, label ?? target.slice(9));
  if (target.startsWith("!")) return h("span", { class: "mention" }, label ?? `@${target.slice(1)}`);
  const url = unescape(target);
  return safeLink(url, label ?? url.replace(/^mailto:/, ""));
}

const INLINE = /`([^`\n]+)`|<([^<>\n]+)>|(?<![\w*])\*(?=\S)([^*\n]+?)(?<=\S)\*(?![\w*])|(?<![\w_])_(?=\S)([^_\n]+?)(?<=\S)_(?![\w_])|(?<![\w~])~(?=\S)([^~\n]+?)(?<=\S)~(?![\w~])/g;

function inline(text, people) {
  const nodes = [];
  let at = 0;
  for (const match of text.matchAll(INLINE)) {
    nodes.push(...emoji(unescape(text.slice(at, match.index))));
    const [whole, code, angle, bold, italic, strike] = match;
    if (code !== undefined) nodes.push(h("code", {}, unescape(code)));
    else if (angle !== undefined) nodes.push(angled(angle, people));
    else if (bold !== undefined) nodes.push(h("b", {}, inline(bold, people)));
    else if (italic !== undefined) nodes.push(h("em", {}, inline(italic, people)));
    else nodes.push(h("s", {}, inline(strike, people)));
    at = match.index + whole.length;
  }
  nodes.push(...emoji(unescape(text.slice(at))));
  return nodes;
}

/** Slack's mrkdwn. `people` knows names: {users, channels, me}. */
export function mrkdwn(text, people) {
  const box = h("div", { class: "text" });
  text.split(/```\n?([\s\S]*?)\n?```/).forEach((part, index) => {
    if (index % 2) return box.append(h("pre", {}, unescape(part)));
    const lines = part.split("\n");
    lines.forEach((line, number) => {
      const quoted = /^(&gt;|>) ?/.exec(line);
      if (quoted) box.append(h("blockquote", {}, inline(line.slice(quoted[0].length), people)));
      else box.append(...inline(line, people), number < lines.length - 1 && !/^(&gt;|>)/.test(lines[number + 1]) ? "\n" : "");
    });
  });
  return box;
}

/** A text object, or a bare string taken as plain text. */
export function textObject(text, people) {
  if (!text) return null;
  if (typeof text === "string") return h("div", { class: "text" }, emoji(text));
  return text.type === "mrkdwn" ? mrkdwn(text.text, people) : h("div", { class: "text" }, emoji(text.text));
}

/** The words of a text object, for labels. */
export function words(text) {
  const plain = typeof text === "string" ? text : text?.text ?? "";
  return plain.replace(EMOJI, (found) => symbolOf(found)?.symbol ?? found);
}

function leaf(part, people) {
  switch (part.type) {
    case "text": return styled(emoji(part.text), part.style);
    case "link": return styled(safeLink(part.url, part.text ?? part.url), part.style);
    case "user": return mention(people, part.user_id);
    case "channel": return angled(`#${part.channel_id}`, people);
    case "usergroup": return h("span", { class: "mention" }, `@${part.usergroup_id}`);
    case "broadcast": return h("span", { class: "mention" }, `@${part.range}`);
    case "emoji": return emoji(`:${part.name}:`);
    case "date": return h("time", {}, dateText(part.timestamp, part.format));
    default: return part.fallback ?? "";
  }
}

function styled(content, style = {}) {
  const tags = { bold: "b", italic: "em", strike: "s", code: "code", underline: "u" };
  return Object.entries(tags).reduce((inner, [name, tag]) => (style[name] ? h(tag, {}, inner) : inner), content);
}

/** The elements of a rich_text block or cell. */
export function richText(elements, people) {
  const section = (part) => (part.elements ?? []).map((one) => leaf(one, people));
  const draw = (part) => {
    if (part.type === "rich_text_preformatted") return h("pre", {}, section(part));
    if (part.type === "rich_text_quote") return h("blockquote", {}, section(part));
    if (part.type === "rich_text_list") {
      return h(part.style === "ordered" ? "ol" : "ul", {}, part.elements.map((item) => h("li", {}, section(item))));
    }
    return h("div", {}, section(part));
  };
  return h("div", { class: "text" }, (elements ?? []).map(draw));
}

const MARKDOWN = /`([^`\n]+)`|\[([^\]\n]+)\]\(([^)\s]+)\)|\*\*([^*\n]+)\*\*|~~([^~\n]+)~~|(?<![\w*])[*_]([^*_\n]+)[*_](?![\w*])/g;

function markdownInline(text) {
  const nodes = [];
  let at = 0;
  for (const match of text.matchAll(MARKDOWN)) {
    nodes.push(...emoji(text.slice(at, match.index)));
    const [whole, code, label, url, bold, strike, italic] = match;
    if (code !== undefined) nodes.push(h("code", {}, code));
    else if (label !== undefined) nodes.push(safeLink(url, label));
    else if (bold !== undefined) nodes.push(h("b", {}, markdownInline(bold)));
    else if (strike !== undefined) nodes.push(h("s", {}, strike));
    else nodes.push(h("em", {}, markdownInline(italic)));
    at = match.index + whole.length;
  }
  nodes.push(...emoji(text.slice(at)));
  return nodes;
}

function markdownTable(lines) {
  const cells = (line) => line.trim().replace(/^\||\|$/g, "").split("|").map((cell) => markdownInline(cell.trim()));
  const [head, , ...rows] = lines;
  return h("div", { class: "table-frame" }, h("div", { class: "table-scroll" }, h("table", {},
    h("thead", {}, h("tr", {}, cells(head).map((cell) => h("th", {}, cell)))),
    h("tbody", {}, rows.map((row) => h("tr", {}, cells(row).map((cell) => h("td", {}, cell))))))));
}

/** The markdown block: ordinary markdown, as far as Weft writes it. */
export function markdown(text) {
  const box = h("div", { class: "markdown" });
  const lines = text.split("\n");
  while (lines.length) {
    const line = lines.shift();
    const taken = (test) => {
      const group = [line];
      while (lines.length && test(lines[0])) group.push(lines.shift());
      return group;
    };
    const heading = /^(#{1,6}) (.*)/.exec(line);
    if (line.startsWith("```")) {
      const code = [];
      while (lines.length && !lines[0].startsWith("```")) code.push(lines.shift());
      lines.shift();
      box.append(h("pre", {}, code.join("\n")));
    } else if (heading) box.append(h(`h${Math.min(heading[1].length, 3)}`, {}, markdownInline(heading[2])));
    else if (line.startsWith(">")) box.append(h("blockquote", {}, markdownInline(line.replace(/^> ?/, ""))));
    else if (/^\s*[-*] /.test(line)) {
      const items = taken((next) => /^\s*[-*] /.test(next));
      box.append(h("ul", {}, items.map((item) => h("li", {}, markdownInline(item.replace(/^\s*[-*] (\[[ x]\] )?/, ""))))));
    } else if (/^\s*\d+\. /.test(line)) {
      const items = taken((next) => /^\s*\d+\. /.test(next));
      box.append(h("ol", {}, items.map((item) => h("li", {}, markdownInline(item.replace(/^\s*\d+\. /, ""))))));
    } else if (line.includes("|") && /^[\s|:-]+$/.test(lines[0] ?? "")) {
      box.append(markdownTable(taken((next) => next.includes("|"))));
    } else if (line.trim()) box.append(h("p", {}, markdownInline(line)));
  }
  return box;
}

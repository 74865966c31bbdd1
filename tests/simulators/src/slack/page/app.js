// The page: who acts, which channel is open, and what is drawn when the workspace changes.

import { blocks, content } from "./blocks.js";
import { keepDraft, resetModals, showModals, takeDrafts } from "./modals.js";
import { h } from "./text.js";

const at = (id) => document.getElementById(id);
const saved = () => location.hash.slice(1).split("/");
const HOME = "home";

let [me, place] = saved();
let state = null;
let drawnMessages = new Map();
let drawnHome = "";
const read = new Map(Object.entries(JSON.parse(sessionStorage.getItem("read") ?? "{}")));

async function control(what, body) {
  const response = await fetch(`/_control/${what}`, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify({ user: me, ...body }) });
  const answer = await response.json().catch(() => ({}));
  if (!response.ok) toast(answer.problem ?? `The simulator answered ${response.status}`);
  return answer;
}

let fading;
function toast(text) {
  at("toast").textContent = text;
  at("toast").classList.add("shown");
  clearTimeout(fading);
  fading = setTimeout(() => at("toast").classList.remove("shown"), 4000);
}

const PROBLEMS = { operation_timeout: "The app did not answer within 3 seconds.", connection_failed: "The app cannot be reached.", http_error: "The app answered with an error." };

function report(answer) {
  if (answer.problem) toast(PROBLEMS[answer.problem] ?? answer.problem);
  return answer;
}

/** What blocks need to know about where they stand. */
function contextOf(where, values, errors) {
  const fields = () => (where.view ? takeDrafts(where.view) : []);
  let waiting;
  const context = {
    people: { users: state.users, channels: state.channels, me },
    values,
    errors,
    act: async (block, element, gesture) => {
      const body = { place: where, block_id: block.block_id, action_id: element.action_id, gesture, fields: fields() };
      return report(await control("act", body));
    },
    suggest: (block, element, typed) => control("suggest", { place: where, block_id: block.block_id, action_id: element.action_id, typed }),
    draft: (block, element, gesture, tell) => {
      if (where.view) keepDraft(where.view, block, element, gesture);
      clearTimeout(waiting);
      if (tell) waiting = setTimeout(() => context.act(block, element, gesture), 300);
      else if (!where.view) waiting = setTimeout(() => context.act(block, element, gesture), 300);
    },
  };
  return context;
}

const modalActions = {
  contextOf,
  submit: (view) => control("submit", { place: { view }, fields: takeDrafts(view) }),
  close: (all) => control("close", { all }),
};

function tone(id) {
  return `tone${[...id].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) % 8, 7)}`;
}

function avatar(author) {
  const initials = author.name.split(" ").map((word) => word[0]).join("").slice(0, 2).toUpperCase();
  return h("span", { class: `avatar ${author.kind === "app" ? "app" : tone(author.id)}`, "aria-hidden": "true" }, initials);
}

function fileCard(file) {
  return h("a", { class: "file", href: `/files/${file.id}`, download: file.name }, h("span", { class: "emoji blue", "aria-hidden": "true" }, "▤"),
    h("span", {}, h("b", {}, file.title), h("small", {}, `${file.name} · ${file.length.toLocaleString("en")} bytes`)));
}

function message(one) {
  const context = contextOf({ channel: one.channel, ts: one.ts }, one.values, {});
  const time = new Date(Number(one.ts) * 1000);
  const classes = ["message", one.visible_to ? "ephemeral" : "", one.thread_ts && one.thread_ts !== one.ts ? "reply" : ""];
  return h("article", { class: classes.join(" "), "data-ts": one.ts }, avatar(one.author), h("div", {},
    one.visible_to ? h("div", { class: "only-you" }, "Only visible to you") : null,
    h("div", { class: "byline" }, h("b", {}, one.author.name), one.author.kind === "app" ? h("span", { class: "badge" }, "APP") : null,
      h("time", { datetime: time.toISOString() }, time.toLocaleTimeString("en-GB", { timeStyle: "short" })),
      one.edited ? h("span", { class: "edited" }, "(edited)") : null),
    content(one, context), one.files.map(fileCard)));
}

/** Replies follow the message they answer. */
function inThreads(messages) {
  const replies = (ts) => messages.filter((one) => one.thread_ts === ts && one.ts !== ts);
  const known = new Set(messages.map((one) => one.ts));
  const roots = messages.filter((one) => !one.thread_ts || one.thread_ts === one.ts || !known.has(one.thread_ts));
  return roots.flatMap((root) => [root, ...replies(root.ts)]);
}

function drawMessages() {
  const feed = at("feed");
  const atEnd = feed.scrollHeight - feed.scrollTop - feed.clientHeight < 80;
  const before = drawnMessages;
  drawnMessages = new Map();
  const nodes = inThreads(state.messages).map((one) => {
    // What a person chose in a message does not redraw it: the element shows it already.
    const key = JSON.stringify({ ...one, values: null });
    const kept = before.get(one.ts);
    const node = kept?.key === key ? kept.node : message(one);
    drawnMessages.set(one.ts, { key, node });
    return node;
  });
  const changed = nodes.length !== feed.children.length || nodes.some((node, index) => feed.children[index] !== node);
  if (changed) feed.replaceChildren(...(nodes.length ? nodes : [h("p", { class: "empty" }, "Nothing here yet. Try /weft or /boards.")]));
  if (atEnd || changed && before.size === 0) feed.scrollTop = feed.scrollHeight;
}

function drawHome() {
  const home = state.home;
  const key = home ? home.id + home.hash : "none";
  if (key === drawnHome) return;
  drawnHome = key;
  const context = home && contextOf({ view: home.id }, home.values, home.errors);
  at("feed").replaceChildren(home ? h("div", { class: "home" }, blocks(home.view.blocks, context)) : h("p", { class: "empty" }, "The app has not published its Home yet."));
}

function placeButton(id, sign, name, latest) {
  const unread = id !== place && latest && (read.get(`${me} ${id}`) ?? "") < latest;
  return h("button", { class: `place ${unread ? "unread" : ""}`, type: "button", "aria-current": id === place ? "page" : undefined, onclick: () => go(me, id) },
    h("span", { class: "sign", "aria-hidden": "true" }, sign), name, unread ? h("span", { class: "dot", title: "New messages" }) : null);
}

function drawSidebar() {
  const { app } = state;
  const im = state.channels.find((channel) => channel.id === app.im);
  at("team-name").textContent = state.team.name;
  at("places").replaceChildren(
    h("h2", {}, "Channels"),
    ...state.channels.filter((channel) => !channel.is_im && channel.joined).map((channel) => placeButton(channel.id, channel.is_private ? "▣" : "#", channel.name, channel.latest)),
    h("h2", {}, "Apps"),
    placeButton(HOME, "◆", app.name, null),
    placeButton(app.im, "✉", `${app.name} messages`, im?.latest));
  const people = state.users.filter((user) => !user.is_bot);
  at("me").replaceChildren(...people.map((user) => h("option", { value: user.id, selected: user.id === me }, user.title ? `${user.real_name} – ${user.title}` : user.real_name)));
}

function drawBar() {
  const { app } = state;
  const inApp = place === HOME || place === app.im;
  const channel = state.channels.find((one) => one.id === place);
  at("place-title").textContent = inApp ? app.name : `# ${channel?.name ?? "…"}`;
  at("place-topic").textContent = inApp ? "App" : channel?.topic ?? "";
  const tab = (id, name) => h("button", { role: "tab", type: "button", "aria-selected": String(place === id), onclick: () => go(me, id) }, name);
  at("tabs").replaceChildren(...(inApp ? [tab(HOME, "Home"), tab(app.im, "Messages")] : []));
  at("composer").hidden = place === HOME;
  at("composer-attach").hidden = place !== app.im;
  at("composer-input").placeholder = inApp ? `Message ${app.name}` : `Message #${channel?.name ?? ""}, or try /boards`;
  at("feed").classList.toggle("is-home", place === HOME);
  document.title = `${at("place-title").textContent} – ${state.team.name}`;
}

async function fetchState() {
  const query = new URLSearchParams({ user: me ?? "", channel: place === HOME ? "" : place ?? "" });
  return (await fetch(`/_control/state?${query}`)).json();
}

async function refresh() {
  const [who, where] = [me, place];
  const next = await fetchState();
  if (who !== me || where !== place) return;
  state = next;
  const people = state.users.filter((user) => !user.is_bot);
  if (!people.some((user) => user.id === me)) return go(people[0]?.id, place);
  const known = place === HOME || state.channels.some((channel) => channel.id === place && channel.joined);
  if (!known) return go(me, state.channels.find((channel) => channel.joined && !channel.is_im)?.id ?? HOME);
  const latest = state.channels.find((channel) => channel.id === place)?.latest;
  if (latest) {
    read.set(`${me} ${place}`, latest);
    sessionStorage.setItem("read", JSON.stringify(Object.fromEntries(read)));
  }
  drawSidebar();
  drawBar();
  if (place === HOME) drawHome();
  else drawMessages();
  showModals(state.modals, modalActions);
}

/** Acts as this person in this place. */
function go(who, where) {
  const appTab = state && (where === HOME || where === state.app.im);
  const samePerson = who === me;
  me = who;
  place = where;
  history.replaceState(null, "", `#${me}/${place}`);
  drawnMessages = new Map();
  drawnHome = "";
  at("feed").replaceChildren();
  if (!samePerson) resetModals();
  if (appTab && me) control("home", { tab: where === HOME ? "home" : "messages" }).then(report);
  return refresh();
}

let running = false;
let again = false;
/** One refresh at a time; changes that come meanwhile cause one more. */
async function changed() {
  if (running) { again = true; return; }
  running = true;
  do {
    again = false;
    try { await refresh(); } catch (error) { console.error(error); }
  } while (again);
  running = false;
}

at("me").addEventListener("change", () => {
  // A direct message belongs to one person: another one starts in their own.
  const target = place === state.app.im ? HOME : place;
  go(at("me").value, target);
});

function drawHints() {
  const text = at("composer-input").value;
  const fits = text.startsWith("/") && !text.includes(" ") ? state.app.commands.filter((one) => one.startsWith(text) && one !== text) : [];
  at("hints").hidden = fits.length === 0;
  at("hints").replaceChildren(...fits.map((one) => h("button", { type: "button", onclick: () => {
    at("composer-input").value = `${one} `;
    at("composer-input").focus();
    drawHints();
  } }, one)));
}

at("composer-input").addEventListener("input", drawHints);
at("composer-file").addEventListener("change", async (event) => {
  const [file] = event.target.files;
  if (!file) return;
  const bytes = new Uint8Array(await file.arrayBuffer());
  let letters = "";
  for (const byte of bytes) letters += String.fromCharCode(byte);
  event.target.value = "";
  await control("drop", { text: file.name, typed: btoa(letters) });
});
at("composer").addEventListener("submit", async (event) => {
  event.preventDefault();
  const input = at("composer-input");
  const text = input.value.trim();
  if (!text) return;
  input.value = "";
  drawHints();
  at("feed").scrollTop = at("feed").scrollHeight;
  report(await control("say", { channel: place, text }));
});

window.addEventListener("hashchange", () => {
  const [who, where] = saved();
  if (who !== me || where !== place) go(who, where);
});

new EventSource("/_control/events").addEventListener("message", changed);

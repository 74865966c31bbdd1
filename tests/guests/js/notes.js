// The notes guest in JavaScript: the same integration as in ../rust and ../python, and all three must behave alike.
// QuickJS has no fetch, URL, TextEncoder or TextDecoder: what is needed of them stands below.

import http from "weft:integration/http@0.1.0";

const MAX_PAGE = 100;
const MAX_READ_BYTES = 4 << 20;
/** How many requests `sendAll` takes at once. */
const MAX_SIDE_BY_SIDE = 16;

const MEANINGS = {
  reauthorize: "The tool no longer accepts the connection's credentials. Connect it again.",
  forbidden: "The tool does not allow this for the connected account. Grant it the permission.",
  "not-found": "The tool has no such record any more.",
  conflict: "The record changed in the meantime, so nothing was done. Look at it again.",
  throttled: "The tool asks to slow down. It is tried again later.",
  retry: "The tool is not able to answer at the moment. It is tried again later.",
  "invalid-input": "The tool refused the request as wrong, so nothing was done.",
  bug: "The tool gave an answer that the integration does not understand.",
};

function fault(errorClass, code, message) {
  return { class: errorClass, code, message, retryAfterMs: null, detail: null, ext: [] };
}

function classOf(status) {
  if (status === 401) return "reauthorize";
  if (status === 402 || status === 403) return "forbidden";
  if (status === 404 || status === 410) return "not-found";
  if (status === 409 || status === 412) return "conflict";
  if (status === 429) return "throttled";
  if (status === 408 || status === 425 || status >= 500) return "retry";
  if (status === 400 || status === 422) return "invalid-input";
  return "bug";
}

function utf8(text) {
  const encoded = encodeURIComponent(text);
  const bytes = [];
  for (let at = 0; at < encoded.length; at++) {
    if (encoded[at] === "%") {
      bytes.push(parseInt(encoded.slice(at + 1, at + 3), 16));
      at += 2;
    } else {
      bytes.push(encoded.charCodeAt(at));
    }
  }
  return new Uint8Array(bytes);
}

function text(bytes) {
  let encoded = "";
  for (const byte of bytes) encoded += "%" + (byte < 16 ? "0" : "") + byte.toString(16);
  return decodeURIComponent(encoded);
}

function request(method, url, headers = [], body = null) {
  return { method, url, headers, body, timeoutMs: null, auth: null, ext: [] };
}

/** The response if its status is 2xx, else the error that its status usually means. */
function success(response) {
  if (response.status >= 200 && response.status < 300) return response;
  const errorClass = classOf(response.status);
  const error = fault(errorClass, `http-${response.status}`, MEANINGS[errorClass]);
  const wait = response.headers.find(([name]) => name === "retry-after");
  if (wait && /^\d{1,6}$/.test(wait[1].trim())) error.retryAfterMs = Number(wait[1]) * 1000;
  throw error;
}

function json(response) {
  const whole = text(response.body.readToEnd(MAX_READ_BYTES));
  try {
    return JSON.parse(whole);
  } catch {
    throw fault("bug", "unexpected-answer", "The tool's answer does not have the shape that the integration knows.");
  }
}

/** One entry a key, in order: `{ note }` (null where there is none) or `{ error }`. */
function readNotes(keys) {
  const found = [];
  for (let at = 0; at < keys.length; at += MAX_SIDE_BY_SIDE) {
    const batch = keys.slice(at, at + MAX_SIDE_BY_SIDE);
    const answers = http.sendAll(batch.map((key) => request("GET", `/notes/${encodeURIComponent(key)}`)));
    for (const answer of answers) {
      try {
        if (answer.tag === "err") throw answer.val;
        found.push({ note: answer.val.status === 404 ? null : json(success(answer.val)) });
      } catch (error) {
        found.push({ error: asFault(error) });
      }
    }
  }
  return found;
}

function note({ note, error }) {
  if (error) throw error;
  return note;
}

function field(name, title, type, shown) {
  return {
    name, title, help: null, type, unit: null, pointer: `/${name}`, format: null, choices: [], sealed: false,
    default: shown, ext: [],
  };
}

function describe() {
  return {
    objects: [{
      name: "Note", title: "Note", plural: "Notes", help: null, key: "id", primary: "title", label: null,
      fields: [
        field("id", "Id", "text", false),
        field("title", "Title", "text", true),
        field("done", "Done", "boolean", true),
        field("updated", "Updated", "timestamp", true),
      ],
      derived: [], relationships: [], identities: [], ordered: true, link: null, ext: [],
    }],
    actions: [{
      name: "finish-note", title: "Finish note", help: "Marks the note as done.", object: "Note",
      inputs: [{
        name: "comment", title: "Comment", help: null, type: "long-text", required: false, object: null, choices: [],
        default: null, max: 500, ext: [],
      }],
      effect: "change", reversal: "none", inverse: null, idempotent: true, batch: 10, touches: ["Note"], ext: [],
    }],
    templates: [],
    ext: [],
  };
}

function check() {
  const me = json(success(http.send(request("GET", "/me"))));
  return {
    account: { id: me.id, name: me.name, user: null, ext: [] },
    objects: [{ object: "Note", access: "full", hidden: [], extra: [], permission: null, estimate: me.notes, ext: [] }],
    actions: [{ action: "finish-note", allowed: true, permission: null, ext: [] }],
    ext: [],
  };
}

function fetch(_config, wanted) {
  if (wanted.object !== "Note") {
    throw fault("bug", "no-such-object", `This integration has no object \`${wanted.object}\`.`);
  }
  if (wanted.keys.length > 0) {
    const lines = readNotes(wanted.keys).map(note).filter((found) => found !== null).map((found) => JSON.stringify(found) + "\n");
    return { data: { tag: "ndjson", val: utf8(lines.join("")) }, next: null, total: null, ext: [] };
  }
  const after = wanted.after === null || wanted.after === undefined ? "" : place(wanted.after);
  const limit = Math.min(Math.max(wanted.pageSize, 1), MAX_PAGE);
  const response = success(http.send(request("GET", `/notes?after=${encodeURIComponent(after)}&limit=${limit}`)));
  const found = response.body.lookup("/next");
  const next = found === null || found === undefined || found === "null" ? null : utf8(found);
  return { data: { tag: "passthrough", val: { body: response.body, records: "/notes" } }, next, total: null, ext: [] };
}

function place(cursor) {
  try {
    return JSON.parse(text(cursor));
  } catch {
    const sentence = "The place where fetching stopped is no longer understood. Fetching starts again from the beginning.";
    throw fault("cursor-expired", "cursor", sentence);
  }
}

function inputs(call) {
  if (call.action !== "finish-note") {
    throw fault("bug", "no-such-action", `This integration has no action \`${call.action}\`, so nothing was done.`);
  }
  const given = JSON.parse(call.inputs);
  if (given.comment !== undefined && given.comment !== null && typeof given.comment !== "string") {
    throw fault("invalid-input", "comment", "The comment must be a text.");
  }
  return given;
}

/** What a plan rests on: a note that got another title is not the one that was approved. */
function before(found) {
  return JSON.stringify({ title: found.title, done: found.done });
}

function prepare(_config, call) {
  inputs(call);
  const keys = call.targets.map((target) => target.key);
  const notes = readNotes(keys).map(note);
  return { targets: keys.map((key, at) => plan(key, notes[at])), warnings: [], ext: [] };
}

function plan(key, found) {
  const empty = { key, steps: [], warnings: [], blockers: [], already: false, undo: null, ext: [] };
  if (found === null) {
    return { ...empty, title: key, before: "null", blockers: ["There is no such note any more."] };
  }
  const known = { ...empty, title: found.title, before: before(found) };
  return found.done ? { ...known, already: true } : { ...known, steps: ["Mark the note as done."] };
}

function run(_config, call) {
  const given = inputs(call);
  const notes = readNotes(call.targets.map((target) => target.key));
  const result = { outcomes: [], changed: [], deleted: [], ext: [] };
  call.targets.forEach((target, at) => {
    const [kind, message, found, error] = runOne(target, notes[at], given);
    result.outcomes.push({ key: target.key, kind, message, error: error ?? null, undo: null, ext: [] });
    if (found) result.changed.push(changed(found));
  });
  return result;
}

function runOne(target, { note: found, error }, given) {
  if (error) return failed(error);
  if (found === null) return ["changed", "There is no such note any more, so nothing was done."];
  if (found.done) return ["already", "The note was done already.", found];
  if (!holds(target.before, found)) return ["changed", "The note has another title now, so nothing was done.", found];
  try {
    return ["done", "The note is done.", write(target, given)];
  } catch (error) {
    return failed(asFault(error));
  }
}

function failed(error) {
  return [error.class === "unknown" ? "unknown" : "failed", error.message, null, error];
}

function holds(approved, found) {
  const { title, done } = JSON.parse(approved) ?? {};
  return title === found.title && done === found.done;
}

function write(target, given) {
  const body = given.comment != null ? { done: true, comment: given.comment } : { done: true };
  const headers = [["idempotency-key", target.idempotencyKey], ["content-type", "application/json"]];
  const path = `/notes/${encodeURIComponent(target.key)}`;
  return json(success(http.send(request("PATCH", path, headers, utf8(JSON.stringify(body))))));
}

function verify(_config, call) {
  const keys = call.targets.map((target) => target.key);
  const notes = readNotes(keys).map(note);
  return {
    verdicts: keys.map((key, at) => verdict(key, notes[at])),
    changed: notes.filter((found) => found !== null).map(changed),
    deleted: [],
    ext: [],
  };
}

function verdict(key, found) {
  if (found === null) return { key, kind: "unknown", message: "There is no such note any more.", repeatable: false, ext: [] };
  if (found.done) return { key, kind: "done", message: "The note is done.", repeatable: false, ext: [] };
  return { key, kind: "not-done", message: "The note is not done.", repeatable: true, ext: [] };
}

function changed(found) {
  return { object: "Note", record: JSON.stringify(found) };
}

/** What was thrown, as an error of the WIT package. An exception of JavaScript is a fault of the integration. */
function asFault(thrown) {
  if (thrown && typeof thrown === "object" && typeof thrown.class === "string") return thrown;
  const payload = thrown?.payload;
  if (payload && typeof payload.class === "string") return payload;
  const error = fault("bug", "exception", "The integration failed in a way its author did not foresee.");
  error.detail = JSON.stringify(String(thrown?.stack ?? thrown));
  return error;
}

/** Without this an exception would end the call as a trap, and its words would be lost. */
function guarded(exported) {
  return (...given) => {
    try {
      return exported(...given);
    } catch (thrown) {
      throw asFault(thrown);
    }
  };
}

export const source = { describe, check: guarded(check), fetch: guarded(fetch) };
export const actions = { prepare: guarded(prepare), run: guarded(run), verify: guarded(verify) };

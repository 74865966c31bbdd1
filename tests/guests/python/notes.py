"""The notes guest in Python: the same integration as in ../rust and ../js, and all three must behave alike.

All imports stand at the top: modules cannot be found any more once the component is built.
"""

import json
import traceback
from urllib.parse import quote

from componentize_py_types import Err
from wit_world import exports
from wit_world.exports.actions import (
    ChangedRecord,
    Outcome,
    OutcomeKind,
    Plan,
    RunResult,
    TargetPlan,
    Verdict,
    VerdictKind,
    Verification,
)
from wit_world.exports.source import (
    Access,
    Account,
    ActionAccess,
    Description,
    ObjectAccess,
    Page,
    PageData_Ndjson,
    PageData_Passthrough,
    Passthrough,
    Report,
)
from wit_world.imports import http
from wit_world.imports.schema import Action, Effect, Field, FieldType, Input, InputType, ObjectType, Reversal
from wit_world.imports.types import Error, ErrorClass

MAX_PAGE = 100
MAX_READ_BYTES = 4 << 20
# How many requests `send_all` takes at once.
MAX_SIDE_BY_SIDE = 16

MEANINGS = {
    ErrorClass.REAUTHORIZE: "The tool no longer accepts the connection's credentials. Connect it again.",
    ErrorClass.FORBIDDEN: "The tool does not allow this for the connected account. Grant it the permission.",
    ErrorClass.NOT_FOUND: "The tool has no such record any more.",
    ErrorClass.CONFLICT: "The record changed in the meantime, so nothing was done. Look at it again.",
    ErrorClass.THROTTLED: "The tool asks to slow down. It is tried again later.",
    ErrorClass.RETRY: "The tool is not able to answer at the moment. It is tried again later.",
    ErrorClass.INVALID_INPUT: "The tool refused the request as wrong, so nothing was done.",
    ErrorClass.BUG: "The tool gave an answer that the integration does not understand.",
}


def fault(error_class, code, message, retry_after_ms=None, detail=None):
    return Err(Error(error_class, code, message, retry_after_ms, detail, []))


def class_of(status):
    match status:
        case 401:
            return ErrorClass.REAUTHORIZE
        case 402 | 403:
            return ErrorClass.FORBIDDEN
        case 404 | 410:
            return ErrorClass.NOT_FOUND
        case 409 | 412:
            return ErrorClass.CONFLICT
        case 429:
            return ErrorClass.THROTTLED
        case 400 | 422:
            return ErrorClass.INVALID_INPUT
        case _:
            return ErrorClass.RETRY if status in (408, 425) or status >= 500 else ErrorClass.BUG


def request(method, url, headers=(), body=None):
    return http.Request(method, url, list(headers), body, None, None, [])


def success(response):
    """The response if its status is 2xx, else the error that its status usually means."""
    if 200 <= response.status < 300:
        return response
    error_class = class_of(response.status)
    wait = next((value.strip() for name, value in response.headers if name == "retry-after"), "")
    retry_after_ms = int(wait) * 1000 if wait.isdigit() and len(wait) < 7 else None
    raise fault(error_class, f"http-{response.status}", MEANINGS[error_class], retry_after_ms)


def parsed(response):
    try:
        return json.loads(response.body.read_to_end(MAX_READ_BYTES))
    except ValueError as error:
        sentence = "The tool's answer does not have the shape that the integration knows."
        raise fault(ErrorClass.BUG, "unexpected-answer", sentence) from error


def read_notes(keys):
    """One entry a key, in order: the note, None where there is none, or an `Err`."""
    found = []
    for at in range(0, len(keys), MAX_SIDE_BY_SIDE):
        batch = keys[at : at + MAX_SIDE_BY_SIDE]
        for answer in http.send_all([request("GET", f"/notes/{quote(key, safe='')}") for key in batch]):
            found.append(note_in(answer))
    return found


def note_in(answer):
    if isinstance(answer, Err):
        return answer
    try:
        return None if answer.value.status == 404 else parsed(success(answer.value))
    except Err as error:
        return error


def sure(note):
    if isinstance(note, Err):
        raise note
    return note


def guarded(exported):
    """Without this an exception would end the call as a trap, and its words would be lost."""

    def call(*given):
        try:
            return exported(*given)
        except Err:
            raise
        except Exception as error:
            detail = json.dumps("".join(traceback.format_exception(error))[-2000:])
            sentence = "The integration failed in a way its author did not foresee."
            raise fault(ErrorClass.BUG, "exception", sentence, detail=detail) from error

    return call


def field(name, title, kind, shown=True):
    return Field(name, title, None, kind, None, f"/{name}", None, [], False, shown, [])


class Source(exports.Source):
    def describe(self):
        fields = [
            field("id", "Id", FieldType.TEXT, shown=False),
            field("title", "Title", FieldType.TEXT),
            field("done", "Done", FieldType.BOOLEAN),
            field("updated", "Updated", FieldType.TIMESTAMP),
        ]
        note = ObjectType("Note", "Note", "Notes", None, "id", "title", None, fields, [], [], [], True, None, [])
        comment = Input("comment", "Comment", None, InputType.LONG_TEXT, False, None, [], None, 500, [])
        finish = Action(
            "finish-note", "Finish note", "Marks the note as done.", "Note", [comment], Effect.CHANGE, Reversal.NONE,
            None, True, 10, ["Note"], [],
        )
        return Description([note], [finish], [], [])

    @staticmethod
    @guarded
    def check(config):
        me = parsed(success(http.send(request("GET", "/me"))))
        return Report(
            Account(me["id"], me["name"], None, []),
            [ObjectAccess("Note", Access.FULL, [], [], None, me["notes"], [])],
            [ActionAccess("finish-note", True, None, [])],
            [],
        )

    @staticmethod
    @guarded
    def fetch(config, req):
        if req.object != "Note":
            raise fault(ErrorClass.BUG, "no-such-object", f"This integration has no object `{req.object}`.")
        if req.keys:
            notes = [note for note in map(sure, read_notes(req.keys)) if note is not None]
            lines = "".join(json.dumps(note) + "\n" for note in notes)
            return Page(PageData_Ndjson(lines.encode()), None, None, [])
        after = "" if req.after is None else place(req.after)
        limit = min(max(req.page_size, 1), MAX_PAGE)
        response = success(http.send(request("GET", f"/notes?after={quote(after, safe='')}&limit={limit}")))
        found = response.body.lookup("/next")
        following = None if found in (None, "null") else found.encode()
        return Page(PageData_Passthrough(Passthrough(response.body, "/notes")), following, None, [])


def place(cursor):
    try:
        return json.loads(cursor)
    except ValueError as error:
        sentence = "The place where fetching stopped is no longer understood. Fetching starts again from the beginning."
        raise fault(ErrorClass.CURSOR_EXPIRED, "cursor", sentence) from error


class Actions(exports.Actions):
    @staticmethod
    @guarded
    def prepare(config, call):
        inputs(call)
        keys = [target.key for target in call.targets]
        notes = map(sure, read_notes(keys))
        return Plan([plan(key, note) for key, note in zip(keys, notes)], [], [])

    @staticmethod
    @guarded
    def run(config, call):
        given = inputs(call)
        result = RunResult([], [], [], [])
        for target, note in zip(call.targets, read_notes([target.key for target in call.targets])):
            kind, message, found, error = run_one(target, note, given)
            result.outcomes.append(Outcome(target.key, kind, message, error, None, []))
            if found is not None:
                result.changed.append(changed(found))
        return result

    @staticmethod
    @guarded
    def verify(config, call):
        keys = [target.key for target in call.targets]
        notes = [sure(note) for note in read_notes(keys)]
        verdicts = [verdict(key, note) for key, note in zip(keys, notes)]
        return Verification(verdicts, [changed(note) for note in notes if note is not None], [], [])


def inputs(call):
    if call.action != "finish-note":
        sentence = f"This integration has no action `{call.action}`, so nothing was done."
        raise fault(ErrorClass.BUG, "no-such-action", sentence)
    given = json.loads(call.inputs)
    if not isinstance(given.get("comment"), (str, type(None))):
        raise fault(ErrorClass.INVALID_INPUT, "comment", "The comment must be a text.")
    return given


def before(note):
    """What a plan rests on: a note that got another title is not the one that was approved."""
    return {"title": note["title"], "done": note["done"]}


def plan(key, note):
    if note is None:
        return TargetPlan(key, key, [], [], ["There is no such note any more."], False, "null", None, [])
    steps = [] if note["done"] else ["Mark the note as done."]
    return TargetPlan(key, note["title"], steps, [], [], note["done"], json.dumps(before(note)), None, [])


def run_one(target, note, given):
    if isinstance(note, Err):
        return failed(note.value)
    if note is None:
        return OutcomeKind.CHANGED, "There is no such note any more, so nothing was done.", None, None
    if note["done"]:
        return OutcomeKind.ALREADY, "The note was done already.", note, None
    if json.loads(target.before) != before(note):
        return OutcomeKind.CHANGED, "The note has another title now, so nothing was done.", note, None
    try:
        return OutcomeKind.DONE, "The note is done.", write(target, given), None
    except Err as error:
        return failed(error.value)


def failed(error):
    kind = OutcomeKind.UNKNOWN if error.class_ == ErrorClass.UNKNOWN else OutcomeKind.FAILED
    return kind, error.message, None, error


def write(target, given):
    body = {"done": True}
    if given.get("comment") is not None:
        body["comment"] = given["comment"]
    headers = [("idempotency-key", target.idempotency_key), ("content-type", "application/json")]
    path = f"/notes/{quote(target.key, safe='')}"
    return parsed(success(http.send(request("PATCH", path, headers, json.dumps(body).encode()))))


def verdict(key, note):
    if note is None:
        return Verdict(key, VerdictKind.UNKNOWN, "There is no such note any more.", False, [])
    if note["done"]:
        return Verdict(key, VerdictKind.DONE, "The note is done.", False, [])
    return Verdict(key, VerdictKind.NOT_DONE, "The note is not done.", True, [])


def changed(note):
    return ChangedRecord("Note", json.dumps(note))

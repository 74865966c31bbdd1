//! What an event of the audit log is in words, to stand behind who did it.

/// Kind, and its words. Kinds are stable; one that is not here is shown as it is written.
const WORDS: &[(&str, &str)] = &[
    ("request.prepared", "prepared a request"),
    ("request.sent", "asked for approval"),
    ("request.approved", "approved a request"),
    ("request.denied", "denied a request"),
    ("request.withdrawn", "withdrew a request"),
    ("request.expired", "let a request expire"),
    ("request.started", "began to run a request"),
    ("request.resumed", "went on with a request"),
    ("request.done", "finished a request"),
    ("request.partly-done", "finished a request, not all of it done"),
    ("request.failed", "finished a request, nothing of it done"),
    ("request.stopped", "stopped a request"),
    ("request.needs-person", "left a request to a person: what happened is not known"),
    ("target.started", "began a change"),
    ("target.done", "made a change"),
    ("target.already", "found a record as wanted"),
    ("target.failed", "could not make a change"),
    ("target.changed", "left a record alone that had changed"),
    ("target.unknown", "does not know whether a change was made"),
    ("target.skipped", "left a record out"),
    ("target.stopped", "did not begin a change after a stop"),
    ("target.postponed", "put a change off"),
    ("workspace.stopped", "stopped all work"),
    ("connection.connected", "connected a tool"),
    ("connection.reconnected", "connected a tool again"),
    ("connection.permitted", "changed who may use a connection"),
    ("list.taken", "took a people list"),
    ("sync.requested", "asked for a fetch"),
    ("sync.finished", "finished a fetch"),
    ("sync.failed", "could not finish a fetch"),
    ("schema.changed", "found a tool's fields changed"),
    ("board.created", "created a board"),
    ("board.changed", "changed a board"),
    ("board.renamed", "renamed a board"),
    ("board.deleted", "deleted a board"),
    ("board.duplicated", "copied a board"),
    ("board.installed", "added a ready-made board"),
    ("board.restored", "made a ready-made board again"),
    ("board.shared", "shared a board"),
    ("board.exported", "exported a board"),
    ("person.linked", "said that two accounts are one person"),
    ("person.held-apart", "said that two accounts are not one person"),
    ("person.unsaid", "took back what was said of two accounts"),
    ("roles.changed", "found another owner or other admins in the configuration"),
    ("audit.exported", "exported the audit log"),
    ("backup.begun", "began a backup"),
    ("job.abandoned", "gave up on a job"),
    ("slack.uninstalled", "was removed from Slack"),
];

/// What can be chosen in a search: as people say it, and as a search says it.
pub const KINDS: &[(&str, &str)] = &[
    ("Requests and decisions", "kind:request."),
    ("Changes made in tools", "kind:target."),
    ("Approved", "kind:request.approved"),
    ("Denied", "kind:request.denied"),
    ("Stops", "kind:stopped"),
    ("Connections", "kind:connection."),
    ("Who may use a connection", "kind:permitted"),
    ("Policies", "kind:policy."),
    ("Roles", "kind:roles."),
    ("Boards", "kind:board."),
    ("Exports", "kind:exported"),
    ("Same person", "kind:person."),
    ("Fetches", "kind:sync."),
];

/// The words of a kind.
pub fn words(what: &str) -> String {
    match WORDS.iter().find(|(kind, _)| *kind == what) {
        Some((_, words)) => (*words).to_owned(),
        None => what.replace(['.', '-'], " "),
    }
}

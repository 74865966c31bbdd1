//! `/composite/graph`: many composite requests in one, each of which happens as a whole or not at all.

use super::composite::{Done, Part, halted, parts, results, transact};
use super::{Call, Caller, object_body};
use crate::salesforce::answer::Answer;
use crate::salesforce::fail::{Fail, Outcome};
use crate::salesforce::org::Inner;
use serde_json::{Value as Json, json};
use std::collections::HashMap;

/// Graphs in one request.
const MOST_GRAPHS: usize = 75;
/// Nodes of all graphs together.
const MOST_NODES: usize = 500;
/// Nodes one after the other, each needing the one before.
const DEEPEST: usize = 15;
/// Once so many graphs have failed the others are not tried.
const MOST_FAILED: usize = 14;

/// One graph of the request.
struct Graph {
    id: String,
    parts: Vec<Part>,
}

/// `POST /composite/graph`.
pub fn run(org: &Inner, caller: &Caller, call: &Call<'_>) -> Outcome<Answer> {
    let graphs = read(call)?;
    let mut failed = 0;
    let mut answers = Vec::new();
    for graph in &graphs {
        let done = if failed >= MOST_FAILED { skipped(graph) } else { transact(org, caller, &graph.parts, true) };
        let successful = done.iter().all(|done| done.status < 400);
        failed += usize::from(!successful);
        answers.push(json!({
            "graphId": graph.id,
            "graphResponse": { "compositeResponse": results(&graph.parts, done) },
            "isSuccessful": successful,
        }));
    }
    Ok(Answer::json(200, &json!({ "graphs": answers })))
}

fn skipped(graph: &Graph) -> Vec<Done> {
    let message = format!("The graph was not processed since {MOST_FAILED} graphs before it failed.");
    graph.parts.iter().map(|_| halted(&message)).collect()
}

fn read(call: &Call<'_>) -> Outcome<Vec<Graph>> {
    let body = object_body(call.body)?;
    let Some(Json::Array(wanted)) = body.get("graphs") else {
        return Err(Fail::json("The request needs an array: graphs"));
    };
    let mut graphs: Vec<Graph> = Vec::new();
    for graph in wanted {
        let id = graph["graphId"].as_str().ok_or_else(|| Fail::json("Each graph needs a graphId"))?.to_owned();
        if graphs.iter().any(|known| known.id == id) {
            return Err(Fail::json(format!("Duplicate graphId: {id}")));
        }
        let parts = parts(graph.get("compositeRequest"))?;
        for part in &parts {
            check(part)?;
        }
        if depth(&parts) > DEEPEST {
            return Err(Fail::bad("LIMIT_EXCEEDED", format!("The graph {id} is deeper than {DEEPEST} nodes")));
        }
        graphs.push(Graph { id, parts });
    }
    let nodes: usize = graphs.iter().map(|graph| graph.parts.len()).sum();
    if graphs.len() > MOST_GRAPHS || nodes > MOST_NODES {
        let message = format!("A request takes at most {MOST_GRAPHS} graphs and {MOST_NODES} nodes");
        return Err(Fail::bad("LIMIT_EXCEEDED", message));
    }
    Ok(graphs)
}

/// Nodes are records: no queries, no collections.
fn check(part: &Part) -> Outcome<()> {
    if part.url.contains("/sobjects/") && !part.url.contains("/composite/") {
        return Ok(());
    }
    Err(Fail::bad("INVALID_INPUT", format!("A graph can hold no request of {}", part.url)))
}

/// How many nodes stand one behind the other.
fn depth(parts: &[Part]) -> usize {
    let mut depths: HashMap<&str, usize> = HashMap::new();
    for part in parts {
        let text = format!("{} {}", part.url, part.body.as_ref().map(Json::to_string).unwrap_or_default());
        let before = depths.iter().filter(|(name, _)| text.contains(&format!("@{{{name}."))).map(|(_, depth)| *depth);
        let depth = 1 + before.max().unwrap_or(0);
        depths.insert(&part.reference, depth);
    }
    depths.into_values().max().unwrap_or(0)
}

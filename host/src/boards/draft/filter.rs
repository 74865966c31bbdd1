//! A filter as a list of conditions and groups, and back.

use super::condition::{read, written};
use super::{Draft, DraftCondition, DraftGroup, Shape};
use crate::boards::definition::{Condition, Definition, Filter, VERSION};

/// What is missing or wrong: the name of its place in the form and a sentence.
pub type Problem = (String, String);

/// The place of what is wrong with a condition.
pub fn condition_place(id: u32) -> String {
    format!("condition/{id}")
}

impl Draft {
    /// Takes over a definition. Shapes are none until the fields are known.
    pub fn take_over(&mut self, definition: &Definition) {
        let base = definition.connection.clone().map(|connection| (connection, definition.object.clone()));
        self.begin_with(base);
        self.columns.clone_from(&definition.columns);
        self.sort.clone_from(&definition.sort);
        self.connections.clone_from(&definition.connections);
        self.group.clone_from(&definition.group);
        self.any = matches!(definition.filter, Some(Filter::Any(_)));
        match &definition.filter {
            None => {}
            Some(Filter::Is(condition)) => self.take_condition(condition, None),
            Some(Filter::All(parts) | Filter::Any(parts)) => parts.iter().for_each(|part| self.take_part(part)),
        }
    }

    /// Groups are at most two deep in a definition: what stands in a group is a condition.
    fn take_part(&mut self, part: &Filter) {
        match part {
            Filter::Is(condition) => self.take_condition(condition, None),
            Filter::All(_) | Filter::Any(_) => {
                let id = self.number();
                self.groups.push(DraftGroup { id, any: matches!(part, Filter::Any(_)) });
                part.conditions().into_iter().for_each(|condition| self.take_condition(condition, Some(id)));
            }
        }
    }

    fn take_condition(&mut self, condition: &Condition, group: Option<u32>) {
        let id = self.number();
        self.conditions.push(DraftCondition {
            path: Some(condition.path.clone()),
            matches: condition.matches,
            op: Some(condition.op),
            entered: written(condition.value.as_ref()),
            or_unknown: condition.or_unknown,
            ..DraftCondition::new(id, group)
        });
    }

    /// The definition as far as it is complete.
    pub fn so_far(&self) -> Option<Definition> {
        let (connection, object) = self.base.clone()?;
        Some(Definition {
            version: VERSION,
            connection: Some(connection),
            object,
            columns: self.columns.clone(),
            sort: self.sort.clone(),
            filter: self.filter(),
            connections: self.connections.clone(),
            group: self.group.clone(),
        })
    }

    fn filter(&self) -> Option<Filter> {
        let of = |group: Option<u32>| {
            let conditions = self.conditions.iter().filter(move |condition| condition.group == group);
            conditions.filter_map(|condition| condition.complete().ok()).map(Filter::Is)
        };
        let groups = self.groups.iter().filter_map(|group| {
            let inside: Vec<Filter> = of(Some(group.id)).collect();
            join(inside, group.any)
        });
        join(of(None).chain(groups).collect(), self.any)
    }

    /// What is missing before it can be saved.
    pub fn problems(&self) -> Vec<Problem> {
        let mut problems = Vec::new();
        if self.base.is_none() {
            problems.push(("object".to_owned(), "Choose what the board lists.".to_owned()));
        } else if self.columns.is_empty() {
            problems.push(("fields".to_owned(), "Choose at least one field.".to_owned()));
        }
        let most = crate::boards::definition::MAX_COLUMNS;
        if self.columns.len() > most {
            problems.push(("fields".to_owned(), format!("Choose at most {most} fields.")));
        }
        let incomplete =
            |condition: &DraftCondition| Some((condition_place(condition.id), condition.complete().err()?));
        problems.extend(self.conditions.iter().filter_map(incomplete));
        problems
    }
}

fn join(mut parts: Vec<Filter>, any: bool) -> Option<Filter> {
    match parts.len() {
        0 => None,
        1 => parts.pop(),
        _ if any => Some(Filter::Any(parts)),
        _ => Some(Filter::All(parts)),
    }
}

impl DraftCondition {
    /// The condition, or what it lacks.
    fn complete(&self) -> Result<Condition, String> {
        let path = self.path.clone().ok_or("Choose a field, or remove the condition.")?;
        let op = self.op.ok_or("Choose how it is compared.")?;
        let value = read(self.shape, &self.entered)?;
        let or_unknown = self.or_unknown && self.shape != Shape::Nothing;
        Ok(Condition { path, matches: self.matches, op, value, or_unknown })
    }
}

//! A board under construction: what a person has chosen so far, kept in the store so that nothing entered is lost between two
//! clicks. Its changes are pure; what they need to know of fields is given to them.

mod condition;
mod filter;
mod group;
mod keep;
mod settle;

#[cfg(test)]
mod tests;

pub use condition::{Shape, operators};
pub use group::{EnteredGroup, GroupBy, is_date};
pub use keep::{Drafted, Saved};

use super::definition::{Column, Group, Match, Operator, Show, Sort};
use crate::domain::{BoardId, ConnectionId, Millis, ObjectName, UserId};
use crate::store::Entity;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Groups in a filter: more do not fit into a window beside their conditions.
pub const MAX_GROUPS: usize = 5;

/// A draft.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Draft {
    /// Its id.
    pub id: String,
    /// Whose it is: nobody else sees it.
    pub owner: UserId,
    /// The board it changes, and that board's version when it was begun; none for a new board.
    pub board: Option<(BoardId, u64)>,
    /// It is never saved: it filters and orders the board for this person alone.
    #[serde(default)]
    pub personal: bool,
    /// The person may give the board another name.
    pub may_rename: bool,
    /// Where the person began, in the door's own terms.
    pub place: Option<String>,
    /// As it will be called.
    pub name: String,
    /// Whose records.
    pub base: Option<(ConnectionId, ObjectName)>,
    /// From left to right.
    pub columns: Vec<Column>,
    /// One condition or group is enough; otherwise all must hold.
    pub any: bool,
    /// In order; those without a group stand beside the groups.
    pub conditions: Vec<DraftCondition>,
    /// Groups of conditions.
    pub groups: Vec<DraftGroup>,
    /// In which order.
    pub sort: Vec<Sort>,
    /// How rows are grouped.
    #[serde(default)]
    pub group: Option<Group>,
    /// What its paths call other connections, as the board's text says.
    #[serde(default)]
    pub connections: BTreeMap<String, ConnectionId>,
    /// Grows when what was entered no longer holds as a whole: another object, another text.
    pub turn: u32,
    /// The next number for a condition or a group.
    pub next: u32,
    /// When it was last changed.
    pub touched_at: Millis,
}

/// A condition, perhaps not complete yet.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DraftCondition {
    /// Its number in the draft.
    pub id: u32,
    /// The group it stands in.
    pub group: Option<u32>,
    /// Grows when another field is chosen.
    pub turn: u32,
    /// The field.
    pub path: Option<String>,
    /// For a path to several records.
    pub matches: Option<Match>,
    /// How it is compared.
    pub op: Option<Operator>,
    /// What kind of value it is compared with.
    pub shape: Shape,
    /// As typed or chosen.
    pub entered: Vec<String>,
    /// Records of which it is not known match as well.
    pub or_unknown: bool,
}

/// A group of conditions.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DraftGroup {
    /// Its number in the draft.
    pub id: u32,
    /// One of its conditions is enough; otherwise all must hold.
    pub any: bool,
}

/// What a person entered since; what is none or not named stays as it is.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Entered {
    /// The object.
    pub base: Option<(ConnectionId, ObjectName)>,
    /// The name.
    pub name: Option<String>,
    /// The draft's turn in which all that follows was entered.
    pub turn: u32,
    /// Paths with what is shown of them.
    pub columns: Option<Vec<(String, Option<Show>)>>,
    /// One condition is enough.
    pub any: Option<bool>,
    /// By number.
    pub conditions: Vec<EnteredCondition>,
    /// By number: one is enough.
    pub groups: Vec<(u32, bool)>,
    /// The sort keys, all of them.
    pub sort: Option<Vec<Sort>>,
    /// The groups.
    pub group: Option<EnteredGroup>,
}

/// What was entered for a condition.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct EnteredCondition {
    /// Its number.
    pub id: u32,
    /// The condition's turn in which the rest was entered.
    pub turn: u32,
    /// The field.
    pub path: Option<String>,
    /// For a path to several records.
    pub matches: Option<Match>,
    /// How it is compared.
    pub op: Option<Operator>,
    /// Records of which it is not known match as well.
    pub or_unknown: Option<bool>,
    /// What was typed or chosen, and for which kind of value.
    pub values: Option<(Shape, Vec<String>)>,
}

/// A change by a button.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Change {
    /// Nothing but what was entered.
    None,
    /// One more condition, in a group or beside them.
    AddCondition(Option<u32>),
    /// A condition goes.
    RemoveCondition(u32),
    /// One more group, with a first condition.
    AddGroup,
    /// A group goes with its conditions.
    RemoveGroup(u32),
}

impl Entity for Draft {
    const KIND: &'static str = "board-draft";

    fn id(&self) -> String {
        self.id.clone()
    }
}

impl Draft {
    /// An empty one.
    pub fn new(owner: UserId, now: Millis) -> Self {
        Self {
            id: uuid::Uuid::now_v7().simple().to_string(),
            owner,
            board: None,
            personal: false,
            may_rename: true,
            place: None,
            name: String::new(),
            base: None,
            columns: Vec::new(),
            any: false,
            conditions: Vec::new(),
            groups: Vec::new(),
            sort: Vec::new(),
            group: None,
            connections: BTreeMap::new(),
            turn: 0,
            next: 1,
            touched_at: now,
        }
    }

    /// All paths of it.
    pub fn paths(&self) -> Vec<String> {
        let columns = self.columns.iter().map(|column| column.path.clone());
        let conditions = self.conditions.iter().filter_map(|condition| condition.path.clone());
        let sorts = self.sort.iter().map(|sort| sort.path.clone());
        let group = self.group.iter().map(|group| group.by.clone());
        let totals = self.group.iter().flat_map(|group| group.totals.iter().map(|total| total.path.clone()));
        columns.chain(conditions).chain(sorts).chain(group).chain(totals).collect()
    }

    /// Takes in what was entered.
    pub fn enter(&mut self, entered: Entered) {
        if let (Some(name), true) = (entered.name, self.may_rename) {
            self.name = name;
        }
        if entered.base.is_some() && entered.base != self.base {
            return self.begin_with(entered.base);
        }
        if entered.turn != self.turn {
            return;
        }
        if let Some(columns) = entered.columns {
            self.columns = columns.into_iter().map(|(path, show)| self.column(path, show)).collect();
        }
        self.any = entered.any.unwrap_or(self.any);
        for (id, any) in entered.groups {
            self.groups.iter_mut().filter(|group| group.id == id).for_each(|group| group.any = any);
        }
        for one in entered.conditions {
            if let Some(condition) = self.conditions.iter_mut().find(|condition| condition.id == one.id) {
                condition.enter(one);
            }
        }
        self.sort = entered.sort.unwrap_or_else(|| std::mem::take(&mut self.sort));
        self.enter_group(entered.group.unwrap_or_default());
    }

    /// Another object: nothing of the one before fits it.
    fn begin_with(&mut self, base: Option<(ConnectionId, ObjectName)>) {
        self.base = base;
        self.columns.clear();
        self.conditions.clear();
        self.groups.clear();
        self.sort.clear();
        self.group = None;
        self.connections.clear();
        self.turn += 1;
    }

    /// One that is there keeps the title it was given.
    fn column(&self, path: String, show: Option<Show>) -> Column {
        let known = self.columns.iter().find(|column| column.path == path && column.show == show);
        known.cloned().unwrap_or(Column { path, title: None, show })
    }

    /// Does what a button says. One more condition or group than there may be is a sentence.
    pub fn change(&mut self, change: Change) -> Result<(), String> {
        match change {
            Change::None => {}
            Change::AddCondition(group) => self.add_condition(group)?,
            Change::RemoveCondition(id) => self.conditions.retain(|condition| condition.id != id),
            Change::AddGroup => {
                if self.groups.len() >= MAX_GROUPS {
                    return Err(format!("A filter has at most {MAX_GROUPS} groups. No group was added."));
                }
                let id = self.number();
                self.add_condition(Some(id))?;
                self.groups.push(DraftGroup { id, any: !self.any });
            }
            Change::RemoveGroup(id) => {
                self.groups.retain(|group| group.id != id);
                self.conditions.retain(|condition| condition.group != Some(id));
            }
        }
        Ok(())
    }

    fn add_condition(&mut self, group: Option<u32>) -> Result<(), String> {
        let most = super::definition::MAX_CONDITIONS;
        if self.conditions.len() >= most {
            return Err(format!("A filter has at most {most} conditions. No condition was added."));
        }
        let id = self.number();
        self.conditions.push(DraftCondition::new(id, group));
        Ok(())
    }

    fn number(&mut self) -> u32 {
        self.next += 1;
        self.next - 1
    }
}

impl DraftCondition {
    fn new(id: u32, group: Option<u32>) -> Self {
        Self {
            id,
            group,
            turn: 0,
            path: None,
            matches: None,
            op: None,
            shape: Shape::Nothing,
            entered: Vec::new(),
            or_unknown: false,
        }
    }

    fn enter(&mut self, entered: EnteredCondition) {
        if entered.turn != self.turn {
            return;
        }
        if entered.path.is_some() && entered.path != self.path {
            *self = Self { turn: self.turn + 1, path: entered.path, ..Self::new(self.id, self.group) };
            return;
        }
        self.matches = entered.matches.or(self.matches);
        self.op = entered.op.or(self.op);
        self.or_unknown = entered.or_unknown.unwrap_or(self.or_unknown);
        if let Some((shape, values)) = entered.values
            && shape == self.shape
        {
            self.entered = values;
        }
    }
}

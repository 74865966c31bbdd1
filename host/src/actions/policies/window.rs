//! The approval policies of a connection for the admins who look at them and change them: each change is one commit with its audit row.

use super::{
    super::{
        connector::Known,
        policy::{Policy, list},
        service::{Actions, fault},
    },
    Policies,
    entered::{EnteredPolicy, check},
};
use crate::{
    domain::{Action, ActionName, Actor, AppError, ConnectionId, Effect, Outcome},
    store::{AuditEvent, CommitError, Versioned, WriteSet},
};
use serde::{Deserialize, Serialize};

/// Actions of a connection with a policy of their own: what one stored entity holds of them, with the most people each.
pub(super) const MAX_OWN: usize = 60;

/// What a policy is for, and how the policies stood when that was looked at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PolicyOf {
    /// Which connection.
    pub connection: ConnectionId,
    /// Which action; none for the connection's default.
    pub action: Option<ActionName>,
    /// 0 while nothing had been said.
    pub version: u64,
}

/// Whether there is a policy of its own.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Stands {
    /// No: an action follows the connection's default, and a connection the operator's settings.
    #[default]
    Follows,
    /// Yes.
    Own,
    /// The action is off.
    Off,
}

/// A policy as it stands.
#[derive(Clone, Debug, PartialEq)]
pub struct PolicyView {
    /// Whether it is its own.
    pub stands: Stands,
    /// What holds; for an action that is off, what held if it were on.
    pub policy: Policy,
}

/// An action and its policy.
#[derive(Clone, Debug, PartialEq)]
pub struct ActionPolicy {
    /// Its name.
    pub name: ActionName,
    /// As people know it.
    pub title: String,
    /// It removes access or data.
    pub is_destructive: bool,
    /// Its policy.
    pub view: PolicyView,
}

/// The approval policies of a connection.
#[derive(Clone, Debug, PartialEq)]
pub struct PoliciesView {
    /// Which.
    pub connection: ConnectionId,
    /// As people know it.
    pub title: String,
    /// Handed back with a change.
    pub version: u64,
    /// Of all actions without a policy of their own.
    pub default: PolicyView,
    /// Every action of the connection.
    pub actions: Vec<ActionPolicy>,
}

impl PolicyView {
    /// In words.
    pub fn words(&self) -> String {
        match self.stands {
            Stands::Off => "Off: nobody can ask for it.".to_owned(),
            Stands::Own | Stands::Follows => self.policy.words(),
        }
    }
}

impl Actions {
    /// The approval policies of a connection. Only admins look at them here; everybody reads what holds on forms and previews.
    pub async fn policies(&self, actor: &Actor, connection: &ConnectionId) -> Outcome<PoliciesView> {
        let known = self.connector.known(&actor.workspace, connection).await?;
        admins_only(actor, &known)?;
        let found = self.stored_policies(&actor.workspace, connection).await.map_err(fault)?;
        let policies = &found.value;
        let of_action = |action: &Action| ActionPolicy {
            name: action.name.clone(),
            title: action.title.clone(),
            is_destructive: action.effect == Effect::Destructive,
            view: PolicyView {
                stands: stands(policies, &Some(action.name.clone())),
                policy: policies.of(&self.settings, action),
            },
        };
        Ok(PoliciesView {
            connection: connection.clone(),
            title: known.title,
            version: found.version,
            default: PolicyView { stands: stands(policies, &None), policy: policies.base(&self.settings) },
            actions: known.actions.iter().map(of_action).collect(),
        })
    }

    /// Titles of the actions that are off, for everybody who looks at what can be done through a connection.
    pub async fn off(&self, actor: &Actor, connection: &ConnectionId) -> Outcome<Vec<String>> {
        let known = self.connector.known(&actor.workspace, connection).await?;
        let policies = self.stored_policies(&actor.workspace, connection).await.map_err(fault)?.value;
        let off = known.actions.into_iter().filter(|action| policies.off.contains(&action.name));
        Ok(off.map(|action| action.title).collect())
    }

    /// What is wrong with a policy as entered, as `(field, sentence)`.
    pub async fn policy_problems(
        &self,
        actor: &Actor,
        connection: &ConnectionId,
        entered: &EnteredPolicy,
    ) -> Outcome<Vec<(String, String)>> {
        if entered.stands != Stands::Own {
            return Ok(Vec::new());
        }
        let known = self.connector.known(&actor.workspace, connection).await?;
        match check(entered, &known.admins) {
            Err(AppError::Inputs(wrong)) => Ok(wrong),
            checked => checked.map(|_| Vec::new()),
        }
    }

    /// Says how approvals are from now on. Requests that are made already keep the policy they were made under, but an action that is
    /// off does not run. Answers what holds.
    pub async fn set_policy(&self, actor: &Actor, of: &PolicyOf, entered: &EnteredPolicy) -> Outcome<PoliciesView> {
        let known = self.connector.known(&actor.workspace, &of.connection).await?;
        admins_only(actor, &known)?;
        let subject = match &of.action {
            None => "default of the connection".to_owned(),
            Some(name) => {
                known.actions.iter().find(|action| &action.name == name).map(|action| action.title.clone()).ok_or_else(
                    || AppError::refused("This connection does not offer this action any more. Nothing was saved."),
                )?
            }
        };
        let own = match entered.stands {
            Stands::Own => Some(check(entered, &known.admins)?),
            Stands::Follows | Stands::Off => None,
        };
        let found = self.stored_policies(&actor.workspace, &of.connection).await.map_err(fault)?;
        let after = changed(&found.value, of, entered.stands, own)?;
        if after != found.value {
            let told = |policies: &Policies| said(policies, &of.action);
            let detail = format!("{subject}: {}; before: {}", told(&after), told(&found.value));
            self.store_policies(actor, of, found, &after, detail).await?;
        }
        self.policies(actor, &of.connection).await
    }

    async fn store_policies(
        &self,
        actor: &Actor,
        of: &PolicyOf,
        before: Versioned<Policies>,
        after: &Policies,
        detail: String,
    ) -> Outcome<()> {
        let faster = || {
            AppError::refused(
                "Somebody else changed these approval policies meanwhile. Nothing was saved: open the window again.",
            )
        };
        if before.version != of.version {
            return Err(faster());
        }
        let mut about = vec![("connection".to_owned(), of.connection.0.clone())];
        about.extend(of.action.iter().map(|action| ("action".to_owned(), action.0.clone())));
        let write = match before.version {
            0 => WriteSet::default().create(after),
            version => WriteSet::default().update(version, after),
        };
        let event = AuditEvent { actor: Some(actor.clone()), what: "policy.changed".to_owned(), about, detail };
        match self.store.control.commit(&actor.workspace, write.audit(event)).await {
            Err(CommitError::Conflict(_)) => Err(faster()),
            committed => committed.map_err(|error| AppError::Fault(error.into())),
        }
    }
}

fn admins_only(actor: &Actor, known: &Known) -> Outcome<()> {
    if actor.is_admin() {
        return Ok(());
    }
    let admins = list(&known.admins, "or");
    Err(AppError::refused(format!(
        "Only {admins} can change the approval policies of “{}”. Nothing was changed.",
        known.title
    )))
}

fn stands(policies: &Policies, action: &Option<ActionName>) -> Stands {
    match action {
        None if policies.default.is_some() => Stands::Own,
        Some(name) if policies.off.contains(name) => Stands::Off,
        Some(name) if policies.actions.contains_key(name) => Stands::Own,
        _ => Stands::Follows,
    }
}

/// The policies after this was said. An action that is turned off keeps its policy for when it is on again.
fn changed(before: &Policies, of: &PolicyOf, stands: Stands, own: Option<Policy>) -> Outcome<Policies> {
    let mut after = before.clone();
    let Some(name) = &of.action else {
        if stands == Stands::Off {
            return Err(AppError::refused(
                "A whole connection is not turned off here: pause it instead. Nothing was saved.",
            ));
        }
        return Ok(Policies { default: own, ..after });
    };
    after.off.remove(name);
    match (stands, own) {
        (Stands::Off, _) => drop(after.off.insert(name.clone())),
        (_, Some(own)) => drop(after.actions.insert(name.clone(), own)),
        (_, None) => drop(after.actions.remove(name)),
    }
    if after.actions.len() > MAX_OWN {
        return Err(AppError::refused(format!(
            "At most {MAX_OWN} actions of a connection have an approval policy of their own. Nothing was saved: let others follow the default."
        )));
    }
    Ok(after)
}

/// For the audit log: ids only.
fn said(policies: &Policies, action: &Option<ActionName>) -> String {
    let own = match action {
        None => policies.default.as_ref(),
        Some(name) => policies.actions.get(name),
    };
    match (stands(policies, action), own) {
        (Stands::Off, _) => "off".to_owned(),
        (Stands::Own, Some(policy)) => policy.words(),
        _ => "nothing said".to_owned(),
    }
}

//! Looks the names of a query up in the schema, and points at them when they are wrong.

use super::plan::{Route, Scope};
use super::query::{FieldSet, Path};
use super::spot::Source;
use crate::salesforce::fail::{Fail, Outcome};
use crate::salesforce::schema::{F, Field, Object};

/// Highest LIMIT beside FIELDS(ALL) and FIELDS(CUSTOM), which need one.
const MOST_WITH_FIELDS: u32 = 200;
/// The fields that can be reached over a reference to one of several objects: those of the object `Name`.
const NAME_FIELDS: [F; 10] =
    [F::Id, F::Name, F::FirstName, F::LastName, F::Alias, F::Email, F::Title, F::Username, F::ProfileId, F::UserRoleId];

/// What a query, or one inside it, is checked against.
pub struct Checker<'a> {
    pub source: &'a Source<'a>,
    pub scope: &'a Scope<'a>,
    pub object: Object,
}

impl Checker<'_> {
    /// The route a path stands for.
    pub fn route(&self, path: &Path) -> Outcome<Route> {
        let mut parts = path.parts.as_slice();
        if parts.len() > 1 && parts[0].eq_ignore_ascii_case(self.object.name()) {
            parts = &parts[1..];
        }
        let mut objects: &[Object] = std::slice::from_ref(&self.object);
        let mut steps = Vec::new();
        let Some((last, relationships)) = parts.split_last() else { return Err(self.no_column(path, "")) };
        for name in relationships {
            let field = self.relationship(objects, name).ok_or_else(|| self.no_relationship(path, name))?;
            steps.push(field.key);
            objects = field.targets;
        }
        let field = objects.iter().find_map(|object| self.scope.access.field(*object, last));
        let entity = if objects.len() > 1 { "Name" } else { objects[0].name() };
        let field = field.filter(|field| objects.len() == 1 || NAME_FIELDS.contains(&field.key));
        field.map(|field| Route { steps, field }).ok_or_else(|| self.no_column(path, entity))
    }

    fn relationship(&self, objects: &[Object], name: &str) -> Option<&'static Field> {
        let access = self.scope.access;
        let named = |field: &&'static Field| field.relationship.is_some_and(|known| known.eq_ignore_ascii_case(name));
        let field = objects.iter().find_map(|object| access.fields(*object).find(named))?;
        field.targets.iter().any(|target| access.sees(*target)).then_some(field)
    }

    /// The fields FIELDS() stands for.
    pub fn set(&self, set: FieldSet, word: &Path, limit: Option<u32>) -> Outcome<Vec<&'static Field>> {
        if set != FieldSet::Standard && limit.is_none_or(|limit| limit > MOST_WITH_FIELDS) {
            let message = "The SOQL FIELDS function must have a LIMIT of at most 200";
            return Err(self.fail("MALFORMED_QUERY", word, message));
        }
        let wanted = |field: &&Field| match set {
            FieldSet::All => true,
            FieldSet::Standard => !field.is_custom(),
            FieldSet::Custom => field.is_custom(),
        };
        Ok(self.scope.access.fields(self.object).filter(wanted).collect())
    }

    /// `Profile.Name` in Salesforce's own case.
    pub fn full_name(&self, route: &Route) -> String {
        let mut objects: &[Object] = std::slice::from_ref(&self.object);
        let mut names = Vec::new();
        for step in &route.steps {
            let field = objects.iter().find_map(|object| object.fields().iter().find(|field| field.key == *step));
            names.extend(field.and_then(|field| field.relationship));
            objects = field.map_or(&[][..], |field| field.targets);
        }
        names.push(route.field.name());
        names.join(".")
    }

    /// The objects a route ends at: those a reference leads to, or for an id the one it is of.
    pub fn targets(&self, route: &Route) -> Vec<Object> {
        if route.field.key != F::Id {
            return route.field.targets.to_vec();
        }
        let mut objects = vec![self.object];
        for step in &route.steps {
            let field = objects.iter().find_map(|object| object.fields().iter().find(|field| field.key == *step));
            objects = field.map(|field| field.targets.to_vec()).unwrap_or_default();
        }
        objects
    }

    /// A refusal that points at a path.
    pub fn fail(&self, code: &'static str, path: &Path, message: &str) -> Fail {
        self.source.fail(code, path.token, message)
    }

    fn no_column(&self, path: &Path, object: &str) -> Fail {
        let name = path.parts.last().map_or("", String::as_str);
        let message = format!(
            "No such column '{name}' on entity '{object}'. If you are attempting to use a custom field, be sure to append the '__c' after \
             the custom field name. Please reference your WSDL or the describe call for the appropriate names."
        );
        self.fail("INVALID_FIELD", path, &message)
    }

    fn no_relationship(&self, path: &Path, name: &str) -> Fail {
        let message = format!(
            "Didn't understand relationship '{name}' in field path. If you are attempting to use a custom relationship, be sure to append \
             the '__r' after the custom relationship name. Please reference your WSDL or the describe call for the appropriate names."
        );
        self.fail("INVALID_FIELD", path, &message)
    }

    /// The refusal of a query of child records.
    pub fn no_children(&self, path: &Path) -> Fail {
        let message = format!(
            "Didn't understand relationship '{path}' in FROM part of query call. If you are attempting to use a custom relationship, be sure \
             to append the '__r' after the custom relationship name. Please reference your WSDL or the describe call for the appropriate names."
        );
        self.fail("INVALID_TYPE", path, &message)
    }
}

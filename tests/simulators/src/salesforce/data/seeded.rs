//! What the seed gives beyond people: the links and the logins, and how their rows are numbered.

use super::links::Links;
use super::logins::{self, Login};
use super::shape::Shape;
use crate::salesforce::schema::Object;
use std::ops::Range;
use std::sync::OnceLock;

/// The links and logins, made when first asked for.
#[derive(Debug, Default)]
pub struct Seeded {
    links: [OnceLock<Links>; Object::COUNT],
    logins: OnceLock<Vec<Login>>,
}

impl Seeded {
    /// The links of an object.
    pub fn links(&self, shape: &Shape, object: Object) -> &Links {
        self.links[object as usize].get_or_init(|| Links::of(shape, object))
    }

    /// The logins, in the order of their times.
    pub fn logins(&self, shape: &Shape) -> &[Login] {
        self.logins.get_or_init(|| logins::of(shape))
    }

    /// How many rows of an object follow from the seed; their numbers are the lowest.
    pub fn count(&self, shape: &Shape, object: Object) -> u32 {
        match object {
            Object::User | Object::UserLogin | Object::UserPermissionAccess => shape.users,
            Object::LoginHistory => self.logins(shape).len() as u32,
            // First the ones for the sets of the profiles, then the others.
            Object::PermissionSetAssignment => shape.users + self.links(shape, object).len(),
            object if object.owner_field().is_some() => self.links(shape, object).len(),
            _ => 0,
        }
    }

    /// The numbers of a user's rows.
    pub fn rows_of(&self, shape: &Shape, object: Object, user: u32) -> Vec<u32> {
        if user >= shape.users {
            return Vec::new();
        }
        let of_links = |first: u32| -> Range<u32> {
            let places = self.links(shape, object).of_user(user);
            first + places.start..first + places.end
        };
        match object {
            Object::User | Object::UserLogin | Object::UserPermissionAccess => vec![user],
            Object::LoginHistory => {
                let logins = self.logins(shape).iter().zip(0..);
                logins.filter(|(login, _)| login.user == user).map(|(_, number)| number).collect()
            }
            Object::PermissionSetAssignment => std::iter::once(user).chain(of_links(shape.users)).collect(),
            _ => of_links(0).collect(),
        }
    }
}

//! The company's people: whom the Salesforce org has, the Okta org knows as well, for the most part.

use anyhow::Result;
use weft_simulators::{okta::Person, salesforce::Org};

/// People that are told to Okta at most: a bench of a million users does not need them there.
const MOST: u32 = 3_000;

/// Standard users of the org, with what an identity provider keeps of them.
pub fn of(org: &Org) -> Result<Vec<Person>> {
    let soql = format!(
        "SELECT FirstName, LastName, Email, EmployeeNumber, Department, Title FROM User WHERE UserType = 'Standard' ORDER BY Id LIMIT {MOST}"
    );
    let rows = org.query(&soql)?;
    let person = |row: &serde_json::Value| {
        let text = |name: &str| row[name].as_str().map(str::to_owned);
        // Users that run integrations have no number, and no account at the identity provider.
        let employee_number = Some(text("EmployeeNumber")?);
        Some(Person {
            first: text("FirstName")?,
            last: text("LastName")?,
            email: text("Email")?,
            employee_number,
            department: text("Department").unwrap_or_default(),
            title: text("Title").unwrap_or_default(),
        })
    };
    Ok(rows.iter().filter_map(person).collect())
}

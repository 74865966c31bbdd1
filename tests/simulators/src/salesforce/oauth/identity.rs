//! Who a session belongs to: the identity address and `/services/oauth2/userinfo`.

use crate::salesforce::answer::Answer;
use crate::salesforce::org::Inner;
use crate::salesforce::schema::{F, Object};
use crate::salesforce::sync::read;
use serde_json::json;

/// `GET /id/{organization}/{user}`.
pub fn identity(org: &Inner, user: Option<u32>, organization: &str, wanted: &str) -> Answer {
    let Some(user) = user else { return Answer::text(403, "Bad_OAuth_Token") };
    let data = read(&org.data);
    let (organization_id, user_id) =
        (data.id(Object::Organization, 0).to_string(), data.id(Object::User, user).to_string());
    if organization != organization_id || wanted != user_id {
        return Answer::text(403, "Wrong_Org_Or_User");
    }
    let Some(row) = data.row(Object::User, user) else { return Answer::text(403, "Bad_OAuth_Token") };
    Answer::json(
        200,
        &json!({
            "id": format!("{}/id/{organization_id}/{user_id}", org.url),
            "asserted_user": true,
            "user_id": user_id,
            "organization_id": organization_id,
            "username": row.get(F::Username).shown(),
            "nick_name": row.get(F::CommunityNickname).shown(),
            "display_name": row.get(F::Name).shown(),
            "email": row.get(F::Email).shown(),
            "email_verified": true,
            "first_name": row.get(F::FirstName).shown(),
            "last_name": row.get(F::LastName).shown(),
            "timezone": row.get(F::TimeZoneSidKey).shown(),
            "active": row.get(F::IsActive).is_true(),
            "user_type": "STANDARD",
            "language": row.get(F::LanguageLocaleKey).shown(),
            "locale": row.get(F::LocaleSidKey).shown(),
            "last_modified_date": row.get(F::LastModifiedDate).shown(),
            "is_app_installed": true,
            "urls": urls(org),
        }),
    )
}

/// `GET /services/oauth2/userinfo`.
pub fn user_info(org: &Inner, user: Option<u32>) -> Answer {
    let Some(user) = user else { return Answer::text(403, "Bad_OAuth_Token") };
    let data = read(&org.data);
    let (organization_id, user_id) =
        (data.id(Object::Organization, 0).to_string(), data.id(Object::User, user).to_string());
    let Some(row) = data.row(Object::User, user) else { return Answer::text(403, "Bad_OAuth_Token") };
    Answer::json(
        200,
        &json!({
            "sub": format!("{}/id/{organization_id}/{user_id}", org.url),
            "user_id": user_id,
            "organization_id": organization_id,
            "preferred_username": row.get(F::Username).shown(),
            "nickname": row.get(F::CommunityNickname).shown(),
            "name": row.get(F::Name).shown(),
            "email": row.get(F::Email).shown(),
            "email_verified": true,
            "given_name": row.get(F::FirstName).shown(),
            "family_name": row.get(F::LastName).shown(),
            "zoneinfo": row.get(F::TimeZoneSidKey).shown(),
            "active": row.get(F::IsActive).is_true(),
            "user_type": "STANDARD",
            "language": row.get(F::LanguageLocaleKey).shown(),
            "locale": row.get(F::LocaleSidKey).shown(),
            "updated_at": row.get(F::LastModifiedDate).shown(),
            "urls": urls(org),
        }),
    )
}

fn urls(org: &Inner) -> serde_json::Value {
    let rest = format!("{}/services/data/v{{version}}/", org.url);
    json!({
        "rest": rest,
        "sobjects": format!("{rest}sobjects/"),
        "query": format!("{rest}query/"),
        "search": format!("{rest}search/"),
    })
}

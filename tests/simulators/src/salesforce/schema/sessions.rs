//! Fields of logins, tokens, sessions, and of what the caller may do.

use super::{F, Field, Object};

const USERS: &[Object] = &[Object::User];

/// `LoginHistory`: only a few of its fields may stand in WHERE, and it leads nowhere but to `LoginGeo`, which this org has not.
pub const LOGIN_HISTORY: &[Field] = &[
    Field::id(),
    Field::reference(F::UserId, "", USERS),
    Field::time(F::LoginTime),
    Field::text(F::LoginType, 40),
    Field::text(F::LoginSubType, 40).optional().unfilterable(),
    Field::text(F::SourceIp, 39).optional().unfilterable(),
    Field::text(F::ForwardedForIp, 256).optional().unfilterable(),
    Field::text(F::LoginUrl, 255).optional(),
    Field::text(F::Application, 64).optional().unfilterable(),
    Field::text(F::Browser, 64).optional().unfilterable(),
    Field::text(F::Platform, 64).optional().unfilterable(),
    Field::text(F::Status, 128).optional().unfilterable(),
    Field::text(F::ApiType, 64).optional().unfilterable(),
    Field::text(F::ApiVersion, 32).optional().unfilterable(),
    Field::text(F::ClientVersion, 64).optional().unfilterable(),
    Field::text(F::CountryIso, 2).optional(),
    Field::text(F::TlsProtocol, 40).optional(),
    Field::text(F::CipherSuite, 64).optional(),
    Field::text(F::AuthenticationServiceId, 18).optional(),
    Field::text(F::AuthMethodReference, 255).optional().unfilterable(),
    Field::text(F::LoginGeoId, 18).optional().unfilterable(),
    Field::boolean(F::OptionsIsGet),
    Field::boolean(F::OptionsIsPost),
];

/// `OauthToken`: its id is always null, and `AccessToken` is the refresh token itself.
pub const OAUTH_TOKEN: &[Field] = &[
    Field::id().optional(),
    Field::text(F::AccessToken, 255).optional(),
    Field::text(F::RequestToken, 255).optional(),
    Field::text(F::DeleteToken, 255).optional(),
    Field::text(F::AppName, 255),
    Field::text(F::AppMenuItemId, 18).optional(),
    Field::reference(F::UserId, "User", USERS),
    Field::time(F::LastUsedDate).optional(),
    Field::int(F::UseCount),
    Field::time(F::CreatedDate),
];

/// `AuthSession`: who is logged in now.
pub const AUTH_SESSION: &[Field] = &[
    Field::id(),
    Field::reference(F::UsersId, "Users", USERS),
    Field::time(F::CreatedDate),
    Field::time(F::LastModifiedDate),
    Field::int(F::NumSecondsValid),
    Field::text(F::UserType, 40).optional(),
    Field::text(F::SourceIp, 39).optional(),
    Field::text(F::LoginType, 40).optional(),
    Field::text(F::SessionType, 40).optional(),
    Field::text(F::SessionSecurityLevel, 40).optional(),
    Field::text(F::LogoutUrl, 1500).optional(),
    Field::text(F::ParentId, 18).optional(),
    Field::reference(F::LoginHistoryId, "LoginHistory", &[Object::LoginHistory]).optional(),
    Field::text(F::LoginGeoId, 18).optional(),
    Field::boolean(F::IsCurrent),
];

/// `UserPermissionAccess`: one row, the caller's own.
pub const USER_PERMISSION_ACCESS: &[Field] = &[
    Field::id().optional(),
    Field::boolean(F::PermissionsApiEnabled),
    Field::boolean(F::PermissionsViewSetup),
    Field::boolean(F::PermissionsViewRoles),
    Field::boolean(F::PermissionsViewAllUsers),
    Field::boolean(F::PermissionsManageUsers),
    Field::boolean(F::PermissionsManageInternalUsers),
    Field::boolean(F::PermissionsManageRoles),
    Field::boolean(F::PermissionsAssignPermissionSets),
    Field::boolean(F::PermissionsManageProfilesPermissionsets),
    Field::boolean(F::PermissionsCustomizeApplication),
    Field::boolean(F::PermissionsMonitorLoginHistory),
    Field::boolean(F::PermissionsInstallPackaging),
    Field::boolean(F::PermissionsFreezeUsers),
    Field::boolean(F::PermissionsModifyAllData),
];

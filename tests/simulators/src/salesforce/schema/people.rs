//! Fields of the objects about people: User, UserLogin, UserRole, Profile.

use super::{F, Field, Object, Permission};

const USERS: &[Object] = &[Object::User];
const ROLES: &[Object] = &[Object::UserRole];

/// Time zones the org offers.
pub const TIME_ZONES: &[&str] = &[
    "America/Los_Angeles",
    "America/New_York",
    "Europe/London",
    "Europe/Berlin",
    "Asia/Tokyo",
    "Asia/Kolkata",
    "Australia/Sydney",
    "GMT",
];
/// Locales the org offers.
pub const LOCALES: &[&str] = &["en_US", "en_GB", "de_DE", "fr_FR", "ja_JP"];
/// Languages the org offers.
pub const LANGUAGES: &[&str] = &["en_US", "de", "fr", "ja"];
const ENCODINGS: &[&str] = &["UTF-8", "ISO-8859-1"];
const USER_TYPES: &[&str] = &[
    "Standard",
    "PowerPartner",
    "PowerCustomerSuccess",
    "CustomerSuccess",
    "Guest",
    "CspLitePortal",
    "CsnOnly",
    "AutomatedProcess",
];
const ACCESS: &[&str] = &["None", "Read", "Edit"];
const PORTAL_TYPES: &[&str] = &["None", "CustomerPortal", "Partner"];
const PORTAL_ROLES: &[&str] = &["Executive", "Manager", "Worker", "PersonAccount"];
/// Kinds of employment, in the custom field of that name.
pub const EMPLOYMENT: &[&str] = &["Employee", "Contractor", "Vendor"];

/// `User`.
pub const USER: &[Field] = &[
    Field::id(),
    Field::text(F::Username, 80).writable().required(),
    Field::text(F::Name, 121),
    Field::text(F::FirstName, 40).writable().optional(),
    Field::text(F::LastName, 80).writable().required(),
    Field::email(F::Email).writable().required(),
    Field::text(F::Alias, 8).writable().required(),
    Field::text(F::CommunityNickname, 40).writable(),
    Field::text(F::Title, 80).writable().optional(),
    Field::text(F::Department, 80).writable().optional(),
    Field::text(F::Division, 80).writable().optional(),
    Field::text(F::CompanyName, 80).writable().optional(),
    Field::text(F::EmployeeNumber, 20).writable().optional(),
    Field::text(F::FederationIdentifier, 512).writable().optional(),
    Field::boolean(F::IsActive).writable(),
    Field::picklist(F::UserType, USER_TYPES).optional(),
    Field::reference(F::ProfileId, "Profile", &[Object::Profile]).writable().required().optional(),
    Field::reference(F::UserRoleId, "UserRole", ROLES).writable().optional(),
    Field::reference(F::ManagerId, "Manager", USERS).writable().optional(),
    Field::picklist(F::TimeZoneSidKey, TIME_ZONES).writable().required(),
    Field::picklist(F::LocaleSidKey, LOCALES).writable().required(),
    Field::picklist(F::LanguageLocaleKey, LANGUAGES).writable().required(),
    Field::picklist(F::EmailEncodingKey, ENCODINGS).writable().required(),
    Field::time(F::LastLoginDate).optional(),
    Field::time(F::LastPasswordChangeDate).optional(),
    Field::int(F::NumberOfFailedLogins).optional().needs(Permission::ManageUsers),
    Field::time(F::CreatedDate),
    Field::reference(F::CreatedById, "CreatedBy", USERS),
    Field::time(F::LastModifiedDate),
    Field::reference(F::LastModifiedById, "LastModifiedBy", USERS),
    Field::time(F::SystemModstamp),
    Field::reference(F::Backup_Approver__c, "Backup_Approver__r", USERS).writable().optional(),
    Field::picklist(F::Employment_Type__c, EMPLOYMENT).writable().optional(),
    Field::double(F::Seat_Cost__c).writable().optional(),
    Field::date(F::Contract_End__c).writable().optional(),
];

/// `UserLogin`: one row a user.
pub const USER_LOGIN: &[Field] = &[
    Field::id(),
    Field::reference(F::UserId, "", USERS),
    Field::boolean(F::IsFrozen).update_only(),
    Field::boolean(F::IsPasswordLocked).update_only(),
    Field::time(F::LastModifiedDate),
    Field::reference(F::LastModifiedById, "", USERS),
];

/// `UserRole`.
pub const USER_ROLE: &[Field] = &[
    Field::id(),
    Field::text(F::Name, 80).writable().required(),
    Field::text(F::DeveloperName, 80).writable().optional(),
    Field::reference(F::ParentRoleId, "", ROLES).writable().optional(),
    Field::text(F::RollupDescription, 80).writable().optional(),
    Field::picklist(F::OpportunityAccessForAccountOwner, ACCESS).writable(),
    Field::picklist(F::CaseAccessForAccountOwner, ACCESS).writable().optional(),
    Field::picklist(F::ContactAccessForAccountOwner, ACCESS).writable().optional(),
    Field::reference(F::ForecastUserId, "", USERS).optional(),
    Field::boolean(F::MayForecastManagerShare),
    Field::text(F::PortalAccountId, 18).optional(),
    Field::reference(F::PortalAccountOwnerId, "", USERS).optional(),
    Field::picklist(F::PortalType, PORTAL_TYPES).optional(),
    Field::picklist(F::PortalRole, PORTAL_ROLES).optional(),
    Field::time(F::LastModifiedDate),
    Field::reference(F::LastModifiedById, "LastModifiedBy", USERS),
    Field::time(F::SystemModstamp),
];

/// `Profile`.
pub const PROFILE: &[Field] = &[
    Field::id(),
    Field::text(F::Name, 255),
    Field::text(F::Description, 255).optional(),
    Field::reference(F::UserLicenseId, "UserLicense", &[Object::UserLicense]),
    Field::picklist(F::UserType, USER_TYPES).optional(),
    Field::boolean(F::PermissionsApiEnabled),
    Field::boolean(F::PermissionsViewSetup),
    Field::boolean(F::PermissionsManageUsers),
    Field::boolean(F::PermissionsManageProfilesPermissionsets),
    Field::boolean(F::PermissionsModifyAllData),
    Field::time(F::CreatedDate),
    Field::reference(F::CreatedById, "CreatedBy", USERS),
    Field::time(F::LastModifiedDate),
    Field::reference(F::LastModifiedById, "LastModifiedBy", USERS),
    Field::time(F::SystemModstamp),
];

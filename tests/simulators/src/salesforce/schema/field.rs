//! Fields: their names, types, limits, and what may be done with them.

use super::{Object, Permission};

macro_rules! field_names {
    ($($name:ident)*) => {
        /// The name of a field, of whichever object has one so called.
        #[expect(non_camel_case_types, reason = "these are Salesforce's own names")]
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum F { $($name),* }

        impl F {
            /// The API name.
            pub const fn name(self) -> &'static str {
                match self { $(F::$name => stringify!($name)),* }
            }
        }
    };
}

field_names! {
    Id Username Name FirstName LastName Email Alias CommunityNickname Title Department Division CompanyName EmployeeNumber
    FederationIdentifier IsActive UserType ProfileId UserRoleId ManagerId TimeZoneSidKey LocaleSidKey LanguageLocaleKey EmailEncodingKey
    LastLoginDate LastPasswordChangeDate NumberOfFailedLogins CreatedDate CreatedById LastModifiedDate LastModifiedById SystemModstamp
    Backup_Approver__c UserId IsFrozen IsPasswordLocked DeveloperName ParentRoleId RollupDescription OpportunityAccessForAccountOwner
    CaseAccessForAccountOwner ContactAccessForAccountOwner ForecastUserId MayForecastManagerShare PortalAccountId PortalAccountOwnerId
    PortalType PortalRole Description UserLicenseId LicenseDefinitionKey MasterLabel Status TotalLicenses UsedLicenses
    UsedLicensesLastUpdated Type RelatedId OwnerId DoesSendEmailToMembers DoesIncludeBosses Label IsCustom IsOwnedByProfile
    PermissionSetGroupId LicenseId NamespacePrefix HasActivationRequired AssigneeId PermissionSetId ExpirationDate OrganizationType
    IsSandbox InstanceName Employment_Type__c Seat_Cost__c Contract_End__c PermissionSetLicenseKey Language IsAvailableForIntegrations
    IsDeleted PermissionSetLicenseId AllowedLicenses IsProvisioned PackageLicenseId GroupId UserOrGroupId LoginTime LoginType LoginSubType
    SourceIp ForwardedForIp LoginUrl Application Browser Platform ApiType ApiVersion ClientVersion CountryIso TlsProtocol CipherSuite
    AuthenticationServiceId AuthMethodReference LoginGeoId OptionsIsGet OptionsIsPost PackageCategory MetadataPackageId MajorVersion
    MinorVersion PatchVersion BuildNumber ReleaseState IsDeprecated AccessToken RequestToken DeleteToken AppName AppMenuItemId
    LastUsedDate UseCount UsersId NumSecondsValid SessionType SessionSecurityLevel LogoutUrl ParentId LoginHistoryId IsCurrent
    SubscriberPackageId SubscriberPackageVersionId MinPackageVersionId IsBeta IsManaged PermissionsApiEnabled PermissionsViewSetup
    PermissionsViewRoles PermissionsViewAllUsers PermissionsManageUsers PermissionsManageInternalUsers PermissionsManageRoles
    PermissionsAssignPermissionSets PermissionsManageProfilesPermissionsets PermissionsCustomizeApplication
    PermissionsMonitorLoginHistory PermissionsInstallPackaging PermissionsFreezeUsers PermissionsModifyAllData
}

/// The type of a field, as `describe` names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Id,
    Text,
    Email,
    Bool,
    Int,
    /// A number with decimals.
    Double,
    Time,
    /// A day without a time.
    Date,
    Picklist,
    Reference,
}

impl Kind {
    /// The name in `describe` and in messages.
    pub fn name(self) -> &'static str {
        match self {
            Kind::Id => "id",
            Kind::Text => "string",
            Kind::Email => "email",
            Kind::Bool => "boolean",
            Kind::Int => "int",
            Kind::Double => "double",
            Kind::Date => "date",
            Kind::Time => "datetime",
            Kind::Picklist => "picklist",
            Kind::Reference => "reference",
        }
    }
}

/// One field of an object.
#[derive(Debug)]
pub struct Field {
    pub key: F,
    pub kind: Kind,
    /// Longest text, in characters; 0 where it has no meaning.
    pub length: usize,
    pub nillable: bool,
    /// Must be given when a row is created.
    pub required: bool,
    pub create: bool,
    pub update: bool,
    pub sortable: bool,
    /// First API version in which the field may no longer stand in WHERE.
    pub unfilterable_since: Option<u16>,
    /// Name of the relationship, and the objects it can lead to.
    pub relationship: Option<&'static str>,
    pub targets: &'static [Object],
    /// The values a restricted picklist allows.
    pub choices: &'static [&'static str],
    /// The permission without which the field is hidden.
    pub needs: Option<Permission>,
}

impl Field {
    const fn new(key: F, kind: Kind, length: usize) -> Field {
        Field {
            key,
            kind,
            length,
            nillable: false,
            required: false,
            create: false,
            update: false,
            sortable: true,
            unfilterable_since: None,
            relationship: None,
            targets: &[],
            choices: &[],
            needs: None,
        }
    }

    /// The record id.
    pub const fn id() -> Field {
        Field::new(F::Id, Kind::Id, 18)
    }

    /// A text of at most `length` characters.
    pub const fn text(key: F, length: usize) -> Field {
        Field::new(key, Kind::Text, length)
    }

    /// An email address.
    pub const fn email(key: F) -> Field {
        Field::new(key, Kind::Email, 128)
    }

    /// A boolean.
    pub const fn boolean(key: F) -> Field {
        Field::new(key, Kind::Bool, 0)
    }

    /// A whole number.
    pub const fn int(key: F) -> Field {
        Field::new(key, Kind::Int, 0)
    }

    /// A moment.
    pub const fn time(key: F) -> Field {
        Field::new(key, Kind::Time, 0)
    }

    /// A day.
    pub const fn date(key: F) -> Field {
        Field::new(key, Kind::Date, 0)
    }

    /// A number with decimals.
    pub const fn double(key: F) -> Field {
        Field::new(key, Kind::Double, 0)
    }

    /// A restricted picklist.
    pub const fn picklist(key: F, choices: &'static [&'static str]) -> Field {
        let mut field = Field::new(key, Kind::Picklist, 40);
        field.choices = choices;
        field
    }

    /// A reference; `relationship` is empty where SOQL cannot follow it.
    pub const fn reference(key: F, relationship: &'static str, targets: &'static [Object]) -> Field {
        let mut field = Field::new(key, Kind::Reference, 18);
        field.relationship = if relationship.is_empty() { None } else { Some(relationship) };
        field.targets = targets;
        field
    }

    /// May be null.
    pub const fn optional(mut self) -> Field {
        self.nillable = true;
        self
    }

    /// May be set by create and update.
    pub const fn writable(mut self) -> Field {
        self.create = true;
        self.update = true;
        self
    }

    /// May be set by create only.
    pub const fn create_only(mut self) -> Field {
        self.create = true;
        self
    }

    /// May be set by update only.
    pub const fn update_only(mut self) -> Field {
        self.update = true;
        self
    }

    /// Must be given when a row is created, and never be null.
    pub const fn required(mut self) -> Field {
        self.required = true;
        self.create = true;
        self
    }

    /// Hidden from who lacks the permission.
    pub const fn needs(mut self, permission: Permission) -> Field {
        self.needs = Some(permission);
        self
    }

    /// Not allowed in WHERE from this API version on.
    pub const fn unfilterable_since(mut self, version: u16) -> Field {
        self.unfilterable_since = Some(version);
        self
    }

    /// Not allowed in WHERE in any API version.
    pub const fn unfilterable(self) -> Field {
        self.unfilterable_since(0)
    }

    /// The API name.
    pub fn name(&self) -> &'static str {
        self.key.name()
    }

    /// Whether it is a field an admin of the org added.
    pub fn is_custom(&self) -> bool {
        self.name().ends_with("__c")
    }

    /// The label shown to people.
    pub fn label(&self) -> String {
        match self.key {
            F::TimeZoneSidKey => "Time Zone".into(),
            F::LocaleSidKey => "Locale".into(),
            F::LanguageLocaleKey => "Language".into(),
            F::EmailEncodingKey => "Email Encoding".into(),
            F::UserRoleId => "Role ID".into(),
            F::IsActive => "Active".into(),
            key => spaced(key.name()),
        }
    }
}

/// `LastLoginDate` as `Last Login Date`, `ManagerId` as `Manager ID`, `Backup_Approver__c` as `Backup Approver`.
fn spaced(name: &str) -> String {
    let bare = name.trim_end_matches("__c").replace('_', " ");
    let mut label = String::new();
    let mut last = ' ';
    for letter in bare.chars() {
        if letter.is_uppercase() && last.is_lowercase() {
            label.push(' ');
        }
        label.push(letter);
        last = letter;
    }
    label.strip_suffix(" Id").map_or_else(|| label.clone(), |stem| format!("{stem} ID"))
}

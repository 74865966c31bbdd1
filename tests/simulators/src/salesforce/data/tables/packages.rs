//! Packages: one developed in the org, and those installed in it.

use super::super::{Cells, Data};
use crate::salesforce::schema::{F, Object};
use crate::salesforce::time::DAY;
use crate::salesforce::value::Value;

/// Installed packages and developed ones share an id prefix: the numbers of the installed ones begin here.
const FIRST_INSTALLED: u32 = 1000;

/// Installed: name, namespace, version as major, minor, patch and build, whether beta, whether managed.
type Installed = (&'static str, Option<&'static str>, [i64; 4], bool, bool);
const INSTALLED: [Installed; 7] = [
    ("Acme Quote", Some("acmequote"), [3, 12, 0, 4], false, true),
    ("DocSign for Salesforce", Some("docsign"), [7, 2, 1, 1], false, true),
    ("Field Maps", Some("fieldmaps"), [1, 40, 0, 2], false, true),
    ("Grid Tools", Some("gridtools"), [2, 0, 0, 1], true, true),
    ("Old Survey", Some("oldsurvey"), [1, 3, 0, 9], false, true),
    ("Sales Dashboards", None, [1, 0, 0, 1], false, false),
    ("Ops Automation (unlocked)", None, [0, 9, 0, 17], true, false),
];

/// Fills the tables of packages.
pub fn fill(data: &mut Data) {
    let stamp = Value::Time(data.shape.today - DAY * 15);
    let developed = data.insert(
        Object::MetadataPackage,
        vec![
            (F::Name, Value::text("Acme Toolbox")),
            (F::NamespacePrefix, Value::text("acmetools")),
            (F::PackageCategory, Value::text("Package")),
            (F::SystemModstamp, stamp.clone()),
        ],
    );
    for (name, state, minor, build) in [("Winter", "Released", 4, 1), ("Spring", "Beta", 5, 3)] {
        let mut cells = version(name, [1, minor, 0, build]);
        cells.push((F::MetadataPackageId, Value::Id(data.id(Object::MetadataPackage, developed))));
        cells.push((F::ReleaseState, Value::text(state)));
        cells.push((F::SystemModstamp, stamp.clone()));
        data.insert(Object::MetadataPackageVersion, cells);
    }
    data.begin_at(Object::SubscriberPackage, FIRST_INSTALLED);
    data.begin_at(Object::SubscriberPackageVersion, FIRST_INSTALLED);
    for installed in INSTALLED {
        install(data, installed);
    }
}

fn install(data: &mut Data, (name, namespace, numbers, beta, managed): Installed) {
    let package = data.insert(
        Object::SubscriberPackage,
        vec![
            (F::Name, Value::text(name)),
            (F::NamespacePrefix, namespace.map_or(Value::Null, Value::text)),
            (F::Description, if managed { Value::text("From AppExchange") } else { Value::Null }),
        ],
    );
    let package = (F::SubscriberPackageId, Value::Id(data.id(Object::SubscriberPackage, package)));
    let mut cells = version(name, numbers);
    cells.extend([package.clone(), (F::IsBeta, Value::Bool(beta)), (F::IsManaged, Value::Bool(managed))]);
    let version = data.insert(Object::SubscriberPackageVersion, cells);
    let version = Value::Id(data.id(Object::SubscriberPackageVersion, version));
    data.insert(
        Object::InstalledSubscriberPackage,
        vec![package, (F::SubscriberPackageVersionId, version.clone()), (F::MinPackageVersionId, version)],
    );
}

fn version(name: &'static str, [major, minor, patch, build]: [i64; 4]) -> Cells {
    vec![
        (F::Name, Value::text(name)),
        (F::MajorVersion, Value::Int(major)),
        (F::MinorVersion, Value::Int(minor)),
        (F::PatchVersion, Value::Int(patch)),
        (F::BuildNumber, Value::Int(build)),
        (F::IsDeprecated, Value::Bool(false)),
    ]
}

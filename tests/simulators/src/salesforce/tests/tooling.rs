//! The Tooling API: installed packages.

use super::Lab;
use crate::salesforce::{Permission, Permissions};
use serde_json::{Value as Json, json};

const INSTALLED: &str = "SELECT Id, SubscriberPackageId, SubscriberPackage.Name, SubscriberPackage.NamespacePrefix, SubscriberPackageVersionId, \
    SubscriberPackageVersion.MajorVersion, SubscriberPackageVersion.IsManaged, MinPackageVersionId FROM InstalledSubscriberPackage ORDER BY SubscriberPackageId";

impl Lab {
    async fn tooling(&self, soql: &str) -> (u16, Json) {
        let encoded: String = url::form_urlencoded::byte_serialize(soql.as_bytes()).collect();
        self.call("GET", &format!("/tooling/query?q={encoded}"), None).await
    }
}

#[tokio::test]
async fn installed_packages_are_read_with_their_versions() {
    let lab = Lab::small().await;
    let (status, page) = lab.tooling(INSTALLED).await;
    assert_eq!(status, 200, "{page}");
    assert_eq!((&page["size"], &page["queryLocator"]), (&page["totalSize"], &Json::Null));
    assert_eq!(page["entityTypeName"], "InstalledSubscriberPackage");
    let first = &page["records"][0];
    let address = first["attributes"]["url"].as_str().unwrap();
    assert!(address.starts_with("/services/data/v67.0/tooling/sobjects/InstalledSubscriberPackage/0A3"), "{address}");
    assert!(
        first["SubscriberPackage"]["Name"].is_string() && first["SubscriberPackageVersion"]["MajorVersion"].is_i64()
    );
    assert!(first["SubscriberPackageId"].as_str().unwrap().starts_with("033"));
    let id = first["SubscriberPackageId"].as_str().unwrap();
    let (_, one) = lab.tooling(&format!("SELECT Name FROM SubscriberPackage WHERE Id = '{id}'")).await;
    assert_eq!(one["records"][0]["Name"], first["SubscriberPackage"]["Name"]);
    let (status, all) = lab.tooling("SELECT Name FROM SubscriberPackage").await;
    assert_eq!((status, &all[0]["errorCode"]), (400, &json!("UNSUPPORTED_QUERY")));
}

#[tokio::test]
async fn the_two_apis_do_not_know_each_others_objects() {
    let lab = Lab::small().await;
    for soql in ["SELECT Id FROM LoginHistory", "SELECT Id FROM MetadataPackage"] {
        assert_eq!(lab.tooling(soql).await.1[0]["errorCode"], "INVALID_TYPE", "{soql}");
    }
    assert_eq!(lab.soql_refused(INSTALLED).await.0, "INVALID_TYPE");
    let me = lab.org.integration_user();
    lab.org.set_permissions(&me, Permissions::ALL.without(Permission::InstallPackaging)).unwrap();
    let (status, answer) = lab.tooling(INSTALLED).await;
    assert_eq!((status, &answer[0]["errorCode"]), (400, &json!("INVALID_TYPE")));
    assert!(
        answer[0]["message"].as_str().unwrap().contains("sObject type 'InstalledSubscriberPackage' is not supported.")
    );
}

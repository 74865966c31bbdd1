//! A fetch of 100,000 users: the host with guest, rows, segments and disk, against a loop of reqwest and serde_json over the same pages.

use crate::peak_mib;
use anyhow::Context;
use std::time::Instant;
use weft_demo::{ADA, World, WorldOptions};
use weft_simulators::salesforce::{OrgOptions, Salesforce};

const USERS: u32 = 100_000;

/// The host. The simulator shares its process and its two cores, as it does with the peer.
pub async fn host() -> anyhow::Result<()> {
    let dir = tempfile::tempdir()?;
    let world = World::start(&WorldOptions { users: USERS, ..Default::default() }, dir.path()).await?;
    let begun = Instant::now();
    world.connect_salesforce(ADA).await?;
    world.synced(ADA).await?;
    let seconds = begun.elapsed().as_secs_f64();
    println!(
        "sync     host                        {:.0} rows/s   {seconds:.2} s for {USERS} users and what belongs to them   peak {} MiB with the simulator",
        f64::from(USERS) / seconds,
        peak_mib()?
    );
    world.stop().await
}

/// The peer: the same columns, parsed into `serde_json::Value`, and dropped.
pub async fn bare() -> anyhow::Result<()> {
    let org = Salesforce::start(OrgOptions { users: USERS, ..Default::default() }).await?;
    let session = org.org().open_session(None)?;
    let client = reqwest::Client::builder().gzip(true).build()?;
    let fields = "Id,Username,Name,FirstName,LastName,Email,Alias,CommunityNickname,Title,Department,Division,CompanyName,\
        EmployeeNumber,FederationIdentifier,IsActive,UserType,ProfileId,UserRoleId,ManagerId,TimeZoneSidKey,LocaleSidKey,\
        LanguageLocaleKey,EmailEncodingKey,LastLoginDate,LastPasswordChangeDate,NumberOfFailedLogins,CreatedDate,CreatedById,\
        LastModifiedDate,LastModifiedById,SystemModstamp,Profile.Name,Profile.UserLicenseId,UserRole.Name";
    let begun = Instant::now();
    let mut rows = 0;
    let mut next = None;
    loop {
        let request = match &next {
            Some(path) => client.get(format!("{}{path}", org.url().trim_end_matches('/'))),
            None => client
                .get(format!("{}/services/data/v67.0/query", org.url().trim_end_matches('/')))
                .query(&[("q", format!("SELECT {fields} FROM User ORDER BY Id"))]),
        };
        let bytes = request.bearer_auth(&session).send().await?.error_for_status()?.bytes().await?;
        let page: serde_json::Value = serde_json::from_slice(&bytes)?;
        rows += page["records"].as_array().context("records")?.len();
        next = page["nextRecordsUrl"].as_str().map(str::to_owned);
        if next.is_none() {
            break;
        }
    }
    let seconds = begun.elapsed().as_secs_f64();
    println!(
        "sync     reqwest + serde_json        {:.0} rows/s   {seconds:.2} s for {rows} users   peak {} MiB with the simulator",
        rows as f64 / seconds,
        peak_mib()?
    );
    org.shutdown().await
}

//! The client the host uses understands every answer: slack-morphism over plain HTTP.

use std::sync::Arc;

use hyper_util::client::legacy::connect::HttpConnector;
use slack_morphism::errors::SlackClientError;
use slack_morphism::prelude::*;

use super::*;

type Client = SlackClient<SlackClientHyperConnector<HttpConnector>>;

fn client(slack: &Slack) -> (Arc<Client>, SlackApiToken) {
    let connector =
        SlackClientHyperConnector::with_connector(HttpConnector::new()).with_slack_api_url(&slack.api_url());
    (Arc::new(SlackClient::new(connector)), SlackApiToken::new("xoxb-simulated".into()))
}

fn content(blocks: Value) -> SlackMessageContent {
    SlackMessageContent::new().with_text("Fallback".into()).with_blocks(serde_json::from_value(blocks).unwrap())
}

#[tokio::test]
async fn people_and_places_parse() {
    let (slack, _app) = workspace().await;
    let (client, token) = client(&slack);
    let session = client.open_session(&token);
    assert_eq!(session.auth_test().await.unwrap().team_id, "T0ACME".into());
    let user = session.users_info(&SlackApiUsersInfoRequest::new("U0ADA".into())).await.unwrap().user;
    assert_eq!(user.flags.is_admin, Some(true));
    let list = session.users_list(&SlackApiUsersListRequest::new().with_limit(2)).await.unwrap();
    assert_eq!((list.members.len(), list.response_metadata.unwrap().next_cursor.is_some()), (2, true));
    let email = EmailAddress("grace@example.com".into());
    let found = session.users_lookup_by_email(&SlackApiUsersLookupByEmailRequest::new(email)).await.unwrap();
    assert_eq!(found.user.id, "U0GRACE".into());
    let groups = session.usergroups_list(&SlackApiUserGroupsListRequest::new()).await.unwrap().usergroups;
    assert_eq!(groups[0].handle, "approvers");
    let users = SlackApiUserGroupsUsersListRequest::new(groups[0].id.clone());
    assert_eq!(session.usergroups_users_list(&users).await.unwrap().users, ["U0GRACE".into()]);
    let open = SlackApiConversationsOpenRequest::new().with_users(vec!["U0ADA".into()]);
    assert_eq!(session.conversations_open(&open).await.unwrap().channel.id, "D0ADA".into());
    assert_eq!(session.conversations_open_full(&open).await.unwrap().channel.flags.is_im, Some(true));
    let info = SlackApiConversationsInfoRequest::new("C0ADMINS".into());
    assert_eq!(session.conversations_info(&info).await.unwrap().channel.name.as_deref(), Some("it-admins"));
    let members = SlackApiConversationsMembersRequest::new().with_channel("C0ADMINS".into());
    assert_eq!(session.conversations_members(&members).await.unwrap().members.len(), 4);
    let channels = session.conversations_list(&SlackApiConversationsListRequest::new()).await.unwrap().channels;
    assert_eq!(channels.len(), 3);
    assert!(slack.unexpected().is_empty());
}

#[tokio::test]
async fn messages_parse() {
    let (slack, _app) = workspace().await;
    let (client, token) = client(&slack);
    let session = client.open_session(&token);
    let blocks = json!([section("*x*"), buttons(&["a"])]);
    let post = SlackApiChatPostMessageRequest::new("C0GENERAL".into(), content(blocks.clone()));
    let posted = session.chat_post_message(&post).await.unwrap();
    assert_eq!(posted.message.content.blocks.unwrap().len(), 2);
    let update = SlackApiChatUpdateRequest::new("C0GENERAL".into(), content(blocks.clone()), posted.ts.clone());
    assert_eq!(session.chat_update(&update).await.unwrap().ts, posted.ts);
    let to_one = SlackApiChatPostEphemeralRequest::new("C0GENERAL".into(), "U0ADA".into(), content(blocks));
    session.chat_post_ephemeral(&to_one).await.unwrap();
    session.chat_delete(&SlackApiChatDeleteRequest::new("C0GENERAL".into(), posted.ts)).await.unwrap();
    slack.user("U0ADA").command("/weft", "", "general").await.unwrap();
    let url = slack.journal().pop().unwrap().request["response_url"].as_str().unwrap().to_owned();
    let answer = SlackApiPostWebhookMessageRequest::new(SlackMessageContent::new().with_text("Hello".into()));
    client.respond_to_event(&SlackResponseUrl(url.parse().unwrap()), &answer).await.unwrap();
    assert!(slack.violations().is_empty(), "{:?}", slack.violations());
}

#[tokio::test]
async fn refusals_and_limits_parse() {
    let (slack, _app) = workspace().await;
    let (client, token) = client(&slack);
    let session = client.open_session(&token);
    let post = SlackApiChatPostMessageRequest::new("C0GENERAL".into(), content(json!([section("")])));
    let Err(SlackClientError::ApiError(error)) = session.chat_post_message(&post).await else { panic!("taken") };
    assert_eq!(error.code, "invalid_blocks");
    assert_eq!(error.errors.unwrap()[1], "must be more than 0 characters [json-pointer:/blocks/0/text/text]");
    slack.refuse("chat.postMessage", 1, 7);
    let Err(SlackClientError::RateLimitError(error)) = session.chat_post_message(&post).await else { panic!("taken") };
    assert_eq!(error.retry_after, Some(Duration::from_secs(7)));
}

#[tokio::test]
async fn views_and_files_parse() {
    let (slack, app) = workspace().await;
    let (client, token) = client(&slack);
    let session = client.open_session(&token);
    slack.user("U0ADA").command("/weft", "", "general").await.unwrap();
    let trigger = app.last().form("trigger_id").unwrap();
    let view: SlackView = serde_json::from_value(modal(json!([section("x"), buttons(&["a"])]))).unwrap();
    let opened = session.views_open(&SlackApiViewsOpenRequest::new(trigger.into(), view.clone())).await.unwrap().view;
    let update =
        SlackApiViewsUpdateRequest::new(view).with_view_id(opened.state_params.id).with_hash(opened.state_params.hash);
    session.views_update(&update).await.unwrap();
    let home: SlackView = serde_json::from_value(json!({ "type": "home", "blocks": [section("x")] })).unwrap();
    session.views_publish(&SlackApiViewsPublishRequest::new("U0ADA".into(), home)).await.unwrap();
    let wanted = SlackApiFilesGetUploadUrlExternalRequest::new("a.csv".into(), 5);
    let place = session.get_upload_url_external(&wanted).await.unwrap();
    let bytes = SlackApiFilesUploadViaUrlRequest::new(place.upload_url, b"12345".to_vec(), "text/csv".into());
    session.files_upload_via_url(&bytes).await.unwrap();
    let file = SlackApiFilesComplete::new(place.file_id.clone());
    let complete = SlackApiFilesCompleteUploadExternalRequest::new(vec![file]).with_channel_id("C0GENERAL".into());
    session.files_complete_upload_external(&complete).await.unwrap();
    let info = session.files_info(&SlackApiFilesInfoRequest::new(place.file_id)).await.unwrap().file;
    assert_eq!(info.name.as_deref(), Some("a.csv"));
    assert!(slack.violations().is_empty(), "{:?}", slack.violations());
}

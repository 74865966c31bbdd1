"""What simple-salesforce sees of an org: paging, records, collections, Bulk 2.0, refusals. Stops at the first thing that is not as it should be."""

import csv
import io
import json
import os
import urllib.parse
from datetime import datetime, timedelta, timezone

from simple_salesforce import Salesforce
from simple_salesforce.exceptions import SalesforceMalformedRequest, SalesforceResourceNotFound

import org


def refused(call, error):
    """The error code of a call that must be refused."""
    try:
        answer = call()
    except error as refusal:
        return refusal.content[0]["errorCode"]
    raise AssertionError(f"not refused: {answer}")


def log_in():
    """By client credentials, as a server does; then by the token that gives."""
    made = Salesforce(
        consumer_key=os.environ["SALESFORCE_CLIENT_ID"],
        consumer_secret=os.environ["SALESFORCE_CLIENT_SECRET"],
        domain="acme.my",
        session=org.session(),
        version=org.VERSION,
    )
    assert made.session_id.startswith("00D"), made.session_id
    return made


def reads_every_page(sf):
    """More rows than a page holds, each of them once."""
    total = sf.query("SELECT COUNT() FROM User")["totalSize"]
    assert total > 2000, total
    rows = list(sf.query_all_iter("SELECT Id, Username, Profile.Name, LastLoginDate FROM User ORDER BY Id"))
    assert len({row["Id"] for row in rows}) == len(rows) == total
    assert rows[0]["attributes"]["type"] == "User" and rows[-1]["attributes"]["url"].endswith(rows[-1]["Id"])
    assert all(row["Profile"] is None or row["Profile"]["Name"] for row in rows)
    usage = sf.api_usage["api-usage"]
    assert 0 < usage.used < usage.total, usage
    return rows


def changes_records(sf):
    """Create, read, update, delete: a role, a group, an assignment of a permission set."""
    role = sf.UserRole.create({"Name": "Chief of Bees", "DeveloperName": "Chief_of_Bees"})
    assert (role["success"], role["errors"]) == (True, []), role
    assert sf.UserRole.update(role["id"], {"Name": "Head of Bees"}) == 204
    assert sf.UserRole.get(role["id"])["Name"] == "Head of Bees"
    now = datetime.now(timezone.utc)
    span = (now - timedelta(minutes=5), now + timedelta(minutes=5))
    assert role["id"] in sf.UserRole.updated(*span)["ids"]
    assert sf.UserRole.delete(role["id"]) == 204
    assert role["id"] in [row["id"] for row in sf.UserRole.deleted(*span)["deletedRecords"]]
    assert refused(lambda: sf.UserRole.get(role["id"]), SalesforceResourceNotFound) in ("NOT_FOUND", "ENTITY_IS_DELETED")

    group = sf.Group.create({"Name": "Beekeepers", "DeveloperName": "Beekeepers", "Type": "Regular"})
    assert sf.Group.delete(group["id"]) == 204

    free = "SELECT Id FROM User WHERE IsActive = true AND Profile.UserLicense.Name = 'Salesforce' AND Id NOT IN " \
        "(SELECT AssigneeId FROM PermissionSetAssignment WHERE PermissionSet.Name = 'Report_Builder') LIMIT 1"
    user = sf.query(free)["records"][0]["Id"]
    chosen = sf.query("SELECT Id FROM PermissionSet WHERE Name = 'Report_Builder'")["records"][0]["Id"]
    wish = {"AssigneeId": user, "PermissionSetId": chosen}
    made = sf.PermissionSetAssignment.create(wish)
    assert refused(lambda: sf.PermissionSetAssignment.create(wish), SalesforceMalformedRequest) == "DUPLICATE_VALUE"
    assert sf.PermissionSetAssignment.delete(made["id"]) == 204


def changes_many(sf, rows):
    """One item of a collection fails, the others do not."""
    ids = [rows[10]["Id"], "005000000000000AAA", rows[11]["Id"]]
    records = [{"attributes": {"type": "User"}, "id": id, "Title": "Apiarist"} for id in ids]
    body = json.dumps({"allOrNone": False, "records": records})
    results = sf.restful("composite/sobjects", method="PATCH", data=body)
    assert [result["success"] for result in results] == [True, False, True], results
    assert results[1]["errors"][0]["statusCode"] == "INVALID_CROSS_REFERENCE_KEY", results
    assert sf.User.get(ids[2])["Title"] == "Apiarist"


def reads_in_bulk(sf, rows):
    """The same rows as CSV, in pages that each have a header."""
    pages = list(sf.bulk2.User.query("SELECT Id, Username, Title, Profile.Name, LastLoginDate FROM User", max_records=1500, wait=0.05))
    assert len(pages) == -(-len(rows) // 1500), len(pages)
    found = [row for page in pages for row in csv.DictReader(io.StringIO(page))]
    assert list(found[0]) == ["Id", "Username", "Title", "Profile.Name", "LastLoginDate"], found[0]
    assert {row["Id"]: row["Username"] for row in found} == {row["Id"]: row["Username"] for row in rows}
    logins = {row["Id"]: row["LastLoginDate"] for row in rows}
    assert all(row["LastLoginDate"] == (logins[row["Id"]] or "").replace("+0000", "Z") for row in found)
    refusal = refused(lambda: list(sf.bulk2.OauthToken.query("SELECT AppName FROM OauthToken")), SalesforceMalformedRequest)
    assert refusal == "INVALIDENTITY", refusal


def is_told_what_is_wrong(sf):
    """Mistakes and what only the Tooling API knows."""
    table = [("SELECT Nothing FROM User", "INVALID_FIELD"), ("SELECT Id FROM Accout", "INVALID_TYPE"), ("SELECT Id FROM", "MALFORMED_QUERY")]
    for query, code in table:
        assert refused(lambda: sf.query(query), SalesforceMalformedRequest) == code, query
    asked = urllib.parse.quote("SELECT Id, SubscriberPackage.Name FROM InstalledSubscriberPackage")
    page = sf.toolingexecute(f"query?q={asked}")
    assert page["size"] == page["totalSize"] == len(page["records"]) > 0, page
    fields = {field["name"] for field in sf.User.describe()["fields"]}
    assert {"Id", "Username", "IsActive"} <= fields
    assert sf.limits()["DailyApiRequests"]["Remaining"] > 0


client = log_in()
everybody = reads_every_page(client)
changes_records(org.with_token())
changes_many(client, everybody)
reads_in_bulk(client, everybody)
is_told_what_is_wrong(client)
print(json.dumps({"client": "simple-salesforce", "users": len(everybody)}))

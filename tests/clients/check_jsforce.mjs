// What jsforce sees of an org: paging, records, collections, Bulk 2.0, refusals. Stops at the first thing that is not as it should be.

import assert from 'node:assert/strict';
import { connect, logIn } from './org.mjs';

// The error code of a call that must be refused.
async function refused(call) {
  try {
    const answer = await call();
    assert.fail(`not refused: ${JSON.stringify(answer)}`);
  } catch (refusal) {
    assert.ok(refusal.errorCode, refusal);
    return refusal.errorCode;
  }
}

// More rows than a page holds, each of them once.
async function readsEveryPage(connection) {
  const { totalSize } = await connection.query('SELECT COUNT() FROM User');
  assert.ok(totalSize > 2000, `${totalSize}`);
  const soql = 'SELECT Id, Username, Profile.Name, LastLoginDate FROM User ORDER BY Id';
  const { records: rows } = await connection.query(soql).run({ autoFetch: true, maxFetch: 1_000_000 });
  assert.equal(rows.length, totalSize);
  assert.equal(new Set(rows.map((row) => row.Id)).size, totalSize);
  assert.equal(rows[0].attributes.type, 'User');
  assert.ok(connection.limitInfo.apiUsage.used > 0 && connection.limitInfo.apiUsage.limit > 0);
  return rows;
}

// Create, read, update, delete: a role, a group, an assignment of a permission set.
async function changesRecords(connection) {
  const roles = connection.sobject('UserRole');
  const role = await roles.create({ Name: 'Chief of Owls', DeveloperName: 'Chief_of_Owls' });
  assert.deepEqual([role.success, role.errors], [true, []]);
  assert.equal((await roles.update({ Id: role.id, Name: 'Head of Owls' })).success, true);
  assert.equal((await roles.retrieve(role.id)).Name, 'Head of Owls');
  const minutes = (by) => new Date(Date.now() + by * 60_000);
  assert.ok((await roles.updated(minutes(-5), minutes(5))).ids.includes(role.id));
  assert.equal((await roles.destroy(role.id)).success, true);
  const { deletedRecords } = await roles.deleted(minutes(-5), minutes(5));
  assert.ok(deletedRecords.some((record) => record.id === role.id));
  assert.match(await refused(() => roles.retrieve(role.id)), /NOT_FOUND|ENTITY_IS_DELETED/);

  const group = await connection.sobject('Group').create({ Name: 'Owl Keepers', DeveloperName: 'Owl_Keepers', Type: 'Regular' });
  assert.equal((await connection.sobject('Group').destroy(group.id)).success, true);

  const holders = "SELECT AssigneeId FROM PermissionSetAssignment WHERE PermissionSet.Name = 'Export_Reports'";
  const found = await connection.query(
    `SELECT Id FROM User WHERE IsActive = true AND Profile.UserLicense.Name = 'Salesforce' AND Id NOT IN (${holders}) LIMIT 1`,
  );
  const [set] = (await connection.query("SELECT Id FROM PermissionSet WHERE Name = 'Export_Reports'")).records;
  const wish = { AssigneeId: found.records[0].Id, PermissionSetId: set.Id };
  const assignments = connection.sobject('PermissionSetAssignment');
  const made = await assignments.create(wish);
  assert.equal(await refused(() => assignments.create(wish)), 'DUPLICATE_VALUE');
  assert.equal((await assignments.destroy(made.id)).success, true);
}

// One item of a collection fails, the others do not.
async function changesMany(connection, rows) {
  const ids = [rows[12].Id, '005000000000000AAA', rows[13].Id];
  const results = await connection.sobject('User').update(ids.map((Id) => ({ Id, Title: 'Ornithologist' })), { allOrNone: false });
  assert.deepEqual(results.map((result) => result.success), [true, false, true]);
  assert.equal(results[1].errors[0].errorCode ?? results[1].errors[0].statusCode, 'INVALID_CROSS_REFERENCE_KEY');
  assert.equal((await connection.sobject('User').retrieve(ids[2])).Title, 'Ornithologist');
}

// The same rows as CSV.
async function readsInBulk(connection, rows) {
  const stream = await connection.bulk2.query('SELECT Id, Username, Profile.Name FROM User', { pollInterval: 50, pollTimeout: 30_000 });
  const found = await stream.toArray();
  assert.deepEqual(Object.keys(found[0]), ['Id', 'Username', 'Profile.Name']);
  const names = new Map(rows.map((row) => [row.Id, row.Username]));
  assert.equal(found.length, rows.length);
  assert.ok(found.every((row) => names.get(row.Id) === row.Username));
  assert.equal(await refused(() => connection.bulk2.query('SELECT AppName FROM OauthToken')), 'INVALIDENTITY');
}

// Mistakes and what only the Tooling API knows.
async function isToldWhatIsWrong(connection) {
  const table = [['SELECT Nothing FROM User', 'INVALID_FIELD'], ['SELECT Id FROM Accout', 'INVALID_TYPE'], ['SELECT Id FROM', 'MALFORMED_QUERY']];
  for (const [soql, code] of table) {
    assert.equal(await refused(() => connection.query(soql)), code, soql);
  }
  const page = await connection.tooling.query('SELECT Id, SubscriberPackage.Name FROM InstalledSubscriberPackage');
  assert.ok(page.totalSize > 0 && page.totalSize === page.records.length);
  const { fields } = await connection.describe('User');
  assert.ok(fields.some((field) => field.name === 'Username'));
  assert.ok((await connection.limits()).DailyApiRequests.Remaining > 0);
  const identity = await connection.identity();
  assert.ok(identity.user_id.startsWith('005'));
}

const connection = await logIn();
const everybody = await readsEveryPage(connection);
await changesRecords(connect());
await changesMany(connection, everybody);
await readsInBulk(connection, everybody);
await isToldWhatIsWrong(connection);
console.log(JSON.stringify({ client: 'jsforce', users: everybody.length }));

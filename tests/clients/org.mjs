// How jsforce reaches the org: SALESFORCE_URL is its address, SALESFORCE_TOKEN an access token. WEFT_CLIENTS is where jsforce is installed.

import { createRequire } from 'node:module';
import { join } from 'node:path';

const require = createRequire(join(process.env.WEFT_CLIENTS, 'package.json'));
const { Connection } = require('jsforce');
const url = process.env.SALESFORCE_URL;
const version = '67.0';

/** The connection of somebody who has an access token already. */
export function connect() {
  return new Connection({ instanceUrl: url, accessToken: process.env.SALESFORCE_TOKEN, version });
}

/** By client credentials, as a server does. */
export async function logIn() {
  const oauth2 = {
    loginUrl: url,
    clientId: process.env.SALESFORCE_CLIENT_ID,
    clientSecret: process.env.SALESFORCE_CLIENT_SECRET,
  };
  const connection = new Connection({ oauth2, version });
  await connection.authorize({ grant_type: 'client_credentials' });
  return connection;
}

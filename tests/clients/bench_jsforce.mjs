// How fast jsforce reads an org, and what memory that takes. Prints one line of JSON.
//
// SALESFORCE_URL and SALESFORCE_TOKEN say where and as whom, WEFT_CLIENTS where jsforce is installed. With `--bulk` by Bulk API 2.0 instead of
// by pages of queries. Rows are counted and dropped: what is measured is reading, not keeping.

import { readFileSync } from 'node:fs';
import { connect } from './org.mjs';

const bulk = process.argv.includes('--bulk');
const wanted = JSON.parse(readFileSync(new URL('objects.json', import.meta.url), 'utf8'));

// How many rows come, one after the other.
async function count(connection, soql) {
  const rows = bulk
    ? await connection.bulk2.query(soql, { pollInterval: 100, pollTimeout: 600_000 })
    : connection.query(soql);
  let counted = 0;
  await new Promise((resolve, reject) => {
    rows.on('record', () => { counted += 1; });
    rows.on('end', resolve);
    rows.on('error', reject);
    if (!bulk) rows.run({ autoFetch: true, maxFetch: 100_000_000 });
  });
  return counted;
}

const connection = connect();
const cpuBefore = process.cpuUsage();
const objects = {};
for (const [name, fields] of Object.entries(wanted)) {
  const began = performance.now();
  const rows = await count(connection, `SELECT ${fields} FROM ${name}`);
  const seconds = (performance.now() - began) / 1000;
  objects[name] = { rows, seconds: Number(seconds.toFixed(3)), rows_per_second: Math.round(rows / seconds) };
}
// All threads together, in microseconds.
const cpu = process.cpuUsage(cpuBefore);
const sum = (key) => Object.values(objects).reduce((total, figures) => total + figures[key], 0);
console.log(JSON.stringify({
  client: 'jsforce',
  bulk,
  rows: sum('rows'),
  seconds: Number(sum('seconds').toFixed(3)),
  cpu_seconds: Number(((cpu.user + cpu.system) / 1e6).toFixed(3)),
  rows_per_second: Math.round(sum('rows') / sum('seconds')),
  // Node.js counts it in KiB.
  peak_rss_mib: Number((process.resourceUsage().maxRSS / 1024).toFixed(1)),
  objects,
}));

// Prints what node's dotenv, followed by dotenv-expand, reads from every .env file in a folder, as JSON.
// Started by `cargo xtask dotenv`, with the folder of the packages and the folder of the files.

const crypto = require('node:crypto');
const fs = require('node:fs');
const path = require('node:path');

const [packages, folder] = process.argv.slice(2);
const load = (name) => require(path.join(packages, 'node_modules', name));
const version = (name) => load(`${name}/package.json`).version;

const files = {};
for (const name of fs.readdirSync(folder).filter((name) => name.endsWith('.env')).sort()) {
  const bytes = fs.readFileSync(path.join(folder, name));
  const parsed = load('dotenv').parse(bytes);
  // An environment of its own: references are looked up there, too, and every run must give the same.
  const values = load('dotenv-expand').expand({ parsed, processEnv: {} }).parsed;
  const sorted = Object.fromEntries(Object.entries(values).sort(([a], [b]) => (a < b ? -1 : 1)));
  files[name] = { sha256: crypto.createHash('sha256').update(bytes).digest('hex'), values: sorted };
}

const tool = `dotenv ${version('dotenv')} with dotenv-expand ${version('dotenv-expand')} on Node ${process.versions.node}`;
console.log(JSON.stringify({ files, recorded_by: 'cargo xtask dotenv --record', tool }, null, 1));

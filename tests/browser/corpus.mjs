// Bundles, verified as pages verify them: `node corpus.mjs <trust file> <bundle>...` prints each file's grades as JSON.

import { readFileSync } from "node:fs";
import { webcrypto } from "node:crypto";
import { basename } from "node:path";

globalThis.crypto ??= webcrypto;

const code = new URL("../../api/web/static/js/", import.meta.url);
const { verifyBundle } = await import(new URL("bundlesteps.js", code));
const { parseTrust } = await import(new URL("note.js", code));

const [trustFile, ...files] = process.argv.slice(2);
const trust = await parseTrust(readFileSync(trustFile, "utf8"));
const found = {};
for (const file of files) {
  const grades = (found[basename(file)] = {});
  for await (const { name, grade } of verifyBundle(new Uint8Array(readFileSync(file)), trust)) {
    grades[name] = grade;
  }
}
console.log(JSON.stringify(found));

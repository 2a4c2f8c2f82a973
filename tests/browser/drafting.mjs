// Drafts made into statements by the scripts of the pages: JSON lines in, JSON lines out, one for each; `what` names
// the step to take. Python compares the answers with its own.

import { createInterface } from "node:readline";
import { webcrypto } from "node:crypto";

globalThis.crypto ??= webcrypto;

const code = new URL("../../api/web/static/js/", import.meta.url);
const load = (name) => import(new URL(name, code));
const { base64, fromBase64 } = await load("bytes.js");
const { build } = await load("build.js");
const { readDraft } = await load("draft.js");
const { check } = await load("schema.js");
const { smallCount } = await load("counts.js");

const steps = {
  async build({ draft, tables, names, targets, ledger, issuedAt, salts, file }) {
    const given = salts.map(fromBase64);
    const resolver = {
      named: async (name) => names[name] ?? null,
      target: async (id) => targets[id] ?? null,
    };
    const salt = () => given.shift();
    const made = await build(readDraft(draft, tables), { tables, resolver, ledger, issuedAt, salt, file });
    return { payload: base64(made.payload), id: made.id, disclosures: made.disclosures };
  },
  schema: async ({ schema, value }) => ({ wrong: check(schema, value) }),
  counts: async ({ claim }) => ({ found: smallCount(claim) }),
};

for await (const line of createInterface({ input: process.stdin })) {
  const { what, ...given } = JSON.parse(line);
  let answer;
  try {
    answer = await steps[what](given);
  } catch (error) {
    // Refused is what throws an error of ours: anything else that goes wrong is a defect.
    answer = error.code === undefined ? { defect: `${error.name}: ${error.message}` } : { code: error.code, told: error.what };
  }
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}

// What the scripts of the pages make of drafts and keys: JSON lines in, JSON lines out, one for each; `what` names the
// step to take. Python compares the answers with its own.

import { createInterface } from "node:readline";
import { webcrypto } from "node:crypto";

globalThis.crypto ??= webcrypto;

const code = new URL("../../api/web/static/js/", import.meta.url);
const load = (name) => import(new URL(name, code));
const { base64, fromBase64 } = await load("bytes.js");
const { build } = await load("build.js");
const { fullText, meant } = await load("called.js");
const { readDraft } = await load("draft.js");
const { check } = await load("schema.js");
const { smallCount } = await load("counts.js");
const { makeDevice } = await load("device.js");
const { envelopeOf, readSignedFile, signPayload, signedFile } = await load("envelope.js");
const { digestOfFile } = await load("hashing.js");
const { keyRequest } = await load("keyrequest.js");

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
  // A new key's request, and a signed file made with that key.
  async device({ tables, ledger, issuedAt, named, payload, ...asked }) {
    const device = await makeDevice(asked, ledger, issuedAt);
    const text = await keyRequest(device, named, { tables, ledger, issuedAt });
    const signature = await signPayload(fromBase64(payload), device);
    const file = signedFile(fromBase64(payload), [signature], ["a.b"], "l");
    const back = readSignedFile(file);
    return { text, file, publicKey: base64(device.publicKey), keyId: device.keyId, same: JSON.stringify(back.signatures) === JSON.stringify([signature]) };
  },
  envelope: async ({ payload, signatures }) => envelopeOf(fromBase64(payload), signatures),
  // The digest of a file of so many bytes, each its place modulo 251, and how far it was told to be.
  async digest({ size }) {
    const told = [];
    const file = new Blob([Uint8Array.from({ length: size }, (_, at) => at % 251)]);
    return { digest: await digestOfFile(file, (done) => told.push(done)), told };
  },
  // What is typed for a name, of names {value, called, texts, standing, by}, and how these are offered.
  meant: async ({ typed, names, isWhole, words }) => {
    const { value, near } = meant(typed, names, isWhole);
    return { value, near: near.map((one) => fullText(one, words)) };
  },
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

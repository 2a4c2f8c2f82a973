// What the pages' scripts make of files to be verified: JSON lines in, JSON lines out, one for each; `what` names the
// step to take. Files are lists of [name, base64], a trust file is its text or null. Python compares.

import { createInterface } from "node:readline";
import { webcrypto } from "node:crypto";

globalThis.crypto ??= webcrypto;

const code = new URL("../../api/web/static/js/", import.meta.url);
const load = (name) => import(new URL(name, code));
const { exitCode, outcome, plain } = await load("grading.js");
const { parseTrust } = await load("note.js");
const { readSubjects, verifySubject } = await load("subject.js");
const { flipped, look, partsOf, pick } = await load("tamper.js");
const { WEAK_KEY, WEAK_SIGNATURE, compare, compareFresh } = await load("weakkey.js");

const opened = (files) => readSubjects(files.map(([name, base64]) => ({ name, bytes: new Uint8Array(Buffer.from(base64, "base64")) })));
const told = (sentences) => sentences.map((one) => plain(one)).join("; ");

async function report(subject, trust) {
  const steps = [];
  const verification = verifySubject(subject, trust);
  let next = await verification.next();
  for (; !next.done; next = await verification.next()) steps.push(next.value);
  const shown = steps.map(({ number, name, grade, detail }) => ({ number, name, grade, detail }));
  const { kind, name } = subject;
  return { kind, name, steps: shown, verdict: told(next.value), outcome: outcome(steps), exitCode: exitCode(steps), sentences: steps.flatMap(({ said }) => said) };
}

// Numbers below n that look random and are the same every time.
function numbersFrom(seed) {
  let state = seed;
  return (n) => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return Math.floor((state / 2_147_483_648) * n);
  };
}

const steps = {
  async verify({ files, trust }) {
    const root = trust === null ? null : await parseTrust(trust);
    const { subjects, left, trust: given } = await opened(files);
    const reports = [];
    for (const subject of subjects) reports.push(await report(subject, root));
    return { reports, left: left.map(({ name, why }) => [name, plain(why)]), trust: given };
  },
  // A byte of a part changed where `seed` says, and the report on the copy; the first of the files is changed.
  async tamper({ files, trust, part, seed }) {
    const root = trust === null ? null : await parseTrust(trust);
    const [subject] = (await opened(files)).subjects;
    const parts = [...new Set(partsOf(subject).map((one) => one.part))];
    const place = pick(subject, part, numbersFrom(seed));
    if (place === null) return { parts, place };
    return { parts, place, seen: look(subject, place), report: await report(flipped(subject, place), root), before: await report(subject, root) };
  },
  async look({ files, piece, offset }) {
    return look((await opened(files)).subjects[0], { piece, offset });
  },
  async weakKey({ text }) {
    return { weak: await compare(WEAK_KEY, text, WEAK_SIGNATURE), fresh: await compareFresh(text), key: [...WEAK_KEY], signature: [...WEAK_SIGNATURE] };
  },
};

for await (const line of createInterface({ input: process.stdin })) {
  const { what, ...given } = JSON.parse(line);
  let answer;
  try {
    answer = await steps[what](given);
  } catch (error) {
    answer = { defect: `${error.stack}` };
  }
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}

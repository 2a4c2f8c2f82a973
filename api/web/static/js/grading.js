// Steps of a verification, a grade each, and what was seen in words that pages can say in any language
// (ledger/core/report.py). Grades: held, failed, unreadable, unchecked, unverified.

import { Refusal } from "./bytes.js";

// A sentence with {named} places. `plain` says it in English; a page that knows a translation of the template says
// that. A value is a text, a number, another sentence, or a list of these.
export function sentence(template, values = {}) {
  return { template, values };
}

// Why no statement is called held for its form here.
export const ELSEWHERE = sentence("the tables of each kind are checked by evidence-verify");
export const SHOWN = 3; // of a list's members, in a sentence

// `translated` gives the template in another language.
export function plain({ template, values }, translated = (text) => text) {
  return translated(template).replace(/\{(\w+)\}/g, (place, name) => (name in values ? valueText(values[name], translated) : place));
}

function valueText(value, translated) {
  if (Array.isArray(value)) return listText(value, translated);
  return typeof value === "object" ? plain(value, translated) : String(value);
}

function listText(values, translated) {
  if (values.length === 0) return plain(sentence("none"), translated);
  const shown = values.slice(0, SHOWN).map((one) => valueText(one, translated)).join(", ");
  return values.length > SHOWN ? plain(sentence("{shown} and {n} more", { shown, n: values.length - SHOWN }), translated) : shown;
}

// What a refusal says. Codes and what stands behind them are the protocol's own words, in any language.
export function refused(error) {
  if (error instanceof Refusal) return sentence("{code}: {what}", { code: error.where ? `${error.code} at ${error.where}` : error.code, what: error.what });
  return sentence("{code}: {what}", { code: error.name, what: error.message });
}

// A step of a report: `said` are sentences, `detail` the same in English, `entries` the positions that failed it; `cause`
// why it failed, where that may follow from the file being of another ledger than the reader trusts: "foreign",
// "namesake", "unwitnessed".
export function stepOf(number, name, [grade, said, entries = [], cause = ""]) {
  const sentences = [said].flat();
  return { number, name, grade, said: sentences, detail: sentences.map((one) => plain(one)).join("; "), entries, cause };
}

// Yields the step of each check ([name, judge]) in order, as soon as it is decided; after one that finds the subject
// unreadable there is none. A judge gives [grade, said, entries?, cause?], or throws what fails its step.
export async function* takeSteps(checks, subject, first = 1) {
  for (const [at, [name, judge]] of checks.entries()) {
    let found;
    try {
      found = await judge(subject);
    } catch (error) {
      found = ["failed", refused(error)];
    }
    yield stepOf(first + at, name, found);
    if (found[0] === "unreadable") return;
  }
}

// 0 all held or unchecked, 1 something failed, 2 unreadable, 3 no trust root: the exit codes of evidence-verify.
export function exitCode(steps) {
  const codes = { unreadable: 2, failed: 1, unverified: 3 };
  const gravest = Object.keys(codes).find((grade) => steps.some((step) => step.grade === grade));
  return codes[gravest] ?? 0;
}

// The gravest grade among the steps.
export function gravest(steps) {
  return ["unreadable", "failed", "unverified", "unchecked"].find((grade) => steps.some((step) => step.grade === grade)) ?? "held";
}

// What they amount to, by the name of its words: the gravest grade, or what the file has to do with the ledger trusted.
// "split-view": its tree begins otherwise, and a trusted key has signed it. "namesake": it names the ledger trusted and
// begins otherwise. "foreign": it names another, and nobody signed it in the name of the one trusted. The last two only
// where nothing else failed.
export function outcome(steps) {
  const failed = steps.filter(({ grade }) => grade === "failed");
  const causeOf = (name) => failed.find((step) => step.name === name)?.cause;
  const hasHeld = (name) => steps.some((step) => step.name === name && step.grade === "held");
  const root = causeOf("trust root");
  if (root === "namesake" && hasHeld("inclusion") && hasHeld("checkpoint")) return "split-view";
  if (root === "namesake" && failed.every(({ name, cause }) => cause || name === "checkpoint")) return "namesake";
  if (root === "foreign" && causeOf("checkpoint") === "foreign" && failed.every(({ cause }) => cause)) return "foreign";
  return gravest(steps);
}

const AT_A_TIME = 50; // entries between two words about progress

// Judges every item, telling `progress(done, total)` on the way; null when none is refused, else the finding that says
// so, with the positions of those that were.
export async function refusedAmong(items, judge, progress = null) {
  const found = [];
  for (const [at, item] of items.entries()) {
    if (at % AT_A_TIME === 0) progress?.(at, items.length);
    try {
      await judge(item);
    } catch (error) {
      found.push([item.index, refused(error)]);
    }
  }
  if (found.length === 0) return null;
  const said = found.slice(0, SHOWN).map(([index, why]) => sentence("entry {index}: {why}", { index, why }));
  if (found.length > SHOWN) said.push(sentence("and {n} more", { n: found.length - SHOWN }));
  return ["failed", said, found.map(([index]) => index)];
}

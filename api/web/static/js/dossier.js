// A dossier: a page that carries a bundle, checks it, and compares what it prints with what was signed.
// It asks the network for nothing; every text enters the page as text.

import { utf8 } from "./bytes.js";
import { keysAbout } from "./bundle.js";
import { verifyBundle } from "./bundlesteps.js";
import { gravest, outcome } from "./grading.js";
import { statementKeys } from "./index.js";
import { browserKnowsEd25519 } from "./keys.js";
import { parseTrust } from "./note.js";
import { readings } from "./reading.js";
import { describe } from "./text.js";

const byId = (id) => document.getElementById(id);
const words = WORDS; // of api/dossier/tables.py; stands before this, under the same hash
const bundleText = byId("bundle").content.textContent;
const shown = new Map(); // what the page said before any check, by position

function element(name, text, attributes = {}) {
  const made = document.createElement(name);
  made.textContent = text;
  for (const [attribute, value] of Object.entries(attributes)) made.setAttribute(attribute, value);
  return made;
}

// --- the steps ---------------------------------------------------------------------------------------------------------

async function runChecks(trust) {
  const steps = [];
  const body = byId("steps");
  body.replaceChildren();
  const verification = verifyBundle(utf8(bundleText), trust);
  let next = await verification.next();
  for (; !next.done; next = await verification.next()) {
    steps.push(next.value);
    body.append(stepRow(next.value));
  }
  if (next.value) {
    const step = comparePage(next.value);
    steps.push(step);
    body.append(stepRow(step));
    markStatements(next.value, steps);
  }
  return steps;
}

function stepRow({ number, name, grade, detail }) {
  const row = element("tr", "", { "data-step": name, "data-grade": grade });
  row.append(element("td", String(number)), stepName(name), element("td", grade, { class: "grade" }), element("td", detail));
  return row;
}

function stepName(name) {
  const cell = element("th", "", { scope: "row" });
  cell.append(element("span", name, { class: "name" }), element("span", words.questions[name] ?? "", { class: "question" }));
  return cell;
}

// --- what the page prints ------------------------------------------------------------------------------------------------

function comparePage(reading) {
  const { items } = reading;
  for (const item of items) item.disclosed ??= [];
  const known = new Map(items.filter((item) => item.statement).map((item) => [item.statement.id, item]));
  const { read, called } = readings(items, known, words);
  const different = [];
  for (const item of items) {
    const article = byId(`entry-${item.index}`);
    const proven = { ...read.get(item.index), signed: describe(item, known, words).rows };
    const section = sectionOf(reading, item);
    if (!article || shown.get(item.index) !== textOf(proven, section)) {
      different.push(item.index);
      if (article) reprint(article, proven, section);
    }
  }
  const extra = [...shown.keys()].filter((index) => !items.some((item) => item.index === index));
  for (const index of extra) byId(`entry-${index}`).remove();
  const wrong = mendFacts(factsOf(reading, called));
  const step = { number: 14, name: "page text", entries: [...different, ...extra] };
  const named = [...wrong, ...step.entries.slice(0, 5).map((index) => `entry ${index}`)].join(", ");
  if (named === "") return { ...step, grade: "held", detail: `the ${items.length} statements below are printed as they were signed, names and codes in words` };
  return { ...step, grade: "failed", detail: `this page printed something else than what was signed; mended below: ${named}` };
}

const textOf = ({ heading, rows, signed }, section) => JSON.stringify([heading, rows, signed, section]);

// Where a statement belongs: what the dossier is about, what that refers to, and who could sign.
function sectionOf(reading, { statement }) {
  if (!statement) return "context";
  const { about } = reading.bundle.head;
  reading.keysAbout ??= keysAbout(about, reading.statements);
  const own = about === `statement:${statement.id}` || [...statementKeys(statement)].some((key) => reading.keysAbout.has(key));
  return own ? "own" : ["ledger", "index", "party", "key"].includes(statement.kind) ? "signers" : "context";
}

// What the page says of the whole.
function factsOf(reading, callThem) {
  const { bundle, checkpoint, indexed, items } = reading;
  const { about } = bundle.head;
  const last = String((indexed?.size ?? checkpoint.size) - 1);
  const clock = items.find((item) => item.index === 0)?.statement?.claim.clock ?? "system";
  const called = callThem(about);
  const complete = words.complete[indexed ? "yes" : "no"].replace("{name}", () => called).replace("{last}", last);
  const own = items.filter((item) => sectionOf(reading, item) === "own").length;
  return { about, called, origin: checkpoint.origin, size: String(checkpoint.size), last, own: String(own), notice: words.notices[clock], complete };
}

// Writes the facts into the page and gives the names of those that it had told differently.
function mendFacts(facts) {
  const wrong = new Set();
  for (const place of document.querySelectorAll("[data-fact]")) {
    const right = facts[place.dataset.fact];
    if (right === undefined || place.textContent === right) continue;
    wrong.add(place.dataset.fact);
    place.textContent = right;
  }
  const title = `Dossier: ${facts.called}`;
  if (document.title !== title) wrong.add("title");
  document.title = title;
  return wrong;
}

function readArticles() {
  for (const article of document.querySelectorAll("article[id]")) {
    const section = article.closest("[data-section]")?.dataset.section;
    const heading = article.querySelector("h3").textContent;
    shown.set(Number(article.id.slice(6)), textOf({ heading, rows: rowsIn(article, "reading"), signed: rowsIn(article, "signed") }, section));
  }
}

const rowsIn = (article, list) => Array.from(article.querySelectorAll(`dl.${list} > div`), (row) => Array.from(row.children, (one) => one.textContent));

function reprint(article, { heading, rows, signed }, section) {
  document.querySelector(`[data-section="${section}"]`).append(article);
  article.querySelector("h3").textContent = heading;
  article.querySelector("dl.reading").replaceChildren(...rows.map(printedRow));
  article.querySelector("dl.signed").replaceChildren(...signed.map(printedRow));
  article.querySelector("details").open = true;
}

function printedRow([what, text]) {
  const row = element("div", "");
  row.append(element("dt", what), element("dd", text, { dir: "auto" }));
  return row;
}

function markStatements({ items }, steps) {
  for (const { index } of items) {
    const mark = byId(`entry-${index}`)?.querySelector(".mark");
    if (!mark) continue;
    const failed = steps.filter((step) => step.entries.includes(index)).map((step) => `${step.number} ${step.name}`);
    mark.dataset.grade = failed.length > 0 ? "failed" : "held";
    mark.textContent = failed.length > 0 ? `failed: ${failed.join(", ")}` : "signed as printed, and in the log at this place";
  }
}

// --- what it amounts to ------------------------------------------------------------------------------------------------------

function tellVerdict(steps) {
  const grade = gravest(steps);
  const meaning = words.meanings[outcome(steps)];
  const failed = steps.filter((step) => step.grade === "failed").map((step) => `${step.number} ${step.name}`);
  const verdict = byId("verdict");
  verdict.dataset.grade = grade;
  verdict.textContent = failed.length > 0 ? `${meaning} (${failed.join(", ")})` : meaning;
}

async function check(trust) {
  delete byId("verdict").dataset.grade;
  byId("verdict").textContent = "Checking...";
  tellVerdict(await runChecks(trust));
  byId("engine").textContent = (await browserKnowsEd25519())
    ? "Signatures: by this browser's Ed25519, keys checked by the page. Hashes: by this browser's SHA-256."
    : "Signatures: by the page's own arithmetic, as this browser lacks Ed25519. Hashes: by this browser's SHA-256.";
}

async function takeTrust(event) {
  const told = byId("trust-told");
  try {
    const trust = await parseTrust(await event.target.files[0].text());
    told.textContent = `You trust ${trust.origin}, by a file that you chose.`;
    await check(trust);
  } catch (error) {
    told.textContent = `This file cannot be used: ${error.message}`;
  }
}

function saveBundle() {
  const address = URL.createObjectURL(new Blob([bundleText], { type: "application/jsonl" }));
  const link = element("a", "", { href: address, download: "bundle.jsonl" });
  link.click();
  URL.revokeObjectURL(address);
}

async function main() {
  readArticles();
  byId("unchecked").hidden = true;
  byId("checks").hidden = false;
  byId("trust").addEventListener("change", takeTrust);
  byId("save").addEventListener("click", saveBundle);
  if (globalThis.crypto?.subtle === undefined) {
    byId("verdict").textContent = "This browser offers no hashes here, so nothing was checked. Open the file from a disk, or use evidence-verify.";
    return;
  }
  await check(null);
}

await main();

// The verify page: takes files, shows each step as it is decided, and the drills. All that it says comes with the page;
// all that it shows of a file enters as text.

import { byId, data, h, say } from "./dom.js";
import { gravest, outcome, plain } from "./grading.js";
import { browserKnowsEd25519 } from "./keys.js";
import { startDrill } from "./verifydrill.js";
import { Refused, Verifier } from "./verifier.js";
import { startWeakKey } from "./verifyweak.js";

const page = data("page");
const { words } = page;
const verifier = new Verifier(page.worker);
const state = { files: [], subjects: [], left: [], shown: 0, trust: null, statement: null };

// A sentence of the verifier in the page's language.
const told = (sentence) => plain(sentence, (template) => page.sentences[template] ?? template);
const toldAll = (sentences) => sentences.map(told).join("; ");

function status(text) {
  byId("status").textContent = text;
}

// --- whom the reader trusts ---------------------------------------------------------------------------------------------

async function trust(text, source) {
  const wasBusy = verifier.isBusy;
  if (wasBusy) verifier.restart();
  try {
    const root = await verifier.ask("trusting", { text });
    state.trust = text;
    byId("trust-told").textContent = root === null ? words.trustingNobody : say(words.trusting, { origin: root.origin, source });
    byId("no-trust").hidden = root === null;
  } catch (error) {
    if (error.stopped) return;
    byId("trust-told").textContent = say(words.badTrust, { why: told(error.said) });
    if (!wasBusy) return;
    await verifier.ask("trusting", { text: state.trust });
  }
  if (wasBusy) await open(state.files);
  else if (state.subjects.length > 0) await check(state.shown);
}

async function chooseTrust(event) {
  const [file] = event.target.files;
  if (file) await trust(await file.text(), words.byFile);
}

async function fetchFile(address) {
  const response = await fetch(address);
  if (!response.ok) throw Object.assign(new Error(`HTTP ${response.status}`), { status: response.status });
  return response;
}

async function useOwnTrust() {
  try {
    await trust(await (await fetchFile(page.trust)).text(), words.byLedger);
  } catch (error) {
    byId("trust-told").textContent = say(words.notFetched, { why: error.message });
  }
}

// --- what is to be checked ----------------------------------------------------------------------------------------------

async function take(files) {
  if (files.length === 0) return;
  if (verifier.isBusy) {
    // Whoever chooses something else does not wait for the check before.
    verifier.restart();
    await trustAgain();
  }
  await open(files);
}

async function open(files) {
  Object.assign(state, { files, subjects: [], left: [], shown: 0 });
  status(say(words.reading, { name: files.map(({ name }) => name).join(", ") }));
  for (const id of ["result", "drill"]) byId(id).hidden = true;
  try {
    const { subjects, left, trust: given } = await verifier.ask("open", { files });
    if (given !== null) await trust(given, words.byFile);
    Object.assign(state, { subjects, left });
    if (subjects.length > 0) return await check(0);
    showNothing();
  } catch (error) {
    tellRefusal(error);
  }
}

// Files of which none can be checked by itself.
function showNothing() {
  clearResult();
  showLeft();
  byId("result").hidden = state.left.length === 0;
  status(state.left.length > 0 ? words.nothing : "");
}

function tellRefusal(error) {
  if (error.stopped) return;
  status(say(words.refused, { why: error instanceof Refused ? told(error.said) : error.message }));
}

const asFiles = (list) => [...list].map((file) => ({ name: file.name, blob: file }));

async function takePasted() {
  const text = byId("pasted").value.trim();
  if (text === "") return status(words.pasteFirst);
  byId("files").value = "";
  // A bundle ends with a newline, which a clipboard loses.
  await take([{ name: words.pasted, blob: new Blob([text, "\n"]) }]);
}

async function takeExample() {
  status(words.fetching);
  await takeFetched(page.example.address, page.example.name);
}

// The bundle of the statement whose receipt lacks the keys of those who signed it.
async function takeBundle() {
  status(words.fetchingBundle);
  await takeFetched(`/v1/statements/${state.statement}/bundle`, `statement-${state.statement}.jsonl`, words.noBundle);
}

async function takeFetched(address, name, missing = null) {
  byId("files").value = "";
  let blob;
  try {
    blob = await (await fetchFile(address)).blob();
  } catch (error) {
    return status(error.status === 404 && missing !== null ? missing : say(words.notFetched, { why: error.message }));
  }
  await take([{ name, blob }]);
}

// --- checking -----------------------------------------------------------------------------------------------------------

async function check(which) {
  const subject = state.subjects[which];
  state.shown = which;
  clearResult();
  byId("result").hidden = false;
  showLeft();
  try {
    const { steps, verdict } = await run(subject, { which }, "", say(words.checking, subject));
    await showVerdict(subject, steps, verdict);
    offerBundle(subject, steps);
    if (steps.at(-1).grade === "unreadable") return; // there is nothing to be judged after a change
    await startDrill({ page, verifier, told, run, which, subject, isTrusting: state.trust !== null });
  } catch (error) {
    tellRefusal(error);
  }
}

// A receipt whose keys are not at hand: where they are.
function offerBundle(subject, steps) {
  const lacking = subject.kind === "receipt" && steps.some(({ name, grade }) => name === "signatures" && grade === "unchecked");
  state.statement = steps.find(({ name }) => name === "statement")?.said[0].values.id ?? null;
  byId("keys").hidden = !lacking || state.statement === null;
}

function clearResult() {
  for (const id of ["drill", "keys", "steps-table"]) byId(id).hidden = true;
  for (const id of ["verdict", "verdict-words", "engine"]) byId(id).textContent = "";
  delete byId("verdict").dataset.grade;
  byId("steps").replaceChildren();
}

// Run a check and show each step as it is decided: {steps, verdict}. `prefix` is that of the elements for it, `doing`
// what is told at its beginning.
async function run(subject, given, prefix, doing) {
  const steps = [];
  const tell = (step, question = "", share = 0) => {
    byId(`${prefix}progress`).value = (Math.min(steps.length, subject.steps - 1) + share) / subject.steps;
    if (step) byId(`${prefix}doing`).textContent = say(words.step, { step, steps: subject.steps, question });
  };
  byId(`${prefix}status`).textContent = doing;
  byId(`${prefix}running`).hidden = false;
  tell(0);
  try {
    const verdict = await verifier.ask("check", given, ({ step, done, total }) => {
      if (!step) return tell(0, "", done / total);
      steps.push(step);
      byId(`${prefix}steps-table`).hidden = false;
      byId(`${prefix}steps`).append(rowOf(step));
      tell(step.number, page.questions[step.name] ?? "");
    });
    return { steps, verdict };
  } finally {
    byId(`${prefix}running`).hidden = true;
  }
}

function rowOf({ number, name, grade, said }) {
  const question = h("th", { scope: "row" }, page.questions[name] ?? "", h("span", { class: "name" }, page.steps[name] ?? name));
  const shown = h("span", { class: "grade", "data-grade": grade }, page.grades[grade]);
  return h("tr", { "data-step": name, "data-grade": grade }, h("td", { class: "number" }, String(number)), question, h("td", {}, shown), h("td", { dir: "auto" }, toldAll(said)));
}

async function showVerdict(subject, steps, verdict) {
  const grade = gravest(steps);
  const meaning = page.meanings[outcome(steps)];
  const failed = steps.filter((step) => step.grade === "failed").map((step) => `${step.number} ${page.steps[step.name] ?? step.name}`);
  byId("verdict").dataset.grade = grade;
  byId("verdict").textContent = meaning;
  const sentences = [say(words.verdict, { verdict: toldAll(verdict) })];
  if (failed.length > 0) sentences.unshift(say(words.failedSteps, { steps: failed.join(", ") }));
  if (steps.some(({ name }) => name === "page text")) sentences.push(words.pageText);
  byId("verdict-words").textContent = sentences.join(" ");
  status(say(words.checked, { kind: page.kinds[subject.kind], name: subject.name, meaning }));
  byId("engine").textContent = (await browserKnowsEd25519()) ? words.byBrowser : words.byArithmetic;
}

// What else was given: more that can be checked, and what cannot.
function showLeft() {
  const others = state.subjects.map((subject, at) => [subject, at]).filter(([, at]) => at !== state.shown);
  const next = ([{ name }, at]) => h("li", {}, h("button", { type: "button", class: "secondary", click: () => check(at) }, say(words.checkNext, { name })));
  const left = ({ name, why }) => h("li", {}, say(words.leftOut, { name, why: told(why) }));
  byId("left").replaceChildren(...others.map(next), ...state.left.map(left));
}

async function stop() {
  verifier.restart();
  Object.assign(state, { files: [], subjects: [] });
  status(words.stopped);
  await trustAgain();
}

// A fresh worker knows nothing of it; another restart meanwhile tells the next one itself.
async function trustAgain() {
  try {
    await verifier.ask("trusting", { text: state.trust });
  } catch (error) {
    if (!error.stopped) throw error;
  }
}

// --- the page -----------------------------------------------------------------------------------------------------------

function makeDroppable(place) {
  const over = (event) => {
    if (!event.dataTransfer.types.includes("Files")) return;
    event.preventDefault();
    place.toggleAttribute("data-over", event.type === "dragover");
  };
  place.addEventListener("dragover", over);
  place.addEventListener("dragleave", over);
  place.addEventListener("drop", (event) => {
    over(event);
    byId("files").files = event.dataTransfer.files;
    take(asFiles(event.dataTransfer.files));
  });
}

function main() {
  byId("unscripted").hidden = true;
  for (const id of ["checker", "weak"]) byId(id).hidden = false;
  makeDroppable(byId("drop"));
  byId("files").addEventListener("change", (event) => take(asFiles(event.target.files)));
  byId("trust").addEventListener("change", chooseTrust);
  // The names stay to be read; the same files can be chosen again all the same.
  for (const id of ["files", "trust"]) byId(id).addEventListener("click", (event) => void (event.target.value = ""));
  byId("own-trust").addEventListener("click", useOwnTrust);
  byId("no-trust").addEventListener("click", () => trust(null, ""));
  byId("check-pasted").addEventListener("click", takePasted);
  byId("example")?.addEventListener("click", takeExample);
  byId("get-bundle").addEventListener("click", takeBundle);
  byId("stop").addEventListener("click", stop);
  startWeakKey(words);
}

main();

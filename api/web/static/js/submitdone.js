// The receipts that this browser keeps; one of them is shown whole, to be saved and printed.

import { fileAt, get, resolverOf } from "./api.js";
import { verifyBundle } from "./bundlesteps.js";
import { fromBase64, fromUtf8, sameBytes } from "./bytes.js";
import { citationOf } from "./citation.js";
import { dayText, timeText } from "./days.js";
import { byId, data, h, saveFile, say, scripted } from "./dom.js";
import { plain } from "./grading.js";
import { namesWith } from "./known.js";
import { parseTrust } from "./note.js";
import { calledBy, erasableRows, factList, namesIn, permanentRows } from "./preview.js";
import { decodeStatement, parseDisclosure } from "./statement.js";
import { RECEIPTS, all } from "./store.js";
import { whyNot } from "./takenin.js";

const page = data("page");
const { words, ledger, labels, verifying } = page;

// Kinds that rest on what was just stated, as the next thing to state.
const NEXT = { DocumentCaptured: ["statedIn", "basedOn"], DocumentReferenced: ["statedIn", "basedOn"] };
const RESTING = ["allegation", "observation", "determination", "response", "request", "commitment"];

async function show(receipt) {
  // Before anything is waited for: whoever can see the buttons can use them.
  byId("save-entry").onclick = () => saveFile(`${receipt.index}.entry`, fromBase64(receipt.entry));
  byId("save-proof").onclick = () => saveFile(`${receipt.index}.tlog-proof`, receipt.proof, "text/plain");
  byId("save-bundle").onclick = () => saveBundle(receipt);
  byId("bundle-told").textContent = "";
  byId("receipt").hidden = false;
  byId("again").hidden = !receipt.duplicate;
  const { logKeys } = await get("/v1/ledger");
  const wrong = await whyNot(receipt, logKeys, ledger.origin);
  const built = await builtOf(receipt);
  const names = await namesWith(namesIn(built, page.slugs));
  const signedFor = receipt.party.split(", ").map(calledBy(names, page)).join(", ");
  byId("receipt-facts").replaceChildren(
    factList([
      [words.signedFor, signedFor],
      [words.entry, receipt.index],
      [words.recorded, timeText(receipt.recordedAt, words)],
      [words.statement, receipt.id],
      [words.log, ledger.origin],
      [words.checked, wrong === null ? words.checkedWell : say(words.checkedBadly, { what: wrong })],
    ]),
  );
  byId("stated").replaceChildren(factList(await statedRows(built, receipt, names)));
  showCode(receipt, wrong);
  byId("proof").textContent = receipt.proof;
  byId("print").onclick = print;
  byId("to-statement").href = `${page.statements}/${receipt.id}?at_least=${receipt.index + 1}`;
  byId("next").replaceChildren(...next(receipt));
  byId("receipt-title").focus();
}

const ASK_AGAIN = 5_000; // milliseconds until a bundle is asked for again that the ledger has not got yet
const MOST = 60; // times that it is asked for

// The statement's bundle, checked before it is kept as the receipt was: by what this very ledger says of its keys.
// A ledger indexes its newest entries once in a while, and has no bundle of them before.
async function saveBundle(receipt, times = 1) {
  const { id, index, entry } = receipt;
  const tell = (...told) => void byId("bundle-told").replaceChildren(...told);
  byId("save-bundle").disabled = true;
  if (times === 1) tell(words.gettingBundle);
  let isLate = false;
  try {
    const bytes = await fileAt(`/v1/statements/${id}/bundle`);
    const trust = await parseTrust(fromUtf8(await fileAt(page.trust)));
    const { wrong, open } = await checked(bytes, trust, { index, entry: fromBase64(entry) });
    if (wrong !== null) return tell(h("p", {}, say(words.bundleFails, { what: wrong })));
    saveFile(`statement-${id}.jsonl`, bytes, "application/jsonl");
    tell(h("p", {}, words.bundleSaved), ...(open.length > 0 ? [h("p", {}, words.bundleOpen), h("ul", {}, ...open.map((one) => h("li", {}, stepText(one))))] : []));
  } catch (error) {
    isLate = error.code === "nothing-to-bundle" && times < MOST;
    tell(isLate ? words.notIndexed : say(words.noBundle, { why: error.message }));
    if (isLate) setTimeout(() => saveBundle(receipt, times + 1), ASK_AGAIN);
  } finally {
    byId("save-bundle").disabled = isLate;
  }
}

// {wrong, open}: why the bundle is not kept, null where nothing speaks against that, and the steps that did not hold or
// were not checked. Witnesses may still be missing: a fresh entry has few cosignatures.
async function checked(bytes, trust, { index, entry }) {
  const steps = [];
  const verification = verifyBundle(bytes, trust);
  let next = await verification.next();
  for (; !next.done; next = await verification.next()) steps.push(next.value);
  const open = steps.filter(({ grade }) => grade !== "held");
  const failed = open.find(({ grade, cause }) => grade === "unreadable" || (grade === "failed" && cause !== "unwitnessed"));
  if (failed) return { wrong: stepText(failed), open };
  const own = next.value.items.find((item) => item.index === index);
  return { wrong: own && sameBytes(own.data, entry) ? null : words.notOfReceipt, open };
}

function stepText({ name, grade, said }) {
  const what = said.map((one) => plain(one, (template) => verifying.sentences[template] ?? template)).join("; ");
  return say(words.stepFound, { step: verifying.steps[name] ?? name, grade: verifying.grades[grade], what });
}

// What the statement says, from the bytes that were signed and the words that went with them.
async function builtOf({ payload, disclosures }) {
  const { predicate, subjects } = await decodeStatement(payload);
  return { value: { predicate, subject: subjects }, disclosed: await Promise.all(disclosures.map(parseDisclosure)) };
}

async function statedRows(built, { event }, names) {
  const own = { ...page, labels: { ...labels, event: labels.events[event] ?? event } };
  return [...permanentRows(built, own, await referred(built.value.predicate.refs), names), ...erasableRows(built, own, names)];
}

// What is known of the statements referred to; nothing of one that the ledger does not answer for now.
async function referred(refs) {
  const { target } = resolverOf(ledger.genesis);
  const ids = refs.map(({ digest }) => digest.sha256);
  return new Map(await Promise.all(ids.map(async (id) => [id, await target(id).catch(() => null)])));
}

// For paper: the code that cites the statement in the log's state of this very receipt. None for one that does not hold.
function showCode(receipt, wrong) {
  byId("paper").hidden = wrong !== null;
  if (wrong !== null) return;
  const text = citationOf(receipt);
  byId("citation").textContent = text;
  byId("code").src = `${page.code}?${new URLSearchParams({ text })}`;
}

// Paper shows what is folded away on the screen.
function print() {
  byId("proof").closest("details").open = true;
  globalThis.print();
}

function next({ event, id }) {
  const rels = NEXT[event];
  if (!rels) return [];
  const links = RESTING.map((kind) => h("li", {}, h("a", { href: `${page.submit}/${kind}?ref=${kind === "response" ? rels[0] : rels[1]}:${id}` }, words.resting[kind])));
  return [h("p", {}, words.goOn), h("ul", { class: "choices" }, ...links)];
}

async function start() {
  scripted();
  const receipts = (await all(RECEIPTS)).filter((one) => one.genesis === ledger.genesis).sort((one, other) => other.index - one.index);
  const items = receipts.map((one) => h("li", {}, h("a", { href: `?id=${one.id}` }, say(words.receiptOf, { entry: one.index, what: labels.events[one.event] ?? one.event })), ` ${dayText(one.recordedAt, words)}`));
  byId("receipts").replaceChildren(...(items.length > 0 ? items : [h("li", {}, words.noReceipts)]));
  const wanted = new URLSearchParams(location.search).get("id");
  const chosen = receipts.find((one) => one.id === wanted);
  if (chosen) await show(chosen);
  else if (wanted) byId("told").textContent = words.noReceipt;
}

start().catch((error) => void (byId("told").textContent = error.message));

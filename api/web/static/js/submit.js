// The page on which a statement is written, looked at, signed and sent (docs: api/web/templates/submit_kind.html).

import { find, get, resolverOf, submit } from "./api.js";
import { armNames } from "./called.js";
import { armCapture } from "./capture.js";
import { clear, complain, ofApi, tell } from "./complaints.js";
import { toDraft } from "./compose.js";
import { covers, devicesOf, standing } from "./device.js";
import { byId, data, h, now, saveFile, say, scripted } from "./dom.js";
import { isSensitive, readDraft } from "./draft.js";
import { draftOf, dropDraft, keepDraft } from "./drafts.js";
import { envelopeOf, signPayload, signedFile } from "./envelope.js";
import { examine } from "./examine.js";
import { armLists, addItem, readForm, writeField, writeForm } from "./fields.js";
import { armFinder } from "./finder.js";
import { loadNames, namesWith, noNames } from "./known.js";
import { erasablePart, factList, namesIn, permanentRows } from "./preview.js";
import { RECEIPTS, put } from "./store.js";

const page = data("page");
const { words, ledger, event, kind, of } = page;
const form = byId("statement");
const summary = byId("wrong");
const resolver = resolverOf(ledger.genesis);
let names = noNames();
let devices = [];
let ready = null; // what the preview shows, exactly as it will be signed

const salt = () => crypto.getRandomValues(new Uint8Array(16));
const chosen = () => devices.find((one) => one.keyId === byId("f-key").value) ?? null;
const draftValues = () => {
  const { key, ...values } = readForm(form);
  return values;
};

// --- drafts

let waiting = null;

function changed() {
  unready();
  showSensitive();
  clearTimeout(waiting);
  waiting = setTimeout(keepNow, 400);
}

function keepNow() {
  clearTimeout(waiting);
  waiting = null;
  const kept = keepDraft(ledger, { event, of, values: draftValues(), saved: now() });
  tell("kept", kept ? say(words.kept, { time: new Date().toLocaleTimeString(document.documentElement.lang) }) : words.notKept);
}

function unready() {
  ready = null;
  byId("preview").hidden = true;
}

function showSensitive() {
  const box = byId("sensitive");
  if (box) box.hidden = !isSensitive(readDraft(toDraft(draftValues(), { kind, event, party: "x" }), page.tables));
}

function startValues() {
  const kept = draftOf(ledger, event, of);
  tell("kept", kept ? say(words.restored, { time: new Date(kept.saved).toLocaleString(document.documentElement.lang) }) : "");
  const refs = page.refs.map(({ rel, id }) => ({ rel, target: id }));
  if (kept === null) return refs.length > 0 ? { refs } : {};
  const there = new Set((kept.values.refs ?? []).map(({ rel, target }) => `${rel} ${target}`));
  const more = refs.filter(({ rel, target }) => !there.has(`${rel} ${target}`));
  return more.length > 0 ? { ...kept.values, refs: [...(kept.values.refs ?? []), ...more] } : kept.values;
}

// --- keys

async function loadKeys() {
  devices = await devicesOf(ledger);
  const select = byId("f-key");
  select.replaceChildren();
  for (const device of devices) {
    const { state, scope } = standing(device, await find(`/v1/parties/${encodeURIComponent(device.party)}`), now());
    const may = state === "in-force" && covers(scope, kind);
    const text = say(words.keyOption, { party: device.party, label: device.label || device.keyId.slice(0, 8), state: state === "in-force" && !may ? words.states.scope : words.states[state] });
    select.append(h("option", { value: device.keyId, disabled: !may }, text));
  }
  const usable = [...select.options].find((one) => !one.disabled);
  byId("no-key").hidden = usable !== undefined;
  if (usable) usable.selected = true;
  else select.prepend(h("option", { value: "", selected: true }, words.noKey));
}

// --- preview

async function preview() {
  unready();
  clear(form, summary);
  keepNow();
  const device = chosen();
  if (!device) {
    complain(form, summary, [{ place: "/draft/key", key: "no-key" }], {}, page);
    return;
  }
  tell("status", words.looking);
  const schema = await get(`/v1/schemas/${kind}`);
  const context = { tables: page.tables, schema, resolver, ledger, kind, event, party: device.party, issuedAt: now(), salt };
  const values = draftValues();
  const made = await examine(values, context);
  const problems = [...missing(values), ...made.problems.filter(({ place }) => values.file || !OF_THE_FILE.includes(place))];
  tell("status", "");
  if (problems.length > 0) complain(form, summary, problems, made, page);
  else await show({ ...made, device, file: values.file ?? null });
}

// What follows from the document that a statement takes in, and is missing with it.
const OF_THE_FILE = page.takesFile ? ["/predicate/claim/media", "/predicate/claim/size", "/subject"] : [];

// What the form asks for and no schema does, or says less plainly.
function missing({ file, subjects, created }) {
  return [
    ...(page.takesFile && !file ? [{ place: "/draft/file", key: "needed" }] : []),
    ...(page.about.needed && !subjects && !created ? [{ place: `/draft/${page.about.name}`, key: "needed" }] : []),
  ];
}

async function show(made) {
  const targets = new Map();
  for (const { digest } of made.built.value.predicate.refs) targets.set(digest.sha256, await resolver.target(digest.sha256));
  const all = await namesWith(namesIn(made.built, page.slugs), names);
  byId("for-ever").replaceChildren(factList(permanentRows(made.built, page, targets, all)));
  byId("erasable").replaceChildren(...erasablePart(made.built, page, all, made.file));
  byId("bytes").textContent = new TextDecoder().decode(made.built.payload);
  byId("statement-id").textContent = made.built.id;
  const others = made.draft.issuers.filter((slug) => slug !== made.device.party);
  byId("others").textContent = others.length > 0 ? say(words.others, { names: others.join(", ") }) : "";
  byId("sign").hidden = others.length > 0;
  byId("sign-file").hidden = others.length === 0;
  byId("key-used").textContent = say(words.keyUsed, { party: made.device.party, key: made.device.keyId.slice(0, 16) });
  ready = made;
  byId("preview").hidden = false;
  byId("preview-title").focus();
}

// --- signing

async function sign() {
  const made = ready;
  byId("sign").disabled = true;
  tell("sign-status", words.sending);
  try {
    const signature = await signPayload(made.built.payload, made.device);
    const receipt = await submit(envelopeOf(made.built.payload, [signature]), made.built.disclosures);
    await kept(receipt, made);
  } catch (error) {
    refused(error, made);
  } finally {
    byId("sign").disabled = false;
  }
}

async function kept(receipt, made) {
  const { payload, disclosures } = made.built;
  await put(RECEIPTS, { ...receipt, genesis: ledger.genesis, event, payload, disclosures, party: made.device.party, label: page.labels.event });
  dropDraft(ledger, event, of);
  form.dataset.sent = "";
  location.assign(`${page.done}?id=${receipt.id}`);
}

function refused(error, made) {
  tell("sign-status", error.code === "unreachable" ? words.unreachable : "");
  if (error.code === "unreachable") return;
  byId("preview").hidden = true;
  ready = null;
  complain(form, summary, [error.place === undefined ? { place: "", text: error.message } : ofApi(error)], made, page);
}

async function signForOthers() {
  const { built, device } = ready;
  const signature = await signPayload(built.payload, device);
  saveFile(`${event}-${built.id.slice(0, 8)}.signed.json`, signedFile(built.payload, [signature], built.disclosures, event), "application/json");
  tell("sign-status", words.signedFile);
}

function saveDraft() {
  const { file, ...draft } = toDraft(draftValues(), { kind, event, party: chosen()?.party ?? "YOUR-SLUG" });
  // JSON is YAML, too.
  saveFile(`${event}.yaml`, `${JSON.stringify(file ? { ...draft, file } : draft, null, 1)}\n`, "application/yaml");
}

// --- the page

async function start() {
  scripted();
  if (!globalThis.isSecureContext || !crypto.subtle) {
    byId("insecure").hidden = false;
    return;
  }
  byId("work").hidden = false;
  armLists(form, changed);
  armFinder(form, page, resolver, changed);
  armNames(form, () => names, words, changed);
  armCapture(page, changed);
  writeForm(form, startValues());
  showSensitive();
  form.addEventListener("input", changed);
  form.addEventListener("submit", (submitted) => {
    submitted.preventDefault();
    preview().catch(failed);
  });
  byId("sign").addEventListener("click", () => sign().catch(failed));
  byId("sign-file").addEventListener("click", () => signForOthers().catch(failed));
  byId("save-draft").addEventListener("click", saveDraft);
  byId("change").addEventListener("click", () => {
    unready();
    byId("statement-title").focus();
  });
  byId("drop-draft").addEventListener("click", startAfresh);
  globalThis.addEventListener("pagehide", () => waiting !== null && form.dataset.sent === undefined && keepNow());
  names = await loadNames();
  await loadKeys();
  form.dataset.ready = "";
}

function startAfresh() {
  clearTimeout(waiting);
  waiting = null;
  dropDraft(ledger, event, of);
  clear(form, summary);
  writeForm(form, {});
  unready();
  showSensitive();
  tell("kept", words.dropped);
}

function failed(error) {
  tell("status", "");
  complain(form, summary, [error.place === undefined ? { place: "", text: error.message } : ofApi(error)], {}, page);
}

start().catch(failed);

// The page on which a file that others signed is looked at, signed, saved and sent.

import { find, resolverOf, submit } from "./api.js";
import { devicesOf, standing } from "./device.js";
import { byId, data, h, now, saveFile, say, scripted } from "./dom.js";
import { envelopeOf, readSignedFile, signPayload, signedFile } from "./envelope.js";
import { erasablePart, factList, hiddenParts, namesIn, permanentRows } from "./preview.js";
import { decodeStatement, parseDisclosure } from "./statement.js";
import { namesWith } from "./known.js";
import { RECEIPTS, put } from "./store.js";

const page = data("page");
const { words, ledger, labels } = page;
const resolver = resolverOf(ledger.genesis);
const tell = (text, id = "told") => void (byId(id).textContent = text);
let opened = null; // {file, statement, disclosed, device, parties}

async function open(file) {
  byId("preview").hidden = true;
  opened = null;
  const read = readSignedFile(await file.text());
  const statement = await decodeStatement(read.payload);
  if (statement.ledger.genesis !== ledger.genesis) throw new Error(words.otherLedger);
  const disclosed = await Promise.all(read.disclosures.map(parseDisclosure));
  const strangers = disclosed.filter(({ digest }) => !statement.digests.includes(digest));
  if (strangers.length > 0) throw new Error(words.strangeDisclosure);
  const parties = new Map();
  for (const slug of statement.issuers) parties.set(slug, await find(`/v1/parties/${encodeURIComponent(slug)}`));
  opened = { file: read, statement, disclosed, parties, device: await deviceFor(statement, parties, read.signatures) };
  await show();
  byId("preview-title").focus();
}

// The key of this browser that is to sign: an issuer's, in force, of whom no signature is there yet.
async function deviceFor({ issuers }, parties, signatures) {
  const devices = await devicesOf(ledger);
  const signed = (slug) => signatures.some(({ keyid }) => parties.get(slug)?.keys.some((key) => key.keyId === keyid));
  return devices.find((one) => issuers.includes(one.party) && !signed(one.party) && standing(one, parties.get(one.party), now()).state === "in-force") ?? null;
}

async function show() {
  const { file, statement, disclosed, parties, device } = opened;
  const own = { ...page, labels: { ...labels, event: labels.events[statement.event] ?? statement.event } };
  const targets = new Map();
  for (const { id } of statement.refs) targets.set(id, await resolver.target(id));
  const built = { value: { predicate: statement.predicate, subject: statement.subjects }, disclosed };
  const names = await namesWith(namesIn(built, page.slugs));
  byId("for-ever").replaceChildren(factList(permanentRows(built, own, targets, names)));
  byId("erasable").replaceChildren(...erasablePart(built, own, names));
  byId("bytes").textContent = new TextDecoder().decode(file.payload);
  byId("statement-id").textContent = statement.id;
  byId("signatures").replaceChildren(...signatureItems(file, statement, parties));
  byId("sign").hidden = device === null || hiddenParts(built) > 0;
  byId("send").disabled = missing(file, statement, parties).length > 0;
  byId("preview").hidden = false;
}

const signerOf = (keyid, parties) => [...parties].find(([, party]) => party?.keys.some((key) => key.keyId === keyid))?.[0] ?? null;

function missing({ signatures }, { issuers }, parties) {
  const signed = signatures.map(({ keyid }) => signerOf(keyid, parties));
  return issuers.filter((slug) => !signed.includes(slug));
}

function signatureItems(file, statement, parties) {
  const there = file.signatures.map(({ keyid }) => h("li", {}, say(words.signatureBy, { party: signerOf(keyid, parties) ?? words.newKey, key: keyid.slice(0, 16) })));
  return [...there, ...missing(file, statement, parties).map((party) => h("li", {}, say(words.signatureMissing, { party })))];
}

async function sign() {
  const { file, device, statement } = opened;
  opened.file = { ...file, signatures: [...file.signatures, await signPayload(file.payload, device)] };
  opened.device = null;
  await show();
  tell(say(words.signatureAdded, { party: device.party }), "sign-status");
  byId(missing(opened.file, statement, opened.parties).length > 0 ? "save" : "send").focus();
}

function save() {
  const { file, statement } = opened;
  saveFile(`${statement.event}-${statement.id.slice(0, 8)}.signed.json`, signedFile(file.payload, file.signatures, file.disclosures, file.label), "application/json");
}

async function send() {
  const { file, statement } = opened;
  tell(words.sending, "sign-status");
  try {
    const receipt = await submit(envelopeOf(file.payload, file.signatures), file.disclosures);
    await put(RECEIPTS, { ...receipt, genesis: ledger.genesis, event: statement.event, payload: file.payload, disclosures: file.disclosures, party: statement.issuers.join(", ") });
    location.assign(`${page.done}?id=${receipt.id}`);
  } catch (error) {
    tell(error.code === "unreachable" ? words.unreachable : [error.message, error.mend].filter((one) => one).join(" – "), "sign-status");
  }
}

function start() {
  scripted();
  if (!globalThis.isSecureContext || !crypto.subtle) {
    byId("insecure").hidden = false;
    return;
  }
  byId("work").hidden = false;
  byId("file").addEventListener("change", ({ target }) => {
    tell("");
    if (target.files[0]) open(target.files[0]).catch((error) => tell(error.what ?? error.message));
  });
  byId("sign").addEventListener("click", () => sign().catch((error) => tell(error.message, "sign-status")));
  byId("save").addEventListener("click", save);
  byId("send").addEventListener("click", send);
}

start();

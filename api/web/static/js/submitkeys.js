// The page on which a browser makes device keys, asks for them, and shows how each stands.

import { find } from "./api.js";
import { armNames, placeFor, settle } from "./called.js";
import { devicesOf, keep, makeDevice, standing } from "./device.js";
import { byId, data, h, now, saveFile, say, scripted } from "./dom.js";
import { keyRequest, spoken } from "./keyrequest.js";
import { loadNames, noNames } from "./known.js";
import { KEYS, remove } from "./store.js";

const page = data("page");
const { words, ledger, tables } = page;
let names = noNames();
const tell = (text) => void (byId("told").textContent = text);

async function make() {
  const offered = settle(byId("party"), names, words, () => {});
  placeFor(byId("party")).replaceChildren(...offered);
  const party = byId("party").value.trim();
  const expires = byId("expires").value ? `${byId("expires").value}T23:59:59Z` : undefined;
  const known = SHORT_NAME.test(party) ? await find(`/v1/parties/${party}`) : null;
  complain(wrongWith(party, known));
  if (known?.standing !== "registered") return;
  const issuedAt = now();
  const device = await makeDevice({ party, label: byId("label").value.trim(), expires }, ledger, issuedAt);
  const request = await keyRequest(device, known.id, { tables, ledger, issuedAt });
  await keep({ ...device, request });
  const persisted = (await navigator.storage?.persist?.()) ?? false;
  await show();
  tell(persisted ? words.made : `${words.made} ${words.notPersisted}`);
  byId(`key-${device.keyId}`).focus();
}

const SHORT_NAME = /^[a-z0-9][a-z0-9._-]{0,127}$/;

// What is wrong with the party of a key; "" for nothing.
function wrongWith(party, known) {
  if (party === "") return words.problems.needed;
  if (known === null) return words.noParty;
  return known.standing === "registered" ? "" : words.notRegistered;
}

function complain(text) {
  const error = byId("party-error");
  error.hidden = text === "";
  error.textContent = text;
  if (text === "") byId("party").removeAttribute("aria-invalid");
  else {
    byId("party").setAttribute("aria-invalid", "true");
    byId("party").focus();
  }
}

async function show() {
  const devices = await devicesOf(ledger);
  const cards = [];
  for (const device of devices) cards.push(card(device, await find(`/v1/parties/${encodeURIComponent(device.party)}`)));
  byId("keys").replaceChildren(...cards);
  tell(devices.length === 0 ? words.noKeys : "");
}

function card(device, party) {
  const found = standing(device, party, now());
  const title = say(words.keyTitle, { party: device.party, label: device.label || device.keyId.slice(0, 8) });
  return h(
    "li",
    { id: `key-${device.keyId}`, tabindex: -1, "data-state": found.state },
    h("h3", {}, title),
    h("p", {}, h("strong", {}, words.states[found.state]), sinceText(found)),
    h("p", {}, `${words.compare} `, h("code", {}, spoken(device.keyId))),
    device.expires ? h("p", { class: "dim" }, say(words.until, { day: device.expires.slice(0, 10) })) : null,
    found.state === "waiting" ? waiting(device) : null,
    h("p", {}, h("button", { type: "button", class: "secondary", "aria-label": say(words.forgetNamed, { name: title }), click: () => forget(device, found.state) }, words.forget)),
  );
}

const sinceText = ({ state, since }) => (state === "in-force" ? ` ${say(words.sinceEntry, { entry: since })}` : state === "revoked" ? ` ${say(words.revokedAt, { entry: since })}` : "");

// What to do with a key that the root key has not added yet.
function waiting(device) {
  const name = `${device.party}-${device.keyId.slice(0, 8)}.txt`;
  const command = `evidence key add-device ${name} --key ROOT.key --url ${location.origin} --trust trust.json`;
  const address = `${page.code}?request=${encodeURIComponent(device.request)}`;
  return h(
    "div",
    {},
    h("p", {}, h("button", { type: "button", click: () => saveFile(name, device.request, "text/plain") }, words.saveRequest)),
    h("p", {}, words.sendRequest),
    h("pre", {}, h("code", {}, command)),
    h("details", {}, h("summary", {}, words.showCode), h("div", { class: "code-box" }, h("img", { src: address, alt: words.codeAlt })), h("pre", { class: "request" }, device.request)),
    h("p", { class: "help" }, words.offline),
  );
}

async function forget(device, state) {
  if (!globalThis.confirm(state === "in-force" ? words.forgetInForce : words.forgetSure)) return;
  await remove(KEYS, device.keyId);
  await show();
  tell(words.forgotten);
}

async function start() {
  scripted();
  if (!globalThis.isSecureContext || !crypto.subtle) {
    byId("insecure").hidden = false;
    return;
  }
  byId("work").hidden = false;
  byId("make").addEventListener("submit", (submitted) => {
    submitted.preventDefault();
    make().catch((error) => tell(error.message));
  });
  byId("look-again").addEventListener("click", () => show().catch((error) => tell(error.message)));
  armNames(byId("make"), () => names, words, () => {});
  await show();
  names = await loadNames();
}

start().catch((error) => tell(error.message));

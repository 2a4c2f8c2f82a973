// The tamper drill of the verify page: choose a byte, have it changed in a copy, see which steps refuse the copy.

import { byId, h, say } from "./dom.js";

// What the drill works on: {page, verifier, told, run, which, subject, isTrusting}; each check of a file begins it anew.
let drill = null;
let pieces = [];

// Offer what can be changed in the file that was checked.
export async function startDrill(given) {
  const { verifier, which, page } = given;
  const { pieces: found, parts } = await verifier.ask("changeable", { which });
  if (drill === null) listen();
  [drill, pieces] = [given, found];
  byId("drill").hidden = false;
  byId("caught").hidden = true;
  byId("piece").replaceChildren(...found.map(({ name }, at) => h("option", { value: at }, name)));
  byId("piece-row").hidden = found.length < 2;
  const choose = (part) => h("button", { type: "button", class: "secondary", "data-part": part, click: () => pickIn(part) }, page.parts[part]);
  byId("parts").replaceChildren(...parts.map(choose));
  await goTo({ piece: 0, offset: Math.floor(found[0].size / 2) });
}

function listen() {
  byId("piece").addEventListener("change", () => goTo({ piece: Number(byId("piece").value), offset: 0 }));
  byId("offset").addEventListener("input", () => goTo(placeOf(byId("offset"))));
  byId("slider").addEventListener("input", () => goTo(placeOf(byId("slider"))));
  byId("flip").addEventListener("submit", (event) => {
    event.preventDefault();
    flip();
  });
}

function placeOf(field) {
  const piece = Number(byId("piece").value || 0);
  const offset = Math.min(Math.max(0, Math.floor(Number(field.value)) || 0), pieces[piece].size - 1);
  return { piece, offset };
}

async function pickIn(part) {
  const place = await drill.verifier.ask("pick", { which: drill.which, part });
  if (place) await goTo(place);
}

// Show a byte, what it would become, and what stands around it.
async function goTo({ piece, offset }) {
  const { size } = pieces[piece];
  byId("piece").value = String(piece);
  byId("of").textContent = say(drill.page.words.ofBytes, { size });
  for (const id of ["offset", "slider"]) {
    byId(id).max = String(size - 1);
    // Whoever is typing is not interrupted.
    if (document.activeElement !== byId(id) || Number(byId(id).value) > size - 1) byId(id).value = String(offset);
  }
  const seen = await drill.verifier.ask("look", { which: drill.which, piece, offset });
  showPlace(offset, seen);
}

const hex = (byte) => byte.toString(16).padStart(2, "0");
const character = (byte) => (byte > 0x20 && byte < 0x7f ? String.fromCharCode(byte) : "·");

function showPlace(offset, { old, fresh, before, after, part, entry, inside }) {
  const { words, parts } = drill.page;
  const values = { offset, old: hex(old), old_text: character(old), fresh: hex(fresh), fresh_text: character(fresh) };
  const where =
    part === null ? words.inNoPart : say(entry === null ? words.inPart : words.inPartOf, { part: parts[part], entry });
  byId("place").textContent = `${say(words.place, values)} ${where}`;
  byId("context").replaceChildren(before, h("del", {}, character(old)), h("ins", {}, character(fresh)), after);
  byId("inside").hidden = inside === null;
  if (inside) byId("inside").replaceChildren(fact(words.was, inside, h("del", {}, inside.was)), fact(words.is, inside, h("ins", {}, inside.is)));
}

const fact = (name, { before, after }, change) => h("div", {}, h("dt", {}, name), h("dd", { dir: "auto" }, before, change, after));

async function flip() {
  const { page, run, which, subject } = drill;
  const place = placeOf(byId("offset"));
  byId("caught").hidden = true;
  byId("copy-steps").replaceChildren();
  try {
    const { steps } = await run(subject, { which, flip: place }, "copy-", say(page.words.flipping, place));
    showCaught(steps);
  } catch (error) {
    if (!error.stopped) throw error;
  }
}

function showCaught(steps) {
  const { page, told, isTrusting } = drill;
  const { words } = page;
  const nameOf = (step) => page.steps[step.name] ?? step.name;
  const failed = steps.filter(({ grade }) => grade === "failed" || grade === "unreadable");
  const named = failed.map((step) => `${step.number} ${nameOf(step)}`).join(", ");
  const heading = failed.length > 0 ? say(words.caught, { steps: named }) : words.uncaught;
  const why = isTrusting ? words.uncaughtOther : words.uncaughtTrust;
  const lines = failed.map((step) => say(words.caughtStep, { number: step.number, name: nameOf(step), detail: step.said.map(told).join("; ") }));
  byId("caught").hidden = false;
  byId("caught").dataset.caught = failed.length > 0 ? "yes" : "no";
  byId("caught-told").textContent = heading;
  byId("caught-by").replaceChildren(...(failed.length > 0 ? lines : [why]).map((line) => h("li", { dir: "auto" }, line)));
  byId("copy-status").textContent = heading;
}

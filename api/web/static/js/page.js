// A bundle inside an HTML page (a dossier), taken out byte for byte (ledger/core/page.py).

import { Refusal, fromUtf8, utf8 } from "./bytes.js";

const MAGIC = "<!doctype html>";
const BEGIN = '<template id="bundle">';
const END = "</template>";

export function looksLikePage(bytes) {
  return String.fromCharCode(...bytes.subarray(0, MAGIC.length)) === MAGIC;
}

const escaped = (text) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");

// The bundle that a page carries, whatever else it prints.
export function takeFromPage(bytes) {
  const [, inside, ...more] = fromUtf8(bytes).split(BEGIN);
  const end = inside?.indexOf(END) ?? -1;
  if (end < 0 || more.length > 0) throw new Refusal("bad-bundle", "the page carries no bundle, or several");
  const text = inside.slice(0, end);
  const data = text.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&");
  if (escaped(data) !== text) throw new Refusal("bad-bundle", "what the page carries was not put in by a ledger");
  return utf8(data);
}

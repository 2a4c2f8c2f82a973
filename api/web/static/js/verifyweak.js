// The demonstration of a weak key on the verify page: the browser and the ledger's check are both asked, for real.

import { byId, say } from "./dom.js";
import { WEAK_KEY, WEAK_SIGNATURE, compare, compareFresh } from "./weakkey.js";

export function startWeakKey(words) {
  byId("weak-key").addEventListener("submit", (event) => {
    event.preventDefault();
    show(words);
  });
}

async function show(words) {
  const text = byId("message").value;
  const found = { weak: await compare(WEAK_KEY, text, WEAK_SIGNATURE), fresh: await compareFresh(text) };
  const browser = (answer) => (answer === null ? words.unknown : answer ? words.valid : words.invalid);
  const ours = ({ ours: holds, isPublicKey }) => (holds ? words.valid : isPublicKey ? words.invalid : words.smallOrder);
  for (const [name, answers] of Object.entries(found)) {
    byId(`${name}-browser`).textContent = browser(answers?.browser ?? null);
    byId(`${name}-ours`).textContent = answers === null ? words.unknown : ours(answers);
  }
  byId("weak-told").textContent = say(words.weakTold, { browser: browser(found.weak.browser), ours: ours(found.weak) });
}

// The page where submitting begins: drafts that this browser keeps.

import { byId, data, h, say } from "./dom.js";
import { draftsOf, dropDraft } from "./drafts.js";

const page = data("page");
const { words, ledger, labels } = page;

function show() {
  const kept = draftsOf(ledger);
  byId("mine").hidden = false;
  byId("drafts").replaceChildren(...(kept.length > 0 ? kept.map(item) : [h("li", {}, words.noDrafts)]));
}

function item({ event, of, saved }) {
  const name = labels.events[event] ?? event;
  const address = `${page.submit}/${page.kindOf[event]}?event=${event}${of ? `&of=${of}` : ""}`;
  const time = new Date(saved).toLocaleString(document.documentElement.lang);
  const drop = () => {
    dropDraft(ledger, event, of);
    show();
    byId("drafts-told").textContent = words.dropped;
  };
  return h("li", {}, h("a", { href: address }, name), ` ${time} `, h("button", { type: "button", class: "secondary", "aria-label": say(words.dropNamed, { name }), click: drop }, words.drop));
}

show();

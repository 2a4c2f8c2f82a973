// What is wrong, said at the field and in a summary that leads there.

import { pathOf } from "./compose.js";
import { byId, h, say } from "./dom.js";
import { fieldAt, focusOf } from "./fields.js";

// Show problems ([{place, key, values, text}]) in the form and in `summary`; the focus goes to the summary, whose first
// link leads to the first field. `made` is {built, draft} as far as the statement got.
export function complain(form, summary, problems, { built, draft }, page) {
  clear(form, summary);
  const items = problems.map((problem) => {
    const field = fieldAt(form, pathOf(problem.place, built, draft));
    const text = problem.text ?? message(problem, field, page);
    if (field) mark(field, text, problem.lang);
    return h("li", {}, field ? link(field, text) : h("span", { lang: problem.lang }, text));
  });
  summary.replaceChildren(h("h2", {}, page.words.wrong), h("ul", {}, ...items));
  summary.hidden = false;
  summary.focus();
}

export function clear(form, summary) {
  summary.hidden = true;
  summary.replaceChildren();
  for (const one of form.querySelectorAll("p.error:not([hidden])")) {
    one.hidden = true;
    one.textContent = "";
  }
  for (const one of form.querySelectorAll("[aria-invalid]")) one.removeAttribute("aria-invalid");
}

// A problem of the API (RFC 9457) as one of ours; its texts are English.
export const ofApi = ({ place, what, mend }) => ({ place, text: mend ? `${what} – ${mend}` : what, lang: "en" });

function message({ key, values = {} }, field, { words, labels }) {
  const rels = values.rels?.map((rel) => labels.relations[rel] ?? rel).join(", ");
  const label = field ? labelOf(field) : "";
  return say(words.problems[key] ?? words.problems.form, { ...values, rels: rels ?? "", field: label });
}

const labelOf = (field) => field.querySelector("legend, label")?.firstChild.textContent.trim() ?? "";

function errorOf(field) {
  return [...field.querySelectorAll("p.error")].find((one) => one.parentElement === field);
}

function mark(field, text, lang) {
  const error = errorOf(field);
  if (error) {
    error.textContent = text;
    error.hidden = false;
    if (lang) error.lang = lang;
    else error.removeAttribute("lang");
  }
  focusOf(field).setAttribute("aria-invalid", "true");
  // A field may stand in a part of the form that is folded away.
  for (let around = field.closest("details"); around; around = around.parentElement.closest("details")) around.open = true;
}

function link(field, text) {
  const target = focusOf(field);
  const go = (event) => {
    event.preventDefault();
    target.scrollIntoView({ block: "center" });
    target.focus();
  };
  return h("a", { href: `#${target.id}`, click: go }, `${labelOf(field)}: ${text}`);
}

// A sentence in a place that screen readers watch.
export function tell(id, text) {
  byId(id).textContent = text;
}

// Values of a claim in English words, the same as api/web/claims.py and api/web/language.py put them. The tables are
// constants of the program (api/dossier/tables.py): no page can bring its own.

const DATE = /^([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2}))?)?(?=$|T)/;
const DECIMAL = /^(-?)([0-9]+)(\.[0-9]+)?$/;
const MONTHS = "January February March April May June July August September October November December".split(" ");
const KNOWN_OF_SAMPLE = [["n", "n = "], ["N", "N = "], ["women", "women: "], ["independentSources", "independent sources: "]];

export const listed = (texts) => (texts.length > 1 ? `${texts.slice(0, -1).join(", ")} and ${texts.at(-1)}` : texts.join(""));

// Any value of the member `name`; `context` has `words` and `called`, which tells what a name is called.
export function memberValue(name, value, event, context) {
  if (typeof value === "boolean") return value ? "yes" : "no";
  if (typeof value === "string") return stringText(name, value, event, context);
  if (Array.isArray(value)) return listed(value.map((one) => memberValue(name, one, event, context)));
  if (typeof value === "object") return objectText(name, value, event, context);
  return numberText(value);
}

function stringText(name, value, event, { words, called }) {
  if (name === "issue") return issueText(value, words);
  if (words.dates.includes(name)) return dateText(value);
  if (name === "country" || name === "jurisdiction") return words.territories[value] ?? value;
  if (value === "unknown") return value;
  return words.slugs.includes(name) ? called(value) : codeText(name, value, event, words);
}

function codeText(name, code, event, words) {
  if (code === "not-disclosed") return "not disclosed";
  if (name === "form" && words.forms[code] !== undefined) return words.forms[code];
  return termText(name === "outcome" ? words.outcomes[event] : words.codes[name], code, words);
}

export const termText = (vocabulary, code, { vocabularies }) => vocabularies[vocabulary]?.[code] ?? code;

function issueText(code, words) {
  const label = termText("issues", code, words);
  return code.includes("/") ? `${label} (${termText("issues", code.slice(0, code.indexOf("/")), words)})` : label;
}

function objectText(name, value, event, context) {
  const { words, called } = context;
  const has = (member) => Object.hasOwn(value, member);
  if (has("unit")) return quantityText(value, words);
  if (name === "sample") return sampleText(value, words);
  if (has("quantifier")) return scopeText(value, words);
  if (has("role") && Object.keys(value).every((one) => one === "role" || one === "party")) {
    return `${has("party") ? called(value.party) : "not disclosed"} (${termText("participant-roles", value.role, words)})`;
  }
  return Object.entries(value).map(([key, one]) => `${words.members[key] ?? key}: ${memberValue(key, one, event, context)}`).join("; ");
}

// `3 days`, `4 to 8 hours`, `at most 36 hours per month`.
function quantityText(value, words) {
  const number = Object.hasOwn(value, "value") ? numberText(value.value) : `${numberText(value.low)} to ${numberText(value.high)}`;
  const unit = words.units[value.unit]?.[value.value === "1" ? 0 : 1];
  const size = unit === undefined ? `${number} ${termText("units", value.unit, words)}` : filled(unit, number);
  const bound = words.bounds[value.bound];
  const bounded = bound === undefined ? size : filled(bound, size);
  return bounded + (value.of ? ` ${value.of}` : "") + (value.per ? ` ${termText("periods", value.per, words)}` : "");
}

const filled = (text, size) => text.replace("{size}", () => size);

function sampleText(value, words) {
  const group = codeText("group", String(value.group ?? "unknown"), "", words);
  const share = Object.hasOwn(value, "share") ? [`${stated(value.share)} % of the sample`] : [];
  const always = ["n", "N"];
  const counted = KNOWN_OF_SAMPLE.filter(([member]) => always.includes(member) || Object.hasOwn(value, member));
  return [group, ...share, ...counted.map(([member, label]) => label + stated(value[member]))].join(", ");
}

const stated = (value) => (value === undefined || value === "unknown" ? "unknown" : numberText(value));

function scopeText(value, words) {
  const has = (member) => Object.hasOwn(value, member);
  let text = termText("quantifiers", value.quantifier, words);
  if (has("count")) text += `: ${numberText(value.count)}`;
  if (has("of")) text += ` of ${numberText(value.of)}`;
  if (has("population")) text += `; population: ${quantityText(value.population, words)}`;
  return value.membersKnown === false ? `${text}; which ones is not known` : text;
}

function numberText(value) {
  const found = DECIMAL.exec(String(value));
  return found ? found[1] + found[2].replace(/\B(?=([0-9]{3})+$)/g, ",") + (found[3] ?? "") : String(value);
}

// `2019`, `September 2019`, `1 September 2019`, or an interval of these.
export function dateText(value) {
  if (!value) return "unknown";
  const at = value.indexOf("/");
  if (at < 0) return oneDate(value);
  const [first, last] = [value.slice(0, at), value.slice(at + 1)];
  if (first === "..") return `until ${oneDate(last)}`;
  return last === ".." ? `since ${oneDate(first)}` : `${oneDate(first)} to ${oneDate(last)}`;
}

function oneDate(value) {
  const [, year, month, day] = DATE.exec(value) ?? [];
  if (month === undefined) return value;
  return `${day === undefined ? "" : `${Number(day)} `}${MONTHS[month - 1]} ${Number(year)}`;
}

// A date, or an instant to the minute in UTC.
export const timeText = (value) => (value.includes("T") ? `${oneDate(value)}, ${value.slice(11, 16)} UTC` : dateText(value));

// What a language is called, with its tag where that says more.
export function langText(tag, { languages }) {
  const name = languages[tag.split("-")[0]];
  if (name === undefined) return tag;
  return tag.includes("-") ? `${name}, ${tag}` : name;
}

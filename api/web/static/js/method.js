// How a determination was reached, as those who described its investigation told it, the same as
// api/dossier/method.py prints: a negative finding is never printed without its method.

const METHOD_MEMBERS = ["methods", "notice", "competence", "gbvTraining"];
const REACHED = "how it was reached";
const NO_INVESTIGATION = "no investigation is named; methods, notice and competence are not disclosed";
const INVESTIGATION_NOT_HERE = "in an investigation that is not in this file";

// Rows [what, text] for a determination, none for anything else; `known` are the file's items by statement id.
export function methodRows(item, known, words) {
  return methodOf(item, known, words).map(({ member, label, text, index }) => (member ? [`${REACHED}: ${label}`, `${text} (by entry ${index})`] : [REACHED, text]));
}

// The same as {member, label, value, text, index}: `value` as it was signed, undefined where nothing is told; without
// a member `text` says why there is no investigation to ask.
export function methodOf({ statement }, known, words) {
  if (!statement.understood || statement.kind !== "determination") return [];
  const within = statement.refs.filter((ref) => ref.rel === "within");
  const here = within.filter((ref) => !ref.foreign && known.has(ref.id)).map((ref) => known.get(ref.id));
  const found = here.find(isInvestigation);
  if (!found) return [{ text: here.length === within.length ? NO_INVESTIGATION : INVESTIGATION_NOT_HERE }];
  const described = descriptionsOf(found, known);
  return METHOD_MEMBERS.flatMap((member) => described.map((item) => toldOf(member, item, words)));
}

// All that describe the same investigation as `first` does, by their place.
function descriptionsOf(first, known) {
  const ofIt = new Set([first.statement.id]);
  const ties = [...known.values()].filter(isInvestigation).map(({ statement }) => [statement.id, ...sameAs(statement)]);
  for (let before = 0; before < ofIt.size; ) {
    before = ofIt.size;
    for (const tie of ties) if (tie.some((id) => ofIt.has(id))) tie.forEach((id) => ofIt.add(id));
  }
  return [...ofIt].filter((id) => known.has(id)).map((id) => known.get(id)).sort((one, other) => one.index - other.index);
}

const isInvestigation = ({ statement }) => statement.understood && statement.kind === "investigation";

const sameAs = ({ refs }) => refs.filter((ref) => ref.rel === "sameAs" && !ref.foreign).map((ref) => ref.id);

function toldOf(member, { statement, index, disclosed }, words) {
  const { claim } = statement.predicate;
  const held = new Map(disclosed.map((one) => [one.digest, one]));
  const found = (claim._sd ?? []).map((digest) => held.get(digest));
  const told = new Map([...Object.entries(claim), ...found.filter(Boolean).map((one) => [one.name, one.value])]);
  const label = words.members[member] ?? member;
  const value = told.get(member) ?? "not-disclosed";
  if (value !== "not-disclosed") return { member, label, value, text: Array.isArray(value) ? value.join(", ") : String(value), index };
  const text = told.has(member) || !found.includes(undefined) ? "not disclosed" : "not disclosed, withheld or erased";
  return { member, label, text, index };
}

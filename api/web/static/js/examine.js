// What is wrong with a statement, as far as that can be told before it is signed; the ledger decides the rest.

import { build } from "./build.js";
import { rowsFor } from "./claim.js";
import { referenceProblems, sensitiveProblems, toDraft } from "./compose.js";
import { smallCount } from "./counts.js";
import { readDraft } from "./draft.js";
import { check } from "./schema.js";

// {draft, built, problems: [{place, key, values}]}; `built` only where nothing is wrong that keeps it from being made.
// `key` names a message of the page's words. `context` is what `build` takes, with kind, event, party and `schema`.
export async function examine(values, context) {
  const draft = toDraft(values, context);
  const halves = referenceProblems(values);
  if (halves.length > 0) return { draft, problems: halves };
  const read = readDraft(draft, context.tables);
  const sensitive = sensitiveProblems(read, leavingOf(context));
  if (sensitive.length > 0) return { draft, problems: sensitive };
  let built;
  try {
    built = await build(read, { ...context, file: values.file ?? null });
  } catch (error) {
    if (error.code === undefined || error.status !== undefined || error.code === "unreachable") throw error;
    return { draft, problems: [{ place: error.place ?? error.where ?? "", key: error.code, values: { what: error.what, name: error.name } }] };
  }
  return { draft, built, problems: [...formProblems(built, context), ...countProblems(built, draft)] };
}

// The members that leave the clear whatever their author wants, those of an amendment's `set` with its name before.
function leavingOf({ tables, event }) {
  const rows = [...rowsFor(tables, event, true).values()].filter((row) => row.leaves).map((row) => row.name);
  return new Set([...rows, "occurred", ...(tables.hiddenInSet ?? []).map((name) => `set.${name}`)]);
}

// One problem for each place, from the JSON Schema of the kind, of the claim with its disclosures put back, too.
function formProblems({ value, disclosed }, { schema, tables, event }) {
  const rows = rowsFor(tables, event, true);
  const hidden = disclosed.flatMap(({ name, value: item, place }) => {
    const wanted = place.length > 0 ? memberOfSet(tables, name) : rows.get(name)?.schema;
    return wanted ? check(wanted, item, ["/predicate/claim", ...place, name].join("/")) : [];
  });
  const found = new Map();
  for (const one of [...check(schema, value), ...hidden]) {
    if (!found.has(one.place)) found.set(one.place, { place: one.place, ...described(one) });
  }
  return [...found.values()].filter(({ place }) => ![...found.keys()].some((other) => other.startsWith(`${place}/`)));
}

const memberOfSet = (tables, name) => tables.rows.find((row) => row.name === "set")?.schema.properties[name];

function described({ keyword, expected, place }) {
  if (keyword === "contains") {
    const rels = expected?.properties?.rel?.enum;
    return rels ? { key: "reference-needed", values: { rels } } : { key: "subject-needed", values: {} };
  }
  if (keyword === "enum" || keyword === "const") return { key: "choice", values: {} };
  if (keyword === "required" || keyword === "minItems" || keyword === "minLength") return { key: "needed", values: {} };
  if (keyword === "oneOf" && place.endsWith("quantity")) return { key: "quantity", values: {} };
  return { key: "form", values: {} };
}

function countProblems({ value }, { kind }) {
  const { claim } = value.predicate;
  if (kind === "criterion") return [];
  const inSet = kind === "amendment";
  const found = smallCount(inSet ? (claim.set ?? {}) : claim);
  if (found === null) return [];
  return [{ place: `/predicate/claim${inSet ? "/set" : ""}${found.where}`, key: `count-${found.why}`, values: { n: found.n ?? "" } }];
}

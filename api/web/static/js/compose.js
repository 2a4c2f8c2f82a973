// From what a form holds to a draft, and from what is wrong with the statement back to the form.

import { isSensitive } from "./draft.js";

const ID = /[0-9a-f]{64}/;

// What somebody typed or pasted for a statement: an id, the address of a page, or a name.
export const targetIn = (text) => ID.exec(text)?.[0] ?? text.trim();

// The draft that the values of a form stand for, as `evidence sign` reads it, too; `party` signs it here.
export function toDraft(values, { kind, event, party }) {
  const { created, subjects = [], refs = [], issuers = [], voice = {}, exactly, bare, claim = {}, file } = values;
  return {
    kind,
    event,
    issuers: [party, ...issuers],
    subjects: created === undefined ? subjects : [`${kind}:${created}`, ...subjects],
    refs: refs.map(({ rel, target = "", locator }) => ({ [rel ?? ""]: locator ? `${targetIn(target)}#${locator}` : targetIn(target) })),
    claim: exactly === undefined ? claim : { ...claim, occurred: exactly },
    disclose: (values.disclose ?? []).filter((name) => isGiven(claim, name)),
    ...voiceOf(voice),
    ...given({ said: values.said, occurred: values.occurred, visibility: bare ? "public" : undefined }),
    ...(file ? { file: { path: file.name, media: file.media } } : {}),
  };
}

const given = (members) => Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined));

// A wish to keep out of the clear what was left empty is no wish.
const isGiven = (claim, name) => name.split(".").reduce((value, step) => value?.[step], claim) !== undefined;

function voiceOf({ claimants, form, via }) {
  const attribution = form === undefined && via === undefined ? {} : { attribution: { form: form ?? "", via: via ?? [] } };
  return { ...(claimants ? { claimants } : {}), ...attribution };
}

// What a statement about harassment or gender-based violence may not hold while sealed ones cannot be made: the bare
// issue may be public, if its author says so; words, people and amounts wait for sealing. [{place, key}]
export function sensitiveProblems(draft, leaving) {
  if (!isSensitive(draft)) return [];
  if (draft.visibility !== "public") return [{ place: "/draft/bare", key: "sealed" }];
  const claim = Object.keys(draft.claim).filter((name) => leaving.has(name) || draft.disclose.includes(name));
  const set = Object.keys(draft.claim.set ?? {}).filter((name) => leaving.has(`set.${name}`) || draft.disclose.includes(`set.${name}`));
  const places = [...claim, ...set.map((name) => `set/${name}`)];
  return places.map((name) => ({ place: name === "occurred" ? "/draft/exactly" : `/predicate/claim/${name}`, key: "bare" }));
}

// References that are not whole: [{place, key}].
export function referenceProblems({ refs = [] }) {
  return refs.flatMap(({ rel, target }, at) => [
    ...(rel === undefined ? [{ place: `/draft/refs/${at}/rel`, key: "needed" }] : []),
    ...(target === undefined ? [{ place: `/draft/refs/${at}/target`, key: "needed" }] : []),
  ]);
}

const OUTSIDE_THE_CLAIM = {
  claimants: (rest) => ["voice", "claimants", ...rest],
  attribution: ([member]) => ["voice", member ?? "form"],
  issuers: () => ["issuers"],
  visibility: () => ["bare"],
};

// The path of a form's field for a JSON pointer into the statement (or into the form, `/draft/...`); empty for none.
// `built` is what `build` made, where it got that far.
export function pathOf(place, built, draft) {
  const [first, ...rest] = place.split("/").slice(1).map((step) => step.replaceAll("~1", "/").replaceAll("~0", "~"));
  if (first === "draft") return rest;
  if (first === "subject") return subjectPath(built?.value.subject[Number(rest[0])]?.name, draft);
  if (first === "signatures") return ["key"];
  if (first === "disclosures") return disclosedPath(built?.disclosed[Number(rest[0])], rest.slice(2));
  if (first !== "predicate") return [];
  const [member, ...inside] = rest;
  if (member === "claim") return inside[0] === "_sd" ? [] : inside[0] === "occurred" ? ["exactly"] : ["claim", ...inside];
  if (member === "refs") return referencePath(built?.refs[Number(inside[0])]?.at, inside.slice(1));
  return OUTSIDE_THE_CLAIM[member]?.(inside) ?? [member];
}

function subjectPath(name, draft) {
  const at = draft.subjects.indexOf(name);
  if (draft.kind === name?.split(":")[0] && at === 0) return ["created"];
  return at < 0 ? ["subjects"] : ["subjects", String(at)];
}

function disclosedPath(found, inside) {
  if (!found) return [];
  return found.name === "occurred" ? ["exactly"] : ["claim", ...found.place, found.name, ...inside];
}

function referencePath(at, [member]) {
  if (at === undefined) return ["refs"];
  return ["refs", String(at), { rel: "rel", locator: "locator" }[member] ?? "target"];
}

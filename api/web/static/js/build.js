// From a draft to the bytes that are signed: pinned digests, closed subjects, disclosures. The same steps, byte for
// byte, as api/drafts/build.py; salts, the clock and the look-up of names are passed in.

import { hex, sha256, utf8 } from "./bytes.js";
import { PAYLOAD_LIMIT, encodeCanonical } from "./canonical.js";
import { splitClaim, withDigests } from "./claim.js";
import { digestOf, makeDisclosure } from "./disclosure.js";
import { DraftError, visibilityOf } from "./draft.js";
import { PREDICATE } from "./statement.js";

const STATEMENT_TYPE = "https://in-toto.io/Statement/v1";
const NOT_CLOSED_OVER = ["criterion", "document"];
const PINNED = /^(party|factory|criterion):/;
const DIGEST_OF_NAME = /^document:([0-9a-f]{64})$/;

// {payload, value, id, disclosures, disclosed, refs}: the statement's bytes, its value, its id, the texts of its
// disclosures, each one's {name, value, place}, and the draft's references in the order that they stand in.
//
// `resolver` has `named(name)`, the id of the statement that created a name, and `target(id)`, {id, kind, subjects};
// both answer null for what is not known. `ledger` is {origin, genesis}, `salt()` gives 16 random bytes a call, `file`
// is {sha256, size} of the document that the draft takes in. Throws DraftError and Refusal.
export async function build(draft, { tables, resolver, ledger, issuedAt, salt, file = null }) {
  const isPublic = visibilityOf(draft) === "public";
  if (visibilityOf(draft) === "sealed") throw new DraftError("sealed", "sealed statements cannot be entered yet", "/predicate/visibility");
  const targets = [];
  for (const [at, ref] of draft.refs.entries()) targets.push(await targetOf(ref, at, resolver));
  const names = subjectsOf(draft, targets, tables, file, isPublic);
  const split = splitClaim(draft, membersOf(draft, file), tables, isPublic);
  const disclosures = split.disclosed.map(({ name, value }) => makeDisclosure(salt(), name, value));
  const digests = await Promise.all(disclosures.map(digestOf));
  const refs = pinnedRefs(draft.refs, targets);
  const value = {
    _type: STATEMENT_TYPE,
    subject: await pinnedSubjects(draft, names, tables, resolver, ledger),
    predicateType: PREDICATE + draft.kind,
    predicate: {
      ...predicateOf(draft, ledger, issuedAt),
      refs: refs.map(({ pinned }) => pinned),
      claim: withDigests(split, digests),
    },
  };
  const payload = encodeCanonical(value);
  if (payload.length > PAYLOAD_LIMIT) throw new DraftError("too-large", `${payload.length} bytes, the limit is ${PAYLOAD_LIMIT}`);
  return { payload, value, id: hex(await sha256(payload)), disclosures, disclosed: split.disclosed, refs: refs.map(({ ref }) => ref) };
}

// A name or an id becomes a statement.
async function targetOf(ref, at, resolver) {
  if (PINNED.test(ref.target)) {
    const id = await resolver.named(ref.target);
    if (id !== null) return { id, kind: ref.target.split(":")[0], subjects: [ref.target] };
  } else {
    const found = await resolver.target(ref.target.replace(/^statement:/, ""));
    if (found !== null) return found;
  }
  throw new DraftError("unknown-reference", `${ref.target || "nothing"} is not known here`, `/draft/refs/${at}`, ref.target);
}

const order = (one, other) => (one < other ? -1 : one > other ? 1 : 0);

function pinnedRefs(refs, targets) {
  const pinned = refs.map((ref, at) => {
    const { id } = targets[at];
    const value = { rel: ref.rel, name: `statement:${id}`, digest: { sha256: id } };
    return { ref: { ...ref, at }, pinned: ref.locator === null ? value : { ...value, locator: ref.locator } };
  });
  return pinned.sort(({ pinned: one }, { pinned: other }) => order(one.rel, other.rel) || order(one.name, other.name));
}

// The subjects named, those of the documents taken in, and those that closure demands.
function subjectsOf(draft, targets, tables, file, isPublic) {
  const names = new Set(draft.subjects);
  if (file !== null && isPublic) names.add(`document:${file.sha256}`);
  draft.refs.forEach((ref, at) => {
    if ((tables.closed || ref.rel === "details") && !NOT_CLOSED_OVER.includes(targets[at].kind)) {
      for (const name of targets[at].subjects) if (/^(party|factory):/.test(name)) names.add(name);
    }
  });
  for (const name of addressed(draft, targets)) names.add(name);
  return names.size > 0 ? [...names].sort() : ["ledger:main"];
}

// Whom a request, or an amendment of one, addresses; groups are no subjects.
function addressed(draft, targets) {
  const amendsRequest = draft.kind === "amendment" && draft.refs.some((ref, at) => ref.rel === "amends" && targets[at].kind === "request");
  const claim = draft.kind === "request" ? draft.claim : amendsRequest ? (draft.claim.set ?? {}) : {};
  const found = claim.addressees ?? [];
  return (Array.isArray(found) ? found : [found])
    .map(String)
    .filter((one) => !one.startsWith("group:"))
    .map((one) => (one.startsWith("factory:") ? one : `party:${one}`));
}

async function pinnedSubjects(draft, names, tables, resolver, ledger) {
  const pinned = [];
  for (const name of names) pinned.push({ name, digest: { sha256: await subjectDigest(draft, name, tables, resolver, ledger) } });
  return pinned;
}

async function subjectDigest(draft, name, tables, resolver, ledger) {
  if (name === "ledger:main") return ledger.genesis;
  const bytes = DIGEST_OF_NAME.exec(name);
  if (bytes) return bytes[1];
  const id = await resolver.named(name);
  if (id !== null) return id;
  if (tables.creating.includes(draft.event) && name.startsWith(`${draft.kind}:`)) {
    return hex(await sha256(utf8(`${ledger.genesis}\n${name}`)));
  }
  throw new DraftError("unknown-subject", `nobody has registered ${name} in this ledger`, `/draft/subjects/${draft.subjects.indexOf(name)}`, name);
}

const sortedSet = (names) => [...new Set(names)].sort();

function predicateOf(draft, ledger, issuedAt) {
  const optional = {
    claimants: sortedSet(draft.claimants),
    attribution: attributionOf(draft),
    said: draft.said,
    occurred: draft.occurred,
    submitBy: draft.submitBy,
    audience: sortedSet(draft.audience),
  };
  return {
    ledger: { origin: ledger.origin, genesis: ledger.genesis },
    event: draft.event,
    visibility: visibilityOf(draft),
    issuers: sortedSet(draft.issuers),
    issuedAt: draft.issuedAt ?? issuedAt,
    ...Object.fromEntries(Object.entries(optional).filter(([, value]) => value !== null && value.length !== 0)),
  };
}

function attributionOf({ attribution }) {
  if (attribution === null) return null;
  const via = attribution.via ?? [];
  return via.length > 0 ? { ...attribution, via: [...via] } : { form: attribution.form ?? "" };
}

// `media` and `size` follow from the file; a person never types them.
function membersOf(draft, file) {
  return file === null || draft.file === null ? {} : { media: draft.file.media, size: file.size };
}

// The ledger's HTTP API as the pages use it. Nothing that it answers is believed before it is checked: a statement's
// id is the digest of what was signed.

import { fromBase64 } from "./bytes.js";
import { decodeEntry, decodeStatement } from "./statement.js";

const FOUNDERS = ["party:operator", "party:registrar"];
const CREATING = ["FactoryRegistered", "PartyRegistered", "PartyListed"];
const PATHS = { party: "/v1/parties/", factory: "/v1/factories/" };

// What the ledger refused: the members of its problem (RFC 9457).
export class Problem extends Error {
  constructor(status, problem) {
    super(problem.detail ?? problem.title ?? `HTTP status ${status}`);
    this.status = status;
    this.code = String(problem.code ?? status);
    this.what = this.message;
    this.place = String(problem.place ?? "");
    this.mend = String(problem.mend ?? "");
  }
}

// Nobody answered; what was sent may have arrived.
export class Unreachable extends Error {
  code = "unreachable";
  place = "";
}

async function responseOf(path, options) {
  try {
    return await fetch(path, { ...options, headers: { accept: "application/json", ...options?.headers } });
  } catch (error) {
    throw new Unreachable(error.message);
  }
}

async function answerOf(path, options) {
  const response = await responseOf(path, options);
  const value = await response.json().catch(() => ({}));
  if (!response.ok) throw new Problem(response.status, value);
  return { value, status: response.status };
}

export const get = async (path) => (await answerOf(path)).value;

// A file's bytes.
export async function fileAt(path) {
  const response = await responseOf(path);
  if (!response.ok) throw new Problem(response.status, await response.json().catch(() => ({})));
  return new Uint8Array(await response.arrayBuffer());
}

// What `get` gives, or null where there is nothing under this address.
export async function find(path) {
  try {
    return await get(path);
  } catch (error) {
    if (error.status === 404) return null;
    throw error;
  }
}

// {id, index, recordedAt, entry, proof, duplicate}: the receipt for a submission.
export async function submit(envelope, disclosures) {
  const body = JSON.stringify({ envelope, disclosures });
  const { value, status } = await answerOf("/v1/statements", { method: "POST", body, headers: { "content-type": "application/json" } });
  return { ...value, duplicate: status === 200 };
}

// Looks names and ids up at the ledger; every answer is asked for once.
export function resolverOf(genesis) {
  const names = new Map();
  const targets = new Map();
  const once = (map, key, ask) => {
    // An answer that failed is asked for again.
    if (!map.has(key)) map.set(key, ask().catch((error) => (map.delete(key), Promise.reject(error))));
    return map.get(key);
  };
  return {
    named: async (name) => (FOUNDERS.includes(name) ? genesis : once(names, name, () => creatingId(name))),
    target: async (id) => (/^[0-9a-f]{64}$/.test(id) ? once(targets, id, () => targetOf(id)) : null),
  };
}

async function creatingId(name) {
  const [kind, slug] = [name.slice(0, name.indexOf(":")), name.slice(name.indexOf(":") + 1)];
  if (kind === "criterion") return criterionId(name);
  const answer = PATHS[kind] ? await find(PATHS[kind] + encodeURIComponent(slug)) : null;
  if (answer === null || answer.name === name) return answer?.id ?? null;
  // The id behind the name itself, not behind what it became.
  const created = answer.history.find((line) => CREATING.includes(line.event) && (line.subjects ?? []).includes(name));
  return created?.id ?? null;
}

async function criterionId(name) {
  const { items } = await get("/v1/criteria");
  return items.flatMap(({ clauses }) => clauses).find((clause) => clause.name === name)?.id ?? null;
}

// {id, kind, event, subjects, issuers, claimants, recordedAt} of a logged statement, null where there is none.
async function targetOf(id) {
  const answer = await find(`/v1/statements/${id}`);
  if (answer === null) return null;
  const { payload, recordedAt } = decodeEntry(fromBase64(answer.entry));
  const statement = await decodeStatement(payload);
  // A server could answer with another statement.
  if (statement.id !== id) return null;
  const { kind, event, issuers, claimants } = statement;
  return { id, kind, event, subjects: statement.subjects.map((one) => one.name), issuers, claimants, recordedAt };
}

// Send a document's bytes; `told(sent, size)` hears of the progress. {sha256, size, media} as the ledger took it in.
// XMLHttpRequest, since `fetch` says nothing of an upload's progress.
export function upload(file, told, signal) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", "/v1/documents");
    request.setRequestHeader("accept", "application/json");
    request.setRequestHeader("content-type", "application/octet-stream");
    request.responseType = "json";
    request.upload.onprogress = ({ loaded, total }) => told(loaded, total);
    request.onload = () => (request.status < 400 ? resolve(request.response) : reject(new Problem(request.status, request.response ?? {})));
    request.onerror = () => reject(new Unreachable("the connection broke"));
    request.onabort = () => reject(new DOMException("stopped", "AbortError"));
    signal?.addEventListener("abort", () => request.abort());
    request.send(file);
  });
}

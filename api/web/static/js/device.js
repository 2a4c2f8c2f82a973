// Device keys: made in this browser, kept where nobody can read their secret half, and how each stands in the ledger.

import { keyId } from "./keys.js";
import { KEYS, all, put } from "./store.js";

// A new key for a party, not yet kept anywhere. `now` is a moment `YYYY-MM-DDThh:mm:ssZ`.
export async function makeDevice({ party, label, expires, scope = ["any"] }, ledger, now) {
  const pair = await crypto.subtle.generateKey("Ed25519", false, ["sign", "verify"]);
  const publicKey = new Uint8Array(await crypto.subtle.exportKey("raw", pair.publicKey));
  const id = await keyId(publicKey);
  return { keyId: id, publicKey, key: pair.privateKey, party, label, expires, scope, created: now, genesis: ledger.genesis };
}

export const keep = (device) => put(KEYS, device);

// The keys that this browser holds for a ledger, oldest first.
export async function devicesOf(ledger) {
  const kept = (await all(KEYS)).filter((one) => one.genesis === ledger.genesis);
  return kept.sort((one, other) => (one.created < other.created ? -1 : 1));
}

// How a key stands: "waiting" (not in the ledger), "in-force", "expired", "revoked" or "unknown-party"; `party` is the
// API's answer for its party, null where there is none, `now` a moment.
export function standing(device, party, now) {
  if (party === null) return { state: "unknown-party" };
  const known = party.keys.find((one) => one.keyId === device.keyId);
  if (!known) return { state: "waiting" };
  if (known.revoked !== null && known.revoked !== undefined) return { state: "revoked", since: known.revoked };
  if (known.expires && known.expires < now) return { state: "expired", since: known.expires };
  return { state: "in-force", since: known.added, scope: known.scope };
}

// Keys that change who may sign what are signed by root keys alone.
export const covers = (scope, kind) => scope.includes("any") || scope.includes(kind);

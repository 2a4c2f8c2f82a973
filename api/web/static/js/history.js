// Who could sign with which key at which position of the log (docs/protocol-rules.md, "Keys and signatures").

import { Refusal, fromBase64 } from "./bytes.js";
import { isPublicKey, keyId } from "./keys.js";

const ROOT_KINDS = ["party", "key", "ledger"];

// The keys that a statement introduces; each of them signs it as proof of possession.
export async function introducedKeys(statement, index) {
  const { claim, event } = statement;
  const party = statement.subjects.find((one) => one.name.startsWith("party:"))?.name.slice(6);
  let claims = [];
  if (event === "LedgerOpened" && !Array.isArray(claim.keys)) throw new Refusal("missing-member", "keys is missing", "/predicate/claim");
  if (event === "LedgerOpened") claims = claim.keys.map((one) => [one, one.party]);
  if (event === "PartyRegistered") claims = [[claim.firstKey, party]];
  if (event === "KeyAdded" || event === "KeyRecovered") claims = [[claim, party]];
  return Promise.all(
    claims.map(async ([one, slug]) => {
      if (![slug, one?.publicKey, one?.role].every((text) => typeof text === "string") || !Array.isArray(one.scope)) {
        throw new Refusal("missing-member", "a new key has a party, publicKey, role and scope");
      }
      const publicKey = fromBase64(one.publicKey);
      if (!isPublicKey(publicKey)) throw new Refusal("weak-key", `the key of ${slug} is no point of the prime-order subgroup`);
      const { role, scope, expires } = one;
      return { id: await keyId(publicKey), party: slug, publicKey, role, scope, expires, added: index, revoked: null };
    }),
  );
}

// The keys of all parties, taking in one entry after the other.
export class KeyHistory {
  constructor() {
    this.keys = new Map();
  }

  // After an entry has been judged: what it introduces and what it revokes.
  async takeIn(statement, index) {
    if (statement.event === "KeyRevoked") {
      const key = this.keys.get(statement.claim.keyId);
      if (key && key.revoked === null) Object.assign(key, { revoked: index, compromisedSince: statement.claim.compromisedSince });
    }
    const fresh = await introducedKeys(statement, index);
    if (statement.event === "KeyRecovered") {
      for (const key of this.keys.values()) {
        if (key.party === fresh[0].party && key.revoked === null) key.revoked = index;
      }
    }
    for (const key of fresh) if (!this.keys.has(key.id)) this.keys.set(key.id, key);
  }

  // Refuses an entry that was not signed by exactly its issuers and the keys it introduces, each with a key that
  // was added before, not revoked or expired, and made for this kind of statement.
  async judge(statement, entry, index) {
    const introduced = new Set((await introducedKeys(statement, index)).map((key) => key.id));
    for (const id of introduced) {
      if (this.keys.has(id)) throw new Refusal("key-known", `the key ${id} was introduced before`);
    }
    const signed = new Set();
    const proven = new Set();
    for (const { keyid } of entry.signatures) {
      if (introduced.has(keyid)) {
        proven.add(keyid);
        continue;
      }
      const key = this.keys.get(keyid);
      if (!key) throw new Refusal("unknown-key", `no party has the key ${keyid}`);
      if (!statement.issuers.includes(key.party) || signed.has(key.party)) {
        throw new Refusal("surplus-signature", `${key.party} signed and had not to`);
      }
      signed.add(key.party);
      judgeStanding(key, statement.kind, entry.recordedAt);
    }
    for (const id of introduced) {
      if (!proven.has(id)) throw new Refusal("proof-of-possession", `the new key ${id} did not sign`);
    }
    const unsigned = statement.issuers.filter((slug) => !signed.has(slug));
    if (statement.event !== "LedgerOpened" && unsigned.length > 0) {
      throw new Refusal("missing-signature", `${unsigned.join(", ")} did not sign`);
    }
  }

  // Entries signed since the position from which their key is said to have been in other hands.
  compromised(entry, index) {
    const keys = entry.signatures.map((one) => this.keys.get(one.keyid));
    return keys.some((key) => key?.compromisedSince !== undefined && index >= key.compromisedSince);
  }
}

function judgeStanding(key, kind, recordedAt) {
  if (key.revoked !== null) throw new Refusal("key-revoked", `the key ${key.id} was revoked by entry ${key.revoked}`);
  if (key.expires !== undefined && recordedAt > `${key.expires.slice(0, -1)}.000Z`) {
    throw new Refusal("key-expired", `the key ${key.id} expired at ${key.expires}`);
  }
  if (ROOT_KINDS.includes(kind)) {
    if (key.role !== "root") throw new Refusal("root-key-needed", `the key ${key.id} signs no ${kind} statements`);
  } else if ((kind === "index" && key.role !== "device") || !(key.scope.includes(kind) || key.scope.includes("any"))) {
    throw new Refusal("key-scope-exceeded", `the key ${key.id} signs no ${kind} statements`);
  }
}

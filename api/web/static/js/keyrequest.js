// A device's request for a key, as api/client/keyrequest.py reads it: text for a file or a code to photograph. It
// holds what the `KeyAdded` statement says and the device's own signature of that statement; the organisation's root
// key adds the other one.

import { base64 } from "./bytes.js";
import { build } from "./build.js";
import { readDraft } from "./draft.js";
import { signPayload } from "./envelope.js";

// The text. `device` is {party, publicKey (bytes), keyId, key, scope, expires}, `named` the id of the statement that
// created the party, `tables` those of the kind `key`.
export async function keyRequest(device, named, { tables, ledger, issuedAt }) {
  const { party, publicKey, scope, expires } = device;
  const { payload } = await keyStatement(device, named, { tables, ledger, issuedAt });
  const { sig } = await signPayload(payload, device);
  const members = [
    ["evidence-key-request", "1"],
    ["origin", ledger.origin],
    ["party", party],
    ["named", named],
    ["key", base64(publicKey)],
    ["issued", issuedAt],
    ["expires", expires],
    ["scope", scope.join(",")],
    ["signature", sig],
  ];
  return members.flatMap(([name, value]) => (value ? [`${name}: ${value}\n`] : [])).join("");
}

function keyStatement({ party, publicKey, keyId, scope, expires }, named, { tables, ledger, issuedAt }) {
  const claim = { alg: "ed25519", keyId, publicKey: base64(publicKey), role: "device", scope, ...(expires ? { expires } : {}) };
  const draft = readDraft({ event: "KeyAdded", issuers: [party], subjects: [`party:${party}`], claim }, tables);
  const resolver = { named: async (name) => (name === `party:${party}` ? named : null), target: async () => null };
  const salt = () => {
    throw new Error("a key statement discloses nothing");
  };
  return build(draft, { tables, resolver, ledger, issuedAt, salt });
}

// A key id for two people to compare: its first 32 digits in groups of four.
export const spoken = (keyId) => keyId.slice(0, 32).match(/.{4}/g).join(" ");

// Envelopes as their signer makes them (docs/protocol.md, "Envelope"); statement.js reads those of entries.

import { base64, fromBase64, isDigest } from "./bytes.js";
import { DraftError } from "./draft.js";
import { pae } from "./statement.js";

const PAYLOAD_TYPE = "application/vnd.in-toto+json";
const SIGNED_FILE = "urn:evidence-ledger:v1:signed-file";

// One signature, as it stands in an envelope; `key` is a CryptoKey that signs.
export async function signPayload(payload, { key, keyId }) {
  return { keyid: keyId, sig: base64(new Uint8Array(await crypto.subtle.sign("Ed25519", key, pae(payload)))) };
}

// The envelope of a payload with its signatures, in normal form.
export function envelopeOf(payload, signatures) {
  const sorted = [...signatures].sort((one, other) => (one.keyid < other.keyid ? -1 : 1));
  return { payload: base64(payload), payloadType: PAYLOAD_TYPE, signatures: sorted };
}

// What `evidence sign` writes and `evidence cosign` takes: an envelope and the disclosures that travel beside it.
export function signedFile(payload, signatures, disclosures, label) {
  const value = { type: SIGNED_FILE, envelope: envelopeOf(payload, signatures), disclosures };
  return `${JSON.stringify(label ? { ...value, label } : value, null, 1)}\n`;
}

// {payload, signatures, disclosures, label} of such a file.
export function readSignedFile(text) {
  try {
    const { envelope, disclosures = [], label } = JSON.parse(text);
    const signatures = envelope.signatures.map(({ keyid, sig }) => ({ keyid, sig: base64(fromBase64(sig)) }));
    const right = envelope.payloadType === PAYLOAD_TYPE && signatures.every(({ keyid }) => isDigest(keyid));
    if (!right || !disclosures.every((one) => typeof one === "string")) throw new Error("not a signed file");
    return { payload: fromBase64(envelope.payload), signatures, disclosures, label };
  } catch {
    throw new DraftError("signed-file", "this is not a signed file");
  }
}

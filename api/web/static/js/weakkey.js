// A key that the browser accepts and the ledger does not: the neutral point 01 00..00 as a public key. The signature
// 01 00..00 | 00..00 then fits every message, whoever wrote it, and nobody needs a secret to make it.

import { utf8 } from "./bytes.js";
import { isPublicKey, verifySignature } from "./keys.js";

export const WEAK_KEY = Uint8Array.from({ length: 32 }, (_, at) => (at === 0 ? 1 : 0));
export const WEAK_SIGNATURE = Uint8Array.from({ length: 64 }, (_, at) => (at === 0 ? 1 : 0));

// What the browser and the ledger's check say of a signature: {browser, ours, isPublicKey}. `browser` is null where it
// does not know Ed25519, or takes no such key.
export async function compare(publicKey, text, signature) {
  const ours = await verifySignature(publicKey, utf8(text), signature);
  return { browser: await askBrowser(publicKey, utf8(text), signature), ours, isPublicKey: isPublicKey(publicKey) };
}

async function askBrowser(publicKey, message, signature) {
  try {
    const key = await crypto.subtle.importKey("raw", publicKey, "Ed25519", false, ["verify"]);
    return await crypto.subtle.verify("Ed25519", key, signature, message);
  } catch {
    return null;
  }
}

// The same of a key made just now, which signs the text: both accept it. Null where the browser cannot make one.
export async function compareFresh(text) {
  try {
    const { publicKey, privateKey } = await crypto.subtle.generateKey("Ed25519", true, ["sign", "verify"]);
    const raw = new Uint8Array(await crypto.subtle.exportKey("raw", publicKey));
    return await compare(raw, text, new Uint8Array(await crypto.subtle.sign("Ed25519", privateKey, utf8(text))));
  } catch {
    return null;
  }
}

// Disclosures as their author makes them (docs/protocol.md, "Disclosures"); statement.js reads them.

import { Refusal, base64url, sha256, utf8 } from "./bytes.js";
import { encodeCanonical } from "./canonical.js";

export const SALT_BYTES = 16;
const FORBIDDEN = ["_sd", "_sd_alg", "..."];

// The text of the disclosure of one member; `salt` is 16 fresh random bytes.
export function makeDisclosure(salt, name, value) {
  if (salt.length !== SALT_BYTES) throw new Error("a salt has 16 bytes");
  if (FORBIDDEN.includes(name)) throw new Refusal("disclosure-name", `${name} may not be disclosed`);
  return base64url(encodeCanonical([base64url(salt), name, value]));
}

// What stands in `_sd` in the member's place.
export async function digestOf(text) {
  return base64url(await sha256(utf8(text)));
}

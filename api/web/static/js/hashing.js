// SHA-256 of a file of any size, piece by piece, before it leaves the machine.
//
// It runs on the page itself and not in a worker: pages on which people sign let nothing turn a text into a script's
// address (Trusted Types), and a worker's address is one. Pieces are small enough for the page to stay responsive.

import { sha256 } from "../vendor/noble-hashes/sha2.js";
import { hex } from "./bytes.js";

const PIECE = 256 * 1024; // bytes, some 4 ms

// 64 hexadecimal digits; `told(done, size)` hears of the progress in bytes. `signal` stops it (AbortError).
export async function digestOfFile(file, told = () => {}, signal = undefined) {
  const hash = sha256.create();
  for (let at = 0; at < file.size; at += PIECE) {
    signal?.throwIfAborted();
    hash.update(new Uint8Array(await file.slice(at, at + PIECE).arrayBuffer()));
    told(Math.min(at + PIECE, file.size), file.size);
  }
  return hex(hash.digest());
}

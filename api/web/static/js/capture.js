// A document that a statement takes in: digested here, then sent, both with progress; the ledger must find the same
// digest. What it holds of it is kept in the form: {sha256, size, media, name}.

import { upload } from "./api.js";
import { byId, say } from "./dom.js";
import { writeField } from "./fields.js";
import { digestOfFile } from "./hashing.js";

// Let the form take in a document; `limit` is the largest size in bytes, `changed` hears of a document that is there.
export function armCapture(page, changed) {
  const input = byId("document-file");
  if (!input) return;
  const field = input.closest("[data-member]");
  field.addEventListener("kept", () => show(field, page.words));
  let stop = null;
  byId("document-stop").addEventListener("click", () => stop?.abort());
  input.addEventListener("change", async () => {
    stop?.abort();
    const own = (stop = new AbortController());
    const [file] = input.files;
    writeField(field, undefined);
    if (file) await take(file, field, page, own.signal).catch((error) => trouble(error, page.words, own === stop));
    if (own === stop) byId("document-progress").hidden = true;
    changed();
  });
}

async function take(file, field, { words, limits }, signal) {
  if (file.size === 0) throw new Error(words.empty);
  if (file.size > limits.document) throw new Error(say(words.tooLarge, { size: mebibytes(file.size), limit: mebibytes(limits.document) }));
  const sha256 = await digestOfFile(file, progress(words.digesting), signal);
  byId("document-told").textContent = say(words.digested, { digest: sha256 });
  const taken = await upload(file, progress(words.sending), signal);
  if (taken.sha256 !== sha256) throw new Error(words.otherBytes);
  writeField(field, { ...taken, name: file.name });
}

const mebibytes = (size) => (size / 1024 / 1024).toFixed(1);

function progress(text) {
  const bar = byId("document-bar");
  byId("document-progress").hidden = false;
  byId("document-step").textContent = text;
  return (done, size) => {
    bar.max = size;
    bar.value = done;
  };
}

function trouble(error, words, isCurrent) {
  if (!isCurrent) return;
  const told = byId("document-told");
  told.textContent = error.name === "AbortError" ? words.stopped : error.mend ? `${error.message} – ${error.mend}` : error.message;
}

// What is held, from the form's own value: a draft that comes back shows it again.
function show(field, words) {
  const text = field.querySelector("input[data-value]").value;
  const held = text ? JSON.parse(text) : null;
  byId("document-told").textContent = held ? say(words.held, { name: held.name, size: held.size, media: held.media, digest: held.sha256 }) : "";
}

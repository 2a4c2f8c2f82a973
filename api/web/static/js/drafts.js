// Unfinished statements, kept in this browser alone: one for each event of each ledger, saved while it is written.
// They lie unencrypted on the machine, as the page says.

const PREFIX = "evidence-draft:";

const nameOf = (ledger, event, of) => `${PREFIX}${ledger.genesis}:${event}${of ? `:${of}` : ""}`;

// Whether it could be kept: storage may be full, or turned off.
export function keepDraft(ledger, { event, of, values, saved }) {
  try {
    localStorage.setItem(nameOf(ledger, event, of), JSON.stringify({ event, of, values, saved }));
    return true;
  } catch {
    return false;
  }
}

export function draftOf(ledger, event, of) {
  return read(nameOf(ledger, event, of));
}

export function dropDraft(ledger, event, of) {
  localStorage.removeItem(nameOf(ledger, event, of));
}

// Every draft of a ledger, the newest first.
export function draftsOf(ledger) {
  const names = Object.keys(localStorage).filter((name) => name.startsWith(`${PREFIX}${ledger.genesis}:`));
  const found = names.map(read).filter((draft) => draft !== null);
  return found.sort((one, other) => (one.saved < other.saved ? 1 : -1));
}

function read(name) {
  try {
    const draft = JSON.parse(localStorage.getItem(name));
    return typeof draft?.values === "object" && draft.values !== null ? draft : null;
  } catch {
    return null;
  }
}

// What a browser keeps of its own: device keys and receipts, in IndexedDB, each under its id.
//
// The secret half of a key is a CryptoKey that nobody can read, this page included: the browser signs with it. Browsers
// delete such storage when they are told to, and some when a site is not visited; so keys are replaceable.

const NAME = "evidence-ledger";
export const KEYS = "keys";
export const RECEIPTS = "receipts";

let opened;

function open() {
  opened ??= new Promise((resolve, reject) => {
    const request = indexedDB.open(NAME, 1);
    request.onupgradeneeded = () => {
      request.result.createObjectStore(KEYS, { keyPath: "keyId" });
      request.result.createObjectStore(RECEIPTS, { keyPath: "id" });
    };
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
    request.onblocked = () => reject(new Error("another tab holds an older version of this storage open"));
  });
  return opened;
}

async function run(store, mode, act) {
  const database = await open();
  return new Promise((resolve, reject) => {
    const transaction = database.transaction(store, mode, { durability: "strict" });
    const request = act(transaction.objectStore(store));
    transaction.oncomplete = () => resolve(request.result);
    transaction.onabort = () => reject(transaction.error);
  });
}

export const put = (store, value) => run(store, "readwrite", (objects) => objects.put(value));
export const remove = (store, id) => run(store, "readwrite", (objects) => objects.delete(id));
export const find = (store, id) => run(store, "readonly", (objects) => objects.get(id));
export const all = (store) => run(store, "readonly", (objects) => objects.getAll());

// Reports that wait on this device until there is a network: kept in IndexedDB, with their files, and nowhere else.
//
// A draft is what the form's script puts in: { fields: {...}, files: [File, ...], ... }. It gets an id and a time. The
// form's script sends them: `whenOnline(sendAll)` calls it at once where there is a network, and each time it returns.

const NAME = "near-drafts";
const STORE = "drafts";

function opened() {
  return new Promise((resolve, reject) => {
    const asked = indexedDB.open(NAME, 1);
    asked.onupgradeneeded = () => asked.result.createObjectStore(STORE, { keyPath: "id" });
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => reject(asked.error);
  });
}

async function within(mode, work) {
  const base = await opened();
  try {
    return await new Promise((resolve, reject) => {
      const transaction = base.transaction(STORE, mode);
      const asked = work(transaction.objectStore(STORE));
      transaction.oncomplete = () => resolve(asked.result);
      transaction.onabort = transaction.onerror = () => reject(transaction.error);
    });
  } finally {
    base.close();
  }
}

/** Keeps a draft, or its newer form under the id that it has. Returns its id. Rejects where the device has no room. */
export async function keepDraft(draft) {
  const kept = { id: crypto.randomUUID(), at: Date.now(), ...draft };
  await within("readwrite", (store) => store.put(kept));
  return kept.id;
}

/** Every draft, the oldest first; empty when nothing waits. */
export async function drafts() {
  const found = await within("readonly", (store) => store.getAll());
  return found.sort((one, other) => one.at - other.at);
}

/** Takes a draft away, once it was sent or thrown away. */
export async function dropDraft(id) {
  await within("readwrite", (store) => store.delete(id));
}

/** Calls `work` now where there is a network, and each time that it returns; never twice at once. */
export function whenOnline(work) {
  let running = null;
  const go = () => {
    if (!navigator.onLine) return;
    running ??= Promise.resolve(work()).finally(() => { running = null; });
  };
  addEventListener("online", go);
  go();
}

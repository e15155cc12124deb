// The photographs this device keeps, in IndexedDB.
const databaseName = "repaint";
const storeName = "photographs";
let database = null;

export function all() {
  return transaction("readonly", store => store.getAll());
}

/** Whether any is kept. */
export async function any() {
  return await transaction("readonly", store => store.count()) > 0;
}

export function put(entry) {
  return transaction("readwrite", store => store.put(entry));
}

export function remove(id) {
  return transaction("readwrite", store => store.delete(id));
}

/** False when it is kept no more. */
export async function change(id, changes) {
  const entry = await transaction("readonly", store => store.get(id));
  if (entry) {
    await put({ ...entry, ...changes });
  }
  return Boolean(entry);
}

async function transaction(mode, act) {
  database ??= await openDatabase();
  return await new Promise((resolve, reject) => {
    const started = database.transaction(storeName, mode, { durability: "strict" });
    const request = act(started.objectStore(storeName));
    started.oncomplete = () => resolve(request.result);
    started.onerror = started.onabort = () => reject(started.error);
  });
}

function openDatabase() {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(databaseName, 1);
    request.onupgradeneeded = () => request.result.createObjectStore(storeName, { keyPath: "id" });
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

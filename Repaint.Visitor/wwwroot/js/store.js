// What the phone remembers: an IndexedDB with one table. The token lives here, out of reach of addresses and of other origins.
let opened;

function open() {
  opened ??= new Promise((resolve, reject) => {
    const request = indexedDB.open("repaint", 1);
    request.onupgradeneeded = () => request.result.createObjectStore("memory");
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
  return opened;
}

async function run(mode, act) {
  const database = await open();
  return new Promise((resolve, reject) => {
    const transaction = database.transaction("memory", mode);
    const request = act(transaction.objectStore("memory"));
    transaction.oncomplete = () => resolve(request.result);
    transaction.onerror = transaction.onabort = () => reject(transaction.error);
  });
}

export const load = (key) => run("readonly", (table) => table.get(key));

export const save = (key, value) => run("readwrite", (table) => table.put(value, key));

/** Puts what `act` makes of the value in its place, with nothing in between. */
export const change = (key, act) => run("readwrite", (table) => {
  const found = table.get(key);
  found.onsuccess = () => table.put(act(found.result), key);
  return found;
});

export const forget = (key) => run("readwrite", (table) => table.delete(key));

export const forgetAll = () => run("readwrite", (table) => table.clear());

// A small encrypted store on the device, shared by pages and the service worker: AES-GCM with keys that cannot be read
// out, one for each user, in IndexedDB. Without the browser profile of this device the content is noise; when a user's
// key is dropped, what it sealed is noise here too.
"use strict";

const SongheStore = (() => {
  const NAME = "songhe";
  const STORES = ["keys", "queue", "pages", "drafts"];

  function opened() {
    return new Promise((resolve, reject) => {
      const request = indexedDB.open(NAME, 2);
      request.onupgradeneeded = () => {
        const made = { keys: {}, queue: { keyPath: "number", autoIncrement: true }, pages: { keyPath: "url" }, drafts: { keyPath: "url" } };
        for (const [name, how] of Object.entries(made)) {
          if (!request.result.objectStoreNames.contains(name)) request.result.createObjectStore(name, how);
        }
      };
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    });
  }

  async function run(store, mode, work) {
    const base = await opened();
    try {
      return await new Promise((resolve, reject) => {
        const transaction = base.transaction(store, mode);
        const request = work(transaction.objectStore(store));
        transaction.oncomplete = () => resolve(request.result);
        transaction.onerror = () => reject(transaction.error);
        transaction.onabort = () => reject(transaction.error);
      });
    } finally { base.close(); }
  }

  // Rows of older versions were sealed with the one key called "main".
  const key = (who) => run("keys", "readonly", (store) => store.get(who));

  async function keyOf(who) {
    const known = await key(who);
    if (known) return known;
    const fresh = await crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
    // Two tabs may make one at the same moment: the first stays.
    try { await run("keys", "readwrite", (store) => store.add(fresh, who)); } catch { /* there is one */ }
    return key(who);
  }

  async function unsealed(row) {
    const secret = await key(row.who || "main");
    if (!secret) return null;
    try {
      const plain = await crypto.subtle.decrypt({ name: "AES-GCM", iv: row.iv }, secret, row.body);
      return JSON.parse(new TextDecoder().decode(plain));
    } catch { return null; }
  }

  // `value.user` says whose it is, and by that whose key seals it.
  async function put(store, value, outside = {}) {
    const who = value.user || "main";
    const iv = crypto.getRandomValues(new Uint8Array(12));
    const plain = new TextEncoder().encode(JSON.stringify(value));
    const body = await crypto.subtle.encrypt({ name: "AES-GCM", iv }, await keyOf(who), plain);
    return run(store, "readwrite", (table) => table.put({ ...outside, who, iv, body }));
  }

  async function get(store, at) {
    const row = await run(store, "readonly", (table) => table.get(at));
    return row ? unsealed(row) : null;
  }

  async function all(store) {
    const rows = await run(store, "readonly", (table) => table.getAll());
    const out = [];
    for (const row of rows) {
      const value = await unsealed(row);
      if (value) out.push({ ...row, value });
    }
    return out;
  }

  const remove = (store, at) => run(store, "readwrite", (table) => table.delete(at));
  const clear = (store) => run(store, "readwrite", (table) => table.clear());
  const count = (store) => run(store, "readonly", (table) => table.count());

  // A user whose access was revoked leaves nothing here: rows and key go. Others on the same phone keep theirs.
  async function wipe(who) {
    for (const [store, at] of [["queue", "number"], ["pages", "url"], ["drafts", "url"]]) {
      for (const row of await run(store, "readonly", (table) => table.getAll())) {
        if (row.who === who) await remove(store, row[at]);
      }
    }
    await run("keys", "readwrite", (store) => store.delete(who));
  }

  return { STORES, put, get, all, remove, clear, count, wipe };
})();

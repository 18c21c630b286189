// A small encrypted store on the device, shared by pages and the service worker: AES-GCM with a key that cannot
// be read out, in IndexedDB. Without the browser profile of this device the content is noise.
"use strict";

const SongheStore = (() => {
  const NAME = "songhe";
  const STORES = ["keys", "queue", "pages"];

  function opened() {
    return new Promise((resolve, reject) => {
      const request = indexedDB.open(NAME, 1);
      request.onupgradeneeded = () => {
        request.result.createObjectStore("keys");
        request.result.createObjectStore("queue", { keyPath: "number", autoIncrement: true });
        request.result.createObjectStore("pages", { keyPath: "url" });
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

  let held = null;
  async function key() {
    if (held) return held;
    held = await run("keys", "readonly", (store) => store.get("main"));
    if (!held) {
      const fresh = await crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
      // Two tabs may make one at the same moment: the first stays.
      try { await run("keys", "readwrite", (store) => store.add(fresh, "main")); } catch { /* there is one */ }
      held = await run("keys", "readonly", (store) => store.get("main"));
    }
    return held;
  }

  async function sealed(value) {
    const iv = crypto.getRandomValues(new Uint8Array(12));
    const plain = new TextEncoder().encode(JSON.stringify(value));
    return { iv, body: await crypto.subtle.encrypt({ name: "AES-GCM", iv }, await key(), plain) };
  }

  async function unsealed(row) {
    const plain = await crypto.subtle.decrypt({ name: "AES-GCM", iv: row.iv }, await key(), row.body);
    return JSON.parse(new TextDecoder().decode(plain));
  }

  async function put(store, value, outside = {}) {
    const box = { ...outside, ...(await sealed(value)) };
    return run(store, "readwrite", (table) => table.put(box));
  }

  async function get(store, at) {
    const row = await run(store, "readonly", (table) => table.get(at));
    return row ? unsealed(row) : null;
  }

  async function all(store) {
    const rows = await run(store, "readonly", (table) => table.getAll());
    const out = [];
    for (const row of rows) out.push({ ...row, value: await unsealed(row) });
    return out;
  }

  const remove = (store, at) => run(store, "readwrite", (table) => table.delete(at));
  const clear = (store) => run(store, "readwrite", (table) => table.clear());
  const count = (store) => run(store, "readonly", (table) => table.count());

  return { STORES, put, get, all, remove, clear, count };
})();

// The worker's pages without network: what was opened or linked is kept encrypted for a day and shown when the
// network is away. Files of the page are kept by version (VERSION is put before this script by the server): a new
// version fills its own cache, and the old one goes when that is full. Everything else goes to the server as always.
const ASSETS = "songhe-assets-" + VERSION;
const DAY = 24 * 3600 * 1000;
const TAG = "?tag=";

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

self.addEventListener("message", (event) => {
  if (event.data.kind === "keep") event.waitUntil(keep(event.data));
});

async function keep({ urls, assets, user }) {
  const cache = await caches.open(ASSETS);
  const got = await Promise.allSettled(assets.map(async (url) => { if (!(await cache.match(url))) await cache.add(url); }));
  if (got.every((one) => one.status === "fulfilled")) {
    for (const name of await caches.keys()) if (name.startsWith("songhe-assets-") && name !== ASSETS) await caches.delete(name);
  }
  for (const row of await SongheStore.all("pages")) {
    if (Date.now() - row.value.at > DAY || row.value.user !== user) await SongheStore.remove("pages", row.url);
  }
  for (const url of urls) {
    try { await stored(url, await fetch(url, { credentials: "same-origin" })); } catch { continue; }
  }
}

async function stored(url, answer) {
  const type = answer.headers.get("Content-Type") || "";
  if (answer.status !== 200 || answer.redirected || !type.startsWith("text/html") || url.includes(TAG)) return;
  const text = await answer.text();
  const user = /<html[^>]* data-user="([^"]+)"/.exec(text)?.[1];
  if (!user) return;
  await SongheStore.put("pages", { at: Date.now(), text, user, policy: answer.headers.get("Content-Security-Policy") }, { url });
}

self.addEventListener("fetch", (event) => {
  const url = new URL(event.request.url);
  if (event.request.method !== "GET" || url.origin !== location.origin) return;
  if (event.request.mode === "navigate") event.respondWith(page(event.request, url));
  else if (url.pathname.startsWith("/static/")) event.respondWith(asset(event.request));
});

async function kept(at) {
  const row = await SongheStore.get("pages", at).catch(() => null);
  return row && Date.now() - row.at < DAY ? row : null;
}

async function page(request, url) {
  const at = url.pathname + url.search;
  try {
    const answer = await fetch(request);
    if (answer.status === 200) stored(at, answer.clone()).catch(() => null);
    return answer;
  } catch (fault) {
    // A tag that was scanned leads to the day's page with its token: the page itself reads it.
    const row = (await kept(at)) || (at.includes(TAG) ? await kept(url.pathname) : null);
    if (row) {
      const headers = { "Content-Type": "text/html; charset=utf-8", "X-Kept": "1" };
      if (row.policy) headers["Content-Security-Policy"] = row.policy;
      return new Response(row.text, { headers });
    }
    throw fault;
  }
}

async function asset(request) {
  const cache = await caches.open(ASSETS);
  const known = await cache.match(request);
  if (known) return known;
  try {
    const fresh = await fetch(request);
    if (fresh.ok) cache.put(request, fresh.clone());
    return fresh;
  } catch (fault) {
    const older = await caches.match(request);
    if (older) return older;
    throw fault;
  }
}

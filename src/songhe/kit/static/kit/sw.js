// The worker's pages without network: what was opened or linked is kept encrypted for a day and shown when the
// network is away. Everything else goes to the server as always.
const ASSETS = "songhe-assets-1";
const DAY = 24 * 3600 * 1000;

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

self.addEventListener("message", (event) => {
  if (event.data.kind === "keep") event.waitUntil(keep(event.data));
});

async function keep({ urls, assets }) {
  const cache = await caches.open(ASSETS);
  await Promise.allSettled(assets.map(async (url) => { if (!(await cache.match(url))) await cache.add(url); }));
  for (const url of urls) {
    try { await stored(url, await fetch(url, { credentials: "same-origin" })); } catch { continue; }
  }
  for (const row of await SongheStore.all("pages")) {
    if (Date.now() - row.value.at > DAY) await SongheStore.remove("pages", row.url);
  }
}

async function stored(url, answer) {
  const type = answer.headers.get("Content-Type") || "";
  if (answer.status !== 200 || answer.redirected || !type.startsWith("text/html")) return;
  await SongheStore.put("pages", { at: Date.now(), text: await answer.text(), policy: answer.headers.get("Content-Security-Policy") }, { url });
}

self.addEventListener("fetch", (event) => {
  const url = new URL(event.request.url);
  if (event.request.method !== "GET" || url.origin !== location.origin) return;
  if (event.request.mode === "navigate") event.respondWith(page(event.request, url.pathname + url.search));
  else if (url.pathname.startsWith("/static/")) event.respondWith(asset(event.request));
});

async function page(request, at) {
  try {
    const answer = await fetch(request);
    if (answer.status === 200 && !request.url.includes("?tag=")) stored(at, answer.clone()).catch(() => null);
    return answer;
  } catch (fault) {
    const row = await SongheStore.get("pages", at).catch(() => null) || await SongheStore.get("pages", at.split("?")[0]).catch(() => null);
    if (row && Date.now() - row.at < DAY) {
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
  const fresh = fetch(request).then((answer) => { if (answer.ok) cache.put(request, answer.clone()); return answer; });
  if (known) { fresh.catch(() => null); return known; }
  return fresh;
}

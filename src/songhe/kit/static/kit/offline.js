// Work without network. <form data-offline> is kept on the device, encrypted, and sent in order when the network is
// back; the server does each once. What the server refuses stays in the list with its reason: nothing is overwritten.
"use strict";

(() => {
  const script = document.currentScript;
  const words = script.dataset;
  const user = document.documentElement.dataset.user || "";
  const RETRY = 30_000;
  const OLDEST = 3 * 24 * 3600 * 1000;
  let sending = false;

  const cookie = (name) => document.cookie.split("; ").find((part) => part.startsWith(name + "="))?.slice(name.length + 1) || "";

  async function kept(form, button) {
    const fields = button?.name ? [[button.name, button.value]] : [];
    for (const [name, value] of new FormData(form)) {
      if (name === "csrfmiddlewaretoken" || name === "_key") continue;
      if (value instanceof File) {
        if (value.size) fields.push([name, { name: value.name, type: value.type, data: await base64(value) }]);
      } else fields.push([name, value]);
    }
    const title = form.dataset.offline || document.querySelector("h1")?.textContent.trim() || form.action;
    return { url: form.getAttribute("action") || location.pathname, fields, key: crypto.randomUUID(), at: new Date().toISOString(), user, title, state: "waiting", reason: "" };
  }

  function base64(file) {
    return new Promise((resolve, reject) => {
      const reader = new FileReader();
      reader.onload = () => resolve(reader.result.slice(reader.result.indexOf(",") + 1));
      reader.onerror = () => reject(reader.error);
      reader.readAsDataURL(file);
    });
  }

  function body(item) {
    const data = new FormData();
    for (const [name, value] of item.fields) {
      if (typeof value === "string") data.append(name, value);
      else {
        const bytes = Uint8Array.from(atob(value.data), (sign) => sign.charCodeAt(0));
        data.append(name, new File([bytes], value.name, { type: value.type }));
      }
    }
    data.append("_key", item.key);
    data.append("_at", item.at);
    data.append("_now", new Date().toISOString()); // by which the server sees how wrong this clock is
    return data;
  }

  // "sent", "conflict" (kept by the office too, until it decides), "refused" (stays, with its reason), or "later" (no network, no session, server at fault).
  async function send(item) {
    let answer;
    try {
      answer = await fetch(item.url, { method: "POST", body: body(item), credentials: "same-origin", redirect: "follow",
        headers: { Accept: "application/json", "X-CSRFToken": cookie("csrftoken"), "X-Replayed": "1" } });
    } catch { return { how: "later" }; }
    if (answer.status === 401 || answer.status >= 500 || answer.status === 429) return { how: "later", login: answer.status === 401 };
    const said = await answer.json().catch(() => ({}));
    if (answer.ok) return { how: said.conflict ? "conflict" : "sent", url: said.url, reason: said.conflict };
    const fields = said.fields ? Object.values(said.fields).flat().map((fault) => fault.message).join(" ") : "";
    return { how: "refused", reason: said.text || fields || words.refused };
  }

  // After three days neither the server takes it nor the phone keeps it: what is left is that it was, and when.
  async function expire() {
    for (const row of await SongheStore.all("queue")) {
      const { value } = row;
      if (value.state === "expired" || Date.now() - new Date(value.at) < OLDEST) continue;
      await SongheStore.put("queue", { ...value, fields: [], state: "expired", reason: words.expired }, { number: row.number });
    }
  }

  async function flush(event) {
    await expire();
    if (sending || !navigator.onLine) return show();
    sending = true;
    let last = null;
    try {
      await navigator.locks.request("songhe-queue", async () => {
        for (const row of await SongheStore.all("queue")) {
          const item = row.value;
          if (item.user !== user || item.state !== "waiting") continue;
          const result = await send(item);
          if (result.how === "later") { if (result.login) location.assign("/login/?next=" + encodeURIComponent(location.pathname)); break; }
          if (result.how === "sent") { await SongheStore.remove("queue", row.number); last = result.url; continue; }
          await SongheStore.put("queue", { ...item, state: result.how, reason: result.reason }, { number: row.number });
        }
      });
    } finally { sending = false; }
    await show();
    // Sent in the background: the page may show what the server knows now. A form that sends waits for its own answer.
    if (last && event !== "submit") document.dispatchEvent(new CustomEvent("songhe:sent"));
    return last;
  }

  async function show() {
    const rows = (await SongheStore.all("queue")).filter((row) => row.value.user === user);
    const waiting = rows.filter((row) => row.value.state === "waiting").length;
    const refused = rows.filter((row) => row.value.state !== "waiting");
    for (const badge of document.querySelectorAll("[data-queue-count]")) {
      badge.hidden = !rows.length && navigator.onLine;
      badge.className = "badge " + (refused.length ? "danger" : waiting ? "warn" : navigator.onLine ? "ok" : "warn");
      badge.textContent = refused.length ? words.conflicts.replace("{n}", refused.length)
        : waiting ? words.waiting.replace("{n}", waiting) : words.offline;
    }
    for (const list of document.querySelectorAll("[data-queue-list]")) list.replaceChildren(...rows.map(line));
    document.documentElement.toggleAttribute("data-unconnected", !navigator.onLine);
    document.dispatchEvent(new CustomEvent("songhe:queue", { detail: rows.map(({ value }) => ({ url: value.url, state: value.state, at: value.at, fields: value.fields })) }));
  }

  function line(row) {
    const item = document.createElement("li");
    const text = document.createElement("span");
    text.textContent = row.value.title;
    const note = document.createElement("small");
    note.textContent = new Date(row.value.at).toLocaleString(document.documentElement.lang) + (row.value.reason ? " · " + row.value.reason : "");
    text.append(note);
    item.append(text);
    const press = (name, css, work) => {
      const button = document.createElement("button");
      button.type = "button"; button.className = css; button.textContent = name;
      button.addEventListener("click", async () => { await work(); await show(); });
      item.append(button);
    };
    if (row.value.state === "conflict" || row.value.state === "expired") press(words.noted, "quiet", () => SongheStore.remove("queue", row.number));
    if (row.value.state === "refused") {
      press(words.again, "quiet", async () => {
        await SongheStore.put("queue", { ...row.value, state: "waiting", reason: "" }, { number: row.number });
        await flush();
      });
      press(words.drop, "danger", async () => { if (confirm(words.dropAsk)) await SongheStore.remove("queue", row.number); });
    }
    return item;
  }

  document.addEventListener("submit", async (event) => {
    const form = event.target.closest("form[data-offline]");
    if (!form || event.defaultPrevented || form.dataset.shown) return;
    event.preventDefault();
    event.stopPropagation();
    for (const button of form.querySelectorAll("button")) button.disabled = true;
    const item = await kept(form, event.submitter);
    const number = await SongheStore.put("queue", item);
    const url = await flush("submit");
    const left = (await SongheStore.all("queue")).find((row) => row.number === number);
    if (!left) { location.assign(url || form.dataset.after || document.referrer || "/"); return; }
    for (const button of form.querySelectorAll("button")) button.disabled = false;
    if (left.value.state === "refused") {
      await SongheStore.remove("queue", number);
      // A form that the server draws again with its faults marked is sent once more as any other form.
      if ("native" in form.dataset) { form.dataset.shown = "1"; form.requestSubmit(event.submitter); return; }
      told(form, left.value.reason); await show(); return;
    }
    told(form, words.kept, "ok");
    if (form.dataset.after) location.assign(form.dataset.after);
  }, true);

  // Refused at once, while the person is still at the form: say it there, keep what was typed, queue nothing.
  function told(form, text, tone = "") {
    let box = form.querySelector("[data-told]");
    if (!box) { box = document.createElement("p"); box.dataset.told = ""; box.setAttribute("role", "alert"); form.prepend(box); }
    box.className = tone === "ok" ? "message" : "refusal";
    box.textContent = text;
    box.scrollIntoView({ block: "center" });
  }

  // Logging out takes what this device kept of pages with it; what is waiting stays, for its own user.
  document.addEventListener("submit", (event) => {
    if (event.target.matches("form[action='/logout/']")) SongheStore.clear("pages");
  }, true);

  async function keepPages() {
    if (!("serviceWorker" in navigator) || !words.worker) return;
    const registration = await navigator.serviceWorker.register(words.worker, { scope: words.scope });
    await navigator.serviceWorker.ready.catch(() => null);
    const urls = new Set([location.pathname + (location.search.includes("tag=") ? "" : location.search)]);
    for (const link of document.querySelectorAll("a[data-keep]")) urls.add(link.pathname + link.search);
    const assets = [...document.querySelectorAll("link[rel=stylesheet], link[rel=icon]")].map((link) => link.href)
      .concat([...document.scripts].map((one) => one.src).filter(Boolean))
      .concat([...document.querySelectorAll("use")].map((use) => new URL(use.getAttribute("href"), location.href).href.split("#")[0]));
    (registration.active || registration.waiting || registration.installing)?.postMessage({ kind: "keep", user, urls: [...urls], assets: [...new Set(assets)] });
  }

  // Where the browser can put the page on the home screen, offer it; iPhones are told how.
  function offerInstall() {
    const box = document.querySelector("[data-install]");
    if (!box || window.matchMedia("(display-mode: standalone)").matches || navigator.standalone) return;
    if ("standalone" in navigator) { box.hidden = false; box.querySelector("[data-install-now]").hidden = true; box.querySelector("[data-install-how]").hidden = false; }
    window.addEventListener("beforeinstallprompt", (event) => {
      event.preventDefault();
      box.hidden = false;
      box.querySelector("[data-install-now]").addEventListener("click", () => { event.prompt(); box.hidden = true; }, { once: true });
    });
  }

  offerInstall();
  window.addEventListener("online", flush);
  window.addEventListener("offline", show);
  document.addEventListener("visibilitychange", () => { if (!document.hidden) flush(); });
  setInterval(flush, RETRY);
  flush();
  keepPages();
})();

// The number beside the bell stays current while the page is looked at; a hidden tab holds no connection.
"use strict";

(() => {
  const bell = document.querySelector("[data-inbox]");
  if (!bell) return;
  const badge = bell.querySelector("[data-inbox-count]");
  let source = null;
  let waiting = 0;

  function show(count) {
    badge.hidden = !count;
    badge.textContent = count > 99 ? "99+" : String(count);
    bell.classList.toggle("fresh", count > 0);
  }

  async function look() {
    waiting = 0;
    const answer = await fetch(bell.dataset.inbox, { credentials: "same-origin", headers: { Accept: "application/json" } });
    if (!answer.ok) return;
    show((await answer.json()).unread);
    const old = document.querySelector("#inbox");
    if (!old || old.contains(document.activeElement)) return;
    const page = await fetch(location.href, { credentials: "same-origin" });
    const fresh = page.ok && new DOMParser().parseFromString(await page.text(), "text/html").querySelector("#inbox");
    if (fresh) old.replaceWith(fresh);
  }

  function listen() {
    if (document.hidden) {
      source?.close();
      source = null;
    } else if (!source) {
      source = new EventSource(bell.dataset.live);
      source.addEventListener(bell.dataset.topic, () => { waiting ||= setTimeout(look, 300); });
      source.addEventListener("error", () => {  // the browser comes back by itself, but not after an answer that was an error
        if (source?.readyState !== EventSource.CLOSED) return;
        source = null;
        setTimeout(() => { listen(); look(); }, 5000 + 10000 * Math.random());
      });
    }
  }

  document.addEventListener("visibilitychange", () => { listen(); if (!document.hidden) look(); });
  window.addEventListener("pagehide", () => { source?.close(); source = null; });
  window.addEventListener("pageshow", listen);
  listen();
})();

// Pages that stay current: <div data-live-topic="alarms" data-live-refresh="#board"> listens and reloads that part.
// Where news is dense, data-live-pause says how many milliseconds of it are gathered before the part is read again.
// A page may also listen itself: document.addEventListener("songhe:news", (event) => event.detail).
// A browser comes back by itself after a broken line, but not after an answer that was an error: then the page does, and reads
// the part again for what it missed.
"use strict";

for (const element of document.querySelectorAll("[data-live-topic]")) {
  const topic = element.dataset.liveTopic;
  const target = element.dataset.liveRefresh;
  const light = element.querySelector("[data-live-light]");
  let source = null, waiting = 0;

  async function reload() {
    waiting = 0;
    const answer = await fetch(location.href, { credentials: "same-origin" });
    if (!answer.ok) return;
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector(target);
    const old = document.querySelector(target);
    if (fresh && old && !old.contains(document.activeElement)) { old.replaceWith(fresh); window.htmx?.process(fresh); }
  }

  function listen(again) {
    source = new EventSource("/live/" + encodeURIComponent(topic) + "/");
    source.addEventListener(topic, (event) => {
      const news = JSON.parse(event.data);
      document.dispatchEvent(new CustomEvent("songhe:news", { detail: { topic, news } }));
      if (target && !waiting) waiting = setTimeout(reload, Number(element.dataset.livePause) || 400);
    });
    source.addEventListener("open", () => {
      if (light) { light.className = "badge ok"; light.textContent = light.dataset.on; }
      if (again && target && !waiting) waiting = setTimeout(reload, 400);
    });
    source.addEventListener("error", () => {
      if (light) { light.className = "badge warn"; light.textContent = light.dataset.off; }
      if (source.readyState === EventSource.CLOSED) setTimeout(listen, 5000 + 10000 * Math.random(), true);
    });
  }

  listen(false);
  window.addEventListener("pagehide", () => source.close());
}

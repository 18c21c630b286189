// The agent's page of one alarm: it shows that the agent is there, and comes up to date when something happens.
"use strict";

(() => {
  const page = document.querySelector("[data-alarm-page]");
  if (!page || page.dataset.open !== "1") return;
  const token = page.querySelector("[name=csrfmiddlewaretoken]");

  async function here() {
    try {
      await fetch(page.dataset.here, {
        method: "POST", credentials: "same-origin", headers: { "X-CSRFToken": token.value },
        body: new URLSearchParams({ shown: page.dataset.alarm }),
      });
    } catch { /* the alarm goes to the next agent when this lasts */ }
  }

  let waiting = 0;
  async function again() {
    waiting = 0;
    const busy = document.activeElement;
    if (document.querySelector("dialog[open]") || (busy && busy.matches("input, textarea, select") && busy.value)) { waiting = setTimeout(again, 2000); return; }
    const answer = await fetch(location.href, { credentials: "same-origin" });
    if (!answer.ok) return;
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("#main");
    const old = document.querySelector("#main");
    if (fresh && old) { old.replaceWith(fresh); window.htmx?.process(fresh); }
  }

  // The browser comes back by itself after a broken line, but not after an answer that was an error; what came meanwhile is read.
  let source = null;
  function listen(anew) {
    source = new EventSource("/live/alarms/");
    source.addEventListener("alarms", (event) => {
      if (JSON.parse(event.data).id === page.dataset.alarm && !waiting) waiting = setTimeout(again, 300);
    });
    source.addEventListener("open", () => { if (anew && !waiting) waiting = setTimeout(again, 300); });
    source.addEventListener("error", () => {
      if (source.readyState === EventSource.CLOSED) setTimeout(listen, 3000 + 2000 * Math.random(), true);
    });
  }
  listen(false);
  window.addEventListener("pagehide", () => source.close());
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.matches("input, textarea, select")) return;
    const form = document.querySelector("[data-alarm-take]");
    if ((event.key === "t" || event.key === "T") && form) { event.preventDefault(); form.requestSubmit(); }
  });
  here();
  setInterval(here, 10000);
})();

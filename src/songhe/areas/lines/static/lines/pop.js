// What rings at one's own seat, on any page: <div data-line-pop="seat.<key>" data-url="/seat/now/">.
// A page may also listen itself: document.addEventListener("songhe:line", (event) => event.detail).
"use strict";

for (const place of document.querySelectorAll("[data-line-pop]")) {
  let source = null;
  async function show() {
    const answer = await fetch(place.dataset.url, { credentials: "same-origin" });
    if (!answer.ok) return;
    const text = await answer.text();
    const fresh = new DOMParser().parseFromString(text, "text/html").querySelector(".on-line");
    const other = fresh && fresh.dataset.session !== place.dataset.here;
    place.replaceChildren(...(other ? [document.adoptNode(fresh)] : []));
  }
  function listen() {
    source = new EventSource("/live/seat/");
    source.addEventListener(place.dataset.linePop, (event) => {
      document.dispatchEvent(new CustomEvent("songhe:line", { detail: JSON.parse(event.data) }));
      show();
    });
    source.addEventListener("open", show);
    source.addEventListener("error", () => {  // the browser comes back by itself, but not after an answer that was an error
      if (source.readyState === EventSource.CLOSED) setTimeout(listen, 3000 + 4000 * Math.random());
    });
  }
  listen();
  window.addEventListener("pagehide", () => source.close());
}

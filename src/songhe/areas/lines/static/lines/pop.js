// What rings at one's own seat, on any page: <div data-line-pop="seat.<key>" data-url="/seat/now/">.
// A page may also listen itself: document.addEventListener("songhe:line", (event) => event.detail).
"use strict";

for (const place of document.querySelectorAll("[data-line-pop]")) {
  const source = new EventSource("/live/seat/");
  async function show() {
    const answer = await fetch(place.dataset.url, { credentials: "same-origin" });
    if (!answer.ok) return;
    const text = await answer.text();
    const fresh = new DOMParser().parseFromString(text, "text/html").querySelector(".on-line");
    const other = fresh && fresh.dataset.session !== place.dataset.here;
    place.replaceChildren(...(other ? [document.adoptNode(fresh)] : []));
  }
  source.addEventListener(place.dataset.linePop, (event) => {
    document.dispatchEvent(new CustomEvent("songhe:line", { detail: JSON.parse(event.data) }));
    show();
  });
  source.addEventListener("open", show);
  window.addEventListener("pagehide", () => source.close());
}

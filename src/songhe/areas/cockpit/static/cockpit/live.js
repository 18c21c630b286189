// Pages that listen: an element names its topics and the address of its own content, and asks again when news comes.
"use strict";
for (const part of document.querySelectorAll("[data-live][data-source]")) {
  let waiting = 0;
  const state = document.querySelector("[data-live-state]");
  const show = (open) => { if (state) state.hidden = !open; };
  const ask = async () => {
    const answer = await fetch(part.dataset.source, { headers: { "HX-Request": "true" }, credentials: "same-origin" });
    if (!answer.ok) return;
    const before = part.textContent;
    part.innerHTML = await answer.text();
    if (part.textContent !== before) { part.classList.add("moved"); setTimeout(() => part.classList.remove("moved"), 1600); }
  };
  const soon = () => { clearTimeout(waiting); waiting = setTimeout(ask, 400); };
  for (const topic of part.dataset.live.split(" ")) {
    const source = new EventSource("/live/" + topic + "/");
    source.addEventListener(topic, soon);
    source.addEventListener("open", () => show(true));
    source.addEventListener("error", () => show(false));
  }
}

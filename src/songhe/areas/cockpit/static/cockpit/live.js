// The headline asks for itself again when news of one of its topics arrives (kit/live.js listens).
"use strict";
for (const part of document.querySelectorAll("[data-topics][data-source]")) {
  const topics = part.dataset.topics.split(" ");
  let waiting = 0;
  const ask = async () => {
    waiting = 0;
    const answer = await fetch(part.dataset.source, { headers: { "HX-Request": "true" }, credentials: "same-origin" });
    if (!answer.ok) return;
    const before = part.textContent;
    part.innerHTML = await answer.text();
    if (part.textContent === before) return;
    part.classList.add("moved");
    setTimeout(() => part.classList.remove("moved"), 1600);
  };
  document.addEventListener("songhe:news", (event) => {
    if (topics.includes(event.detail.topic) && !waiting) waiting = setTimeout(ask, 400);
  });
}

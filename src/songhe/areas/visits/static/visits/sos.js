// A worker's call for help: one long press. It is sent with the place and repeated until somebody answers; without
// network it goes on trying, and the telephone numbers below the button work by themselves.
"use strict";

(() => {
  const form = document.querySelector("form[data-sos]");
  if (!form) return;
  const button = form.querySelector("button");
  const told = form.querySelector("[data-sos-told]");
  const PRESS = 1200;
  const AGAIN = 12_000;
  let press = 0;
  let call = null;
  let where = {};

  const cookie = (name) => document.cookie.split("; ").find((part) => part.startsWith(name + "="))?.slice(name.length + 1) || "";

  async function send() {
    if (!call) return;
    const data = new FormData();
    data.append("press", call);
    for (const [name, value] of Object.entries(where)) data.append(name, value);
    try {
      const answer = await fetch(form.action, { method: "POST", body: data, credentials: "same-origin",
        headers: { Accept: "application/json", "X-CSRFToken": cookie("csrftoken") } });
      const said = answer.ok ? await answer.json() : {};
      if (said.answered) { told.textContent = said.by; call = null; form.classList.remove("on"); return; }
      told.textContent = answer.ok ? form.dataset.sent : form.dataset.unsent;
    } catch { told.textContent = form.dataset.unsent; }
    setTimeout(send, AGAIN);
  }

  function begin() {
    if (call) return;
    call = crypto.randomUUID();
    form.classList.add("on");
    told.textContent = form.dataset.sending;
    navigator.geolocation?.watchPosition((found) => {
      where = { lon: found.coords.longitude.toFixed(6), lat: found.coords.latitude.toFixed(6), accuracy: Math.ceil(found.coords.accuracy) };
    }, () => null, { enableHighAccuracy: true, maximumAge: 30_000 });
    navigator.vibrate?.([200, 100, 200]);
    send();
  }

  const stop = () => { clearTimeout(press); form.classList.remove("held"); };
  button.addEventListener("pointerdown", () => { form.classList.add("held"); press = setTimeout(begin, PRESS); });
  for (const kind of ["pointerup", "pointerleave", "pointercancel"]) button.addEventListener(kind, stop);
  button.addEventListener("contextmenu", (event) => event.preventDefault());
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (event.submitter === button && !call) told.textContent = form.dataset.hold;
  });
  button.addEventListener("keydown", (event) => { if (event.key === "Enter" && event.repeat) begin(); });
  window.addEventListener("online", () => { if (call) send(); });
})();

// Small comforts on top of pages that work without any script: dialogs, live filters, two keys.
"use strict";
document.documentElement.classList.add("js");

const dialog = () => document.getElementById("dialog");
let opener = null;

document.addEventListener("click", (event) => {
  const trigger = event.target.closest("[hx-target='#dialog']");
  if (trigger) opener = trigger;
  const close = event.target.closest("[data-close]");
  if (close && close.closest("dialog")) { event.preventDefault(); dialog().close(); }
  if (event.target === dialog()) dialog().close();
});

document.addEventListener("htmx:after:swap", () => {
  const box = dialog();
  if (box && box.childElementCount && !box.open) {
    box.showModal();
    box.addEventListener("close", () => { box.replaceChildren(); if (opener) opener.focus(); }, { once: true });
  }
  const first = box && box.open && (box.querySelector("[role=alert]") || box.querySelector("input:not([type=hidden]), select, textarea"));
  if (first) first.focus();
});

document.addEventListener("keydown", (event) => {
  const typing = event.target.closest("input, textarea, select, [contenteditable]");
  if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey) {
    const box = document.querySelector("[data-search]");
    if (box) { event.preventDefault(); box.focus(); box.select(); }
  }
  if (event.key === "Escape" && event.target.matches("[data-search]")) event.target.blur();
});

// Filters answer as they change; the address keeps them, so a reload or a shared link shows the same rows.
const rows = () => document.getElementById("rows");
let waiting = 0;
let asked = 0;

async function refresh(address) {
  const mine = ++asked;
  const answer = await fetch(address, { headers: { "HX-Request": "true" }, credentials: "same-origin" });
  if (!answer.ok) { location.assign(address); return; }
  const text = await answer.text();
  if (mine !== asked) return;
  rows().innerHTML = text;
  window.htmx?.process(rows());
  history.replaceState(null, "", address);
}

function addressOf(form) {
  const query = new URLSearchParams();
  for (const [name, value] of new FormData(form)) if (value) query.append(name, value);
  const text = query.toString();
  return form.getAttribute("action") + (text ? "?" + text : "");
}

document.addEventListener("input", (event) => {
  const form = event.target.closest("form[data-live]");
  if (!form || !rows()) return;
  clearTimeout(waiting);
  waiting = setTimeout(() => refresh(addressOf(form)), event.target.type === "search" ? 250 : 0);
});

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.matches("form[data-live]") && rows()) { event.preventDefault(); clearTimeout(waiting); refresh(addressOf(form)); return; }
  if (form.dataset.sent) { event.preventDefault(); return; }
  if (form.method === "post" && !form.hasAttribute("hx-post")) { form.dataset.sent = "1"; setTimeout(() => delete form.dataset.sent, 4000); }
});

// On a narrow screen the menu starts closed.
const menu = document.querySelector(".menu");
if (menu && window.matchMedia("(max-width: 1080px)").matches) menu.open = false;

// What scrolls sideways and holds nothing to step to can be stepped to itself, so that keys scroll it.
function reachable() {
  for (const one of document.querySelectorAll(".scroll")) {
    if (one.scrollWidth > one.clientWidth && !one.querySelector("a, button, input, select, textarea")) one.tabIndex = 0;
  }
}
reachable();
addEventListener("resize", reachable);

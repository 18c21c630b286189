// The day as this phone knows it: what waits to be sent counts as done on the page, so that a day without network goes
// on from one step to the next. Spoken notes and signatures are put into ordinary fields; without this script a
// recording, a thumbprint or a witness does the same.
"use strict";

(() => {
  const ENDS = ["check_out", "come_in_vain"];

  function overlay(items) {
    for (const stop of document.querySelectorAll("[data-stop]")) {
      const waiting = items.filter((item) => item.state === "waiting" && item.url.startsWith(`/visits/${stop.dataset.stop}/`));
      const mine = waiting.map((item) => item.url.split("/")[3]);
      const parts = {};
      for (const part of stop.querySelectorAll("[data-part]")) {
        parts[part.dataset.part] = part;
        part.dataset.first ??= part.hidden ? "1" : "";
        part.hidden = Boolean(part.dataset.first);
      }
      if (!parts.work || !mine.length) continue;
      const ended = mine.some((verb) => ENDS.includes(verb));
      const inside = !parts.door || mine.includes("check_in");
      if (parts.door) parts.door.hidden = inside || ended;
      parts.work.hidden = !inside || ended;
      parts.kept.hidden = !ended;
      const ticks = waiting.filter((item) => item.url.endsWith("/tick_tasks/")).pop();
      if (ticks) {
        const done = new Set(ticks.fields.filter(([name]) => name === "tasks").map(([, code]) => code));
        for (const box of stop.querySelectorAll("[name=tasks]")) box.checked = done.has(box.value);
      }
      for (const form of stop.querySelectorAll("form[data-offline]")) {
        const waits = mine.filter((verb) => form.action.endsWith(`/${verb}/`)).length;
        const step = form.closest("details.step");
        if (step) step.toggleAttribute("data-waits", waits > 0);
      }
    }
  }
  document.addEventListener("songhe:queue", (event) => overlay(event.detail));

  // What waited was sent meanwhile: show the day as the server knows it, unless somebody is filling in a form.
  document.addEventListener("songhe:sent", () => {
    const busy = document.querySelector(".stop details[open], .sos .on") || document.activeElement?.matches("input, textarea, select");
    if (!busy) location.reload();
  });

  // A tag was scanned: the address brings its token, and the page knows the beginnings of its homes' digests. Works on a
  // page kept without network.
  async function scanned(token) {
    const sum = new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(token.toLowerCase())));
    const sign = [...sum.slice(0, 8)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
    const stop = document.querySelector(`[data-tag="${sign}"]`);
    const strange = document.querySelector("[data-strange]");
    if (strange) strange.hidden = Boolean(stop);
    if (!stop) return;
    for (const field of stop.querySelectorAll("[name=tag]")) field.value = token;
    for (const told of stop.querySelectorAll("[data-scanned]")) told.hidden = false;
    stop.classList.add("tagged");
    stop.scrollIntoView({ block: "start" });
    history.replaceState(null, "", location.pathname);
  }
  const token = new URLSearchParams(location.search).get("tag");
  if (token) scanned(token);

  // A spoken note: tap to speak, tap to stop; at most two minutes. It lands in the form's own file field.
  const LONGEST = 120_000;
  const KINDS = ["audio/webm;codecs=opus", "audio/mp4", "audio/ogg;codecs=opus"];

  function recorder(form) {
    const button = form.querySelector("[data-record]");
    const heard = form.querySelector("[data-heard]");
    const field = form.querySelector("input[type=file]");
    const label = button.querySelector("span");
    let running = null;
    button.hidden = false;
    button.addEventListener("click", async () => {
      if (running) { running.stop(); return; }
      let sound;
      try { sound = await navigator.mediaDevices.getUserMedia({ audio: true }); }
      catch { heard.textContent = button.dataset.denied; return; }
      const type = KINDS.find((kind) => MediaRecorder.isTypeSupported(kind)) || "";
      running = new MediaRecorder(sound, { mimeType: type, audioBitsPerSecond: 24_000 });
      const parts = [];
      const began = Date.now();
      running.addEventListener("dataavailable", (event) => parts.push(event.data));
      running.addEventListener("stop", () => {
        for (const track of sound.getTracks()) track.stop();
        const kind = type.split(";")[0] || "audio/webm";
        const box = new DataTransfer();
        box.items.add(new File(parts, "voice." + kind.split("/")[1], { type: kind }));
        field.files = box.files;
        heard.textContent = Math.round((Date.now() - began) / 1000) + " s";
        label.textContent = button.dataset.start;
        button.classList.remove("on");
        running = null;
      });
      running.start();
      setTimeout(() => running?.stop(), LONGEST);
      label.textContent = button.dataset.stop;
      button.classList.add("on");
    });
  }

  // A signature: strokes on a field of 1000 by 400, written down as a path.
  function pad(form) {
    const canvas = form.querySelector("canvas");
    const field = form.elements.namedItem("path");
    const pen = canvas.getContext("2d");
    const points = [];
    const at = (event) => {
      const box = canvas.getBoundingClientRect();
      const fit = (value, from, size, most) => Math.max(0, Math.min(most, Math.round(((value - from) / size) * most)));
      return [fit(event.clientX, box.left, box.width, 1000), fit(event.clientY, box.top, box.height, 400)];
    };
    const put = (how, [x, y]) => {
      points.push(`${how}${x} ${y}`);
      if (how === "M") { pen.beginPath(); pen.moveTo(x, y); } else { pen.lineTo(x, y); pen.stroke(); }
      field.value = points.slice(0, 1800).join(",");
    };
    canvas.addEventListener("pointerdown", (event) => {
      event.preventDefault();
      canvas.setPointerCapture(event.pointerId);
      Object.assign(pen, { lineWidth: 6, lineCap: "round", lineJoin: "round", strokeStyle: getComputedStyle(canvas).color });
      put("M", at(event));
    });
    canvas.addEventListener("pointermove", (event) => { if (event.buttons) put("L", at(event)); });
    form.querySelector("[data-clear]").addEventListener("click", () => {
      points.length = 0; field.value = ""; pen.clearRect(0, 0, 1000, 400);
    });
  }

  if (window.MediaRecorder && navigator.mediaDevices) for (const form of document.querySelectorAll("form[data-voice]")) recorder(form);
  for (const form of document.querySelectorAll("form[data-sign]")) pad(form);
})();

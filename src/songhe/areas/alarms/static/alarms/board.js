// The board of alarms: lines come and change with the news itself, so that hundreds of open boards ask the server for
// nothing; the whole is read again now and then, and after every break. Rings until somebody takes what rings.
"use strict";

(() => {
  const desk = document.querySelector("[data-alarm-desk]");
  if (!desk) return;
  const read = (id) => JSON.parse(document.getElementById(id).textContent);
  const kinds = read("alarm-kinds"), states = read("alarm-states"), rungs = read("alarm-rungs");
  const me = desk.dataset.me, wall = desk.dataset.wall === "1", from = Number(desk.dataset.from);
  const light = desk.querySelector("[data-alarm-light]"), told = desk.querySelector("[data-alarm-rung]");
  const button = desk.querySelector("[data-alarm-sound]"), token = desk.querySelector("[name=csrfmiddlewaretoken]");
  let last = Number(desk.dataset.last), due = 0, sound = null, beats = 0, beyond = {}, signed = 0, signing = 0;
  const ended = new Set(["resolved", "false_alarm", "test", "no_contact", "duplicate", "reviewed"]);
  const lines = () => document.querySelector(".alarm-lines");
  const all = () => [...document.querySelectorAll(".alarm[data-alarm]")];
  const line = (id) => document.querySelector(`.alarm[data-alarm="${CSS.escape(id)}"]`);

  // What rings here: everything, for a free agent; what has climbed one rung, for one who is busy verifying.
  function ringing() {
    const busy = all().some((one) => one.dataset.agent === me && one.dataset.state === "taken");
    const least = Math.max(from, busy ? 1 : 0);
    return all().filter((one) => one.dataset.rings && (Number(one.dataset.rung) >= least || one.dataset.agent === me));
  }

  // What rings goes first, then the most urgent, then the oldest, as the server orders them.
  function place(one) {
    const key = (line) => [line.dataset.rings ? 0 : 1, -Number(line.dataset.priority), Date.parse(line.dataset.since)];
    const before = (a, b) => { for (let at = 0; at < 3; at += 1) if (a[at] !== b[at]) return a[at] < b[at]; return false; };
    const mine = key(one), next = all().find((line) => line !== one && before(mine, key(line)));
    if (next) next.before(one); else lines().append(one);
  }

  function draw(news) {
    let one = line(news.id);
    if (ended.has(news.state)) { one?.remove(); return; }
    if (!one) {
      one = document.getElementById("alarm-line").content.firstElementChild.cloneNode(true);
      one.dataset.alarm = news.id;
      one.querySelector(".alarm-kind strong").textContent = kinds[news.kind] || news.kind;
      one.querySelector(".alarm-kind small").textContent = news.number;
      const link = one.querySelector(".alarm-who a");
      link.href = `/alarms/${news.id}/`;
      link.textContent = news.number;
      one.querySelector("time").dataset.since = news.since;
      const form = one.querySelector("form");
      if (form) { form.action = `/alarms/${news.id}/take/`; form.elements.namedItem("csrfmiddlewaretoken").value = token.value; }
      one.dataset.since = news.since;
      noted();
      soon(1500 + Math.random() * 3000);
    }
    one.dataset.state = news.state;
    one.dataset.rings = news.rings ? "1" : "";
    one.dataset.rung = news.rung;
    one.dataset.priority = news.priority;
    one.dataset.agent = news.agent;
    one.classList.toggle("rings", news.rings);
    const badge = one.querySelector(".badge"), beside = one.querySelector(".alarm-state small");
    beside.textContent = news.rings && news.state !== "raised" ? states[news.state] : "";
    badge.className = "badge " + (news.rings ? "danger" : news.state === "taken" ? "warn" : "info");
    badge.textContent = news.rings ? told.dataset.words : states[news.state];
    const form = one.querySelector(".alarm-verb form");
    if (form) form.hidden = !news.rings;
    place(one);
    count();
  }

  function drawn() {
    const rows = all(), of = (...wanted) => rows.filter((one) => wanted.includes(one.dataset.state)).length;
    return { rings: rows.filter((one) => one.dataset.rings).length, taken: of("taken"), sent: of("sent", "arrived"), open: rows.length };
  }

  // The server counts every open alarm, and draws the first of them: what it counted beyond its lines stays until it counts anew.
  function measure() {
    const here = drawn();
    for (const one of document.querySelectorAll("[data-count]")) beyond[one.dataset.count] = Number(one.textContent) - here[one.dataset.count];
  }

  function count() {
    const here = drawn();
    for (const one of document.querySelectorAll("[data-count]")) one.textContent = here[one.dataset.count] + (beyond[one.dataset.count] || 0);
    document.querySelector('[data-count="rings"]')?.parentElement.classList.toggle("danger", here.rings > 0);
    const none = document.querySelector(".alarm-none");
    if (none) none.hidden = here.open > 0;
    const loud = ringing(), top = loud.reduce((most, one) => Math.max(most, Number(one.dataset.rung)), 0);
    told.textContent = loud.length ? `${told.dataset.words} · ${loud.length} · ${rungs[Math.min(top, rungs.length - 1)].label}` : "";
    document.title = loud.length ? `(${loud.length}) ${document.title.replace(/^\(\d+\) /, "")}` : document.title.replace(/^\(\d+\) /, "");
  }

  function soon(wait) {
    const when = Date.now() + wait;
    if (due && due <= when) return;
    due = when;
    setTimeout(again, wait);
  }

  async function again() {
    due = 0;
    try {
      const answer = await fetch(desk.dataset.lines, { credentials: "same-origin" });
      if (answer.ok) {
        const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("#alarm-lines");
        const old = document.querySelector("#alarm-lines");
        if (fresh && old && !(old.contains(document.activeElement) && document.activeElement.matches("button"))) { old.replaceWith(fresh); measure(); }
      }
    } catch { /* the next round does it */ }
    count();
    soon(20000 + Math.random() * 10000);
  }

  function listen() {
    const source = new EventSource("/live/alarms/?last=" + last);
    source.addEventListener("alarms", (event) => { last = Math.max(last, Number(event.lastEventId)); draw(JSON.parse(event.data)); });
    source.addEventListener("open", () => { light.className = "badge ok"; light.textContent = light.dataset.on; });
    source.addEventListener("error", () => {
      light.className = "badge warn"; light.textContent = light.dataset.off;
      soon(1000 + Math.random() * 2000);
      if (source.readyState === EventSource.CLOSED) setTimeout(listen, 3000);
    });
    window.addEventListener("pagehide", () => source.close());
  }

  // A tone made here: two notes, quicker and louder the higher the rung. A browser allows it after a first press of a key.
  function note(at, height, gain) {
    const wave = sound.createOscillator(), volume = sound.createGain();
    wave.type = "square"; wave.frequency.value = height;
    volume.gain.setValueAtTime(gain, at); volume.gain.exponentialRampToValueAtTime(0.001, at + 0.22);
    wave.connect(volume).connect(sound.destination);
    wave.start(at); wave.stop(at + 0.24);
  }

  function sing() {
    beats += 1;
    const loud = ringing();
    if (!sound || sound.state !== "running" || !loud.length) return;
    const level = Math.max(...loud.map((one) => rungs[Number(one.dataset.rung)]?.loud || 1));
    if (beats % (4 - Math.min(level, 3))) return;
    const now = sound.currentTime, gain = 0.06 * level;
    note(now, 880, gain); note(now + 0.25, 660, gain);
    if (level > 2) note(now + 0.5, 990, gain);
  }

  function switched() {
    const on = Boolean(sound && sound.state === "running");
    button.setAttribute("aria-pressed", String(on));
    button.textContent = on ? button.dataset.on : button.dataset.off;
    button.classList.toggle("quiet", on);
  }

  async function toggle() {
    sound = sound || new AudioContext();
    await (sound.state === "running" ? sound.suspend() : sound.resume());
    switched();
  }

  // A new line is told to be on screen at once, but hundreds of boards draw it: within two seconds, and in a storm every five.
  function noted() {
    signing = signing || setTimeout(here, Math.max(2000 * Math.random(), signed + 5000 - Date.now()));
  }

  async function here() {
    clearTimeout(signing);
    signing = 0;
    signed = Date.now();
    const seen = document.visibilityState === "visible" ? all().filter((one) => !one.dataset.shown) : [];
    const shown = seen.map((one) => { one.dataset.shown = "1"; return one.dataset.alarm; });
    try {
      await fetch(desk.dataset.here, {
        method: "POST", credentials: "same-origin", headers: { "X-CSRFToken": token.value },
        body: new URLSearchParams({ shown: shown.join(",") }),
      });
    } catch { /* the page is shown as not connected */ }
  }

  const days = (seconds) => new Intl.NumberFormat(document.documentElement.lang, { style: "unit", unit: "day", unitDisplay: "long" }).format(Math.floor(seconds / 86400));

  function ages() {
    for (const time of document.querySelectorAll("time[data-since]")) {
      const seconds = Math.max(0, Math.floor((Date.now() - Date.parse(time.dataset.since)) / 1000));
      const pad = (n) => String(n).padStart(2, "0");
      time.textContent = seconds < 3600 ? `${pad(Math.floor(seconds / 60))}:${pad(seconds % 60)}` : seconds < 86400 ? `${Math.floor(seconds / 3600)}:${pad(Math.floor(seconds / 60) % 60)}:${pad(seconds % 60)}` : days(seconds);
    }
    const clock = document.querySelector("[data-alarm-clock]");
    if (clock) clock.textContent = new Date().toLocaleTimeString(document.documentElement.lang, { hour12: false, timeZone: clock.dataset.alarmClock });
  }

  button.addEventListener("click", toggle);
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.matches("input, textarea, select")) return;
    if (event.key === "t" || event.key === "T") document.querySelector(".alarm.rings .alarm-verb form:not([hidden])")?.requestSubmit();
    else if (event.key === "s" || event.key === "S") toggle();
    else if (event.key >= "1" && event.key <= "9") all()[Number(event.key) - 1]?.querySelector(".alarm-who a")?.click();
    else return;
    event.preventDefault();
  });
  if (window.AudioContext) { sound = new AudioContext(); sound.addEventListener("statechange", switched); switched(); }
  measure(); listen(); count(); ages(); here();
  setInterval(ages, 1000);
  setInterval(sing, 500);
  setInterval(here, 10000);
  soon(20000 + Math.random() * 10000);
})();

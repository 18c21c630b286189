// Moves visits on the planner's board with pointer or keys. Without it the form beside the board does the same.
"use strict";

(() => {
  const STEP = 5;
  const PATIENCE = 90;
  let held = null; // { line, minutes, lane, at, bar, moved, ghost }
  let waiting = 0;
  let asked = 0;

  const board = () => document.getElementById("board");
  const lanes = () => [...document.querySelectorAll(".lane[data-worker]")];
  const said = () => document.querySelector("[data-said]");
  const may = () => board() && board().dataset.try;

  function tell(text, good) {
    const line = said();
    if (!line) return;
    line.textContent = text;
    line.classList.toggle("yes", good === true);
    line.classList.toggle("no", good === false);
  }

  const clock = (minute) => `${String(Math.floor(minute / 60)).padStart(2, "0")}:${String(minute % 60).padStart(2, "0")}`;
  const minuteOf = (text) => { const [h, m] = text.split(":").map(Number); return h * 60 + m; };
  const bounds = () => [Number(board().dataset.since), Number(board().dataset.until)];

  function begin(bar) {
    if (held) drop();
    const lane = bar.closest(".lane[data-worker]") || lanes()[0];
    if (!lane || bar.hasAttribute("data-begun")) return false;
    const start = bar.dataset.start ? minuteOf(bar.dataset.start) : 9 * 60;
    held = { line: bar.dataset.line, minutes: Number(bar.dataset.minutes), lane, at: start, bar, moved: false, ghost: null };
    bar.classList.add("held");
    return true;
  }

  function drop() {
    if (!held) return;
    clearTimeout(waiting);
    asked += 1;
    held.bar.classList.remove("held", "dragged");
    held.ghost?.remove();
    lanes().forEach((lane) => lane.classList.remove("aim"));
    held = null;
  }

  function show() {
    const [since, until] = bounds();
    held.at = Math.min(Math.max(held.at, since), until - STEP);
    held.moved = true;
    const track = held.lane.querySelector(".track");
    if (!held.ghost) {
      held.ghost = document.createElementNS("http://www.w3.org/2000/svg", "rect");
      held.ghost.setAttribute("class", "ghost");
      held.ghost.setAttribute("y", "2");
      held.ghost.setAttribute("height", "48");
      held.ghost.setAttribute("rx", "6");
    }
    held.ghost.setAttribute("x", `${(100 * (held.at - since)) / (until - since)}%`);
    held.ghost.setAttribute("width", `${(100 * held.minutes) / (until - since)}%`);
    if (held.ghost.parentNode !== track) track.append(held.ghost);
    lanes().forEach((lane) => lane.classList.toggle("aim", lane === held.lane));
    clearTimeout(waiting);
    waiting = setTimeout(ask, PATIENCE);
  }

  const moment = () => `${board().dataset.day}T${clock(held.at)}`;

  async function ask() {
    if (!held) return;
    const mine = ++asked;
    const name = held.lane.dataset.name;
    const query = new URLSearchParams({ line: held.line, worker: held.lane.dataset.worker, at: moment() });
    try {
      const answer = await fetch(`${board().dataset.try}?${query}`, { headers: { Accept: "application/json" }, credentials: "same-origin" });
      const found = await answer.json();
      if (mine !== asked || !held) return;
      held.ghost?.classList.toggle("no", !found.fits);
      tell(`${name} – ${found.text}`, Boolean(found.fits));
    } catch {
      if (mine === asked) tell("", null);
    }
  }

  function keep() {
    const form = document.createElement("form");
    form.method = "post";
    form.action = board().dataset.move;
    const token = document.querySelector("[name=csrfmiddlewaretoken]");
    const key = crypto.randomUUID ? crypto.randomUUID() : String(Math.random()).slice(2);
    const values = {
      csrfmiddlewaretoken: token ? token.value : "", _key: key, line: held.line, worker: held.lane.dataset.worker,
      at: moment(), day: board().dataset.day, revision: board().dataset.revision,
    };
    for (const [name, value] of Object.entries(values)) {
      const field = document.createElement("input");
      field.type = "hidden";
      field.name = name;
      field.value = value;
      form.append(field);
    }
    document.body.append(form);
    form.requestSubmit();
  }

  function toLane(steps) {
    const every = lanes();
    const next = every[every.indexOf(held.lane) + steps];
    if (next) { held.lane = next; next.scrollIntoView({ block: "nearest" }); }
  }

  document.addEventListener("keydown", (event) => {
    if (!may()) return;
    const bar = event.target.closest?.("[data-line]");
    if (!bar) return;
    const turns = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -STEP], ArrowRight: [0, STEP] };
    if (event.key in turns) {
      if (held?.bar !== bar && !begin(bar)) return;
      event.preventDefault();
      const [up, later] = turns[event.key];
      if (up) toLane(up);
      held.at += later * (event.shiftKey ? 6 : 1);
      show();
    } else if (event.key === "Enter" && held?.moved) {
      event.preventDefault();
      keep();
    } else if (event.key === "Escape" && held) {
      drop();
      tell("", null);
    }
  });

  // A pointer that moves a few pixels drags; one that does not, opens the visit as a link does.
  let from = null;

  document.addEventListener("pointerdown", (event) => {
    const bar = event.target.closest?.("[data-line]");
    if (!may() || !bar || event.button !== 0) return;
    const box = bar.querySelector(".face")?.getBoundingClientRect();
    from = { x: event.clientX, y: event.clientY, bar, inside: box ? event.clientX - box.left : 0 };
  });

  document.addEventListener("pointermove", (event) => {
    if (!from) return;
    if (!from.going) {
      if (Math.hypot(event.clientX - from.x, event.clientY - from.y) < 6) return;
      if (!begin(from.bar)) { from = null; return; }
      from.going = true;
      held.bar.classList.add("dragged");
    }
    if (!held) return;
    event.preventDefault();
    const lane = document.elementFromPoint(event.clientX, event.clientY)?.closest(".lane[data-worker]");
    if (lane) held.lane = lane;
    const [since, until] = bounds();
    const box = held.lane.querySelector(".track").getBoundingClientRect();
    const minute = since + ((event.clientX - from.inside - box.left) / box.width) * (until - since);
    held.at = Math.round(minute / STEP) * STEP;
    show();
  });

  document.addEventListener("pointerup", () => {
    const going = from?.going;
    from = null;
    if (going && held) {
      document.addEventListener("click", (event) => event.preventDefault(), { once: true, capture: true });
      keep();
    }
  });

  document.addEventListener("dragstart", (event) => { if (may() && event.target.closest?.("[data-line]")) event.preventDefault(); });
})();

// The planner's map: hexes or communities by coverage, streets, sites, and a site to try. Drawn on a canvas from the
// installation's own data, above tiles of a server if one is named; the lists and forms around it do the same without it.
const box = document.querySelector("[data-map]");
if (box) start(box);

function start(box) {
  const words = JSON.parse(box.dataset.words);
  const say = (name, n) => words[name].replace("{n}", typeof n === "number" ? n.toLocaleString() : n);
  const RAMP = ["#b2482e", "#e09662", "#eed6a0", "#8dbea0", "#247054"], FEW = "#c9c5b9";
  const state = { lon: 0, lat: 0, scale: 4000, shade: "hexes", cells: [], places: [], sites: [], tiles: new Map(), pictures: new Map(), shape: null, gained: new Set(), lost: new Set(), picked: null, try: null };

  box.querySelector(".circle-plain").hidden = true;
  const canvas = add("canvas", { role: "img", "aria-label": words.label, tabindex: "0" });
  const pen = canvas.getContext("2d");
  const tools = add("div", { class: "circle-tools" });
  const shades = { hexes: tool(words.hexes, () => shade("hexes"), true), communities: tool(words.communities, () => shade("communities"), true) };
  tool("+", () => zoom(1.6), false, words.closer); tool("−", () => zoom(1 / 1.6), false, words.farther); tool("⤢", fit, false, words.whole);
  const put = tool(words.candidate, () => candidate(middle()), true); put.classList.add("circle-put");
  const legend = add("div", { class: "circle-legend" });
  legend.innerHTML = RAMP.map((colour, at) => `<span><i data-colour="${colour}"></i>${at * 20}–${at * 20 + 20}%</span>`).join("") + `<span><i data-colour="${FEW}"></i>${words.empty}</span><span><i class="round" data-colour="#183a66"></i>${words.site}</span><span><i class="round" data-colour="#7a2d8c"></i>${words.full}</span>`;
  for (const one of legend.querySelectorAll("i")) one.style.background = one.dataset.colour;
  const card = add("div", { class: "circle-card", hidden: "" });
  const pin = add("button", { type: "button", class: "circle-pin", "aria-label": words.drag, title: words.drag, hidden: "" });
  const rule = add("div", { class: "circle-rule", "aria-hidden": "true" });
  if (box.dataset.source) add("small", { class: "circle-source" }).textContent = box.dataset.source;

  function add(name, given = {}) { const made = document.createElement(name); for (const [key, value] of Object.entries(given)) made.setAttribute(key, value); box.append(made); return made; }
  function tool(text, act, toggles, label) {
    const made = document.createElement("button");
    made.type = "button"; made.textContent = text; made.addEventListener("click", act);
    if (label) { made.setAttribute("aria-label", label); made.title = label; }
    if (toggles) made.setAttribute("aria-pressed", "false");
    tools.append(made);
    return made;
  }

  // Degrees to the sheet and back.
  const stretch = () => Math.cos(state.lat * Math.PI / 180);
  const x = (lon) => box.clientWidth / 2 + (lon - state.lon) * stretch() * state.scale;
  const y = (lat) => box.clientHeight / 2 - (lat - state.lat) * state.scale;
  const lonOf = (px) => state.lon + (px - box.clientWidth / 2) / (stretch() * state.scale);
  const latOf = (py) => state.lat - (py - box.clientHeight / 2) / state.scale;
  const middle = () => [state.lon, state.lat];

  let waiting = 0;
  const draw = () => { if (!waiting) waiting = requestAnimationFrame(() => { waiting = 0; paint(); }); };

  function paint() {
    if (!box.dataset.ready) return; // nobody asks for streets where the region is not
    const ratio = window.devicePixelRatio || 1, wide = box.clientWidth, tall = box.clientHeight;
    if (canvas.width !== Math.round(wide * ratio) || canvas.height !== Math.round(tall * ratio)) { canvas.width = wide * ratio; canvas.height = tall * ratio; }
    pen.setTransform(ratio, 0, 0, ratio, 0, 0);
    const style = getComputedStyle(box), tint = (name) => style.getPropertyValue(name), ink = tint("--ink");
    pen.fillStyle = tint("--map-ground"); pen.fillRect(0, 0, wide, tall);
    if (box.dataset.tiles) pictures(wide, tall);
    ground(drawn(), { street: tint("--map-street"), water: tint("--map-water"), border: tint("--map-border") });
    if (state.shade === "hexes") hexes(); else communities(ink);
    if (state.shape) outline();
    sites();
    pinAt(); scaleAt();
  }

  const colour = (people, covered) => covered === null ? FEW : RAMP[Math.min(4, Math.floor(covered / Math.max(people, 1) * 5))];

  function hexes() {
    for (const [code, people, covered, ring] of state.cells) {
      path(ring);
      pen.globalAlpha = 0.78; pen.fillStyle = colour(people, covered); pen.fill();
      pen.globalAlpha = 1; pen.lineWidth = 0.6; pen.strokeStyle = "rgb(255 255 255 / 55%)"; pen.stroke();
      if (state.gained.has(code) || state.lost.has(code)) { pen.lineWidth = 3; pen.strokeStyle = state.gained.has(code) ? "#0b7d3e" : "#b02a1f"; pen.stroke(); }
      if (state.picked === code) { pen.lineWidth = 2.5; pen.strokeStyle = "#111"; pen.stroke(); }
    }
  }
  function communities(ink) {
    const most = Math.max(1, ...state.places.map((one) => one[2]));
    for (const [code, name, people, covered, [lon, lat]] of state.places) {
      const px = x(lon), py = y(lat), radius = 4 + 16 * Math.sqrt(people / most);
      if (px < -30 || py < -30 || px > box.clientWidth + 30 || py > box.clientHeight + 30) continue;
      pen.beginPath(); pen.arc(px, py, radius, 0, 7); pen.globalAlpha = 0.85; pen.fillStyle = colour(people, covered); pen.fill();
      pen.globalAlpha = 1; pen.lineWidth = state.picked === code ? 3 : 1.2; pen.strokeStyle = state.picked === code ? "#111" : "#fff"; pen.stroke();
      if (state.scale > 9000) { pen.font = "12px system-ui, sans-serif"; pen.fillStyle = ink; pen.textAlign = "center"; pen.fillText(name, px, py + radius + 13); }
    }
  }
  function path(ring) { pen.beginPath(); ring.forEach(([lon, lat], at) => at ? pen.lineTo(x(lon), y(lat)) : pen.moveTo(x(lon), y(lat))); pen.closePath(); }
  function outline() {
    pen.beginPath();
    for (const part of state.shape) for (const ring of part) ring.forEach(([lon, lat], at) => at ? pen.lineTo(x(lon), y(lat)) : pen.moveTo(x(lon), y(lat)));
    pen.fillStyle = "rgb(24 58 102 / 16%)"; pen.fill("evenodd"); pen.lineWidth = 2; pen.strokeStyle = "#183a66"; pen.setLineDash([6, 4]); pen.stroke(); pen.setLineDash([]);
  }
  function sites() {
    for (const site of state.sites) {
      const px = x(site.point[0]), py = y(site.point[1]);
      if (px < -20 || py < -20 || px > box.clientWidth + 20 || py > box.clientHeight + 20) continue;
      const radius = state.scale > 3000 ? 6 : 4;
      pen.beginPath(); pen.arc(px, py, radius, 0, 7); pen.fillStyle = site.full ? "#7a2d8c" : "#183a66"; pen.fill(); pen.lineWidth = state.picked === site.id ? 3 : 1.6; pen.strokeStyle = state.picked === site.id ? "#ffd34d" : "#fff"; pen.stroke();
    }
  }

  // Squares of a Mercator map, each drawn between its own corners.
  const KEPT = 400;
  function pictures(wide, tall) {
    const level = Math.min(18, Math.max(0, Math.round(Math.log2(360 * stretch() * state.scale / 256)))), count = 2 ** level;
    const column = (lon) => Math.floor((lon + 180) / 360 * count), row = (lat) => Math.floor((1 - Math.asinh(Math.tan(lat * Math.PI / 180)) / Math.PI) / 2 * count);
    const left = (number) => Math.round(x(number / count * 360 - 180)), top = (number) => Math.round(y(Math.atan(Math.sinh(Math.PI * (1 - 2 * number / count))) * 180 / Math.PI));
    for (let across = column(lonOf(0)); across <= column(lonOf(wide)); across++) for (let down = row(latOf(0)); down <= row(latOf(tall)); down++) {
      const one = picture(level, across, down);
      if (one.complete && one.naturalWidth) pen.drawImage(one, left(across), top(down), left(across + 1) - left(across), top(down + 1) - top(down));
    }
  }
  function picture(level, across, down) {
    const address = box.dataset.tiles.replace("{z}", level).replace("{x}", across).replace("{y}", down), kept = state.pictures;
    if (!kept.has(address)) {
      const fresh = new Image();
      fresh.addEventListener("load", draw); fresh.src = address; kept.set(address, fresh);
      if (kept.size > KEPT) kept.delete(kept.keys().next().value);
    }
    return kept.get(address);
  }

  // Water, borders and streets come in tiles of bytes, coarser ones farther away.
  const SIDES = [0.5, 0.1, 0.02], HOLE = 4;
  const detail = () => state.scale > 22000 ? 2 : state.scale > 6000 ? 1 : 0;
  function drawn() {
    const level = detail(), side = SIDES[level], out = [];
    const west = Math.floor(lonOf(0) / side), east = Math.floor(lonOf(box.clientWidth) / side), south = Math.floor(latOf(box.clientHeight) / side), north = Math.floor(latOf(0) / side);
    if ((east - west + 1) * (north - south + 1) > 60) return out;
    for (let column = west - 1; column <= east; column++) for (let row = south - 1; row <= north; row++) {
      const key = `${level}/${column}/${row}`;
      if (!state.tiles.has(key)) fetchTile(key);
      out.push(...state.tiles.get(key) || []);
    }
    return out;
  }
  function trace(points) { for (let at = 0; at < points.length; at += 2) at ? pen.lineTo(x(points[at] / 1e6), y(points[at + 1] / 1e6)) : pen.moveTo(x(points[0] / 1e6), y(points[1] / 1e6)); }
  function ground(lines, colours) {
    pen.lineJoin = "round"; pen.fillStyle = colours.water;
    lines.forEach(([kind, points], at) => {
      if (kind !== 3) return;
      pen.beginPath(); trace(points);
      for (let next = at + 1; lines[next]?.[0] === HOLE; next++) { pen.closePath(); trace(lines[next][1]); }
      pen.fill("evenodd");
    });
    const strokes = { 0: [colours.street, 2.4], 1: [colours.street, 1.2], 2: [colours.street, 0.6], 5: [colours.water, 2.4], 6: [colours.water, 1.2], 7: [colours.border, 1.6, [8, 4]], 8: [colours.border, 0.8, [4, 4]] };
    for (const kind of [6, 5, 2, 1, 0, 8, 7]) {
      const [colour, wide, dash] = strokes[kind];
      pen.strokeStyle = colour; pen.lineWidth = wide; pen.setLineDash(dash ?? []); pen.beginPath();
      for (const [own, points] of lines) if (own === kind) trace(points);
      pen.stroke();
    }
    pen.setLineDash([]);
  }
  async function fetchTile(key) {
    state.tiles.set(key, []);
    if (key.includes("-")) return;
    const answer = await fetch(box.dataset.streets.replace("0/0/0", key));
    if (!answer.ok) return;
    const body = new Int32Array(await answer.arrayBuffer()), lines = [];
    for (let at = 0; at < body.length;) { const count = body[at + 1]; lines.push([body[at], body.subarray(at + 2, at + 2 + 2 * count)]); at += 2 + 2 * count; }
    state.tiles.set(key, lines); if (lines.length) draw();
  }

  // Moving the sheet: with the pointer, two fingers, the wheel and keys.
  const pointers = new Map(); let moved = 0, apart = 0;
  canvas.addEventListener("pointerdown", (event) => { canvas.setPointerCapture(event.pointerId); pointers.set(event.pointerId, event); moved = 0; apart = 0; });
  canvas.addEventListener("pointermove", (event) => {
    const before = pointers.get(event.pointerId);
    if (!before) return;
    const dx = event.clientX - before.clientX, dy = event.clientY - before.clientY;
    moved += Math.abs(dx) + Math.abs(dy); pointers.set(event.pointerId, event);
    if (pointers.size === 2) {
      const [one, two] = [...pointers.values()], now = Math.hypot(one.clientX - two.clientX, one.clientY - two.clientY);
      if (apart) state.scale = bounded(state.scale * now / apart);
      apart = now;
    }
    state.lon -= dx / pointers.size / (stretch() * state.scale); state.lat += dy / pointers.size / state.scale;
    draw();
  });
  const up = (event) => { if (pointers.delete(event.pointerId) && moved < 6 && event.type === "pointerup") pick(event.offsetX, event.offsetY); apart = 0; settled(); };
  canvas.addEventListener("pointerup", up); canvas.addEventListener("pointercancel", up);
  canvas.addEventListener("wheel", (event) => {
    event.preventDefault();
    const lon = lonOf(event.offsetX), lat = latOf(event.offsetY);
    state.scale = bounded(state.scale * Math.exp(-event.deltaY / 400));
    state.lon += lon - lonOf(event.offsetX); state.lat += lat - latOf(event.offsetY);
    draw(); settled();
  }, { passive: false });
  canvas.addEventListener("keydown", (event) => {
    const step = 60 / state.scale, keys = { ArrowLeft: [-step, 0], ArrowRight: [step, 0], ArrowUp: [0, step], ArrowDown: [0, -step] };
    if (event.key === "+" || event.key === "=") zoom(1.4);
    else if (event.key === "-") zoom(1 / 1.4);
    else if (event.key === "Enter") candidate(middle());
    else if (keys[event.key]) { state.lon += keys[event.key][0]; state.lat += keys[event.key][1]; draw(); settled(); }
    else return;
    event.preventDefault();
  });
  const bounded = (scale) => Math.min(400000, Math.max(150, scale));
  function zoom(by) { state.scale = bounded(state.scale * by); draw(); settled(); }
  function fit() {
    const points = state.cells.length ? state.cells.flatMap((one) => one[3]) : [...state.places.map((one) => one[4]), ...state.sites.map((one) => one.point)];
    if (!points.length) return;
    let [west, south, east, north] = [999, 999, -999, -999];
    for (const [lon, lat] of points) { west = Math.min(west, lon); east = Math.max(east, lon); south = Math.min(south, lat); north = Math.max(north, lat); }
    state.lon = (west + east) / 2; state.lat = (south + north) / 2;
    state.scale = bounded(0.92 * Math.min(box.clientWidth / Math.max((east - west) * stretch(), 0.01), box.clientHeight / Math.max(north - south, 0.01)));
    draw();
  }

  // Finer hexes where the reader looks closer.
  let later = 0, seen = "";
  function settled() {
    clearTimeout(later);
    later = setTimeout(() => {
      if (state.shade !== "hexes") return;
      const part = [lonOf(0), latOf(box.clientHeight), lonOf(box.clientWidth), latOf(0)].map((one) => one.toFixed(4)).join(",");
      if (part !== seen) { seen = part; load("hexes", `&box=${part}`).then((got) => { if (got && seen === part) { state.cells = got.cells; state.resolution = got.resolution; if (state.try) ask(); draw(); } }); }
    }, 350);
  }

  let asked = 0;
  async function load(name, more = "") {
    asked += 1; box.setAttribute("aria-busy", "true");
    try {
      const answer = await fetch(box.dataset[name] + more, { headers: { Accept: "application/json" } });
      return answer.ok ? await answer.json() : null;
    } finally {
      asked -= 1; box.setAttribute("aria-busy", String(asked > 0));
    }
  }
  async function shade(name) {
    state.shade = name;
    for (const [key, button] of Object.entries(shades)) button.setAttribute("aria-pressed", String(key === name));
    if (name === "communities" && !state.places.length) state.places = (await load("communities"))?.places ?? [];
    draw();
  }

  // What was pointed at.
  function pick(px, py) {
    const site = state.sites.find((one) => Math.hypot(x(one.point[0]) - px, y(one.point[1]) - py) < 12);
    if (site) return tell(site.id, site.name, [site.kind, site.address, say("near", site.near), site.places ? say("places", site.places) : "", site.full ? words.full : ""], [[words.open, site.url], [words.reach, () => reach(site.point)]]);
    if (state.shade === "communities") {
      const most = Math.max(1, ...state.places.map((one) => one[2]));
      const place = state.places.find((one) => Math.hypot(x(one[4][0]) - px, y(one[4][1]) - py) < 4 + 16 * Math.sqrt(one[2] / most));
      if (place) return tell(place[0], place[1], counts(place[2], place[3]), [[words.open, box.dataset.place.replace(/region=\d+/, `region=${place[0]}`)]]);
    } else {
      const cell = state.cells.find((one) => { path(one[3]); return pen.isPointInPath(px * (window.devicePixelRatio || 1), py * (window.devicePixelRatio || 1)); });
      if (cell) return tell(cell[0], "", cell[2] === null ? [say("few", state.fewest)] : counts(cell[1], cell[2]), []);
    }
    state.picked = null; state.shape = null; card.hidden = true; draw();
  }
  const counts = (people, covered) => [say("people", people), say("covered", covered), say("missing", people - covered), people ? `${(100 * covered / people).toFixed(1)}%` : ""];
  function tell(key, title, lines, links) {
    state.picked = key; card.hidden = false; card.replaceChildren();
    const close = document.createElement("button"); close.type = "button"; close.textContent = "×"; close.setAttribute("aria-label", words.close); close.addEventListener("click", () => { card.hidden = true; state.picked = null; state.shape = null; draw(); });
    card.append(close);
    if (title) { const head = document.createElement("b"); head.textContent = title; card.append(head); }
    for (const text of lines.filter(Boolean)) { const line = document.createElement("span"); line.textContent = text; card.append(line); }
    for (const [text, to] of links) {
      const link = document.createElement(typeof to === "string" ? "a" : "button");
      if (typeof to === "string") link.href = to; else { link.type = "button"; link.className = "quiet"; link.addEventListener("click", to); }
      link.textContent = text; card.append(link);
    }
    draw();
  }
  async function reach([lon, lat]) { const got = await load("reach", `&lon=${lon}&lat=${lat}`); if (got) { state.shape = got.shape; draw(); } }

  // A site that is tried: dragged, moved by keys, or typed.
  const form = document.querySelector("[data-try-form]"), told = document.querySelector("[data-tried]");
  let asking = false, next = null;
  function candidate(point) { state.try = point; pin.hidden = false; put.setAttribute("aria-pressed", "true"); pinAt(); ask(); pin.focus(); }
  function pinAt() { if (state.try) { pin.style.left = `${x(state.try[0])}px`; pin.style.top = `${y(state.try[1])}px`; } }
  let held = null;
  pin.addEventListener("pointerdown", (event) => { pin.setPointerCapture(event.pointerId); held = event; event.preventDefault(); pin.focus(); });
  pin.addEventListener("pointermove", (event) => {
    if (!held) return;
    state.try = [state.try[0] + (event.clientX - held.clientX) / (stretch() * state.scale), state.try[1] - (event.clientY - held.clientY) / state.scale];
    held = event; pinAt(); ask();
  });
  for (const name of ["pointerup", "pointercancel"]) pin.addEventListener(name, () => { held = null; });
  pin.addEventListener("keydown", (event) => {
    const step = (event.shiftKey ? 60 : 8) / state.scale, keys = { ArrowLeft: [-step, 0], ArrowRight: [step, 0], ArrowUp: [0, step], ArrowDown: [0, -step] };
    if (event.key === "Escape") { state.try = null; pin.hidden = true; state.gained.clear(); state.lost.clear(); state.shape = null; put.setAttribute("aria-pressed", "false"); draw(); return; }
    if (!keys[event.key]) return;
    event.preventDefault();
    state.try = [state.try[0] + keys[event.key][0], state.try[1] + keys[event.key][1]]; pinAt(); ask();
  });
  async function ask() {
    next = [...state.try];
    if (form) { form.elements.lon.value = next[0].toFixed(6); form.elements.lat.value = next[1].toFixed(6); form.elements.frame.value = "wgs84"; }
    if (asking) return;
    asking = true;
    while (next) {
      const [lon, lat] = next; next = null;
      try {
        const where = `&lon=${lon.toFixed(7)}&lat=${lat.toFixed(7)}&hex=${state.resolution ?? 9}`;
        const answer = await fetch(box.dataset.try + where, { headers: { Accept: "application/json" } });
        show(await answer.json(), answer.ok);
        if (answer.ok && !next) { const got = await load("reach", where); if (got && !next) state.shape = got.shape; }
      } catch { /* the next movement asks again */ }
      draw();
    }
    asking = false;
  }
  function show(got, good) {
    told.replaceChildren();
    const line = (tag, css, text, into = told) => { const made = document.createElement(tag); if (css) made.className = css; made.textContent = text; into.append(made); return made; };
    if (!good) { state.gained.clear(); state.lost.clear(); state.shape = null; line("p", "bad", got.text); return; }
    state.gained = new Set(got.gained); state.lost = new Set(got.lost);
    const head = line("p", "circle-gain", ""); line("strong", "", got.headline, head); line("span", "", got.shares, head); line("small", "", say("took", got.took), head);
    const list = line("ul", "circle-groups", "");
    for (const group of got.groups) { const item = line("li", "", "", list); line("span", "", group.name, item); line("b", "", group.change, item); }
    if (got.places.length) { const where = line("p", "circle-where", ""); for (const place of got.places) { const one = line("span", "", place.name + " ", where); line("b", "", place.n, one); } }
  }
  form?.addEventListener("submit", (event) => {
    if (form.elements.frame.value !== "wgs84") return; // another frame is converted by the page itself
    const point = [Number(form.elements.lon.value), Number(form.elements.lat.value)];
    if (!point.every(Number.isFinite)) return;
    event.preventDefault(); state.lon = point[0]; state.lat = point[1]; candidate(point); draw();
  });
  document.querySelector("[data-keep]")?.addEventListener("submit", (event) => {
    event.preventDefault();
    const to = event.target.querySelector("[data-scenario]").value;
    location.assign(`${to}?lon=${form.elements.lon.value}&lat=${form.elements.lat.value}`);
  });

  function scaleAt() {
    const metres = 100 / state.scale * 111195, step = 10 ** Math.floor(Math.log10(metres)), nice = [5, 2, 1].find((one) => one * step <= metres) * step;
    rule.style.width = `${nice / 111195 * state.scale}px`; rule.textContent = nice >= 1000 ? `${nice / 1000} km` : `${nice} m`;
  }
  document.querySelector("[data-filters]")?.addEventListener("change", (event) => event.currentTarget.requestSubmit());
  new ResizeObserver(draw).observe(box);
  Promise.all([load("hexes"), load("sites")]).then(([cells, sites]) => {
    state.cells = cells?.cells ?? []; state.resolution = cells?.resolution; state.fewest = cells?.fewest ?? 5; state.sites = sites?.sites ?? [];
    shade("hexes"); fit(); box.dataset.ready = "1";
    if (form?.elements.lon.value && form.elements.lat.value && form.elements.frame.value === "wgs84") candidate([Number(form.elements.lon.value), Number(form.elements.lat.value)]);
  });
}

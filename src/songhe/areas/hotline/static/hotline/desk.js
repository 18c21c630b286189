// The open call: what is typed is kept on the server as it is typed, and on this device, encrypted, while the network is
// away; services are found while somebody types; everything can be done by keys.
"use strict";

(() => {
  const form = document.querySelector("form[data-desk]");
  if (!form) return;
  const call = form.dataset.call;
  const base = location.pathname;
  const user = document.documentElement.dataset.user || "main";
  const SPOT = "desk:" + call;
  const tab = sessionStorage.getItem("songhe-tab") || crypto.randomUUID();
  sessionStorage.setItem("songhe-tab", tab);
  const light = document.querySelector("[data-saved]");
  const field = (name) => form.elements[name];
  const cookie = (name) => document.cookie.split("; ").find((part) => part.startsWith(name + "="))?.slice(name.length + 1) || "";
  let seen = Number(form.dataset.revision);
  const kept = { ...typed(), person: form.dataset.person }; // whom the page picked is kept too
  let timer = 0;
  let running = null;
  let gone = false;

  // ---- what is typed -----------------------------------------------------------------------------------------------
  function typed() {
    const found = {};
    for (const element of form.elements) {
      if (!element.name || ["csrfmiddlewaretoken", "_key", "close", "more"].includes(element.name)) continue;
      if (element.type === "radio") { if (element.checked) found[element.name] = element.value; else found[element.name] ??= ""; }
      else if (element.type === "checkbox") found[element.name] = element.checked ? "1" : "";
      else found[element.name] = element.value;
    }
    return found;
  }

  function changed() {
    const now = typed();
    return Object.fromEntries(Object.entries(now).filter(([name, words]) => (kept[name] ?? "") !== words));
  }

  function say(how) {
    light.className = "saved " + (how === "ok" ? "" : how);
    light.textContent = light.dataset[how === "ok" ? "ok" : how];
  }

  function put(name, words) {
    for (const element of form.querySelectorAll(`[name="${CSS.escape(name)}"]`)) {
      if (element.type === "radio") element.checked = element.value === words;
      else if (element.type === "checkbox") element.checked = !!words;
      else element.value = words;
    }
  }

  async function save({ force = false, last = false } = {}) {
    clearTimeout(timer);
    if (!form.dataset.mine || gone) return;
    if (running && !last) await running;
    const news = changed();
    if (!Object.keys(news).length && !force) { if (seen) say("ok"); return; }
    const sent = { typed: news, seen, tab, force };
    say("busy");
    running = send(sent, last);
    await running;
    running = null;
  }

  async function send(sent, last) {
    let answer;
    try {
      answer = await fetch(base + "save/", { method: "POST", keepalive: last, credentials: "same-origin", body: JSON.stringify(sent),
        headers: { "Content-Type": "application/json", Accept: "application/json", "X-CSRFToken": cookie("csrftoken") } });
    } catch { return keepHere(sent.typed); }
    if (answer.status >= 500 || answer.status === 401) return keepHere(sent.typed);
    const said = await answer.json().catch(() => ({}));
    if (said.revision === undefined) { gone = answer.status === 422 && said.code === "call_ended"; light.className = "saved off"; light.textContent = said.text || ""; return; }
    seen = said.revision;
    for (const name of Object.keys(sent.typed)) if (!(name in said.differing)) kept[name] = sent.typed[name];
    for (const [name, words] of Object.entries(said.news)) if (typed()[name] === (kept[name] ?? "")) { put(name, words); kept[name] = words; }
    for (const [name, words] of Object.entries(said.differing)) differs(name, words);
    say("ok");
    await SongheStore.remove("drafts", SPOT).catch(() => null);
  }

  // Without network the words stay on this device, sealed, until the server has them.
  async function keepHere(news) {
    const before = await SongheStore.get("drafts", SPOT).catch(() => null);
    await SongheStore.put("drafts", { user, at: Date.now(), typed: { ...(before?.typed || {}), ...news } }, { url: SPOT });
    say("off");
    clearTimeout(timer);
    timer = setTimeout(save, 4000);
  }

  async function bringBack() {
    const row = await SongheStore.get("drafts", SPOT).catch(() => null);
    if (!row || row.user !== user) return;
    for (const [name, words] of Object.entries(row.typed)) put(name, words);
    say("back");
    await save();
    await Promise.all([triage(), price()]);
  }

  function differs(name, words) {
    const element = form.querySelector(`[name="${CSS.escape(name)}"]`);
    const place = element?.closest(".field") || element?.parentElement;
    if (!place || place.querySelector(".differs")) return;
    const box = document.createElement("p");
    box.className = "differs";
    box.setAttribute("role", "alert");
    const quote = document.createElement("q");
    quote.textContent = words || "—";
    box.append(form.dataset.differs, " ", quote);
    const press = (text, css, work) => {
      const button = document.createElement("button");
      button.type = "button"; button.className = css; button.textContent = text;
      button.addEventListener("click", async () => { box.remove(); await work(); });
      box.append(button);
    };
    press(form.dataset.theirsWords, "quiet", () => { put(name, words); kept[name] = words; });
    press(form.dataset.mineWords, "", () => save({ force: true }));
    place.append(box);
  }

  // The light never says "kept" of words that are not.
  form.addEventListener("input", () => { clearTimeout(timer); if (form.dataset.mine && Object.keys(changed()).length) say("busy"); timer = setTimeout(save, 350); });
  form.addEventListener("change", () => save());
  window.addEventListener("online", () => save());
  window.addEventListener("pagehide", () => save({ last: true }));
  document.addEventListener("visibilitychange", () => { if (document.hidden) save({ last: true }); });
  // Whoever leaves for another person or a search finds everything typed again.
  document.addEventListener("click", async (event) => {
    const link = event.target.closest("a[data-leaves]");
    if (!link || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    await save();
    location.assign(link.href);
  });
  document.addEventListener("submit", async (event) => {
    const leaving = event.target.closest("form[data-leaves]");
    if (!leaving || leaving.dataset.saved) return;
    event.preventDefault();
    await save();
    leaving.dataset.saved = "1";
    delete leaving.dataset.sent;
    setTimeout(() => leaving.requestSubmit(event.submitter)); // while its own event is under way a form submits nothing
  });
  form.addEventListener("submit", () => { clearTimeout(timer); gone = true; SongheStore.remove("drafts", SPOT).catch(() => null); });

  // ---- parts read again --------------------------------------------------------------------------------------------
  async function part(name, address) {
    const place = document.querySelector(`[data-part="${name}"]`);
    try {
      const answer = await fetch(address, { credentials: "same-origin", headers: { "HX-Request": "true" } });
      if (answer.ok) place.innerHTML = await answer.text();
    } catch { /* without network the page stays as it is */ }
  }

  function triage() {
    const query = new URLSearchParams({ matter: matter() });
    for (const [name, words] of Object.entries(typed())) if (name.startsWith("triage_") && words) query.set(name, words);
    return part("triage", base + "triage/?" + query);
  }

  function price() {
    const now = typed();
    if (!now.item) { document.querySelector('[data-part="price"]').replaceChildren(); return null; }
    const wanted = { item: now.item, person: now.person, window: now.window || "", organisation: now.organisation, repeat: now.repeat };
    return part("price", base + "price/?" + new URLSearchParams(wanted));
  }

  const ask = document.getElementById("ask");
  function articles() {
    return part("articles", base + "articles/?" + new URLSearchParams({ matter: matter(), ask: ask.value, person: field("person").value }));
  }
  let asking = 0;
  ask.addEventListener("input", () => { clearTimeout(asking); asking = setTimeout(articles, 250); });

  const matter = () => form.querySelector('input[name="matter"]:checked')?.value || "";

  function open(top) {
    for (const button of form.querySelectorAll("[data-top]")) button.setAttribute("aria-pressed", String(button.dataset.top === top));
    for (const row of form.querySelectorAll("[data-below]")) row.classList.toggle("open", row.dataset.below === top);
  }

  form.addEventListener("click", (event) => {
    const top = event.target.closest("[data-top]");
    if (top) choose(top);
    const item = event.target.closest("[data-item]");
    if (item) pick(item.dataset.item, item.textContent);
  });

  function choose(top) {
    open(top.dataset.top);
    const first = form.querySelector(`[data-below="${top.dataset.top}"] input`);
    form.querySelector('input[name="matter"]:checked')?.removeAttribute("checked");
    for (const radio of form.querySelectorAll('input[name="matter"]')) radio.checked = false;
    field("purpose").value = top.dataset.purpose;
    if (top.dataset.purpose === "emergency") first.checked = true;
    triage();
    articles();
    first.focus();
    save();
  }

  form.addEventListener("change", (event) => {
    const name = event.target.name || "";
    if (name === "matter") { field("purpose").value = event.target.dataset.purpose; triage(); articles(); offer(""); }
    if (name.startsWith("triage_")) triage();
    if (["item", "window", "organisation", "repeat"].includes(name)) price();
    if (name === "relation") other();
  });

  function other() { form.classList.toggle("self-calls", field("relation").value === "self"); }

  // ---- services while typing ---------------------------------------------------------------------------------------
  const box = document.getElementById("service");
  const list = document.getElementById("service-list");
  let found = [];
  let at = -1;
  let looking = 0;
  let turn = 0;

  async function offer(words) {
    const mine = ++turn;
    if (!words && document.activeElement !== box) return;
    const query = new URLSearchParams(words ? { q: words } : { matter: matter() });
    let rows = [];
    try { rows = (await (await fetch("/desk/services/?" + query, { credentials: "same-origin" })).json()).rows; } catch { return; }
    if (mine !== turn) return;
    found = rows;
    at = rows.length ? 0 : -1;
    list.replaceChildren(...rows.map(line));
    list.hidden = !rows.length;
    box.setAttribute("aria-expanded", String(!!rows.length));
    mark();
  }

  function line(row, place) {
    const item = document.createElement("li");
    item.id = "service-" + place;
    item.setAttribute("role", "option");
    const name = document.createElement("span"); name.textContent = row.name;
    const money = document.createElement("strong"); money.textContent = row.price ? "¥" + row.price + " / " + row.unit : "";
    const code = document.createElement("span"); code.className = "code"; code.textContent = row.code;
    const more = document.createElement("small"); more.textContent = [row.help, row.minutes, row.skills.join("、")].filter(Boolean).join(" · ");
    item.append(name, money, code, more);
    item.addEventListener("mousedown", (event) => { event.preventDefault(); pick(row.code, row.name); });
    return item;
  }

  function mark() {
    list.querySelectorAll("li").forEach((item, place) => {
      item.setAttribute("aria-selected", String(place === at));
      if (place === at) { item.scrollIntoView({ block: "nearest" }); box.setAttribute("aria-activedescendant", item.id); }
    });
  }

  function pick(code, name) {
    put("item", code);
    box.value = "";
    box.placeholder = name;
    box.classList.add("chosen");
    shut();
    price();
    save();
  }

  function shut() { list.hidden = true; box.setAttribute("aria-expanded", "false"); found = []; turn++; }

  box.addEventListener("input", () => { clearTimeout(looking); looking = setTimeout(() => offer(box.value), 60); });
  box.addEventListener("focus", () => { if (!box.value && matter()) offer(""); });
  box.addEventListener("blur", shut);
  box.addEventListener("keydown", async (event) => {
    if (event.isComposing || event.ctrlKey) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (found.length) { at = (at + (event.key === "ArrowDown" ? 1 : found.length - 1)) % found.length; mark(); }
    } else if (event.key === "Enter") {
      event.preventDefault();
      clearTimeout(looking);
      if (box.value) await offer(box.value);
      if (found[at]) pick(found[at].code, found[at].name);
    } else if (event.key === "Escape") shut();
  });

  // ---- keys --------------------------------------------------------------------------------------------------------
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey && event.key === "Enter") { event.preventDefault(); form.requestSubmit(form.querySelector("[name=close]")); return; }
    if (!event.altKey || event.ctrlKey || event.metaKey) return;
    const go = { KeyP: "#who", KeyS: "#service", KeyN: "#id_note", KeyK: "#ask", KeyT: "input[name=window]:checked, input[name=window]" }[event.code];
    const top = form.querySelector(`[data-key="${event.code.replace("Digit", "")}"]`);
    if (go) { event.preventDefault(); document.querySelector(go)?.focus(); }
    else if (top && event.code.startsWith("Digit")) { event.preventDefault(); choose(top); }
    else if (event.code === "KeyA") { event.preventDefault(); document.querySelector("[data-alarm]")?.click(); }
    else if (event.code === "KeyO") { event.preventDefault(); form.requestSubmit(form.querySelector("[name=more]")); }
  });

  document.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-vote] button");
    if (!button) return;
    const right = button.dataset.right === "1";
    const words = right ? "" : prompt(button.dataset.ask);
    if (!right && !words) return;
    const data = new FormData();
    data.append("right", button.dataset.right); data.append("words", words);
    const answer = await fetch(button.parentElement.dataset.vote, { method: "POST", body: data, headers: { "X-CSRFToken": cookie("csrftoken") } });
    const said = await answer.json().catch(() => ({}));
    button.parentElement.textContent = said.said || said.text || "";
  });

  // An alarm is raised with what is typed by now, and the desk stays as it is.
  document.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-alarm]");
    if (!button) return;
    event.preventDefault();
    const buttons = [...document.querySelectorAll("[data-alarm]")];
    for (const one of buttons) one.disabled = true;
    await save();
    try {
      const answer = await fetch(button.formAction, { method: "POST", body: new FormData(form), credentials: "same-origin", headers: { "HX-Request": "true", "X-CSRFToken": cookie("csrftoken") } });
      const place = document.querySelector('[data-part="alarm"]');
      if (answer.ok) { place.innerHTML = await answer.text(); place.scrollIntoView({ block: "nearest" }); }
      if (place.querySelector(".alarm")) { for (const one of buttons) one.closest(".cry")?.remove(); for (const one of buttons) one.remove(); return; }
    } catch { /* without network the button stays */ }
    for (const one of buttons) one.disabled = false;
  });

  // ---- the clock of the call ---------------------------------------------------------------------------------------
  const clock = document.querySelector(".talk");
  const began = new Date(clock.dataset.since);
  const tick = () => {
    const seconds = Math.max(0, Math.floor((Date.now() - began) / 1000));
    clock.textContent = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
  };
  tick();
  setInterval(tick, 1000);

  const chosen = form.querySelector('input[name="matter"]:checked');
  if (chosen) open(chosen.closest("[data-below]").dataset.below);
  other();
  if (field("item").value) {
    const taken = field("item").selectedOptions[0];
    box.placeholder = taken.textContent; box.classList.add("chosen");
    price();
  }
  // The first field to type into, or the one that is at fault, once every script has run: what is not drawn yet takes no focus.
  const first = () => {
    const wrong = form.querySelector(".faulty :is(input, textarea, select)");
    if (wrong) { wrong.focus(); wrong.closest(".faulty").scrollIntoView({ block: "center" }); return; }
    if (!document.activeElement?.matches("input, textarea, select")) (field("person").value ? box : document.getElementById("who")).focus();
  };
  if (document.readyState === "complete") first(); else window.addEventListener("load", first, { once: true });
  bringBack().then(() => save());
})();

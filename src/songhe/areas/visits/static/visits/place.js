// Sends the phone's place along with check-in and check-out. Without a place, or without this script, the form goes
// as it is: a missing place is flagged, never a reason to stand in front of the door.
"use strict";

(() => {
  const WAIT = 8000;

  function put(form, name, value) {
    const field = form.elements.namedItem(name);
    if (field) field.value = value;
  }

  // A name that this browser gave itself, so that one phone for several workers shows. It says nothing about the phone.
  function device() {
    try {
      const known = localStorage.getItem("songhe.device") || crypto.randomUUID();
      localStorage.setItem("songhe.device", known);
      return known;
    } catch {
      return "";
    }
  }

  document.addEventListener("submit", (event) => {
    if (event.target.matches("form[data-place]")) put(event.target, "device", device());
  }, true);

  document.addEventListener("click", (event) => {
    const button = event.target.closest("form[data-place] button");
    if (!button || !navigator.geolocation) return;
    event.preventDefault();
    const form = button.form;
    // Whoever was refused and presses again may stand somewhere else by then: nothing of the last press is sent twice.
    const again = "asked" in form.dataset;
    form.dataset.asked = "";
    for (const name of ["lon", "lat", "accuracy"]) put(form, name, "");
    const go = () => { button.disabled = false; button.removeAttribute("aria-busy"); form.requestSubmit(button); };
    button.disabled = true;
    button.setAttribute("aria-busy", "true");
    navigator.geolocation.getCurrentPosition(
      (found) => {
        put(form, "lon", found.coords.longitude.toFixed(6));
        put(form, "lat", found.coords.latitude.toFixed(6));
        put(form, "accuracy", Math.ceil(found.coords.accuracy));
        go();
      },
      go,
      { enableHighAccuracy: true, timeout: WAIT, maximumAge: again ? 0 : 60000 },
    );
  });
})();

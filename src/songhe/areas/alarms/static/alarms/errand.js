// Sends the phone's place along with "I am there". Without a place the form goes as it is.
"use strict";

document.addEventListener("click", (event) => {
  const button = event.target.closest("form[data-errand-place] button");
  if (!button || !navigator.geolocation) return;
  event.preventDefault();
  const form = button.form, put = (name, value) => { form.elements.namedItem(name).value = value; };
  for (const name of ["lon", "lat", "accuracy"]) put(name, "");
  const go = () => { button.disabled = false; form.requestSubmit(button); };
  button.disabled = true;
  navigator.geolocation.getCurrentPosition((found) => {
    put("lon", found.coords.longitude.toFixed(6)); put("lat", found.coords.latitude.toFixed(6)); put("accuracy", Math.ceil(found.coords.accuracy));
    go();
  }, go, { enableHighAccuracy: true, timeout: 8000, maximumAge: 10000 });
});

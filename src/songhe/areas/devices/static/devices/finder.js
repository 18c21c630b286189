// Sends the place along when the finder wishes it; the page works without.
const form = document.querySelector("[data-finder]"), here = document.querySelector("[data-here]");
if (form && here && navigator.geolocation) {
  here.hidden = false;
  here.addEventListener("click", () => {
    const words = here.querySelector("span");
    words.textContent = here.dataset.wait;
    navigator.geolocation.getCurrentPosition((found) => {
      for (const [name, value] of [["lon", found.coords.longitude], ["lat", found.coords.latitude], ["accuracy", found.coords.accuracy]]) form.elements[name].value = value.toFixed(6);
      words.textContent = here.dataset.done;
      here.classList.add("done");
    }, () => { words.textContent = here.dataset.fail; }, { timeout: 15000, maximumAge: 60000, enableHighAccuracy: true });
  });
}

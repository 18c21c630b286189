// Conveniences of the public page; it works without them.
const form = document.querySelector("[data-care]");
const here = document.querySelector("[data-here]");
if (here && navigator.geolocation) {
  here.hidden = false;
  here.addEventListener("click", () => {
    const words = here.querySelector("span"), before = words.textContent;
    words.textContent = here.dataset.wait;
    navigator.geolocation.getCurrentPosition((found) => {
      form.elements.q.value = ""; form.elements.q.disabled = true;
      for (const [name, value] of [["lon", found.coords.longitude], ["lat", found.coords.latitude]]) { form.elements[name].disabled = false; form.elements[name].value = value.toFixed(5); }
      form.requestSubmit();
    }, () => { words.textContent = here.dataset.fail; setTimeout(() => { words.textContent = before; }, 6000); }, { timeout: 15000, maximumAge: 60000 });
  });
}
const paper = document.querySelector("[data-print]");
if (paper) { paper.hidden = false; paper.addEventListener("click", () => window.print()); }

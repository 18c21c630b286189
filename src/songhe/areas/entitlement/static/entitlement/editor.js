// The editor of a policy's text: a number beside every line, and problems that lead to theirs.
"use strict";
const box = document.querySelector(".editor textarea");
if (box) {
  const gutter = document.createElement("pre");
  gutter.className = "gutter";
  gutter.setAttribute("aria-hidden", "true");
  box.before(gutter);
  const number = () => {
    const count = box.value.split("\n").length;
    gutter.textContent = Array.from({ length: count }, (_, i) => i + 1).join("\n");
  };
  const follow = () => { gutter.scrollTop = box.scrollTop; };
  const go = (line) => {
    const lines = box.value.split("\n");
    const start = lines.slice(0, line - 1).join("\n").length + (line > 1 ? 1 : 0);
    box.focus();
    box.setSelectionRange(start, start + (lines[line - 1] || "").length);
    box.scrollTop = Math.max(0, (line - 6) * parseFloat(getComputedStyle(box).lineHeight));
    follow();
  };
  box.addEventListener("input", number);
  box.addEventListener("scroll", follow);
  document.addEventListener("click", (event) => {
    const wanted = event.target.closest("[data-line]");
    if (wanted) go(Number(wanted.dataset.line) || 1);
  });
  number();
}

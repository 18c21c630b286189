// The grid of a roll by keyboard: arrows move between boxes, T ticks what is open of the column; sums follow below.
"use strict";

(() => {
  const grid = document.querySelector("[data-roll]");
  if (!grid) return;
  const rows = [...grid.tBodies[0].rows].filter((row) => !row.classList.contains("sum")).map((row) => [...row.querySelectorAll("input")]);
  const sums = [...grid.querySelectorAll("[data-sum]")];

  function count() {
    sums.forEach((cell, column) => { cell.textContent = rows.filter((row) => row[column].checked).length || "·"; });
  }

  function place(box) {
    const y = rows.findIndex((row) => row.includes(box));
    return [y, y < 0 ? -1 : rows[y].indexOf(box)];
  }

  // The next open box in a direction: closed ones are passed over.
  function step(y, x, down, right) {
    for (let n = 1; n <= Math.max(rows.length, rows[0].length); n += 1) {
      const box = rows[y + n * down]?.[x + n * right];
      if (!box) return null;
      if (!box.disabled) return box;
    }
    return null;
  }

  grid.addEventListener("keydown", (event) => {
    const [y, x] = place(event.target);
    if (y < 0 || event.ctrlKey || event.metaKey || event.altKey) return;
    const ways = { ArrowDown: [1, 0], ArrowUp: [-1, 0], ArrowRight: [0, 1], ArrowLeft: [0, -1], Enter: [1, 0] };
    if (event.key in ways) {
      event.preventDefault();
      step(y, x, ...ways[event.key])?.focus();
    } else if (event.key.toLowerCase() === "t") {
      event.preventDefault();
      const column = rows.map((row) => row[x]).filter((box) => !box.disabled);
      const all = column.every((box) => box.checked);
      for (const box of column) box.checked = !all;
      count();
    }
  });
  grid.addEventListener("change", count);
  count();
  rows.flat().find((box) => !box.disabled && box.closest("td").classList.contains("now"))?.focus({ preventScroll: true });
})();

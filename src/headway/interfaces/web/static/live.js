"use strict";
// Keys of the board: arrows move between cells while one of them has the focus.
document.addEventListener("keydown", (event) => {
  const steps = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };
  const cell = event.target.closest && event.target.closest("table.board td, table.board th");
  if (!cell || !(event.key in steps) || event.altKey || event.ctrlKey || event.metaKey) return;
  const [down, right] = steps[event.key];
  const rows = [...cell.closest("table").rows];
  const row = rows[rows.indexOf(cell.parentElement) + down];
  const next = row && row.cells[cell.cellIndex + right];
  const link = next && next.querySelector("a");
  if (link) { event.preventDefault(); link.focus(); }
});

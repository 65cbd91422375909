// Order: by rank a yardstick stands where its PSNR puts it; what has no number is last.

// "psnr" sorts by that column, best first; "-psnr" the other way round.
function sorted(lines, order) {
  const key = order.replace(/^-/, "");
  const column = COLUMNS[key] ?? COLUMNS.rank;
  const way = Boolean(column.down) !== order.startsWith("-") ? -1 : 1;
  const keyed = lines.map((line) => ({ line, value: column.value(line) }));
  keyed.sort((a, b) => compare(a.value, b.value, way) || a.line.energy - b.line.energy || 0);
  return keyed.map(({ line }) => line);
}

function compare(a, b, way) {
  if (typeof a === "string") return a.localeCompare(b, "en") * way;
  if (Number.isNaN(a) || Number.isNaN(b)) return Number(Number.isNaN(a)) - Number(Number.isNaN(b));
  return a === b ? 0 : (a < b ? -1 : 1) * way;
}

function markOrder(order) {
  const key = order.replace(/^-/, "");
  for (const head of HEADS) {
    head.removeAttribute("aria-sort");
    if (keyOf(head) !== key) continue;
    const down = Boolean(COLUMNS[key].down) !== order.startsWith("-");
    const rising = key === "rank" ? !order.startsWith("-") : !down; // rank 1 is the most dB
    head.setAttribute("aria-sort", rising ? "ascending" : "descending");
  }
}

// Order by the places that Python gave; what has no value is last, equals stand by energy.

// "psnr" sorts by that column, best first; "-psnr" the other way round.
function sorted(lines, order) {
  const key = known(order.replace(/^-/, ""));
  const way = isDown(key) !== order.startsWith("-") ? -1 : 1;
  const keyed = lines.map((line) => ({ line, place: placeOf(line, key), energy: placeOf(line, "energy") }));
  keyed.sort((a, b) => compare(a.place, b.place, way) || compare(a.energy, b.energy, 1));
  return keyed.map(({ line }) => line);
}

const known = (key) => (HEADS.some((head) => keyOf(head) === key) ? key : "rank");
const isDown = (key) => HEADS.some((head) => keyOf(head) === key && "down" in head.dataset);

function compare(a, b, way) {
  if (a === null || b === null) return Number(a === null) - Number(b === null);
  return (a - b) * way;
}

function markOrder(order) {
  const key = order.replace(/^-/, "");
  for (const head of HEADS) {
    head.removeAttribute("aria-sort");
    if (keyOf(head) !== key) continue;
    const down = isDown(key) !== order.startsWith("-");
    head.setAttribute("aria-sort", down ? "descending" : "ascending");
  }
}

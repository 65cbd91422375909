// How numbers are written, as spikebench/report/text.py writes them.

const MINUS = "\u2212";
const DASH = "\u2013";

function number(value, decimals, sign = false) {
  if (Number.isNaN(value)) return DASH;
  if (!Number.isFinite(value)) return (value < 0 ? MINUS : "") + "\u221e";
  const text = Math.abs(value).toFixed(decimals);
  if (Number(text) === 0) return text;
  return (value < 0 ? MINUS : sign ? "+" : "") + text;
}

// Nothing where both ends are shown as the same number.
function interval(low, high, sign = false) {
  const ends = [number(low, 2, sign), number(high, 2, sign)];
  return ends[0] === ends[1] ? "" : `[${ends.join(", ")}]`;
}

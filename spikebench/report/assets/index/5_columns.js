// What a line says in each column: its text with the interval, and the value it sorts by.
// spikebench/report/boards/columns.py says the same of the default view, for readers without scripts.

const measured = (row, text) => (row.still ? "" : text);
const digits = ({ t, kind }) => t === 1 && (kind === "burst" || kind === "graded");

const COLUMNS = {
  rank: { text: (line) => [line.rank || ""], value: (line) => line.row.psnr, down: true, arrow: "ascending" },
  method: { text: ({ row }) => [row.method.name], value: ({ row }) => row.method.name },
  family: { text: ({ row }) => [row.method.family], value: ({ row }) => row.method.family },
  kind: {
    text: ({ row }) => [row.kind === "none" ? "" : measured(row, row.kind + (digits(row) ? "*" : ""))],
    value: ({ row }) => row.kind,
  },
  inclass: { text: (line) => [line.inclass || ""], value: (line) => line.inclass || NaN },
  t: { text: ({ row }) => [steps(row)], value: ({ row }) => row.t },
  psnr: { text: ({ row }) => [number(row.psnr, 2), interval(row.psnr_low, row.psnr_high)], value: ({ row }) => row.psnr, down: true },
  gap: { text: ({ row }) => [number(row.gap_db, 2, true), interval(row.gap_low, row.gap_high, true)], value: ({ row }) => row.gap_db, down: true },
  ssim: { text: ({ row }) => [number(row.ssim, 4)], value: ({ row }) => row.ssim, down: true },
  lpips: { text: ({ row }) => [number(row.lpips, 4)], value: ({ row }) => row.lpips },
  spikes: { text: ({ row }) => [measured(row, number(row.spikes_per_neuron, 2))], value: ({ row }) => row.spikes_per_neuron },
  energy: { text: (line) => [number(line.energy, 2)], value: (line) => line.energy },
  cheaper: { text: (line) => [measured(line.row, cheaperThan(line))], value: (line) => cheaperThan(line) },
  front: { text: (line) => [line.front ? "●" : ""], value: (line) => (line.front ? 0 : 1) },
  notes: { text: ({ row }) => [row.method.summary], value: ({ row }) => row.method.summary },
};

const HEADS = all("#ranking thead th");
const keyOf = (head) => head.dataset.key;

function steps(row) {
  if (!row.t) return "";
  return row.latency > row.t ? `${row.t} (+${row.latency - row.t})` : String(row.t);
}

function cheaperThan(line) {
  return DATA.rivals.filter((_, place) => line.cheaper & (1 << place)).join(", ") || "none";
}

// The columns that a state asks for, as heads; unasked those that the page came with.
function chosenHeads(state) {
  const asked = state.cols ? state.cols.split(",") : HEADS.filter((head) => "shown" in head.dataset).map(keyOf);
  return HEADS.filter((head) => asked.includes(keyOf(head)) || ["rank", "method"].includes(keyOf(head)));
}

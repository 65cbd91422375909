// What a line says in each column, and its place when sorted by it: looked up, never computed.

const HEADS = all("#ranking thead th");
const keyOf = (head) => head.dataset.key;
const isNumber = (head) => head.classList.contains("n");

function textOf(line, key) {
  const { board, place, method } = line.row;
  if (key in line) return String(line[key] || ""); // rank and rank in kind
  return method.texts[key] ?? (board.priced[line.model].texts[key] ?? board.texts[key])[place];
}

const intervalOf = ({ row }, key) => row.board.intervals[key]?.[row.place] ?? "";

function placeOf(line, key) {
  const { board, place, method } = line.row;
  if (key === "inclass") return line.inclass || null;
  return method.order[key] ?? (board.priced[line.model].order[key] ?? board.order[key])[place];
}

// The columns that a state asks for, as heads; unasked those that the page came with.
function chosenHeads(state) {
  const asked = state.cols ? state.cols.split(",") : HEADS.filter((head) => "shown" in head.dataset).map(keyOf);
  const fixed = HEADS.filter((head) => !one(`#columns [value="${keyOf(head)}"]`));
  return HEADS.filter((head) => asked.includes(keyOf(head)) || fixed.includes(head));
}

// Which rows a view shows and how they rank: the rules of spikebench/analysis/rules.py and statistics/ranks.py.

function boardsOf(state) {
  const meets = (key, value) => !state[key] || state[key] === value;
  return BOARDS.filter((board) => meets("task", board.task) && meets("set", board.set) && meets("net", board.net));
}

// Lines of one board: a row, and what depends on the view: its energy, its ranks, the front.
function linesOf(board, state) {
  const model = DATA.models.findIndex((entry) => entry.name === state.model);
  const front = frontOf(board, model);
  const line = (row) => ({ row, energy: row.energies[model], cheaper: row.cheaper[model], front: front.has(row), rank: 0, inclass: 0, mark: row.reference ? "reference" : "" });
  const pick = (rows) => chosen(rows, state, (row) => row.energies[model]).map(line);
  const competing = pick(board.rows.filter((row) => !row.reference));
  const references = pick(board.rows.filter((row) => row.reference && row.t));
  rank(competing, "rank");
  const [best, second] = [...new Set(competing.map((line) => line.rank))].sort((a, b) => a - b);
  for (const line of competing) line.mark = { [best]: "best", [second]: "second" }[line.rank] ?? "";
  for (const kind of DATA.kinds) rank(competing.filter(({ row }) => row.kind === kind), "inclass");
  return [...board.rows.filter((row) => row.still).map(line), ...references, ...competing];
}

const quality = (row) => (Number.isNaN(row.psnr) ? -Infinity : row.psnr);

// Every T, one T, or each method's best T within the budget; of equals the cheaper one.
function chosen(rows, state, energy) {
  if (state.view === "all") return rows;
  if (state.view === "fixed") return rows.filter((row) => row.t === Number(state.t));
  const budget = state.x === "" ? Infinity : Number(state.x) / 100;
  const best = new Map();
  for (const row of rows) {
    if (!(energy(row) <= budget)) continue;
    const rival = best.get(row.method);
    const better = !rival || quality(row) > quality(rival) || (quality(row) === quality(rival) && energy(row) < energy(rival));
    if (better) best.set(row.method, row);
  }
  return [...best.values()];
}

// Ranks by PSNR to 0.01 dB; equals share a rank.
function rank(lines, key) {
  const rounded = (line) => Math.round(quality(line.row) * 100);
  const ordered = [...lines].sort((a, b) => (rounded(b) > rounded(a) ? 1 : rounded(b) < rounded(a) ? -1 : 0));
  ordered.forEach((line, place) => {
    const before = ordered[place - 1];
    line[key] = before && rounded(before) === rounded(line) ? before[key] : place + 1;
  });
}

// What no other row beats in both PSNR and energy; found once for each model.
function frontOf(board, model) {
  board.fronts[model] ??= undominated(board.rows.filter((row) => !row.reference), (row) => row.energies[model]);
  return board.fronts[model];
}

function undominated(rows, energy) {
  const ordered = rows.filter((row) => !Number.isNaN(row.psnr) && !Number.isNaN(energy(row)));
  ordered.sort((a, b) => energy(a) - energy(b) || b.psnr - a.psnr);
  const front = new Set();
  let best = null;
  for (const row of ordered) {
    const ties = best && row.psnr === best.psnr && energy(row) === energy(best);
    if (!best || row.psnr > best.psnr || ties) front.add(row);
    if (!best || row.psnr > best.psnr) best = row;
  }
  return front;
}

// References stay whatever the filters say: they are what the others are measured by.
function fits({ row }, state) {
  if (row.reference) return true;
  return (!state.family || row.method.family === state.family) && (!state.kind || row.kind === state.kind) && named(row, state);
}

function named({ method }, state) {
  return `${method.name} ${method.method}`.toLowerCase().includes(state.find.toLowerCase());
}

// Which rows a view shows: those of its selection that the filters leave. Python ranked them.

function boardsOf(state) {
  const meets = (key, value) => !state[key] || state[key] === value;
  return BOARDS.filter((board) => meets("task", board.task) && meets("set", board.set) && meets("net", board.net));
}

const modelOf = (state) => DATA.models.findIndex((model) => model.name === state.model);

function selectionOf(state) {
  return DATA.selections.findIndex((selection) => Object.entries(selection.state).every(([key, value]) => state[key] === value));
}

// Lines of one board: a row, its ranks and its mark under the selection and the energy model.
function linesOf(board, state) {
  const model = modelOf(state);
  const rankings = board.rankings[selectionOf(state)];
  const ranking = rankings[model] ?? rankings[0];
  return ranking.row.map((place, at) => {
    return { row: board.rows[place], model, rank: ranking.rank[at], inclass: ranking.inclass[at], mark: ranking.mark[at] };
  });
}

// References stay whatever the filters say: they are what the others are measured by.
function fits({ row }, state) {
  if (row.reference) return true;
  return (!state.family || row.method.texts.family === state.family) && (!state.kind || row.kind === state.kind) && named(row, state);
}

function named({ method }, state) {
  const text = `${method.texts.method} ${method.method} ${method.texts.family}`.toLowerCase();
  return state.find.toLowerCase().split(/\s+/).every((word) => text.includes(word));
}

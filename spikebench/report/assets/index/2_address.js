// The state of the table, all of it in the address: every view can be linked, and Back works.

const CONTROLS = ["task", "set", "net", "view", "x", "t", "model", "family", "kind", "find"]; // by id
const DEFAULTS = Object.fromEntries(CONTROLS.map((id) => [id, one("#" + id).value]));
Object.assign(DEFAULTS, { sort: "rank", cols: "" });

function readState() {
  const given = new URLSearchParams(location.hash.slice(1));
  const state = Object.fromEntries(Object.keys(DEFAULTS).map((key) => [key, given.get(key) ?? DEFAULTS[key]]));
  for (const id of CONTROLS) if (!offers(one("#" + id), state[id])) state[id] = DEFAULTS[id];
  return fitting(state);
}

// An address that names what this run does not have shows the default instead.
function offers(control, value) {
  return control.tagName !== "SELECT" || [...control.options].some((option) => option.value === value);
}

// Choices that no board meets together: the last one counts, the others fall back to all.
function fitting(state, last = "task") {
  for (const key of ["net", "set", "task"]) {
    if (boardsOf(state).length) break;
    if (key !== last) state = { ...state, [key]: "" };
  }
  return state;
}

// Typing replaces the address, choosing adds one to the history.
function go(change, record = history.pushState) {
  const next = fitting({ ...readState(), ...change }, Object.keys(change)[0]);
  const given = Object.entries(next).filter(([key, value]) => value !== DEFAULTS[key]);
  const hash = new URLSearchParams(given).toString();
  if (hash === location.hash.slice(1)) return;
  record.call(history, null, "", hash ? "#" + hash : location.pathname + location.search);
  show();
}

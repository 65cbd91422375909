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

// A view's id: eight digits over the table's id and all choices (FNV-1a). Who cites it with the
// address can open the same view again, and is told where the page shows other numbers by then.
function viewOf(state) {
  let hash = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(`${DATA.id}?${new URLSearchParams(state)}`)) {
    hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
  }
  return hash.toString(16).padStart(8, "0");
}

// What stands behind the # of a view: the choices that are no defaults, and table and view.
function addressOf(state) {
  const given = Object.entries(state).filter(([key, value]) => value !== DEFAULTS[key]);
  return new URLSearchParams([...given, ["id", `${DATA.id}-${viewOf(state)}`]]).toString();
}

const isDefault = (state) => Object.entries(DEFAULTS).every(([key, value]) => state[key] === value);

// Typing replaces the address, choosing adds one to the history.
function go(change, record = history.pushState) {
  const next = fitting({ ...readState(), ...change }, Object.keys(change)[0]);
  const hash = isDefault(next) ? "" : addressOf(next);
  if (hash === location.hash.slice(1)) return;
  record.call(history, null, "", hash ? "#" + hash : location.pathname + location.search);
  show();
}

// An address without an id, such as that of a finding, gets its own. One of another table keeps it,
// and the reader is told.
function identify(state) {
  const given = new URLSearchParams(location.hash.slice(1)).get("id");
  const other = given && given.split("-")[0] !== DATA.id ? given.split("-")[0] : "";
  one("#other").textContent = other && `This address was made for table ${other}. Here is table ${DATA.id}, whose numbers may differ.`;
  one("#view-id").textContent = `View ${viewOf(state)} of table ${DATA.id}.`;
  if (!other && location.hash.length > 1) history.replaceState(history.state, "", "#" + addressOf(state));
}

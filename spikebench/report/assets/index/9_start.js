// Controls, what belongs to one board (charts, comparisons), and the start.

const PARTS = Object.fromEntries(all("[data-part]").map((place) => [place.dataset.part, place]));
let shownBoard = "";
let shownTable = "";
let shownModel = one("#model").value; // the page came with what is said under it

function show() {
  const state = readState();
  for (const id of CONTROLS) one("#" + id).value = state[id];
  one("#x").parentElement.hidden = state.view !== "best";
  one("#t").parentElement.hidden = state.view !== "fixed";
  const keys = chosenHeads(state).map(keyOf);
  for (const box of all("#columns input")) box.checked = keys.includes(box.value);
  showTable(state);
  identify(state);
  const board = boardsOf(state)[0].key;
  showParts(board);
  showComparisons(board, DATA.selections[selectionOf(state)]);
  showViews(state.model);
  one('nav a[href^="compare.html"]').href = `compare.html#${new URLSearchParams({ set: board, model: state.model })}`;
}

// Charts show one board: the first that fits.
function showParts(key) {
  if (key === shownBoard) return;
  shownBoard = key;
  for (const [part, place] of Object.entries(PARTS)) if (part !== "comparisons") place.innerHTML = FRAGMENTS[key][part] ?? "";
}

// So do comparisons, under the selection of the table; where no tests were made, under the first.
function showComparisons(board, { key, caption }) {
  const tables = FRAGMENTS[board].comparisons;
  const shown = key in tables ? key : Object.keys(tables)[0];
  const note = one("#untested");
  note.hidden = shown === key;
  note.textContent = shown === key ? "" : `No tests were made under “${caption}”; the table below says what it shows.`;
  if (shownTable === `${board} ${shown}`) return;
  shownTable = `${board} ${shown}`;
  PARTS.comparisons.innerHTML = tables[shown];
}

function showViews(model) {
  if (model === shownModel) return;
  shownModel = model;
  for (const place of all("[data-view]")) place.innerHTML = VIEWS[place.dataset.view][model];
}

// A link to a view of the table, from a finding or from elsewhere, leads to the table.
function reveal() {
  if (location.hash.includes("=")) one("#leaderboard").scrollIntoView();
}

function listen() {
  for (const id of CONTROLS) {
    const typed = id === "find" || id === "x";
    const control = one("#" + id);
    control.addEventListener("input", () => go({ [id]: control.value }, typed ? history.replaceState : history.pushState));
  }
  for (const head of HEADS) {
    one("button", head).addEventListener("click", () => {
      const key = keyOf(head);
      go({ sort: readState().sort === key ? "-" + key : key });
    });
  }
  one("#columns").addEventListener("input", () => go({ cols: all("#columns input:checked").map((box) => box.value).join(",") || "none" }));
  one("#reset").addEventListener("click", () => go({ ...DEFAULTS }));
  for (const button of all("[data-format], [data-copy]")) button.addEventListener("click", () => copy(button));
  for (const figure of all(".compare")) listenToPictures(figure);
  addEventListener("popstate", show);
  addEventListener("hashchange", () => {
    show();
    reveal();
  });
}

async function start() {
  document.documentElement.classList.remove("no-script");
  await unpack();
  // The first board's charts stand in the page for readers without scripts.
  const still = Object.entries(PARTS).map(([part, place]) => [part, place.innerHTML]);
  FRAGMENTS[BOARDS[0].key] = { ...Object.fromEntries(still), ...FRAGMENTS[BOARDS[0].key] };
  listen();
  show();
  reveal();
  document.documentElement.dataset.ready = Math.round(performance.now()); // ms since it was asked for
}

start();

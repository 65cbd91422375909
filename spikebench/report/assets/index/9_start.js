// Controls, what belongs to one board (charts, comparisons), and the start.

const PARTS = Object.fromEntries(all("[data-part]").map((place) => [place.dataset.part, place]));
let shownBoard = "";

function show() {
  const state = readState();
  for (const id of CONTROLS) one("#" + id).value = state[id];
  one("#x").parentElement.hidden = state.view !== "best";
  one("#t").parentElement.hidden = state.view !== "fixed";
  const keys = chosenHeads(state).map(keyOf);
  for (const box of all("#columns input")) box.checked = keys.includes(box.value);
  showTable(state);
  showParts(boardsOf(state)[0].key);
}

// Charts and comparisons show one board: the first that fits.
function showParts(key) {
  if (key === shownBoard) return;
  shownBoard = key;
  for (const [part, place] of Object.entries(PARTS)) place.innerHTML = FRAGMENTS[key][part] ?? "";
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
  addEventListener("hashchange", show);
}

async function start() {
  document.documentElement.classList.remove("no-script");
  await unpack();
  // The first board's charts stand in the page for readers without scripts.
  const still = Object.entries(PARTS).map(([part, place]) => [part, place.innerHTML]);
  FRAGMENTS[BOARDS[0].key] = { ...Object.fromEntries(still), ...FRAGMENTS[BOARDS[0].key] };
  listen();
  show();
  document.documentElement.dataset.ready = Math.round(performance.now()); // ms since it was asked for
}

start();

// Sort, filter and compare. The whole state of the table is in the address (#set=…&rule=…), so that
// every view can be linked and Back works. Without this script the page shows all boards, ranked.
"use strict";

const all = (selector, root = document) => [...root.querySelectorAll(selector)];
const one = (selector, root = document) => root.querySelector(selector);

const FIELDS = ["set", "rule", "kind", "find"]; // controls, by id
const DEFAULTS = Object.fromEntries(FIELDS.map((id) => [id, one("#" + id).value]));
DEFAULTS.sort = "rank";
const DESCENDING = new Set(["psnr", "gap", "ssim"]); // where more is better, sort starts downwards

function state() {
  const given = new URLSearchParams(location.hash.slice(1));
  return Object.fromEntries(Object.keys(DEFAULTS).map((key) => [key, given.get(key) ?? DEFAULTS[key]]));
}

// Typing replaces the address, choosing adds one to the history.
function go(change, record = history.pushState) {
  const next = { ...state(), ...change };
  const given = Object.entries(next).filter(([key, value]) => value !== DEFAULTS[key]);
  const hash = new URLSearchParams(given).toString();
  if (hash === location.hash.slice(1)) return;
  record.call(history, null, "", hash ? "#" + hash : location.pathname + location.search);
  show();
}

function show() {
  const now = state();
  for (const id of FIELDS) one("#" + id).value = now[id];
  for (const board of all(".board")) board.hidden = board.dataset.set !== now.set;
  for (const table of all(".ranking")) {
    for (const row of table.tBodies[0].rows) filter(row, now);
    sort(table, now.sort);
  }
  const rows = all(".board:not([hidden]) .ranking tbody tr:not([hidden]):not(.reference)").length;
  one("#state").textContent = rows ? `${rows} ${rows === 1 ? "row" : "rows"}` : "No row fits these choices.";
}

function filter(row, now) {
  const ranks = JSON.parse(row.dataset.ranks);
  const rank = ranks[now.rule];
  const reference = row.classList.contains("reference");
  const fits = (!now.kind || row.dataset.kind === now.kind) && row.dataset.name.includes(now.find.toLowerCase());
  row.hidden = rank === undefined || !(reference || fits);
  row.dataset.rank = rank ?? 0;
  const cell = one(".rank", row);
  cell.dataset.value = rank ?? 0;
  cell.textContent = rank || "";
  const inClass = one(".inclass", row);
  inClass.dataset.value = inClass.textContent = JSON.parse(row.dataset.classRanks)[now.rule] || "";
}

// "psnr" sorts by that column, best first; "-psnr" the other way round.
function sort(table, order) {
  const key = order.replace(/^-/, "");
  const down = DESCENDING.has(key) !== order.startsWith("-");
  // References are unranked: by rank they stand where their PSNR puts them.
  const column = key === "rank" ? "psnr" : key;
  const downwards = key === "rank" ? !order.startsWith("-") : down;
  const value = (row) => one("." + CSS.escape(column), row).dataset.value;
  const rows = [...table.tBodies[0].rows].sort((a, b) => compare(value(a), value(b)) * (downwards ? -1 : 1));
  table.tBodies[0].append(...rows);
  for (const head of table.tHead.rows[0].cells) {
    const mine = one("button", head).dataset.sort === key;
    if (mine) head.setAttribute("aria-sort", down ? "descending" : "ascending");
    else head.removeAttribute("aria-sort");
  }
}

function compare(a, b) {
  const [x, y] = [Number(a), Number(b)];
  return Number.isNaN(x) || Number.isNaN(y) ? a.localeCompare(b) : x - y;
}

function listen() {
  for (const id of FIELDS) {
    const control = one("#" + id);
    const record = id === "find" ? history.replaceState : history.pushState;
    control.addEventListener("input", () => go({ [id]: control.value }, record));
  }
  for (const button of all("[data-sort]")) {
    button.addEventListener("click", () => {
      const key = button.dataset.sort;
      go({ sort: state().sort === key ? "-" + key : key });
    });
  }
  for (const figure of all(".compare")) listenToPictures(figure);
  for (const button of all("[data-copy]")) button.addEventListener("click", () => copy(button));
  addEventListener("popstate", show);
}

function listenToPictures(figure) {
  const stage = one(".stage", figure);
  one("input", stage).addEventListener("input", (event) => {
    stage.style.setProperty("--cut", event.target.value + "%");
  });
  const uris = all("[data-side=left] option", figure).map((option) => option.dataset.uri);
  for (const pick of all(".pick", figure)) {
    pick.addEventListener("input", () => {
      const image = one("." + pick.dataset.side, stage);
      image.src = uris[pick.selectedIndex];
      image.alt = pick.selectedOptions[0].textContent;
    });
  }
}

async function copy(button) {
  const source = one("#" + button.dataset.copy);
  try {
    await navigator.clipboard.writeText(source.textContent);
    button.textContent = "Copied";
  } catch {
    getSelection().selectAllChildren(source); // for the reader's own Ctrl+C
    button.textContent = "Selected";
  }
}

document.documentElement.classList.remove("no-script");
listen();
show();

// What the other files share: finding elements, writing text into HTML, the run's data.
"use strict";

const all = (selector, root = document) => [...root.querySelectorAll(selector)];
const one = (selector, root = document) => root.querySelector(selector);
const plural = (count, noun) => `${count} ${noun}${count === 1 ? "" : "s"}`;

const ESCAPES = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };
const html = (text) => String(text).replace(/[&<>"']/g, (sign) => ESCAPES[sign]);

// The run's numbers, its boards, and their charts and tables as HTML by board and part.
let DATA, BOARDS;
const FRAGMENTS = {};

// They come packed (zlib, base64), since as text they are large.
async function unpack() {
  const packed = Uint8Array.from(atob(one("#packed").textContent), (sign) => sign.charCodeAt(0));
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("deflate"));
  const { data, parts } = JSON.parse(await new Response(stream).text());
  DATA = data;
  BOARDS = data.boards.map(readBoard);
  Object.assign(FRAGMENTS, parts);
}

// A board's numbers come in columns (spikebench/report/leaderboard/shipped.py); here is a row for each place.
function readBoard(board) {
  const rows = board.method.map((method, place) => {
    const row = { board, method: DATA.methods[method], kind: DATA.kinds[board.kind[place]] };
    row.t = board.t[place];
    row.latency = board.latency[place];
    for (const [name, values] of Object.entries(board.numbers)) row[name] = Number(values[place] ?? NaN);
    row.energies = board.energy.map((values) => Number(values[place] ?? NaN));
    row.cheaper = board.cheaper.map((values) => values[place]);
    row.reference = row.method.family === "reference";
    row.still = row.reference && !row.t; // a yardstick without steps
    return row;
  });
  const refused = board.refused.map(([method, reason]) => ({ board, method: DATA.methods[method], reason }));
  return { ...board, key: `${board.set}.${board.net}`, rows, refused, fronts: [] };
}

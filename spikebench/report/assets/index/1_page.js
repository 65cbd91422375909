// What the other files share: finding elements, writing text into HTML, the run's data.
"use strict";

const all = (selector, root = document) => [...root.querySelectorAll(selector)];
const one = (selector, root = document) => root.querySelector(selector);
const plural = (count, noun) => `${count} ${noun}${count === 1 ? "" : "s"}`;

const ESCAPES = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };
const html = (text) => String(text).replace(/[&<>"']/g, (sign) => ESCAPES[sign]);

// What Python says of the run (spikebench/report/leaderboard/shipped.py), its boards, and their charts and tables as HTML by board and part.
let DATA, BOARDS;
const FRAGMENTS = {};
let VIEWS; // what is said under each energy model, by part of the page

// They come packed, since as text they are large.
async function unpack() {
  const { data, parts, views } = await unpacked(one("#packed").textContent);
  DATA = data;
  BOARDS = data.boards.map(readBoard);
  Object.assign(FRAGMENTS, parts);
  VIEWS = views;
}

// A board's rows come in columns; here is a row for each place in them.
function readBoard(board) {
  const rows = board.method.map((method, place) => ({
    board,
    place,
    method: DATA.methods[method],
    kind: DATA.kinds[board.kind[place]],
    reference: Boolean(board.reference[place]),
  }));
  const refused = board.refused.map(([method, reason]) => ({ board, method: DATA.methods[method], reason }));
  return { ...board, key: `${board.set}.${board.net}`, rows, refused };
}

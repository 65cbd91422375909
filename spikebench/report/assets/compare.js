// Show what is known of two rows. The choice is in the address (#set=…&one=…&other=…).
"use strict";

const one = (selector, root = document) => root.querySelector(selector);
const boards = JSON.parse(one("#boards").textContent);
const MINUS = "\u2212";
const SIDE = 320, EDGE = 46; // of the scatter and its margin, pixels

function state() {
  const given = new URLSearchParams(location.hash.slice(1));
  const board = boards.find((each) => each.key === given.get("set")) ?? boards[0];
  const place = (name, otherwise) => {
    const found = board.methods.findIndex((each) => each.method === given.get(name));
    return found < 0 ? otherwise : found;
  };
  return { board, a: place("one", 0), b: place("other", 1) };
}

function go() {
  const board = boards.find((each) => each.key === one("#set").value);
  history.pushState(null, "", "#" + new URLSearchParams({ set: board.key, one: one("#one").value, other: one("#other").value }));
  show();
}

function show() {
  const { board, a, b } = state();
  const [first, second] = [board.methods[a], board.methods[b]];
  one("#set").value = board.key;
  for (const [id, chosen] of [["#one", a], ["#other", b]]) {
    one(id).replaceChildren(...board.methods.map((each, place) => new Option(`${each.name}, T = ${each.T}`, each.method, false, place === chosen)));
  }
  one("#rows").replaceChildren(line("A", first), line("B", second));
  one("#difference").textContent = board.difference[a][b];
  one("#equal").textContent = board.equal[a][b];
  one("#back").textContent = board.equal[b][a];
  one("#bd").textContent = a === b ? "none: the same row" : board.bd[a][b];
  one("#table").href = board.table;
  list(board, first, second);
  one("#scatter").replaceChildren(scatter(board, first, second));
  pictures(board, { one: first, other: second });
}

function line(letter, { name, page, T, psnr, gap, energy }) {
  const row = document.createElement("tr");
  const head = Object.assign(document.createElement("th"), { scope: "row" });
  head.append(`${letter}: `, Object.assign(document.createElement("a"), { href: page, textContent: name }));
  row.append(head, ...[T, psnr, gap, energy].map(entry));
  return row;
}

const entry = (text) => Object.assign(document.createElement("td"), { className: "n", textContent: text });
const signed = (value) => (value < 0 ? MINUS : "+") + Math.abs(value).toFixed(2);

function list(board, first, second) {
  one("#images").replaceChildren(...board.images.map((image, place) => {
    const row = document.createElement("tr");
    const [x, y] = [first.values[place], second.values[place]];
    row.append(Object.assign(document.createElement("th"), { scope: "row", textContent: image }), ...[x.toFixed(2), y.toFixed(2), signed(x - y)].map(entry));
    return row;
  }));
}

function svg(name, attributes, text) {
  const node = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
  if (text !== undefined) node.textContent = text;
  return node;
}

// A point an image: B to the right, A upwards, on the same scale.
function scatter(board, first, second) {
  const values = [...first.values, ...second.values];
  const room = Math.max((Math.max(...values) - Math.min(...values)) * 0.06, 0.01);
  const [low, high] = [Math.min(...values) - room, Math.max(...values) + room];
  const at = (value) => ((value - low) / (high - low)) * (SIDE - EDGE - 10);
  const [left, bottom] = [EDGE, SIDE - EDGE];
  const drawing = svg("svg", { viewBox: `0 0 ${SIDE} ${SIDE}`, role: "img", "aria-label": `PSNR of ${board.images.length} images: ${first.name} against ${second.name}; the table below has the numbers` });
  drawing.append(
    svg("path", { class: "axis", d: `M${left},10V${bottom}H${SIDE - 10}` }),
    svg("path", { class: "level", d: `M${left},${bottom}L${SIDE - 10},10` }),
    svg("text", { x: left, y: SIDE - 24 }, low.toFixed(1)),
    svg("text", { x: SIDE - 10, y: SIDE - 24, "text-anchor": "end" }, high.toFixed(1)),
    svg("text", { x: left - 6, y: bottom, "text-anchor": "end" }, low.toFixed(1)),
    svg("text", { x: left - 6, y: 20, "text-anchor": "end" }, high.toFixed(1)),
    svg("text", { x: SIDE - 10, y: SIDE - 6, "text-anchor": "end" }, "B"),
    svg("text", { x: left - 6, y: SIDE / 2, "text-anchor": "end" }, "A"),
  );
  board.images.forEach((image, place) => {
    const point = svg("circle", { cx: left + at(second.values[place]), cy: bottom - at(first.values[place]), r: 4 });
    point.append(svg("title", {}, `${image}: A ${first.values[place].toFixed(2)} dB, B ${second.values[place].toFixed(2)} dB`));
    drawing.append(point);
  });
  return drawing;
}

// The same crop of both rows; a run may keep none.
function pictures(board, rows) {
  const there = board.crop.target && rows.one.crop && rows.other.crop;
  for (const id of ["#panes", "#zooming"]) one(id).hidden = !there;
  one("#crop-name").textContent = there ? `The centre of ${board.crop.image}` : "This run keeps no crop of both rows.";
  if (!there) return;
  put("target", board.crop.target, "Ground truth");
  for (const [side, { name, crop }] of Object.entries(rows)) {
    put(side, crop, name);
    const canvas = one(`[data-error=${side}]`);
    errorMap(canvas, board.crop.target, crop).then((mean) => {
      one(`#error-${side}`).textContent = mean;
      canvas.setAttribute("aria-label", `Error map of ${name}, ${mean} grey levels of 255`);
    });
  }
}

function put(of, crop, name) {
  Object.assign(one(`[data-of=${of}]`), { src: uri(crop), alt: name });
}

// All panes show the same place.
function point(event) {
  const pane = event.target.closest(".pane")?.getBoundingClientRect();
  if (!pane) return;
  one("#panes").style.setProperty("--x", `${(100 * (event.clientX - pane.left)) / pane.width}%`);
  one("#panes").style.setProperty("--y", `${(100 * (event.clientY - pane.top)) / pane.height}%`);
}

document.documentElement.classList.remove("no-script");
paintLegend();
for (const id of ["set", "one", "other"]) one("#" + id).addEventListener("change", go);
one("#zoom").addEventListener("input", (event) => one("#panes").style.setProperty("--zoom", event.target.value));
one("#panes").addEventListener("pointermove", point);
addEventListener("popstate", show);
show();

// Show what is known of two rows under an energy model. The choice is in the address
// (#set=…&model=…&one=…&other=…). Python computed every number (spikebench/report/pages/pairs.py).
"use strict";

const one = (selector, root = document) => root.querySelector(selector);
const boards = JSON.parse(one("#boards").textContent);
const MINUS = "\u2212";
const TOLD = ["shown to be equal", "told apart", "not told apart"]; // EQUAL, APART, UNTOLD
const SIDE = 320, EDGE = 46; // of the scatter and its margin, pixels

function state() {
  const given = new URLSearchParams(location.hash.slice(1));
  const board = boards.find((each) => each.key === given.get("set")) ?? boards[0];
  const models = [...one("#model").options].map((option) => option.value);
  const model = models.includes(given.get("model")) ? given.get("model") : models[0];
  return { board, model, one: given.get("one"), other: given.get("other") };
}

// A method that was asked for stays in the address where the model leaves it out.
function go(change) {
  const { board, model, ...asked } = state();
  const chosen = { set: board.key, model, one: asked.one ?? one("#one").value, other: asked.other ?? one("#other").value };
  history.pushState(null, "", "#" + new URLSearchParams({ ...chosen, ...change }));
  show();
}

// What is packed is opened when it is first shown.
function opened(of, key) {
  if (typeof of[key] === "string") of[key] = unpacked(of[key]);
  return of[key];
}

async function show() {
  const asked = location.hash;
  const { board, model, ...methods } = state();
  const [all, under] = await Promise.all([opened(board, "rows"), opened(board.models, model)]);
  if (location.hash !== asked) return; // something else was chosen meanwhile
  const rows = under.rows.map((place, at) => ({ ...all[place], at, energy: under.energies[at], span: under.spans[at] }));
  one("#set").value = board.key;
  one("#model").value = model;
  one("#left").textContent = left(under, rows);
  one("#table").href = board.table + (one("#model").selectedIndex ? `&${new URLSearchParams({ model })}` : "");
  one("#pair").hidden = rows.length < 2;
  const pair = chosen(rows, methods);
  for (const [id, shown] of Object.entries(pair)) offer(id, rows, shown);
  if (rows.length > 1) compare(board, under, pair);
  document.documentElement.dataset.ready ??= Math.round(performance.now()); // ms since it was asked for
}

// The rows of both methods asked for; for one that is not there, the best row but the other one.
function chosen(rows, methods) {
  const [first, second] = ["one", "other"].map((id) => rows.find((each) => each.method === methods[id]));
  const best = (not) => rows.find((each) => each !== not);
  const a = first ?? best(second);
  return { one: a, other: second ?? best(a) };
}

function offer(id, rows, shown) {
  one("#" + id).replaceChildren(...rows.map((each) => new Option(`${each.name}, T = ${each.T}`, each.method, false, each === shown)));
}

function left({ left: names }, rows) {
  const few = rows.length < 2 ? "This model prices fewer than two rows here. " : "";
  return few + (names.length ? `Left out, since this model does not price them: ${names.join(", ")}.` : "");
}

function compare(board, known, { one: a, other: b }) {
  one("#rows").replaceChildren(line("A", a), line("B", b));
  one("#difference").textContent = difference(known, a, b);
  one("#equal").textContent = atEqualEnergy(known, a, b);
  one("#back").textContent = atEqualEnergy(known, b, a);
  one("#bd").textContent = a === b ? "none: the same row" : delta(known, a, b);
  list(board, a, b);
  one("#scatter").replaceChildren(scatter(board, a, b));
  pictures(board, { one: a, other: b });
}

// What is the same both ways but for its sign is kept once, of a row and each one before it.
function difference({ difference: kept }, a, b) {
  const turned = a.at < b.at;
  const [mean, low, high, told] = turned ? kept[b.at][a.at] : kept[a.at][b.at];
  return `${interval(turned ? [-mean, -high, -low] : [mean, low, high])}, ${TOLD[told]}`;
}

function atEqualEnergy({ equal }, a, b) {
  const found = equal[a.at][b.at];
  return found ? interval(found) : `none: ${a.energy} lies outside the energies of ${b.name}, ${b.span[0]} to ${b.span[1]}`;
}

function delta({ bd }, a, b) {
  const turned = a.at < b.at;
  const found = turned ? bd[b.at][a.at] : bd[a.at][b.at];
  if (typeof found[0] === "string") return `none: ${found[turned ? 1 : 0]}`;
  const [mean, low, high, percent] = found;
  return `${decibels(turned ? -mean : mean)} dB over ${ratio(low)} to ${ratio(high)} of the ANN's energy, ${percent} % of what both cover`;
}

const interval = ([mean, low, high]) => `${decibels(mean)} dB [${decibels(low)}, ${decibels(high)}]`;
const ratio = (thousandths) => (thousandths / 1000).toFixed(3);

// What rounds to zero carries no sign.
function decibels(hundredths) {
  return (hundredths < 0 ? MINUS : hundredths > 0 ? "+" : "") + (Math.abs(hundredths) / 100).toFixed(2);
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
for (const id of ["set", "model", "one", "other"]) {
  one("#" + id).addEventListener("change", (event) => go({ [id]: event.target.value }));
}
one("#zoom").addEventListener("input", (event) => one("#panes").style.setProperty("--zoom", event.target.value));
one("#panes").addEventListener("pointermove", point);
addEventListener("popstate", show);
show();

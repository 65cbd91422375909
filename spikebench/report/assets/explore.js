// Fill the drawings with the rows of the chosen board, priced by the chosen model. The choice is in
// the address (#set=…&model=…&method=…), so that it can be linked.
"use strict";

const one = (selector) => document.querySelector(selector);
const read = (id) => JSON.parse(document.getElementById(id).textContent);
const boards = read("boards");
const drawings = read("drawings");
const wide = matchMedia("(min-width: 70rem)");
const dark = matchMedia("(prefers-color-scheme: dark)");
let drawn = Promise.resolve();

function state() {
  const given = new URLSearchParams(location.hash.slice(1));
  const board = boards.find((each) => each.key === given.get("set")) ?? boards[0];
  const models = [...one("#model").options].map((option) => option.value);
  const model = models.includes(given.get("model")) ? given.get("model") : models[0];
  return { board, model, asked: given.get("method") ?? "" };
}

// A method that was asked for stays in the address where a board does not have it.
function go(change) {
  const { board, model, asked } = state();
  history.pushState(null, "", "#" + new URLSearchParams({ set: board.key, model, method: asked, ...change }));
  show();
}

// What is packed is opened when it is first shown.
function opened(board) {
  if (typeof board.rows === "string") board.rows = unpacked(board.rows);
  return board.rows;
}

// One after the other, each as the address is by then.
function show() {
  drawn = drawn.then(render);
}

async function render() {
  const { board, model, asked } = state();
  const known = await opened(board);
  const method = known.some((row) => row.method === asked) ? asked : "";
  const rows = known.map((row) => ({ ...row, energy: row.energies[model], price: row.prices[model], front: row.fronts.includes(model) }));
  const names = new Map(rows.map((row) => [row.method, row.name]));
  const options = [...names].map(([value, name]) => new Option(name, value, false, value === method));
  one("#method").replaceChildren(new Option("none chosen", ""), ...options);
  one("#set").value = board.key;
  one("#model").value = model;
  one("#method").value = method;
  one("#left").textContent = board.left ? `Rows without a finite number that are not drawn: ${board.left}.` : "";
  one("#table").href = board.table;
  one('nav a[href^="compare.html"]').href = `compare.html#${new URLSearchParams({ set: board.key, model, ...(method && { one: method }) })}`;
  const page = one("#method-page");
  page.hidden = !method;
  page.textContent = names.get(method) ?? "";
  page.href = rows.find((row) => row.method === method)?.page ?? "";
  showKey(rows, method);
  list(rows.filter((row) => !method || row.method === method));
  await draw(board, rows, board.ends[model], names.get(method) ?? "");
}

function draw(board, rows, [least, most], chosen) {
  const style = getComputedStyle(document.documentElement);
  const colour = (name) => style.getPropertyValue(`--${name}`).trim();
  const ends = { low: board.low, high: board.high, least, most };
  const given = { chosen, ...ends, ink: colour("ink"), quiet: colour("quiet"), line: colour("line") };
  const spec = structuredClone(wide.matches ? drawings.wide : drawings.narrow);
  spec.datasets = { rows, levels: board.levels };
  for (const param of spec.params) if (param.name in given) param.value = given[param.name];
  spec.background = "transparent";
  spec.config = {
    font: "system-ui, sans-serif",
    view: { stroke: null },
    axis: { labelColor: given.quiet, titleColor: given.ink, titleFontWeight: "normal", labelFontSize: 12, titleFontSize: 13, gridColor: given.line, gridOpacity: 0.6, domainColor: given.quiet, tickColor: given.quiet },
  };
  return vegaEmbed("#chart", spec, { ast: true, actions: false, renderer: "svg" });
}

// The names of the lines in colour, each of which chooses its row.
function showKey(rows, method) {
  const coloured = new Map(rows.filter((row) => row.colour).map((row) => [row.method, row]));
  one("#key").replaceChildren(...[...coloured.values()].map((row) => {
    const button = Object.assign(document.createElement("button"), { type: "button", textContent: row.name });
    const mark = document.createElement("i");
    mark.style.background = row.colour;
    button.prepend(mark);
    button.setAttribute("aria-pressed", String(row.method === method));
    button.addEventListener("click", () => go({ method: row.method === method ? "" : row.method }));
    return button;
  }));
}

function list(rows) {
  const lines = rows.map((row) => {
    const texts = [row.T, row.texts.psnr, row.texts.gap, row.price, row.texts.spikes, row.front ? "●" : ""];
    const line = document.createElement("tr");
    const name = Object.assign(document.createElement("th"), { scope: "row", textContent: row.name });
    line.append(name, ...texts.map((text, place) => {
      const entry = document.createElement("td");
      entry.textContent = text;
      entry.className = place < 5 ? "n" : "";
      return entry;
    }));
    return line;
  });
  one("#numbers tbody").replaceChildren(...lines);
}

document.documentElement.classList.remove("no-script");
for (const id of ["set", "model", "method"]) {
  one("#" + id).addEventListener("change", (event) => go({ [id]: event.target.value }));
}
for (const event of [wide, dark]) event.addEventListener("change", show);
addEventListener("popstate", show);
show();

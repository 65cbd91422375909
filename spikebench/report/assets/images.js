// Choose, compare, and draw the errors. The choice is in the address (#set=…&image=…&method=…&t=…),
// so that it can be linked. A crop is decoded when it is shown; a block of crops is parsed once.
"use strict";

const one = (selector, root = document) => root.querySelector(selector);
const FIELDS = ["set", "image", "method", "t", "beside"];
const boards = new Map();
for (const block of document.querySelectorAll(".board-data")) {
  boards.set(block.dataset.key, JSON.parse(block.textContent));
}
const parsed = new Map();

function crops(key, choice) {
  const name = `${key} ${choice}`;
  if (!parsed.has(name)) {
    const block = one(`.crops[data-key="${CSS.escape(key)}"][data-choice="${CSS.escape(choice)}"]`);
    parsed.set(name, JSON.parse(block.textContent));
  }
  return parsed.get(name);
}

// What the address asks for, as far as it is there; the first of each otherwise.
function state() {
  const given = new URLSearchParams(location.hash.slice(1));
  const pick = (wanted, known) => (known.includes(wanted) ? wanted : known[0]);
  const set = pick(given.get("set"), [...boards.keys()]);
  const board = boards.get(set);
  const image = pick(given.get("image"), board.choices);
  const shown = crops(set, image);
  const method = pick(given.get("method"), board.methods.map((entry) => entry.method));
  const times = Object.keys(shown.restored[method]).sort((a, b) => a - b);
  const ruled = board.methods.find((entry) => entry.method === method).t;
  const t = [given.get("t"), ruled, times.at(-1)].find((time) => times.includes(time));
  return { set, image, method, t, beside: pick(given.get("beside"), ["ann", "target", "input"]) };
}

function go(change) {
  const next = new URLSearchParams({ ...state(), ...change });
  history.pushState(null, "", "#" + next);
  show();
}

function show() {
  const now = state();
  const board = boards.get(now.set);
  const shown = crops(now.set, now.image);
  const method = board.methods.find((entry) => entry.method === now.method);
  fill(one("#image"), board.choices, board.images, now.image);
  fill(one("#method"), board.methods.map((entry) => entry.method), board.methods.map((entry) => entry.name), now.method);
  one("#set").value = now.set;
  one("#beside").value = now.beside;
  const [crop, psnr] = shown.restored[now.method][now.t];
  const title = `${method.name}, T = ${now.t}`;
  const other = one("#beside").selectedOptions[0].textContent;
  put(".stage .left", shown[now.beside], other);
  put(".stage .right", crop, title);
  one("#left-name").textContent = withScore(other, shown.psnr[now.beside]);
  one("#right-name").textContent = withScore(title, psnr);
  one("#error-name").textContent = title;
  one("#said").textContent = `${withScore(title, psnr)}, beside ${withScore(other, shown.psnr[now.beside])}`;
  drawError("ann", shown.target, shown.ann, "ANN");
  drawError("method", shown.target, crop, title);
  showSteps(shown.restored[now.method], now.t);
  const page = one("#method-page");
  page.href = method.page;
  page.textContent = method.name;
  one("#rows").href = board.table;
}

const withScore = (name, psnr) => (psnr ? `${name}, ${psnr} dB` : name);

function put(selector, crop, name) {
  const image = one(selector);
  image.src = uri(crop);
  image.alt = name;
}

function fill(select, values, names, value) {
  const options = values.map((each, index) => new Option(names[index], each, false, each === value));
  select.replaceChildren(...options);
}

function showSteps(restored, chosen) {
  const steps = one("#steps");
  const focused = steps.contains(document.activeElement);
  const times = Object.keys(restored).sort((a, b) => a - b);
  steps.replaceChildren(...times.map((time) => {
    const label = document.createElement("label");
    const radio = Object.assign(document.createElement("input"), { type: "radio", name: "t", value: time, checked: time === chosen });
    const image = Object.assign(new Image(80, 80), { src: uri(restored[time][0]), alt: "" });
    const name = document.createElement("b");
    name.textContent = `T = ${time}`;
    label.append(radio, image, name, `${restored[time][1]} dB`);
    radio.addEventListener("change", () => go({ t: time }));
    return label;
  }));
  if (focused) one("#steps :checked").focus();
}

async function drawError(of, truth, crop, name) {
  const canvas = one(`canvas[data-of=${of}]`);
  const mean = await errorMap(canvas, truth, crop);
  one(`#error-${of}`).textContent = mean;
  canvas.setAttribute("aria-label", `Error map of ${name} against the ground truth, ${mean} grey levels of 255 in this crop`);
}

document.documentElement.classList.remove("no-script");
if (boards.size) {
  paintLegend();
  for (const id of FIELDS.filter((field) => field !== "t")) {
    one("#" + id).addEventListener("change", (event) => go({ [id]: event.target.value }));
  }
  one("#cut").addEventListener("input", (event) => {
    one(".stage").style.setProperty("--cut", event.target.value + "%");
  });
  addEventListener("popstate", show);
  show();
}

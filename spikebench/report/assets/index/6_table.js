// The table: a group of rows for each board. Rows stand in bodies of some, so that the browser lays
// out those in sight alone (content-visibility, in index.css).

const SOME = 40; // rows of a body: more than a screen
const ELEMENTS = new Map(); // by row: {text, element}, its HTML and what was made of it
let displayed = []; // [{board, lines, refused}], what the table shows

function showTable(state) {
  displayed = boardsOf(state).map((board) => ({
    board,
    lines: sorted(linesOf(board, state).filter((line) => fits(line, state)), state.sort),
    refused: board.refused.filter((entry) => named(entry, state) && (!state.family || entry.method.texts.family === state.family)),
  }));
  const heads = chosenHeads(state);
  for (const head of HEADS) head.hidden = !heads.includes(head);
  one("#ranking").classList.toggle("asked", state.cols !== "");
  markOrder(state.sort);
  write(heads);
  one("#caption").textContent = captionsOf(state).join(" ");
  one("#state").textContent = counted();
  one("#footnotes").innerHTML = displayed.flatMap(({ refused }) => refused.map(footnote)).join("");
}

function write(heads) {
  const table = one("#ranking");
  const rows = elementsOf(displayed.flatMap((group) => rowsOf(group, heads)));
  for (const body of [...table.tBodies]) body.remove();
  for (let at = 0; at < rows.length; at += SOME) {
    const body = document.createElement("tbody");
    body.append(...rows.slice(at, at + SOME));
    body.style.setProperty("--rows", body.rows.length);
    table.append(body);
  }
}

// A row that reads as before is moved, not made again: to parse it takes longer than all else.
function elementsOf(rows) {
  const changed = rows.filter(({ of, text }) => ELEMENTS.get(of)?.text !== text);
  const template = document.createElement("template");
  template.innerHTML = changed.map(({ text }) => text).join("");
  [...template.content.children].forEach((element, place) => {
    const { of, text } = changed[place];
    ELEMENTS.set(of, { text, element });
  });
  return rows.map(({ of }) => ELEMENTS.get(of).element);
}

function rowsOf({ board, lines, refused }, heads) {
  const title = `${html(board.setTitle)} · <a href="${html(board.page)}">${html(board.netTitle)}</a>`;
  const head = `<tr class="group"><th scope="colgroup" colspan="${heads.length}">${title} <small>${html(board.about)}</small></th></tr>`;
  return [
    { of: board, text: head },
    ...lines.map((line) => ({ of: line.row, text: rowOf(line, heads) })),
    ...refused.map((entry) => ({ of: entry, text: refusedRow(entry, heads) })),
  ];
}

function rowOf(line, heads) {
  const named = line.mark && ` class="${line.mark}"`;
  return `<tr${named}>${heads.map((head) => entryOf(line, head)).join("")}</tr>`;
}

function entryOf(line, head) {
  const key = keyOf(head);
  if (key === "method") return methodEntry(line.row.method, "");
  const [text, interval] = [textOf(line, key), intervalOf(line, key)];
  const small = interval ? ` <small>${html(interval)}</small>` : "";
  return `<td class="${head.className}">${key === "psnr" ? `<span>${html(text)}</span>` : html(text)}${small}</td>`;
}

function methodEntry(method, mark) {
  return `<th scope="row" class="name"><a href="${html(method.page)}">${html(method.texts.method)}</a>${mark}</th>`;
}

// A method that does not convert this network: a row without numbers, and why under the table.
function refusedRow({ method }, heads) {
  const entries = heads.map((head) => (keyOf(head) === "method" ? methodEntry(method, " †") : `<td class="${head.className}"></td>`));
  return `<tr class="refused">${entries.join("")}</tr>`;
}

function footnote({ board, method, reason }) {
  return `<p>† ${html(method.texts.method)} on ${html(board.netTitle)}: no numbers, the method does not convert this network. ${html(reason)}</p>`;
}

const captionsOf = (state) => [DATA.selections[selectionOf(state)].caption, ...filtersOf(state), DATA.models[modelOf(state)].caption, DATA.table];

// What the filters leave, in words; references stay whatever they say.
function filtersOf(state) {
  const said = [state.family && `of family ${state.family}`, state.kind && `with ${state.kind} spikes`, state.find && `named ${state.find}`].filter(Boolean);
  return said.length ? [`Rows ${said.join(", ")}, and references.`] : [];
}

function counted() {
  const rows = displayed.flatMap(({ lines }) => lines).filter(({ row }) => !row.reference).length;
  if (!rows) return "No row fits these choices.";
  return displayed.length > 1 ? `${plural(rows, "row")} on ${plural(displayed.length, "board")}` : plural(rows, "row");
}

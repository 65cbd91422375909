// Copies of what is displayed, and nothing else: the rows and columns that the reader sees.

const visibleHeads = () => HEADS.filter((head) => getComputedStyle(head).display !== "none");
const titleOf = (head) => [head.dataset.title, head.dataset.unit && `(${head.dataset.unit})`].filter(Boolean).join(" ");
const isText = (head) => !head.classList.contains("n");
const stamp = () => {
  const { id, version, run, date, commit } = DATA.table;
  return [`SpikingIR Bench, table ${id}`, `version ${version}, run ${run}, ${date}, commit ${commit}`, one("#caption").textContent];
};

// Lines of a group as texts: [{cells: [text], mark}]; refused methods have a name alone.
function textsOf({ lines, refused }, heads) {
  const shown = lines.map((line) => ({
    cells: heads.map((head) => COLUMNS[keyOf(head)].text(line).filter((part) => part !== undefined && part !== "").join(" ")),
    mark: line.row.reference ? "" : line.mark,
  }));
  return [...shown, ...refused.map((entry) => ({ cells: heads.map((head) => (keyOf(head) === "method" ? entry.method.name : "")), mark: "" }))];
}

// CSV (RFC 4180). Text that a spreadsheet would take for a formula gets an apostrophe.
function asCsv() {
  const heads = visibleHeads();
  const bounds = (head) => (["psnr", "gap"].includes(keyOf(head)) ? ["", " low", " high"] : [""]);
  const first = ["table", "version", "date", "commit", "protocol", "data set", "backbone"];
  const titles = [...first, ...heads.flatMap((head) => bounds(head).map((end) => titleOf(head) + end))];
  const { id, version, date, commit } = DATA.table;
  const lines = displayed.flatMap(({ board, lines: rows, refused }) => {
    const start = [id, version, date, commit, board.protocol, board.setTitle, board.netTitle].map(csvText);
    const blank = (head) => (keyOf(head) === "method" ? [] : bounds(head).map(() => ""));
    return [
      ...rows.map((line) => [...start, ...heads.flatMap((head) => csvCells(line, head, bounds(head).length))]),
      ...refused.map(({ method }) => [...start, ...heads.flatMap((head) => (keyOf(head) === "method" ? [csvText(method.name)] : blank(head)))]),
    ];
  });
  return [titles.map(csvText), ...lines].map((line) => line.join(",")).join("\n") + "\n";
}

function csvCells(line, head, width) {
  const [text, around = ""] = COLUMNS[keyOf(head)].text(line);
  if (isText(head)) return [csvText(text)];
  const ends = around ? around.slice(1, -1).split(", ") : ["", ""];
  return [text, ...ends].slice(0, width).map(csvNumber);
}

function csvText(text) {
  const plain = /^[=+\-@\t\r]/.test(text) ? "'" + text : String(text);
  return /[",\n\r]/.test(plain) ? `"${plain.replaceAll('"', '""')}"` : plain;
}

// A missing number is an empty cell, an endless one "inf"; "4 (+1)", T and steps beyond it, stays.
function csvNumber(text) {
  return String(text).replace(DASH, "").replaceAll(MINUS, "-").replace("\u221e", "inf").replace(/^\+/, "");
}

function asMarkdown() {
  const heads = visibleHeads();
  const comment = stamp().map((line) => `<!-- ${line.replaceAll("--", "- -")} -->`);
  const row = (cells) => `| ${cells.join(" | ")} |`;
  const tables = displayed.map((group) => [
    `\n### ${markdownText(group.board.setTitle)} · ${markdownText(group.board.netTitle)}\n\n${markdownText(group.board.about)}\n`,
    row(heads.map((head) => markdownText(titleOf(head)))),
    row(heads.map((head) => (isText(head) ? ":--" : "--:"))),
    ...textsOf(group, heads).map(({ cells, mark }) => row(cells.map((cell, place) => marked(markdownText(cell), mark, heads[place], ["**", "**"], ["<u>", "</u>"])))),
    ...group.refused.map((entry) => `\n${markdownText(entry.method.name)}: ${markdownText(entry.reason)}`),
  ]);
  return [...comment, ...tables.flat()].join("\n") + "\n";
}

const markdownText = (text) => String(text).replace(/\s+/g, " ").replace(/([\\`*_<>|#~&$]|\](?=[([:]))/g, "\\$1");

// The best PSNR is bold, the second underlined, as on the page.
function marked(text, mark, head, best, second) {
  if (keyOf(head) !== "psnr" || !mark) return text;
  const [before, after] = mark === "best" ? best : second;
  return text.replace(/^\S+/, (value) => before + value + after);
}

const PAGE = 45; // lines of a LaTeX table on one page; a longer one goes on over several

function asLatex() {
  const heads = visibleHeads();
  const row = (cells) => `${cells.join(" & ")} \\\\`;
  const columns = heads.map((head) => (isText(head) ? "l" : "r")).join("");
  const head = ["\\toprule", row(heads.map((head) => latexText(titleOf(head))))];
  const caption = `\\caption{${latexText(one("#caption").textContent)}}`;
  const label = `\\label{tab:${DATA.table.id}}`;
  const groups = displayed.flatMap((group) => [
    "\\midrule",
    `\\multicolumn{${heads.length}}{l}{${latexText(`${group.board.setTitle} · ${group.board.netTitle}, ${group.board.about}`)}} \\\\`,
    ...textsOf(group, heads).map(({ cells, mark }) => row(cells.map((cell, place) => marked(latexText(cell), mark, heads[place], ["\\textbf{", "}"], ["\\underline{", "}"])))),
  ]);
  return [
    ...stamp().map((line) => "% " + line.replace(/\s+/g, " ")),
    "% needs \\usepackage[T1]{fontenc} and \\usepackage{booktabs,longtable}",
    ...(groups.length > PAGE
      ? [`\\begin{longtable}{${columns}}`, caption, label + " \\\\", ...head, "\\endfirsthead", ...head, "\\endhead", "\\bottomrule", "\\endfoot", ...groups, "\\end{longtable}"]
      : ["\\begin{table}", "\\centering", caption, label, `\\begin{tabular}{${columns}}`, ...head, ...groups, "\\bottomrule", "\\end{tabular}", "\\end{table}"]),
  ].join("\n") + "\n";
}

function latexText(text) {
  const latin = new RegExp(DATA.latin); // what LaTeX's usual fonts have; the rest is its code
  const code = (sign) => "U+" + sign.codePointAt(0).toString(16).toUpperCase().padStart(4, "0");
  const written = (sign) => DATA.latex[sign] ?? (latin.test(sign) ? sign : code(sign));
  return [...String(text).replace(/\s+/g, " ")].map(written).join("");
}

// The run, and every work that a displayed row rests on, in the order of the rows.
function asBibtex() {
  const keys = displayed.flatMap(({ board, lines }) => [...board.works, ...lines.map(({ row }) => row.method.work)]);
  return [DATA.bibtex, ...[...new Set(keys)].filter((work) => work >= 0).map((work) => DATA.works[work])].join("\n\n") + "\n";
}

const FORMATS = { csv: asCsv, markdown: asMarkdown, latex: asLatex, bibtex: asBibtex };

async function copy(button) {
  const { format, copy: source } = button.dataset;
  const text = format ? FORMATS[format]() : one("#" + source).textContent;
  const name = button.textContent;
  try {
    await navigator.clipboard.writeText(text);
    one("#copied").textContent = `Copied: ${name}.`;
    one("#copy-text").hidden = true;
  } catch {
    one("#copied").textContent = "The browser does not let this page copy. The text is selected; press Ctrl+C.";
    const box = one("#copy-text");
    box.hidden = false;
    box.value = text;
    box.select();
  }
}

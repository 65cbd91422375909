// Copies of what is displayed, and nothing else: the rows and columns that the reader sees. How a
// text is written in a format, and what stands around the rows, Python says (forms.py, copies.py).

const visibleHeads = () => HEADS.filter((head) => getComputedStyle(head).display !== "none");
const headingOf = (head) => head.dataset.heading;
const isMethod = (head) => keyOf(head) === "method";
const written = (text, format, kind = "text") => DATA.forms[kind][text]?.[format] ?? text;
const lineOf = (texts, format) => texts.map((text) => written(text, format)).join(" ");
const stamp = (format) => [...DATA.stamp.lines.map((line) => written(line, format)), lineOf(captionsOf(readState()), format)];

// A displayed entry in a format, the best PSNR marked as on the page.
function writtenEntry(line, head, format) {
  const [key, kind] = [keyOf(head), isNumber(head) ? "number" : "text"];
  const text = written(textOf(line, key), format, kind);
  const marked = key === "psnr" ? DATA.wrapping[format][line.mark] : undefined;
  const interval = written(intervalOf(line, key), format, "number");
  return [marked ? marked.join(text) : text, interval].filter(Boolean).join(" ");
}

// The rows of a group, each as texts; refused methods have a name alone.
function writtenRows({ lines, refused }, heads, format) {
  return [
    ...lines.map((line) => heads.map((head) => writtenEntry(line, head, format))),
    ...refused.map(({ method }) => heads.map((head) => (isMethod(head) ? written(method.texts.method, format) : ""))),
  ];
}

// CSV (RFC 4180): a bounded column is three, its value and both ends.
function asCsv() {
  const heads = visibleHeads();
  const bounded = (head) => keyOf(head) in BOARDS[0].intervals;
  const titles = heads.flatMap((head) => [headingOf(head), ...(bounded(head) ? [`${headingOf(head)} low`, `${headingOf(head)} high`] : [])]);
  const entry = (line, head) => {
    const text = written(textOf(line, keyOf(head)), "csv", isNumber(head) ? "number" : "text");
    return bounded(head) ? `${text},${written(intervalOf(line, keyOf(head)), "csv", "number") || ","}` : text;
  };
  const blank = ({ method }, head) => (isMethod(head) ? written(method.texts.method, "csv") : bounded(head) ? ",," : "");
  const rows = displayed.flatMap(({ board, lines, refused }) => {
    const start = [...DATA.stamp.values, board.protocol, board.setTitle, board.netTitle].map((text) => written(text, "csv"));
    return [
      ...lines.map((line) => [...start, ...heads.map((head) => entry(line, head))]),
      ...refused.map((refusal) => [...start, ...heads.map((head) => blank(refusal, head))]),
    ];
  });
  const first = [...DATA.stamp.columns, ...titles].map((title) => written(title, "csv"));
  return [first, ...rows].map((fields) => fields.join(",")).join("\n") + "\n";
}

function asMarkdown() {
  const heads = visibleHeads();
  const text = (words) => written(words, "markdown");
  const row = (texts) => `| ${texts.join(" | ")} |`;
  const tables = displayed.map((group) => [
    `\n### ${text(group.board.title)}\n\n${text(group.board.about)}\n`,
    row(heads.map((head) => text(headingOf(head)))),
    row(heads.map((head) => (isNumber(head) ? "--:" : ":--"))),
    ...writtenRows(group, heads, "markdown").map(row),
    ...group.refused.map(({ method, reason }) => `\n${text(method.texts.method)}: ${text(reason)}`),
  ]);
  return [...stamp("comment").map((line) => `<!-- ${line} -->`), ...tables.flat()].join("\n") + "\n";
}

function asLatex() {
  const heads = visibleHeads();
  const { needs, short, long, page } = DATA.wrapping;
  const text = (words) => written(words, "latex");
  const row = (texts) => `    ${texts.join(" & ")} \\\\`;
  const body = displayed.flatMap((group, place) => [
    ...(place ? ["    \\midrule"] : []),
    `    \\multicolumn{${heads.length}}{l}{${lineOf([group.board.title, group.board.about], "latex")}} \\\\`,
    ...writtenRows(group, heads, "latex").map(row),
  ]);
  const filled = {
    "@columns@": heads.map((head) => (isNumber(head) ? "r" : "l")).join(""),
    "@caption@": lineOf(captionsOf(readState()), "latex"),
    "@head@": row(heads.map((head) => text(headingOf(head)))),
    "@body@": body.join("\n"),
  };
  const frame = Object.entries(filled).reduce((whole, [name, value]) => whole.replaceAll(name, () => value), body.length > page ? long : short);
  return [...stamp("plain").map((line) => `% ${line}`), needs, frame].join("\n") + "\n";
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

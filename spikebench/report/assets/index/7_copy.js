// Copies of what is displayed, and nothing else: the rows and columns that the reader sees. How a
// text is written in a format, and what stands around the rows, Python says (forms.py, copies.py).

const visibleHeads = () => HEADS.filter((head) => getComputedStyle(head).display !== "none");
const headingOf = (head) => head.dataset.heading;
const isMethod = (head) => keyOf(head) === "method";
const written = (text, format, kind = "text") => DATA.forms[kind][text]?.[format] ?? text;

// Captions hold what the reader typed, which Python never saw.
const FREE = {
  latex: (text) => [...text].map((sign) => DATA.wrapping.special[sign] ?? (/[ -~\u00c0-\u00ff]/.test(sign) ? sign : `U+${sign.codePointAt(0).toString(16).toUpperCase().padStart(4, "0")}`)).join(""),
  comment: (text) => text.replace(/-(?=-)/g, "- "),
  plain: (text) => text,
};
const captionOf = (state, format) => captionsOf(state).map((text) => (filtersOf(state).includes(text) ? FREE[format](text) : written(text, format))).join(" ");

// Where a copy comes from: the table, its rules, and the address that opens the view again.
function stamp(format) {
  const state = readState();
  const lines = DATA.stamp.lines.map((line) => written(line, format));
  return [...lines, captionOf(state, format), `view ${viewOf(state)}: index.html#${FREE[format](addressOf(state))}`];
}

// A displayed entry in a format, the best PSNR marked as on the page.
function writtenEntry(line, head, format, intervals) {
  const [key, kind] = [keyOf(head), isNumber(head) ? "number" : "text"];
  const text = written(textOf(line, key), format, kind);
  const marked = key === "psnr" ? DATA.wrapping[format][line.mark] : undefined;
  const interval = intervals && written(intervalOf(line, key), format, "number");
  return [marked ? marked.join(text) : text, interval].filter(Boolean).join(" ");
}

// The rows of a group, each as texts; refused methods have a name alone.
function writtenRows({ lines, refused }, heads, format, intervals = true) {
  return [
    ...lines.map((line) => heads.map((head) => writtenEntry(line, head, format, intervals))),
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
    const start = [...DATA.stamp.values, board.protocol, board.setTitle, board.netTitle, viewOf(readState())].map((text) => written(text, "csv"));
    return [
      ...lines.map((line) => [...start, ...heads.map((head) => entry(line, head))]),
      ...refused.map((refusal) => [...start, ...heads.map((head) => blank(refusal, head))]),
    ];
  });
  const first = [...DATA.stamp.columns, "view", ...titles].map((title) => written(title, "csv"));
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

// The run, and every work that a displayed row rests on, in the order of the rows.
function asBibtex() {
  const keys = displayed.flatMap(({ board, lines }) => [...board.works, ...lines.map(({ row }) => row.method.work)]);
  return [entryOfView(), ...[...new Set(keys)].filter((work) => work >= 0).map((work) => DATA.works[work])].join("\n\n") + "\n";
}

// Another view is another entry, since a paper may cite two.
function entryOfView() {
  const state = readState();
  const view = viewOf(state);
  if (isDefault(state)) return DATA.bibtex;
  return DATA.bibtex.replace(`_${DATA.id},`, `_${DATA.id}_${view},`).replace(`table ${DATA.id}}`, `table ${DATA.id}, view ${view}}`);
}

// The address of the view: of a file only what follows its folder, which is nobody's business.
function asLink() {
  const page = location.protocol.startsWith("http") ? location.href.split("#")[0] : "index.html";
  return `${page}#${addressOf(readState())}`;
}

const FORMATS = { csv: asCsv, markdown: asMarkdown, latex: asLatex, bibtex: asBibtex, link: asLink };

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

// The displayed table for LaTeX, fit for one column of a paper: what does not fit is left out, and
// said. Columns that the reader asked for all stand; too wide, they take both columns of the page.

const STAY = ["method", "kind", "t", "psnr", "gap", "energy"];
const LEAST = 50; // pt for the names of methods, which go on in further lines

function widthOf(text) {
  const { signs, other, font } = DATA.wrapping.widths;
  return font * [...text].reduce((sum, sign) => sum + (signs[sign] ?? other), 0);
}

// A heading in lines of a few words.
function headingLines(head) {
  return headingOf(head).split(" ").reduce((lines, word) => {
    const longer = lines.length ? `${lines.at(-1)} ${word}` : word;
    return longer.length <= DATA.wrapping.widths.head ? [...lines.slice(0, -1), longer] : [...lines, word];
  }, []);
}

function columnWidth(head, intervals) {
  const lines = displayed.flatMap((group) => group.lines);
  const texts = lines.map((line) => (isMethod(head) ? line.row.method.texts.method : [textOf(line, keyOf(head)), intervals && intervalOf(line, keyOf(head))].filter(Boolean).join(" ")));
  const bold = keyOf(head) === "psnr" ? DATA.wrapping.widths.bold : 1;
  return Math.max(...headingLines(head).map(widthOf), ...texts.map((text) => bold * widthOf(text)));
}

// Widths in points within `room`, or null where they do not fit: names take what is left.
function laidOut(heads, intervals, room) {
  const widths = heads.map((head) => columnWidth(head, intervals));
  const at = heads.findIndex(isMethod);
  const total = widths.reduce((sum, width) => sum + width, 0) + 2 * DATA.wrapping.widths.separation * heads.length;
  const names = Math.min(widths[at], widths[at] - (total - room));
  if (names < Math.min(widths[at], LEAST)) return null;
  return { heads, intervals, wraps: names < widths[at], widths: widths.with(at, Math.floor(names)) };
}

// The richest layout that fits: with intervals, without, with fewer columns, over both columns.
function layout() {
  const { column, page } = DATA.wrapping.widths;
  const heads = visibleHeads();
  const asked = readState().cols !== "";
  const fewer = [heads];
  for (const head of asked ? [] : heads.toReversed()) {
    if (!STAY.includes(keyOf(head))) fewer.push(fewer.at(-1).filter((other) => other !== head));
  }
  for (const intervals of [true, false]) {
    const found = laidOut(heads, intervals, column);
    if (found) return { ...found, wide: "" };
  }
  for (const some of fewer) {
    const found = laidOut(some, false, column);
    if (found) return { ...found, wide: "" };
  }
  const both = laidOut(heads, true, page) ?? laidOut(heads, false, page);
  return { ...(both ?? { heads, intervals: false, wraps: false, widths: heads.map((head) => columnWidth(head, false)) }), wide: "*" };
}

function asLatex() {
  const state = readState();
  const { needs, short, long, page } = DATA.wrapping;
  const { heads, intervals, wraps, widths, wide } = layout();
  const row = (texts) => `    ${texts.join(" & ")} \\\\`;
  const lines = heads.map(headingLines);
  const head = [...Array(Math.max(...lines.map((each) => each.length))).keys()];
  const whole = Math.floor(widths.reduce((sum, width) => sum + width, 0) + 2 * DATA.wrapping.widths.separation * (heads.length - 1));
  const body = displayed.flatMap((group, place) => [
    ...(place ? ["    \\midrule"] : []),
    `    \\multicolumn{${heads.length}}{p{${whole}pt}}{${written(group.board.title, "latex")}} \\\\`,
    ...writtenRows(group, heads, "latex", intervals).map(row),
  ]);
  const boards = displayed.map(({ board }) => `${written(board.title, "latex")}: ${written(board.about, "latex")}.`);
  const filled = {
    "@columns@": heads.map((each, at) => (isNumber(each) ? "r" : isMethod(each) && wraps ? `p{${widths[at]}pt}` : "l")).join(""),
    "@caption@": [captionOf(state, "latex").replace(/\.$/, `, view ${viewOf(state)}.`), ...boards].join(" "),
    "@label@": viewOf(state),
    "@wide@": wide,
    "@head@": head.map((at) => row(lines.map((each) => FREE.latex(each[at] ?? "")))).join("\n"),
    "@body@": body.join("\n"),
  };
  const frame = Object.entries(filled).reduce((text, [name, value]) => text.replaceAll(name, () => value), body.length > page ? long : short);
  return [...stamp("plain").map((line) => `% ${line}`), ...leftOut(heads, intervals), needs, frame].join("\n") + "\n";
}

// What the page shows and this table does not.
function leftOut(heads, intervals) {
  const columns = visibleHeads().filter((head) => !heads.includes(head)).map(headingOf);
  const bounded = heads.some((head) => keyOf(head) in BOARDS[0].intervals) && !intervals;
  const named = [...columns, ...(bounded ? ["intervals"] : [])];
  return named.length ? [`% left out, to fit: ${named.join(", ")}`] : [];
}

"""How wide LaTeX sets a text in its usual font, to know what fits one column of a paper."""

# Widths in em of Computer Modern Roman (cmr10.tfm); what is not here is as wide as an operator.
GLYPHS = {
    0.2778: ".,:;!il[]",
    0.3056: "fj",
    0.3333: " -",
    0.3611: "I",
    0.3889: "()t",
    0.3917: "rs",
    0.4444: "cez",
    0.5: "0123456789ago*/",
    0.5278: "Jkqvxy",
    0.5556: "bdhnpuS",
    0.625: "LZ",
    0.6806: "EFP",
    0.7222: "wBCRT",
    0.75: "AHNUVXY",
    0.7778: "DGKOQ+=",
    0.8333: "m%",
    0.9167: "M",
    1.0278: "W",
}
OTHER = 0.7778
WIDTHS = {sign: width for width, signs in GLYPHS.items() for sign in signs}
FONT = 8.5  # pt: footnotesize is of 8 pt, whose letters are wider by 1/16 than those of 10 pt
BOLD = 1.15  # how much wider bold digits are
SEPARATION = 2.0  # pt on each side of a column
COLUMN = 229.5  # pt: the columns of the article class in two columns, the narrowest in use
PAGE = 469.0  # pt: the width of its text
HEAD = 7  # characters: a longer heading goes on in the next line


def width(text: str) -> float:
    """Return how wide a text is in points, as it is set in LaTeX's footnotesize."""
    return FONT * sum(WIDTHS.get(sign, OTHER) for sign in text)


def heading(text: str) -> list[str]:
    """Return a heading in lines of about `HEAD` characters; no word is divided."""
    lines: list[str] = []
    for word in text.split():
        if lines and len(f"{lines[-1]} {word}") <= HEAD:
            lines[-1] = f"{lines[-1]} {word}"
        else:
            lines.append(word)
    return lines

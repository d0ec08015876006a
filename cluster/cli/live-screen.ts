// A terminal's second screen, drawn over and over in place; the first one comes back as it was.
// Sequences: https://invisible-island.net/xterm/ctlseqs/ctlseqs.html

/** What is needed of a terminal's stream. */
export type TerminalStream = {
  write(text: string): unknown
  readonly rows?: number | undefined
}

const ENTER = '\x1b[?1049h\x1b[?25l\x1b[?7l'
const LEAVE = '\x1b[?7h\x1b[?25h\x1b[?1049l'
const HOME = '\x1b[H'
const CLEAR_LINE = '\x1b[K'
const CLEAR_BELOW = '\x1b[J'

const DEFAULT_ROWS = 24

export class LiveScreen {
  readonly #stream: TerminalStream
  #open = false

  constructor(stream: TerminalStream) {
    this.#stream = stream
  }

  /** Takes over the terminal, without a cursor and without breaking long lines. */
  open(): void {
    if (!this.#open) this.#stream.write(ENTER)
    this.#open = true
  }

  /** Replaces what is shown. What has no room at the bottom is left out. One write, so that nothing flickers. */
  draw(lines: readonly string[]): void {
    if (!this.#open) return
    const shown = lines.slice(0, this.#stream.rows ?? DEFAULT_ROWS)
    this.#stream.write(`${HOME}${shown.map((line) => `${line}${CLEAR_LINE}`).join('\r\n')}${CLEAR_BELOW}`)
  }

  /** Gives the terminal back; safe to call again. */
  close(): void {
    if (this.#open) this.#stream.write(LEAVE)
    this.#open = false
  }
}

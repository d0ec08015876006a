// Shows a start (or a stop) as it goes on: a few lines that redraw themselves on a terminal, plain lines in a pipe.
import type { Progress } from '../supervisor/progress.ts'
import type { Output } from './context.ts'

const FRAMES = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏']
const FRAME_MS = 80

export type ProgressView = {
  show(progress: Progress): void
  /** Takes the drawing away; it comes back with the next step. */
  end(): void
}

export function createProgressView(out: Output, stream: NodeJS.WriteStream): ProgressView {
  return out.isTerminal ? new TerminalView(out.colors, stream) : plainView(out)
}

function plainView(out: Output): ProgressView {
  let lastText = ''
  return {
    show(progress) {
      const text = progress.kind === 'step' ? `${progress.part}: ${progress.text}` : progress.text
      if (text === lastText || (progress.kind === 'step' && progress.fleeting)) return
      lastText = text
      out.print(text)
    },
    end() {},
  }
}

type Line = { text: string; startedAtMs: number; doneAtMs?: number }

class TerminalView implements ProgressView {
  readonly #colors: Output['colors']
  readonly #stream: NodeJS.WriteStream
  readonly #lines = new Map<string, Line>()
  #frame = 0
  #drawn = 0
  #timer: NodeJS.Timeout | undefined

  constructor(colors: Output['colors'], stream: NodeJS.WriteStream) {
    this.#colors = colors
    this.#stream = stream
  }

  show(progress: Progress): void {
    if (progress.kind === 'notice') {
      this.#erase()
      this.#stream.write(`${this.#colors.yellow(progress.text)}\n`)
    } else {
      this.#update(progress)
      this.#timer ??= setInterval(() => this.#draw(), FRAME_MS)
    }
    if (this.#timer) this.#draw()
  }

  end(): void {
    clearInterval(this.#timer)
    this.#timer = undefined
    this.#erase()
    this.#lines.clear()
  }

  #update({ part, text, done }: Extract<Progress, { kind: 'step' }>): void {
    const nowMs = performance.now()
    const line = this.#lines.get(part) ?? { text, startedAtMs: nowMs }
    this.#lines.set(part, { ...line, text, ...(done ? { doneAtMs: nowMs } : {}) })
  }

  #draw(): void {
    this.#frame = (this.#frame + 1) % FRAMES.length
    this.#erase()
    const nowMs = performance.now()
    for (const [part, line] of this.#lines) this.#stream.write(`${this.#drawLine(part, line, nowMs)}\n`)
    this.#drawn = this.#lines.size
  }

  #drawLine(part: string, { text, startedAtMs, doneAtMs }: Line, nowMs: number): string {
    const colors = this.#colors
    const mark = doneAtMs === undefined ? colors.cyan(FRAMES[this.#frame] ?? '') : colors.green('✔')
    const seconds = (((doneAtMs ?? nowMs) - startedAtMs) / 1000).toFixed(1)
    const room = Math.max(10, (this.#stream.columns || 80) - 26)
    return `${mark} ${part.padEnd(12)} ${colors.dim(`${seconds.padStart(5)} s`)}  ${text.slice(0, room)}`
  }

  /** Goes back up over what was drawn last. */
  #erase(): void {
    if (this.#drawn > 0) this.#stream.write(`\x1b[${this.#drawn}A\x1b[0J`)
    this.#drawn = 0
  }
}

// Shows a start as it goes on: one line that redraws itself on a terminal, plain lines in a pipe.
import type { Progress } from '../supervisor/cluster.ts'
import type { Output } from './context.ts'

const FRAMES = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏']
const FRAME_MS = 80

export type ProgressView = { show(progress: Progress): void; end(): void }

export function createProgressView(out: Output, stream: NodeJS.WriteStream): ProgressView {
  return out.isTerminal ? terminalView(out, stream) : plainView(out)
}

function plainView(out: Output): ProgressView {
  let lastText = ''
  return {
    show(progress) {
      const text = textOf(progress)
      // The count of nodes changes with each of them; a line for all is enough.
      if (text === lastText || (progress.kind === 'nodes' && progress.ready < progress.total)) return
      lastText = text
      out.print(text)
    },
    end() {},
  }
}

function terminalView({ colors }: Output, stream: NodeJS.WriteStream): ProgressView {
  let step = 'starting'
  let nodes = ''
  let frame = 0
  const startedAtMs = performance.now()
  const draw = () => {
    frame = (frame + 1) % FRAMES.length
    const seconds = ((performance.now() - startedAtMs) / 1000).toFixed(1)
    const line = `${FRAMES[frame]} ${seconds} s  ${[nodes, step].filter(Boolean).join('  ·  ')}`
    stream.write(`\r\x1b[2K${colors.cyan(line.slice(0, (stream.columns ?? 80) - 1))}`)
  }
  const timer = setInterval(draw, FRAME_MS)
  return {
    show(progress) {
      if (progress.kind === 'notice') stream.write(`\r\x1b[2K${colors.yellow(progress.text)}\n`)
      else if (progress.kind === 'nodes') nodes = textOf(progress)
      else step = progress.text
      draw()
    },
    end() {
      clearInterval(timer)
      stream.write('\r\x1b[2K')
    },
  }
}

function textOf(progress: Progress): string {
  return progress.kind === 'nodes' ? `${progress.ready} of ${progress.total} nodes ready` : progress.text
}

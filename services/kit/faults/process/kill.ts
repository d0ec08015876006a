// Ends this process as a crash does: at once, with nothing written and nobody told.

/** The control plane is to hear first that the node has its document. */
const GRACE_MS = 20
/** In a container of its own a process may be deaf to its own SIGKILL: there it ends with what the shell would make of that signal. */
const DEAF_MS = 200
const KILLED_EXIT_CODE = 137

export function kill({ afterMs }: { afterMs: number }): () => void {
  let timer = setTimeout(() => {
    process.kill(process.pid, 'SIGKILL')
    timer = setTimeout(() => exitNow(), DEAF_MS)
  }, afterMs + GRACE_MS)
  return () => clearTimeout(timer)
}

function exitNow(): void {
  // Not process.exit: no handler of its end may run.
  const { reallyExit } = process as unknown as { reallyExit(code: number): never }
  reallyExit(KILLED_EXIT_CODE)
}

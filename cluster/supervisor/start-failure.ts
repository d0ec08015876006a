// Why a cluster could not start, in words that say what to look at.

export class StartFailure extends Error {
  override readonly name = 'StartFailure'
}

/** A part that does not come up: why, and its last words. */
export function neverReady(id: string, why: string, tail: readonly string[], logFile: string): StartFailure {
  const words =
    tail.length > 0 ? ` Its last words:\n${tail.map((line) => `    ${line}`).join('\n')}` : ' It said nothing.'
  return new StartFailure(`${id} does not start: ${why}.${words}\nIts log: ${logFile}`)
}

// Why a cluster could not start, in words that say what to look at.

export class StartFailure extends Error {
  override readonly name = 'StartFailure'
}

/** A part that died over and over before it was ready, with its last words. */
export function neverReady(id: string, reason: string, tail: readonly string[], logFile: string): StartFailure {
  const words = tail.length > 0 ? `\n${tail.map((line) => `    ${line}`).join('\n')}` : ' It said nothing.'
  return new StartFailure(`${id} does not start: it ended with ${reason}.${words}\nIts log: ${logFile}`)
}

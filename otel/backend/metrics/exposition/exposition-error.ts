// Why an exposition is refused, with the line where it went wrong.

export class ExpositionError extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'ExpositionError'
  }
}

const EXCERPT = 60

/** An error that names the line of `position` and shows the text from there. */
export function errorAt(body: string, position: number, message: string): ExpositionError {
  let line = 1
  for (let at = body.indexOf('\n'); at >= 0 && at < position; at = body.indexOf('\n', at + 1)) line++
  const end = body.indexOf('\n', position)
  const rest = body.slice(position, end < 0 ? body.length : end)
  const excerpt = rest.length > EXCERPT ? `${rest.slice(0, EXCERPT)}…` : rest
  return new ExpositionError(`line ${line}: ${message} at ${JSON.stringify(excerpt)}`)
}

// GETs JSON from a trace backend, the embedded one or a real Jaeger, and turns what goes wrong into one clear line.
import { z } from 'zod'
import { CliError } from './context.ts'

const TIMEOUT_MS = 15_000

/**
 * Undefined for a 404, which is an answer here. Throws `CliError` on no answer, an error status or a wrong shape.
 * @param isOptional whether the backend need not know the path at all: a Jaeger answers what it does not know with its web page
 */
export async function queryBackend<T>(
  baseUrl: string,
  path: string,
  schema: z.ZodType<T>,
  isOptional = false,
): Promise<T | undefined> {
  const url = `${baseUrl.replace(/\/+$/, '')}${path}`
  const response = await fetch(url, { signal: AbortSignal.timeout(TIMEOUT_MS) }).catch((cause: unknown) => {
    throw new CliError(`${baseUrl} does not answer`, { cause })
  })
  const text = await response.text()
  if (response.status === 404) return undefined
  if (isOptional && response.headers.get('content-type')?.startsWith('text/html')) return undefined
  if (!response.ok) throw new CliError(`${baseUrl} answered ${response.status}: ${errorText(text)}`)
  try {
    return schema.parse(JSON.parse(text))
  } catch (cause) {
    throw new CliError(`${baseUrl} answers, but not as a trace backend does`, { cause })
  }
}

/** Jaeger puts its messages into `errors[].msg`. */
function errorText(body: string): string {
  try {
    const parsed = z.object({ errors: z.array(z.object({ msg: z.string() })) }).safeParse(JSON.parse(body))
    if (parsed.success) return parsed.data.errors.map((error) => error.msg).join('; ')
  } catch {
    // Not JSON: the text itself is the best there is.
  }
  return body.slice(0, 200)
}
